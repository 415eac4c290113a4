"""AdvInfoNCE on Gowalla, on matrix factorization, and InfoNCE beside it.

The temperature is that which suits InfoNCE best on the validation part: of
.1, .15 and .2 the second. So the adversary, not a better temperature, is what
differs.
"""

from keras_ganrec.models import AdvInfoNCE
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

MF = {"embedding_dim": 64, "use_bias": False, "l2": 1e-7}
WHOLE = Recipe(
    name="adv_info_nce_gowalla",
    model=AdvInfoNCE,
    dataset="gowalla",
    split="lightgcn",
    model_arguments={
        "recommender": {"class_name": "BPRMF", "config": MF},
        "temperature": 0.15,
        "max_hardness": 0.1,
    },
    optimizers={
        "optimizer": adam(1e-2),
        "adversary_optimizer": adam(1e-3),
    },
    batches="pairs",
    batch_size=4096,
    batch_arguments={"num_negatives": 64},
    epochs=10,
    steps_per_execution=16,
    patience=2,
    monitor="ndcg_at_20",
    reference="[Zhang et al., 2023](https://arxiv.org/abs/2310.18700)",
)
RECIPES = [
    WHOLE,
    WHOLE.without("adversary off", {"model_arguments.max_hardness": 0.0}),
]
