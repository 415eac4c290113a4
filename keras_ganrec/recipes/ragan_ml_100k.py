"""RAGAN on ML-100K, CFGAN's split, whose train part has all ratings."""

from keras_ganrec.models import RAGAN
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

WHOLE = Recipe(
    name="ragan_ml_100k",
    model=RAGAN,
    dataset="ml-100k",
    split="cfgan",
    model_arguments={
        "low_ratio": 0.3,
        "dropout": 0.5,
        "adversarial_weight": 0.5,
    },
    optimizers={"d_optimizer": adam(1e-4), "g_optimizer": adam(1e-3)},
    batches="rated_profiles",
    batch_size=64,
    epochs=200,
    steps_per_execution=15,
    patience=20,
    monitor="ndcg_at_20",
    reference=("[Chae et al., 2019](https://doi.org/10.1145/3308558.3313413)"),
)
RECIPES = [
    WHOLE,
    WHOLE.without("adversary off", {"model_arguments.adversarial_weight": 0.0}),
    WHOLE.without(
        "adversary frozen",
        {"optimizers.d_optimizer.config.learning_rate": 0.0},
    ),
    WHOLE.without(
        "adversary alone", {"model_arguments.adversarial_weight": 1.0}
    ),
]
