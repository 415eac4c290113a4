"""CFGAN on ML-100K, its authors' split: their settings for this data set.

The authors make whole passes of D (2, batches of 64) and of G (4, batches of
32) in turns; here each batch of 32 gives D one step and G four, which is the
same number of steps. They draw the number of G's passes from 750 to 1000 and
divide it by the four steps; here the validation part decides. Their L2 is
half the square, that of Keras the square.

On liked items Optuna searches, at half the width of G, twice the batch, half of
G's steps and higher rates: `ganrec tune cfgan_ml_100k_liked`.
"""

import dataclasses

from keras_ganrec.models import CFGAN
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

WHOLE = Recipe(
    name="cfgan_ml_100k",
    model=CFGAN,
    dataset="ml-100k",
    split="cfgan",
    model_arguments={
        "mode": "item",
        "g_hidden_dims": [400],
        "d_hidden_dims": [125],
        "zr_ratio": 0.7,
        "zr_weight": 0.03,
        "pm_ratio": 0.7,
        "g_regularizer": {"class_name": "L2", "config": {"l2": 0.0005}},
        "d_steps": 1,
        "g_steps": 4,
    },
    optimizers={"d_optimizer": adam(1e-4), "g_optimizer": adam(1e-4)},
    batches="item_profiles",
    batch_size=32,
    epochs=400,
    steps_per_execution=26,
    patience=30,
    monitor="ndcg_at_20",
    reference=(
        "[Chae et al., 2018](https://doi.org/10.1145/3269206.3271743); "
        "their code over 30 runs in "
        "[Pérez Maurera et al., 2022](https://arxiv.org/abs/2201.01815), "
        "Table 2"
    ),
    published={
        "precision_at_5": 0.444,
        "ndcg_at_5": 0.476,
        "precision_at_20": 0.294,
        "ndcg_at_20": 0.433,
    },
    replicated={
        "precision_at_5": 0.4244,
        "ndcg_at_5": 0.4588,
        "precision_at_20": 0.2864,
        "ndcg_at_20": 0.4217,
    },
)
LIKED = dataclasses.replace(
    WHOLE,
    name="cfgan_ml_100k_liked",
    split="irgan",
    model_arguments={
        **WHOLE.model_arguments,
        "g_hidden_dims": [200],
        "g_steps": 2,
    },
    batch_size=64,
    epochs=60,
    steps_per_execution=13,
    space={
        "model_arguments.zr_weight": log_range(0.01, 1.0),
        "model_arguments.pm_ratio": {"low": 0.0, "high": 0.9},
        "model_arguments.g_regularizer.config.l2": log_range(1e-5, 3e-3),
        "optimizers.d_optimizer.config.learning_rate": log_range(3e-5, 1e-3),
        "optimizers.g_optimizer.config.learning_rate": log_range(1e-3, 1e-2),
    },
    patience=12,
    monitor="ndcg_at_5",
    published={},
    replicated={},
)
# Without D nothing but zeros is asked of G, so D cannot be left out.
RECIPES = [
    WHOLE,
    WHOLE.without(
        "adversary frozen",
        {"optimizers.d_optimizer.config.learning_rate": 0.0},
    ),
    WHOLE.without("adversary alone", {"model_arguments.zr_weight": 0.0}),
    LIKED,
]
