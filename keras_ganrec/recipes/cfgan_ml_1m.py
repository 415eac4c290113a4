"""CFGAN on ML-1M, on GANMF's split.

The authors' own split is not public as a whole; theirs and this one are
random 80/20 parts of the same ratings. `cfgan_item_ml_1m` has their settings:
they make a pass of D (batches of 512) and a pass of G (of 256) in turns; here
each batch of 512 gives D one step and G two. `cfgan_user_ml_1m` is the scheme
that a later study found to be the best one in user mode.
"""

from keras_ganrec.models import CFGAN
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

RECIPES = [
    Recipe(
        name="cfgan_item_ml_1m",
        model=CFGAN,
        dataset="ml-1m",
        split="ganmf",
        model_arguments={
            "mode": "item",
            "g_hidden_dims": [300],
            "d_hidden_dims": [250],
            "zr_ratio": 0.9,
            "zr_weight": 0.03,
            "pm_ratio": 0.9,
            "g_regularizer": {"class_name": "L2", "config": {"l2": 0.0005}},
            "d_regularizer": {"class_name": "L2", "config": {"l2": 2.5e-5}},
            "d_steps": 1,
            "g_steps": 2,
        },
        optimizers={"d_optimizer": adam(5e-5), "g_optimizer": adam(1e-4)},
        batches="item_profiles",
        batch_size=512,
        epochs=1500,
        steps_per_execution=8,
        reference=(
            "[Chae et al., 2018](https://doi.org/10.1145/3269206.3271743) "
            "and their code in "
            "[Pérez Maurera et al., 2022](https://arxiv.org/abs/2201.01815), "
            "Table 2; both on the authors' split"
        ),
        published={
            "precision_at_5": 0.432,
            "ndcg_at_5": 0.455,
            "precision_at_20": 0.309,
            "ndcg_at_20": 0.406,
        },
        replicated={
            "precision_at_5": 0.4287,
            "ndcg_at_5": 0.4521,
            "precision_at_20": 0.3077,
            "ndcg_at_20": 0.4036,
        },
    ),
    Recipe(
        name="cfgan_user_ml_1m",
        model=CFGAN,
        dataset="ml-1m",
        split="ganmf",
        model_arguments={
            "mode": "user",
            "g_hidden_dims": [300],
            "d_hidden_dims": [250],
            "zr_ratio": 0.7,
            "pm_ratio": 0.0,
        },
        optimizers={"d_optimizer": adam(1e-4), "g_optimizer": adam(1e-4)},
        batches="user_profiles",
        batch_size=128,
        epochs=400,
        steps_per_execution=24,
        grid={"model_arguments.zr_weight": (0.03, 0.1, 0.3)},
        patience=20,
        reference=(
            "[GANMF's repository](https://github.com/edervishaj/GANMF), "
            "its CFGAN in user mode on this split; "
            "[Pérez Maurera et al., 2022](https://arxiv.org/abs/2201.01815) "
            "on the scheme"
        ),
        published={
            "precision_at_5": 0.3817,
            "ndcg_at_5": 0.4044,
            "map_at_5": 0.3066,
            "precision_at_20": 0.2654,
            "ndcg_at_20": 0.3487,
        },
    ),
]
