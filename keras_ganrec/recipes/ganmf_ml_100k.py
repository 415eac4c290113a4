"""GANMF on ML-100K, CFGAN's split: nobody published it, so it is tuned."""

from keras_ganrec.models import GANMF
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

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
]
