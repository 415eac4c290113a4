"""AAERec on ML-100K: nobody published it on these splits, so it is tuned.

The authors' network (100, 100, a code of 50, dropout of .2) reaches NDCG@20
.241 on the validation part, .242 without the adversary, and .270 at a rate of
.005. One hidden layer of 100 reaches .284 at .003, one of 200 with a code of
100 and dropout of .5 .279 at .001; no hidden layer and a code of 200, .304 at
.001 and .305 at .003. So encoder and decoder are linear here. Without the
adversary that is .305 and .304: it is worth nothing that one run could show.

On liked items Optuna searches: `ganrec tune aae_rec_ml_100k_liked`. Its
ablations, and the recipe with conditions, stand at the best of what it found
and search anew for what holds the network back: dropout and weight decay. The
same space is searched on all items: `ganrec tune aae_rec_tuned_ml_100k`.
"""

import dataclasses

from keras_ganrec.models import AAERec
from keras_ganrec.recipes.base import ALONE
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

WHOLE = Recipe(
    name="aae_rec_ml_100k",
    model=AAERec,
    dataset="ml-100k",
    split="cfgan",
    model_arguments={"hidden_dims": [], "code_dim": 200, "dropout": 0.0},
    optimizers={"d_optimizer": adam(1e-3), "g_optimizer": adam(3e-3)},
    batches="user_profiles",
    batch_size=64,
    epochs=300,
    steps_per_execution=15,
    grid={"model_arguments.adversarial_weight": (1.0, 10.0)},
    patience=15,
    monitor="ndcg_at_20",
    reference="[Galke et al., 2018](https://arxiv.org/abs/1907.12366)",
)
LIKED = dataclasses.replace(
    WHOLE,
    name="aae_rec_ml_100k_liked",
    split="irgan",
    grid={},
    space={
        "model_arguments.code_dim": log_range(100, 500),
        "model_arguments.dropout": {"low": 0.0, "high": 0.7},
        "model_arguments.adversarial_weight": log_range(0.1, 30.0),
        "optimizers.g_optimizer.config.learning_rate": log_range(5e-4, 1e-2),
        "optimizers.g_optimizer.config.weight_decay": log_range(1e-4, 1.0),
        "batch_size": (32, 64, 128),
    },
    monitor="ndcg_at_5",
)
TUNED = dataclasses.replace(
    LIKED,
    name="aae_rec_tuned_ml_100k",
    split="cfgan",
    monitor="ndcg_at_20",
)
# What Optuna found on liked items, rounded.
FOUND = {
    "model_arguments.code_dim": 241,
    "model_arguments.adversarial_weight": 3.1,
    "optimizers.g_optimizer.config.learning_rate": 2.6e-3,
    "batch_size": 128,
}
HELD_BACK = {
    "model_arguments.dropout": (0.4, 0.5, 0.6),
    "optimizers.g_optimizer.config.weight_decay": (5e-3, 0.1),
}
CONDITIONS = dataclasses.replace(
    LIKED.with_settings(
        {
            **FOUND,
            "model_arguments.user_features": ["age", "gender", "occupation"],
        }
    ),
    name="aae_rec_conditions_ml_100k_liked",
    grid=HELD_BACK,
)
ABLATIONS = {
    "adversary off": {"model_arguments.adversarial_weight": 0.0},
    "adversary frozen": {"optimizers.d_optimizer.config.learning_rate": 0.0},
    # The encoder hears of nothing else; the decoder has but one loss.
    "adversary alone": {"model_arguments.adversarial_weight": ALONE},
}
RECIPES = [
    WHOLE,
    *(WHOLE.without(*ablation) for ablation in ABLATIONS.items()),
    TUNED,
    LIKED,
    *(
        dataclasses.replace(
            LIKED.without(ablation, {**FOUND, **settings}),
            space={},
            grid=HELD_BACK,
        )
        for ablation, settings in ABLATIONS.items()
    ),
    CONDITIONS,
]
