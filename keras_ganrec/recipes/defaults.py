"""How a model is trained on data that nobody has tuned it for."""

from collections.abc import Callable

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec.data import Interactions
from keras_ganrec.data import Split
from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import measure
from keras_ganrec.evaluation.measures import num_users
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recommender import Recommender

PATIENCE = 10
STEPS_PER_EPOCH = 32
SMALLEST_BATCH = 8
# Of APR's adversary: random weights are no start for it.
BPR_FIRST = {
    "class_name": "PiecewiseConstantDecay",
    "config": {"boundaries": [2000], "values": [0.0, 1.0]},
}
# Of IRGAN and APL, which correct a factor model that was trained before: what
# they can add is what its L2 has flattened.
FLAT_START = Recipe(
    name="bpr_mf",
    model=baselines.BPRMF,
    dataset="synthetic",
    split="random_80_20",
    model_arguments={"embedding_dim": 16, "l2": 0.03},
    optimizers={"optimizer": adam(0.01)},
    batches="pairs",
    batch_size=1024,
    epochs=50,
)
WEAK_D = {"d_regularizer": {"class_name": "L2", "config": {"l2": 1e-4}}}
AGAINST_FAVOURITES = {
    "start": FLAT_START,
    "optimizers": {
        "d_optimizer": adam(0.02),
        "g_optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.03}},
    },
    "batches": "user_profiles",
    "batch_size": 95,
    "epochs": 500,
}
# On one's own data: a learning rate that suits thousands of users.
FITTED = {
    # The paper's network is too narrow and too deep for few users.
    models.AAERec: {
        "model_arguments": {
            "hidden_dims": [],
            "code_dim": 200,
            "dropout": 0.0,
        },
        # A slower G rests at popularity for longer than the patience.
        "optimizers": {"d_optimizer": adam(1e-3), "g_optimizer": adam(3e-3)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    models.ACAE: {
        "optimizers": {"optimizer": adam(1e-3)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    models.CFGAN: {
        "model_arguments": {"zr_weight": 0.1, "pm_ratio": 0.0},
        "optimizers": {"d_optimizer": adam(1e-4), "g_optimizer": adam(5e-4)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    models.GANMF: {
        "optimizers": {"d_optimizer": adam(1e-4), "g_optimizer": adam(5e-4)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    models.AMR: {
        "model_arguments": {
            "recommender": {"class_name": "VBPR", "config": {}},
        },
        "optimizers": {"optimizer": adam(1e-3)},
        "batches": "pairs",
        "batch_size": 1024,
        "epochs": 200,
    },
    models.APR: {
        "model_arguments": {
            "recommender": {"class_name": "BPRMF", "config": {}},
            "adversarial_weight": BPR_FIRST,
        },
        "optimizers": {"optimizer": adam(1e-3)},
        "batches": "pairs",
        "batch_size": 1024,
        "epochs": 200,
    },
    models.AdvInfoNCE: {
        "model_arguments": {
            "recommender": {
                "class_name": "BPRMF",
                "config": {"use_bias": False, "l2": 1e-5},
            },
        },
        "optimizers": {
            "optimizer": adam(1e-3),
            "adversary_optimizer": adam(1e-4),
        },
        "batches": "pairs",
        "batch_arguments": {"num_negatives": 64},
        "batch_size": 1024,
        "epochs": 200,
    },
    models.GraphGAN: {
        "model_arguments": {"embedding_dim": 16},
        "start": FLAT_START.with_settings({"model_arguments.l2": 0.01}),
        # A faster G soon leaves its start behind, and not for the better.
        "optimizers": {"d_optimizer": adam(1e-2), "g_optimizer": adam(1e-4)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    models.IRGAN: {
        "model_arguments": {"embedding_dim": 16, "d_steps": 2, **WEAK_D},
        **AGAINST_FAVOURITES,
    },
    models.PURE: {
        "model_arguments": {
            "embedding_dim": 32,
            "class_prior": 0.1,
            "d_regularizer": {"class_name": "L2", "config": {"l2": 5e-6}},
        },
        "optimizers": {"d_optimizer": adam(5e-3), "g_optimizer": adam(1e-5)},
        "batches": "pairs",
        "batch_size": 1024,
        "epochs": 200,
    },
    models.VAEGAN: {
        "optimizers": {"d_optimizer": adam(1e-4), "g_optimizer": adam(1e-3)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    models.CoFiGAN: {
        "optimizers": {"d_optimizer": adam(5e-3), "g_optimizer": adam(5e-3)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    models.CAAE: {
        "model_arguments": {
            "g_regularizer": {"class_name": "L2", "config": {"l2": 3e-4}},
            "d_regularizer": {"class_name": "L2", "config": {"l2": 1e-5}},
        },
        "optimizers": {"d_optimizer": adam(5e-3), "g_optimizer": adam(2e-3)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    models.RAGAN: {
        "optimizers": {"d_optimizer": adam(1e-4), "g_optimizer": adam(1e-3)},
        "batches": "rated_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    models.APL: {
        "model_arguments": {"embedding_dim": 16, "d_steps": 2, **WEAK_D},
        **AGAINST_FAVOURITES,
    },
    baselines.BPRMF: {
        "optimizers": {"optimizer": adam(1e-3)},
        "batches": "pairs",
        "batch_size": 1024,
        "epochs": 200,
    },
    baselines.LightGCN: {
        "optimizers": {"optimizer": adam(1e-3)},
        "batches": "pairs",
        "batch_size": 2048,
        "epochs": 200,
    },
    baselines.VBPR: {
        "optimizers": {"optimizer": adam(1e-3)},
        "batches": "pairs",
        "batch_size": 1024,
        "epochs": 200,
    },
    baselines.RecVAE: {
        "model_arguments": {"kl_weight": 0.01},
        "optimizers": {"optimizer": adam(5e-4)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
    baselines.MultVAE: {
        "optimizers": {"optimizer": adam(1e-3)},
        "batches": "user_profiles",
        "batch_size": 64,
        "epochs": 500,
    },
}
# On the market of 500 users: small, and trained in seconds.
QUICKSTART = (
    Recipe(
        name="quickstart_cfgan",
        model=models.CFGAN,
        dataset="synthetic",
        split="random_80_20",
        model_arguments={
            "g_hidden_dims": [64],
            "d_hidden_dims": [64],
            "zr_weight": 0.1,
            "pm_ratio": 0.0,
            "g_regularizer": {"class_name": "L2", "config": {"l2": 5e-4}},
        },
        optimizers={"d_optimizer": adam(1e-4), "g_optimizer": adam(1e-3)},
        batches="user_profiles",
        batch_size=32,
        epochs=60,
        steps_per_execution=16,
        patience=PATIENCE,
    ),
    Recipe(
        name="quickstart_ganmf",
        model=models.GANMF,
        dataset="synthetic",
        split="random_80_20",
        model_arguments={"embedding_dim": 16, "code_dim": 64},
        optimizers={"d_optimizer": adam(1e-3), "g_optimizer": adam(5e-3)},
        batches="user_profiles",
        batch_size=32,
        epochs=60,
        steps_per_execution=16,
        patience=PATIENCE,
    ),
)
ITEM_KNN = Recipe(
    name="quickstart_item_knn",
    model=baselines.ItemKNN,
    dataset="synthetic",
    split="random_80_20",
)
EASE_L2 = (30.0, 100.0, 300.0, 1000.0, 3000.0)
# Beyond this EASE takes minutes for each `l2`.
EASE_ITEMS = 10_000


def recipe(model: type, interactions: Interactions) -> Recipe:
    """The settings of `ganrec train`: those of the model, stopped in time.

    Small data is cut into small batches, so that an epoch has steps enough
    to show whether anything is learned.

    Raises:
        ValueError: If the model does not rank items.
    """
    if not issubclass(model, Recommender):
        raise ValueError(
            f"{model.__name__} makes things and ranks no items. Expected a "
            "recommender. `ganrec zoo` lists the models."
        )
    fitted = {}
    if model in FITTED:
        fitted = {"patience": PATIENCE, **FITTED[model]}
        rows = num_users(interactions)
        if fitted["batches"] == "pairs":
            rows = len(interactions)
        small = max(SMALLEST_BATCH, rows // STEPS_PER_EPOCH)
        fitted["batch_size"] = min(small, fitted["batch_size"])
    return Recipe(
        name=model.__name__.lower(),
        model=model,
        dataset="synthetic",
        split="random_80_20",
        **fitted,
    )


def yardsticks(parts: Split, report: Callable) -> dict[str, Recommender]:
    """Popularity, and EASE with its `l2` tuned on the validation part."""
    num_items = parts.train.num_items
    popularity = baselines.Popularity(num_items)
    popularity.adapt(parts.train)
    if num_items > EASE_ITEMS:
        report(f"EASE is left out: {num_items} items are too many for it.")
        return {"Popularity": popularity}
    validation = pipelines.ranking_batches(parts.train, parts.validation)
    best, best_ndcg = None, -1.0
    for l2 in EASE_L2:
        ease = baselines.EASE(num_items, l2=l2)
        ease.adapt(parts.train)
        ndcg = measure(ease, validation, lengths=(10,))["ndcg_at_10"]
        if ndcg > best_ndcg:
            best, best_ndcg = ease, ndcg
    return {"Popularity": popularity, "EASE": best}
