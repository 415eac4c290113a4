"""GANMF on ML-100K, CFGAN's split: nobody published it, so it is tuned.

On liked items Optuna searches, with half the code: `ganrec tune
ganmf_ml_100k_liked`.
"""

import dataclasses

from keras_ganrec.models import GANMF
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

WHOLE = Recipe(
    name="ganmf_ml_100k",
    model=GANMF,
    dataset="ml-100k",
    split="cfgan",
    model_arguments={
        "mode": "user",
        "embedding_dim": 100,
        "code_dim": 500,
        "d_regularizer": {"class_name": "L2", "config": {"l2": 5e-5}},
    },
    optimizers={"d_optimizer": adam(1e-4), "g_optimizer": adam(5e-4)},
    batches="user_profiles",
    batch_size=64,
    epochs=500,
    steps_per_execution=15,
    grid={"model_arguments.feature_matching_weight": (0.01, 0.1, 0.3)},
    patience=20,
    monitor="ndcg_at_20",
    reference=(
        "[Dervishaj and Cremonesi, 2022](https://arxiv.org/abs/2201.08042)"
    ),
)
LIKED = dataclasses.replace(
    WHOLE,
    name="ganmf_ml_100k_liked",
    split="irgan",
    model_arguments={**WHOLE.model_arguments, "code_dim": 250},
    epochs=50,
    grid={},
    space={
        "model_arguments.embedding_dim": log_range(20, 200),
        "model_arguments.feature_matching_weight": log_range(3e-3, 0.5),
        "model_arguments.d_regularizer.config.l2": log_range(1e-6, 1e-3),
        "optimizers.d_optimizer.config.learning_rate": log_range(5e-5, 1e-3),
        "optimizers.g_optimizer.config.learning_rate": log_range(1e-3, 1e-2),
    },
    patience=10,
    monitor="ndcg_at_5",
)
RECIPES = [
    WHOLE,
    # The generator matches features and hears nothing of energies.
    WHOLE.without(
        "adversary off", {"model_arguments.feature_matching_weight": 1.0}
    ),
    WHOLE.without(
        "adversary frozen",
        {"optimizers.d_optimizer.config.learning_rate": 0.0},
    ),
    WHOLE.without(
        "adversary alone", {"model_arguments.feature_matching_weight": 0.0}
    ),
    LIKED,
]
