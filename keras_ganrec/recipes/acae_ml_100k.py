"""ACAE on ML-100K, CFGAN's split: nobody published it, so it is tuned.

The authors' own numbers are of other data and rank among 200 items. As with
them, an autoencoder is trained first, for a fixed number of epochs, and then
against noise. FG-ACAE differs from ACAE in that each layer's noise has a weight
of its own: its epsilon is what ACAE chose, its weights are tuned. Their code
adds noise to the decoder alone, with a weight of 100 or 200; on the validation
part here noise on either layer alone is as good as on both (NDCG@20 .303 and
.304), and 60 epochs of a start are as good as none. Tried for the
autoencoder without noise: `dropout` .2 and .5 (.299 and .301), an L2 of .01 (no
difference) and of .1 (worse), a learning rate of .003 (.299).

On liked items Optuna searches, without a start: `ganrec tune
acae_ml_100k_liked`.
"""

import dataclasses

from keras_ganrec.models import ACAE
from keras_ganrec.recipes.base import ALONE
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

OFF = {
    "model_arguments.epsilon": 0.0,
    "model_arguments.encoder_noise_weight": 0.0,
    "model_arguments.decoder_noise_weight": 0.0,
}
SETTINGS = {
    "model": ACAE,
    "dataset": "ml-100k",
    "split": "cfgan",
    "optimizers": {"optimizer": adam(1e-3)},
    "batches": "user_profiles",
    "batch_size": 64,
    "steps_per_execution": 15,
    "monitor": "ndcg_at_20",
}
CDAE = Recipe(name="cdae_ml_100k", epochs=60, **SETTINGS).with_settings(OFF)
WHOLE = Recipe(
    name="acae_ml_100k",
    start=CDAE,
    epochs=200,
    grid={"model_arguments.epsilon": (1.0, 5.0, 10.0)},
    patience=15,
    reference="[Yuan et al., 2018](https://arxiv.org/abs/1808.05361)",
    **SETTINGS,
)
FINE_GRAINED = dataclasses.replace(
    WHOLE,
    name="fg_acae_ml_100k",
    model_arguments={"epsilon": 5.0},
    grid={
        "model_arguments.encoder_noise_weight": (0.3, 1.0, 3.0),
        "model_arguments.decoder_noise_weight": (0.3, 1.0, 3.0),
    },
    reference="[Yuan et al., 2019](https://doi.org/10.1145/3331184.3331321)",
)
LIKED = dataclasses.replace(
    WHOLE,
    name="acae_ml_100k_liked",
    split="irgan",
    start=None,
    epochs=100,
    grid={},
    space={
        "model_arguments.hidden_dim": log_range(100, 400),
        "model_arguments.dropout": {"low": 0.2, "high": 0.8},
        "model_arguments.epsilon": log_range(0.5, 30.0),
        "optimizers.optimizer.config.learning_rate": log_range(5e-4, 5e-3),
    },
    patience=10,
    monitor="ndcg_at_5",
)
RECIPES = [
    WHOLE,
    # The autoencoder is trained on as it began.
    WHOLE.without("adversary off", OFF),
    # It meets no weights without noise.
    WHOLE.without(
        "adversary alone",
        {
            "model_arguments.encoder_noise_weight": ALONE,
            "model_arguments.decoder_noise_weight": ALONE,
        },
    ),
    FINE_GRAINED,
    LIKED,
]
