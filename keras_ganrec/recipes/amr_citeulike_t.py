"""VBPR and AMR on citeulike-t, articles with the words of their abstracts.

AMR's paper has pictures; here an article's features are the words that 100 or
more have, ones and zeros. Of each user at most ten articles are known (CVAE's
split, P = 10): 22 % of what is to be found has no row before the test, and only
words can tell it from the rest. VBPR learns slowly: with an `l2` of .003, a
`feature_l2` of .001 and batches of 2048 it is at NDCG@20 .066 on the validation
part after 40 passes, and at .080 after 80; neither is among what is tried here.
"""

from keras_ganrec.baselines import VBPR
from keras_ganrec.models import AMR
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

ON = {
    "dataset": "citeulike-t",
    "split": "cvae",
    "batches": "pairs",
    "batch_size": 1024,
    "steps_per_execution": 8,
    "monitor": "ndcg_at_20",
}
ARGUMENTS = {
    "item_features": {"columns": ["words"], "min_rows": 100},
    "feature_embedding_dim": 32,
    "l2": 0.01,
    "feature_l2": 0.003,
}
WORDS = Recipe(
    name="vbpr_citeulike_t",
    model=VBPR,
    model_arguments=ARGUMENTS,
    optimizers={"optimizer": adam(5e-3)},
    epochs=100,
    grid={"model_arguments.l2": (1e-2, 3e-2)},
    patience=6,
    reference="[He and McAuley, 2016](https://arxiv.org/abs/1510.01784)",
    **ON,
)
WHOLE = Recipe(
    name="amr_citeulike_t",
    model=AMR,
    model_arguments={
        "recommender": {
            "class_name": "VBPR",
            "config": ARGUMENTS,
        },
    },
    start=WORDS.with_settings({"epochs": 15, "patience": None}),
    optimizers={"optimizer": adam(5e-3)},
    epochs=100,
    grid={"model_arguments.epsilon": (0.1, 0.3, 1.0)},
    patience=6,
    reference="[Tang et al., 2019](https://arxiv.org/abs/1809.07062)",
    **ON,
)
RECIPES = [
    WORDS,
    WHOLE,
    WHOLE.without(
        "adversary off",
        {
            "model_arguments.adversarial_weight": 0.0,
            "model_arguments.epsilon": 0.0,
        },
    ),
]
