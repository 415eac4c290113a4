"""CFGAN on ML-1M, GANMF's split, in user mode with zero-reconstruction.

The authors' own split is not public as a whole; theirs and this one are
random 80/20 parts of the same ratings. A later study found this scheme to be
the best one of theirs; GANMF's authors ran CFGAN in user mode on this split.
"""

from keras_ganrec.models import CFGAN
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

RECIPES = [
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
            "zr_weight": 0.1,
            "pm_ratio": 0.0,
            "g_regularizer": {"class_name": "L2", "config": {"l2": 5e-4}},
        },
        optimizers={"d_optimizer": adam(1e-4), "g_optimizer": adam(5e-4)},
        batches="user_profiles",
        batch_size=128,
        epochs=400,
        steps_per_execution=24,
        patience=15,
        monitor="ndcg_at_20",
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
