"""APR on ML-100K, CFGAN's split: on BPR-MF and on LightGCN.

As on ML-1M a start comes first, then the adversary; embeddings of 64 and no
biases. `magnitudes` says how far a user is perturbed: all alike, by PamaCF or
by VAT. What is left with the adversary off is the start, trained on and tuned
as APR is.

On liked items Optuna searches, on BPR-MF: `ganrec tune apr_ml_100k_liked`.
"""

import dataclasses

from keras_ganrec.baselines import BPRMF
from keras_ganrec.models import APR
from keras_ganrec.recipes import lightgcn_ml_100k
from keras_ganrec.recipes.base import ALONE
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

MF = {"embedding_dim": 64, "use_bias": False, "l2": 0.01}
ON = {
    "dataset": "ml-100k",
    "split": "cfgan",
    "batches": "pairs",
    "monitor": "ndcg_at_20",
}
START = Recipe(
    name="bpr_mf_start_ml_100k",
    model=BPRMF,
    model_arguments=MF,
    optimizers={"optimizer": adam(5e-3)},
    batch_size=2048,
    epochs=20,
    steps_per_execution=15,
    **ON,
)
L2 = "model_arguments.recommender.config.l2"
WHOLE = Recipe(
    name="apr_ml_100k",
    model=APR,
    model_arguments={"recommender": {"class_name": "BPRMF", "config": MF}},
    optimizers={"optimizer": adam(1e-3)},
    start=START,
    batch_size=2048,
    epochs=150,
    steps_per_execution=15,
    grid={
        "model_arguments.epsilon": (0.05, 0.1, 0.2),
        L2: (0.0, 0.005, 0.01),
    },
    patience=8,
    reference="[He et al., 2018](https://arxiv.org/abs/1808.03908)",
    **ON,
)
OFF = {
    "model_arguments.epsilon": 0.0,
    "model_arguments.adversarial_weight": 0.0,
}


def _magnitudes(name, reference):
    return dataclasses.replace(
        WHOLE,
        name=f"apr_{name}_ml_100k",
        model_arguments={**WHOLE.model_arguments, "magnitudes": name},
        reference=reference,
    )


ON_LIGHTGCN = dataclasses.replace(
    WHOLE,
    name="apr_lightgcn_ml_100k",
    model_arguments={
        "recommender": {
            "class_name": "LightGCN",
            "config": {**lightgcn_ml_100k.GRAPH, "l2": 1e-3},
        }
    },
    optimizers={"optimizer": adam(5e-3)},
    # As long as LightGCN gets better on the validation part.
    start=lightgcn_ml_100k.WHOLE.with_settings(
        {"model_arguments.l2": 1e-3, "epochs": 40, "patience": None}
    ),
    batch_size=8192,
    steps_per_execution=7,
    grid={
        "model_arguments.epsilon": (0.1, 0.3, 1.0),
        L2: (0.0, 1e-3),
    },
)
LIKED = dataclasses.replace(
    WHOLE,
    name="apr_ml_100k_liked",
    split="irgan",
    start=dataclasses.replace(START, split="irgan", monitor="ndcg_at_5"),
    epochs=80,
    grid={},
    space={
        "model_arguments.epsilon": log_range(0.02, 1.0),
        "model_arguments.adversarial_weight": log_range(0.1, 10.0),
        L2: log_range(1e-4, 3e-2),
        "optimizers.optimizer.config.learning_rate": log_range(5e-4, 5e-3),
    },
    monitor="ndcg_at_5",
)
RECIPES = [
    WHOLE,
    WHOLE.without("adversary off", OFF),
    # Every triple is a perturbed one.
    dataclasses.replace(
        WHOLE.without(
            "adversary alone", {"model_arguments.adversarial_weight": ALONE}
        ),
        grid={
            "model_arguments.epsilon": WHOLE.grid["model_arguments.epsilon"],
            L2: tuple(ALONE * l2 for l2 in WHOLE.grid[L2]),
        },
    ),
    _magnitudes("pamacf", "[PamaCF](https://arxiv.org/abs/2410.22844)"),
    _magnitudes("vat", "[VAT](https://arxiv.org/abs/2409.17476)"),
    ON_LIGHTGCN,
    ON_LIGHTGCN.without("adversary off", OFF),
    LIKED,
]
