"""APL on ML-100K, liked items alone (IRGAN's split), in 20 dimensions.

The authors measure on other data. As in their code G starts from DNS and has
no L2; D has one, both have plain steps of one rate, and the temperatures are
.2. Here D has Adam, as in the recipes of IRGAN. What is true of IRGAN is true
of APL: it lowers what G overrates, which pays as far as the start is
over-regularized. On the validation part NDCG@5 rises from .165 to .197 where
the start has an L2 of .05, as IRGAN's has; from .207 to .213 where it has .03;
and not at all, from .213, where it has .02. The start here is the second: the
best that APL gains on. Tried: G's rates of .5, 1 and 2 (the slower, the later
the best), temperatures of .2, .5 and 1 (from an L2 of .05, .5 ends at .185 and
1 gains nothing), a Gumbel temperature of 1 and the hinge (as good).

From the third start Optuna searches: `ganrec tune apl_tuned_ml_100k`.
"""

import dataclasses

from keras_ganrec.baselines import BPRMF
from keras_ganrec.models import APL
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

DNS = Recipe(
    name="dns_20_ml_100k",
    model=BPRMF,
    dataset="ml-100k",
    split="irgan",
    monitor="ndcg_at_5",
    model_arguments={"embedding_dim": 20, "l2": 0.03, "hardest_negative": True},
    optimizers={"optimizer": adam(0.01)},
    batches="pairs",
    batch_size=1024,
    batch_arguments={"num_negatives": 5},
    epochs=40,
    steps_per_execution=8,
    reference="[Zhang et al., 2013](https://doi.org/10.1145/2484028.2484126)",
)
WHOLE = Recipe(
    name="apl_ml_100k",
    model=APL,
    dataset="ml-100k",
    split="irgan",
    model_arguments={
        "embedding_dim": 20,
        "d_regularizer": {"class_name": "L2", "config": {"l2": 1e-4}},
        "d_steps": 2,
    },
    optimizers={
        "d_optimizer": adam(0.02),
        "g_optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.5}},
    },
    batches="user_profiles",
    batch_size=95,
    start=DNS,
    epochs=80,
    steps_per_execution=10,
    grid={"model_arguments.loss": ("relativistic", "relativistic_hinge")},
    patience=20,
    monitor="ndcg_at_5",
    reference="[Sun et al., 2019](https://doi.org/10.1016/j.eswa.2018.10.024)",
)
TUNED = dataclasses.replace(
    WHOLE,
    name="apl_tuned_ml_100k",
    start=DNS.with_settings({"model_arguments.l2": 0.02}),
    epochs=40,
    grid={},
    space={
        "model_arguments.loss": ("relativistic", "relativistic_hinge"),
        "model_arguments.temperature": log_range(0.1, 2.0),
        "model_arguments.gumbel_temperature": log_range(0.1, 1.0),
        "model_arguments.d_regularizer.config.l2": log_range(1e-5, 1e-3),
        "optimizers.d_optimizer.config.learning_rate": log_range(3e-3, 5e-2),
        "optimizers.g_optimizer.config.learning_rate": log_range(0.03, 3.0),
    },
    patience=10,
)
# All of G's loss is D's: with the adversary off only the start is left.
RECIPES = [
    DNS,
    WHOLE,
    WHOLE.without(
        "adversary frozen",
        {"optimizers.d_optimizer.config.learning_rate": 0.0},
    ),
    # All that G knows it has from D.
    WHOLE.without("no start", {"start": None}),
    TUNED,
]
