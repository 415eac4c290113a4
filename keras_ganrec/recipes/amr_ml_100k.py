"""AMR on liked items of ML-100K, from a trained VBPR as in the paper.

The paper's data are pictures; here the features are genres and words of the
titles, of length 2 on average. On the validation part NDCG@5 is .219 with
epsilon .3, .214 with .1 and .208 with .5, the value of the start; without the
adversary it is .214, and NDCG@20 .249 instead of .259. One seed each. Without
a start it is .213.

From half as long a start Optuna searches for more: `ganrec tune
amr_tuned_ml_100k_liked`.
"""

import dataclasses

from keras_ganrec.models import AMR
from keras_ganrec.recipes import vbpr_ml_100k
from keras_ganrec.recipes.base import ALONE
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

WHOLE = Recipe(
    name="amr_ml_100k_liked",
    model=AMR,
    dataset="ml-100k",
    split="irgan",
    model_arguments={
        "recommender": {
            "class_name": "VBPR",
            "config": vbpr_ml_100k.ARGUMENTS,
        },
    },
    # As long as VBPR gets better on the validation part.
    start=vbpr_ml_100k.WHOLE.with_settings({"epochs": 22, "patience": None}),
    optimizers={"optimizer": adam(1e-3)},
    batches="pairs",
    batch_size=2048,
    epochs=60,
    steps_per_execution=8,
    grid={"model_arguments.epsilon": (0.1, 0.3, 0.5)},
    patience=10,
    monitor="ndcg_at_5",
    reference="[Tang et al., 2019](https://arxiv.org/abs/1809.07062)",
)
TUNED = dataclasses.replace(
    WHOLE,
    name="amr_tuned_ml_100k_liked",
    start=WHOLE.start.with_settings({"epochs": 10}),
    epochs=25,
    grid={},
    space={
        "model_arguments.epsilon": log_range(0.05, 1.0),
        "model_arguments.adversarial_weight": log_range(0.1, 10.0),
        "model_arguments.recommender.config.l2": log_range(1e-3, 3e-2),
        "model_arguments.recommender.config.feature_l2": log_range(1e-4, 1e-2),
        "optimizers.optimizer.config.learning_rate": log_range(5e-4, 5e-3),
    },
    patience=8,
)
RECIPES = [
    WHOLE,
    # VBPR, trained on from the same start and stopped by the validation part,
    # too: a step of no length is no other loss.
    WHOLE.without(
        "adversary off",
        {
            "model_arguments.adversarial_weight": 0.0,
            "model_arguments.epsilon": 0.0,
        },
    ),
    # Every triple is a perturbed one; the penalties stay what they are to it.
    WHOLE.without(
        "adversary alone",
        {
            "model_arguments.adversarial_weight": ALONE,
            **{
                f"model_arguments.recommender.config.{name}": (
                    ALONE * vbpr_ml_100k.ARGUMENTS[name]
                )
                for name in ("l2", "feature_l2")
            },
        },
    ),
    TUNED,
]
