"""What the GANs have to beat, tuned on the same splits with the same grids."""

from keras_ganrec.baselines import BPRMF
from keras_ganrec.baselines import EASE
from keras_ganrec.baselines import IALS
from keras_ganrec.baselines import SLIM
from keras_ganrec.baselines import ItemKNN
from keras_ganrec.baselines import MultVAE
from keras_ganrec.baselines import Popularity
from keras_ganrec.baselines import RecVAE
from keras_ganrec.baselines import RP3beta
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

# Nothing is drawn: one run is all runs.
ONE_RUN = {"seeds": (0,)}

SETTINGS = {
    "popularity": {"model": Popularity, **ONE_RUN},
    "item_knn": {
        "model": ItemKNN,
        "model_arguments": {"similarity": "tversky"},
        "grid": {
            "model_arguments.num_neighbors": (50, 100),
            "model_arguments.target_weight": (0.05, 0.1, 0.2),
        },
        **ONE_RUN,
    },
    "rp3beta": {
        "model": RP3beta,
        "model_arguments": {"num_neighbors": 200},
        "grid": {
            "model_arguments.transition_exponent": (0.6, 0.8),
            "model_arguments.popularity_exponent": (0.4, 0.5, 0.6),
        },
        **ONE_RUN,
    },
    "slim": {
        "model": SLIM,
        "grid": {
            "model_arguments.l1": (0.3, 1.0, 3.0),
            "model_arguments.l2": (200.0, 400.0, 800.0),
        },
        **ONE_RUN,
    },
    "ease": {
        "model": EASE,
        "grid": {"model_arguments.l2": (300.0, 600.0, 1000.0, 1500.0)},
        **ONE_RUN,
    },
    "edlae": {
        "model": EASE,
        "grid": {
            "model_arguments.dropout": (0.33, 0.5, 0.7),
            "model_arguments.l2": (400.0, 800.0),
        },
        **ONE_RUN,
    },
    "ials": {
        "model": IALS,
        "model_arguments": {"embedding_dim": 128, "num_sweeps": 10},
        "grid": {
            "model_arguments.unobserved_weight": (0.1, 0.2, 0.3),
            "model_arguments.l2": (0.01, 0.02),
        },
    },
    "bpr_mf": {
        "model": BPRMF,
        "optimizers": {"optimizer": adam(5e-3)},
        "batches": "pairs",
        "epochs": 100,
        "steps_per_execution": 16,
        "patience": 8,
    },
    "mult_vae": {
        "model": MultVAE,
        "optimizers": {"optimizer": adam(1e-3)},
        "batches": "user_profiles",
        "epochs": 150,
        "steps_per_execution": 8,
        "patience": 12,
    },
    "rec_vae": {
        "model": RecVAE,
        "optimizers": {"optimizer": adam(5e-4)},
        "batches": "user_profiles",
        "epochs": 100,
        "steps_per_execution": 8,
        "patience": 10,
    },
}
# What depends on the size of the data, as tried on the validation parts.
SIZED = {
    "ml-1m": {
        "bpr_mf": {
            "model_arguments": {"embedding_dim": 128, "l2": 0.003},
            "batch_size": 8192,
        },
        "mult_vae": {
            "model_arguments": {"kl_weight": 0.4, "annealing_steps": 1000},
            "batch_size": 128,
        },
        "rec_vae": {
            "batch_size": 256,
            "grid": {"model_arguments.kl_weight": (0.005, 0.01)},
        },
    },
    "ml-100k": {
        "bpr_mf": {
            "model_arguments": {"embedding_dim": 64, "l2": 0.01},
            "batch_size": 2048,
        },
        "mult_vae": {
            "model_arguments": {"kl_weight": 1.0, "annealing_steps": 500},
            "batch_size": 64,
        },
        "rec_vae": {
            "batch_size": 128,
            "grid": {"model_arguments.kl_weight": (0.01, 0.02)},
        },
    },
}

GANMF_REPOSITORY = (
    "[GANMF's repository](https://github.com/edervishaj/GANMF), on this split"
)
ECIR_2022 = (
    "[Pérez Maurera et al., 2022](https://arxiv.org/abs/2201.01815), Table 2, "
    "on this split"
)
PUBLISHED = {
    "popularity_ml_1m": {
        "precision_at_5": 0.2144,
        "ndcg_at_5": 0.2248,
        "map_at_5": 0.1545,
        "precision_at_20": 0.1562,
        "ndcg_at_20": 0.1952,
    },
    "item_knn_ml_1m": {
        "precision_at_5": 0.3880,
        "ndcg_at_5": 0.4088,
        "map_at_5": 0.3121,
        "precision_at_20": 0.2743,
        "ndcg_at_20": 0.3577,
    },
    "ials_ml_1m": {
        "precision_at_5": 0.4012,
        "ndcg_at_5": 0.4229,
        "map_at_5": 0.3200,
        "precision_at_20": 0.2890,
        "ndcg_at_20": 0.3783,
    },
    "popularity_ml_100k": {
        "precision_at_20": 0.1560,
        "recall_at_20": 0.1675,
        "mrr_at_20": 0.4130,
        "ndcg_at_20": 0.2132,
    },
    "item_knn_ml_100k": {
        "precision_at_20": 0.2779,
        "recall_at_20": 0.3372,
        "mrr_at_20": 0.6615,
        "ndcg_at_20": 0.4121,
    },
    "rp3beta_ml_100k": {
        "precision_at_20": 0.2603,
        "recall_at_20": 0.3204,
        "mrr_at_20": 0.6566,
        "ndcg_at_20": 0.3928,
    },
    "slim_ml_100k": {
        "precision_at_20": 0.2915,
        "recall_at_20": 0.3563,
        "mrr_at_20": 0.6952,
        "ndcg_at_20": 0.4375,
    },
    "ease_ml_100k": {
        "precision_at_20": 0.2929,
        "recall_at_20": 0.3530,
        "mrr_at_20": 0.6909,
        "ndcg_at_20": 0.4368,
    },
    "bpr_mf_ml_100k": {
        "precision_at_20": 0.2263,
        "recall_at_20": 0.2829,
        "mrr_at_20": 0.5620,
        "ndcg_at_20": 0.3296,
    },
}


def _on(dataset, split, reference):
    recipes = []
    for model, settings in SETTINGS.items():
        name = f"{model}_{dataset.replace('-', '_')}"
        published = PUBLISHED.get(name, {})
        recipes.append(
            Recipe(
                name=name,
                dataset=dataset,
                split=split,
                reference=reference if published else "",
                published=published,
                monitor="ndcg_at_20",
                **settings,
                **SIZED[dataset].get(model, {}),
            )
        )
    return recipes


RECIPES = [
    *_on("ml-1m", "ganmf", GANMF_REPOSITORY),
    *_on("ml-100k", "cfgan", ECIR_2022),
]
