"""VAEGAN on ML-100K, CFGAN's split: nobody published it, so it is tuned.

The settings are those of Mult-VAE on this split. On the validation part they
reach NDCG@20 .294, whatever D's rate (1e-3, 1e-4); Mult-VAE reaches .292.
Without the adversary it is .294, too, and with ten times the weight .293.

On liked items Optuna searches, with a third of the hidden units: `ganrec tune
vaegan_ml_100k_liked`.
"""

import dataclasses

from keras_ganrec.models import VAEGAN
from keras_ganrec.recipes.base import ALONE
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

WHOLE = Recipe(
    name="vaegan_ml_100k",
    model=VAEGAN,
    dataset="ml-100k",
    split="cfgan",
    model_arguments={"annealing_steps": 500},
    optimizers={"d_optimizer": adam(1e-4), "g_optimizer": adam(1e-3)},
    batches="user_profiles",
    batch_size=64,
    epochs=150,
    steps_per_execution=15,
    grid={"model_arguments.kl_weight": (0.5, 1.0)},
    patience=12,
    monitor="ndcg_at_20",
    reference="[Yu et al., 2019](https://doi.org/10.24963/ijcai.2019/584)",
)
LIKED = dataclasses.replace(
    WHOLE,
    name="vaegan_ml_100k_liked",
    split="irgan",
    model_arguments={"hidden_dims": [200], "annealing_steps": 150},
    batch_size=128,
    epochs=40,
    steps_per_execution=8,
    grid={},
    space={
        "model_arguments.latent_dim": log_range(50, 250),
        "model_arguments.dropout": {"low": 0.3, "high": 0.8},
        "model_arguments.kl_weight": log_range(0.2, 3.0),
        "model_arguments.adversarial_weight": log_range(0.1, 10.0),
        "optimizers.g_optimizer.config.learning_rate": log_range(1e-3, 6e-3),
    },
    patience=8,
    monitor="ndcg_at_5",
)
RECIPES = [
    WHOLE,
    # Codes of any shape count as normal.
    WHOLE.without("adversary off", {"model_arguments.adversarial_weight": 0.0}),
    WHOLE.without(
        "adversary frozen",
        {"optimizers.d_optimizer.config.learning_rate": 0.0},
    ),
    # The encoder's layers hear of nothing else, but for the means of codes,
    # which D never sees.
    WHOLE.without(
        "adversary alone", {"model_arguments.adversarial_weight": ALONE}
    ),
    LIKED,
]
