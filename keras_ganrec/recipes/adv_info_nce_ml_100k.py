"""AdvInfoNCE on ML-100K, CFGAN's split: on BPR-MF and on LightGCN.

Both with InfoNCE beside them, tuned alike: the temperature matters more than
the adversary.

On liked items Optuna searches, on BPR-MF, with half as many negatives: `ganrec
tune adv_info_nce_ml_100k_liked`.
"""

import dataclasses

from keras_ganrec.models import AdvInfoNCE
from keras_ganrec.recipes import lightgcn_ml_100k
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

MF = {"embedding_dim": 64, "use_bias": False, "l2": 0.0}
ON_MF = Recipe(
    name="adv_info_nce_ml_100k",
    model=AdvInfoNCE,
    dataset="ml-100k",
    split="cfgan",
    model_arguments={
        "recommender": {"class_name": "BPRMF", "config": MF},
        "max_hardness": 0.1,
    },
    optimizers={
        "optimizer": adam(1e-2),
        "adversary_optimizer": adam(1e-3),
    },
    batches="pairs",
    batch_size=4096,
    batch_arguments={"num_negatives": 32},
    epochs=60,
    steps_per_execution=15,
    grid={"model_arguments.temperature": (0.15, 0.2, 0.3)},
    patience=5,
    monitor="ndcg_at_20",
    reference="[Zhang et al., 2023](https://arxiv.org/abs/2310.18700)",
)
ON_LIGHTGCN = dataclasses.replace(
    ON_MF,
    name="adv_info_nce_lightgcn_ml_100k",
    model_arguments={
        **ON_MF.model_arguments,
        "recommender": {
            "class_name": "LightGCN",
            "config": {**lightgcn_ml_100k.GRAPH, "l2": 0.0},
        },
    },
)
LIKED = dataclasses.replace(
    ON_MF,
    name="adv_info_nce_ml_100k_liked",
    split="irgan",
    batch_arguments={"num_negatives": 16},
    epochs=25,
    grid={},
    space={
        "model_arguments.temperature": log_range(0.07, 0.7),
        "model_arguments.max_hardness": log_range(0.01, 1.0),
        "model_arguments.recommender.config.embedding_dim": log_range(32, 128),
        "optimizers.optimizer.config.learning_rate": log_range(3e-3, 3e-2),
        "optimizers.adversary_optimizer.config.learning_rate": log_range(
            1e-4, 1e-2
        ),
    },
    patience=8,
    monitor="ndcg_at_5",
)
RECIPES = [
    *(
        recipe
        for whole in (ON_MF, ON_LIGHTGCN)
        for recipe in (
            whole,
            whole.without(
                "adversary off", {"model_arguments.max_hardness": 0.0}
            ),
        )
    ),
    LIKED,
]
