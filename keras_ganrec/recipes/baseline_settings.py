"""What of the baselines' settings depends on the data, as tried on validation.

By split: from the name of a baseline to settings that take the place of those
of `recipes/baselines.py`.
"""

# Nothing is drawn, or there is no time for more: one run is all runs.
ONE_RUN = {"seeds": (0,)}
# A third of the authors' width: there are two cores.
NARROW_MULT_VAE = {
    "model_arguments": {
        "hidden_dims": [200],
        "latent_dim": 64,
        "annealing_steps": 1000,
    },
    "batch_size": 256,
}

ML_1M = {
    "slim": {
        "grid": {
            "model_arguments.l1": (1.0, 3.0, 10.0),
            "model_arguments.l2": (200.0, 400.0, 800.0),
        },
    },
    "edlae": {
        "grid": {
            "model_arguments.dropout": (0.5, 0.7, 0.8),
            "model_arguments.l2": (400.0, 800.0, 1200.0),
        },
    },
    "ials": {
        "grid": {
            "model_arguments.unobserved_weight": (0.1, 0.2, 0.3),
            "model_arguments.l2": (0.007, 0.01, 0.02),
        },
    },
    "bpr_mf": {
        "model_arguments": {"embedding_dim": 128, "l2": 0.003},
        "batch_size": 8192,
    },
    "mult_vae": {
        "model_arguments": {"kl_weight": 0.4, "annealing_steps": 1000},
        "batch_size": 128,
    },
    "rp3beta": {
        "grid": {
            "model_arguments.transition_exponent": (0.6, 0.8, 1.0),
            "model_arguments.popularity_exponent": (0.4, 0.5, 0.6),
        },
    },
    "rec_vae": {
        "batch_size": 256,
        "grid": {"model_arguments.kl_weight": (0.005, 0.01)},
    },
}
ML_1M_LAST = {
    **ML_1M,
    "item_knn": {
        "grid": {
            "model_arguments.num_neighbors": (5, 10, 20),
            "model_arguments.target_weight": (0.2, 0.4, 0.6),
        },
    },
    "rp3beta": {
        "grid": {
            "model_arguments.transition_exponent": (0.4, 0.6, 0.8),
            "model_arguments.popularity_exponent": (0.5, 0.6, 0.7, 0.8),
        },
    },
    "edlae": {
        "grid": {
            "model_arguments.dropout": (0.1, 0.2, 0.33),
            "model_arguments.l2": (200.0, 400.0, 800.0),
        },
    },
    "ials": {
        "grid": {
            "model_arguments.unobserved_weight": (0.05, 0.1),
            "model_arguments.l2": (0.003, 0.006, 0.01),
        },
    },
}
ML_100K = {
    "slim": {
        "grid": {
            "model_arguments.l1": (0.3, 1.0, 3.0),
            "model_arguments.l2": (50.0, 100.0, 200.0, 400.0),
        },
    },
    "edlae": {
        "grid": {
            "model_arguments.dropout": (0.5, 0.7, 0.8),
            "model_arguments.l2": (200.0, 400.0, 800.0),
        },
    },
    "ials": {
        "grid": {
            "model_arguments.unobserved_weight": (0.1, 0.2, 0.3),
            "model_arguments.l2": (0.01, 0.02, 0.03, 0.04),
        },
    },
    "bpr_mf": {
        "model_arguments": {"embedding_dim": 64},
        "batch_size": 2048,
        "grid": {"model_arguments.l2": (0.005, 0.01, 0.02)},
    },
    "mult_vae": {
        "model_arguments": {"annealing_steps": 500},
        "batch_size": 64,
        "grid": {"model_arguments.kl_weight": (0.5, 1.0, 2.0)},
    },
    "rec_vae": {
        "batch_size": 128,
        "grid": {"model_arguments.kl_weight": (0.01, 0.02)},
    },
}
# Half as many positives, and ranked as in the paper, five at a time.
ML_100K_LIKED = {
    **ML_100K,
    "item_knn": {
        "grid": {
            "model_arguments.num_neighbors": (20, 50, 100),
            "model_arguments.target_weight": (0.02, 0.05, 0.1),
        },
    },
    "rp3beta": {
        "grid": {
            "model_arguments.transition_exponent": (0.2, 0.3, 0.4, 0.6),
            "model_arguments.popularity_exponent": (0.4, 0.5, 0.6),
        },
    },
    "bpr_mf": {
        **ML_100K["bpr_mf"],
        "grid": {"model_arguments.l2": (0.001, 0.0025, 0.005, 0.01)},
    },
    "slim": {
        "grid": {
            "model_arguments.l1": (0.03, 0.1, 0.3, 1.0),
            "model_arguments.l2": (50.0, 100.0, 200.0, 400.0),
        },
    },
    "ease": {"grid": {"model_arguments.l2": (50.0, 100.0, 200.0, 400.0)}},
    "edlae": {
        "grid": {
            "model_arguments.dropout": (0.33, 0.5, 0.7),
            "model_arguments.l2": (50.0, 100.0, 200.0),
        },
    },
}
# Each fit of EASE takes minutes, and gigabytes.
GOWALLA = {
    "rp3beta": {
        "grid": {
            "model_arguments.transition_exponent": (0.6, 0.8),
            "model_arguments.popularity_exponent": (0.4, 0.5, 0.6),
        },
    },
    "item_knn": {
        "grid": {
            "model_arguments.num_neighbors": (50, 100),
            "model_arguments.target_weight": (0.05, 0.1, 0.2),
        },
    },
    "ease": {"grid": {"model_arguments.l2": (100.0, 200.0, 400.0)}},
    "edlae": {
        "model_arguments": {"l2": 50.0},
        "grid": {"model_arguments.dropout": (0.1, 0.3)},
    },
    "ials": {
        "grid": {
            "model_arguments.unobserved_weight": (0.003, 0.01, 0.02),
            "model_arguments.l2": (0.001, 0.003),
        },
    },
    "mult_vae": {
        **NARROW_MULT_VAE,
        "epochs": 40,
        "patience": 3,
        **ONE_RUN,
    },
}
# Ten articles of each user at most, and many that nobody else has.
CITEULIKE_T = {
    "rp3beta": {
        "grid": {
            "model_arguments.transition_exponent": (0.3, 0.4, 0.6, 0.8),
            "model_arguments.popularity_exponent": (0.0, 0.1),
        },
    },
    "item_knn": {
        "grid": {
            "model_arguments.num_neighbors": (100, 200, 400),
            "model_arguments.target_weight": (0.02, 0.05, 0.1),
        },
    },
    "ease": {"grid": {"model_arguments.l2": (10.0, 50.0)}},
    "edlae": {
        "model_arguments": {"l2": 10.0},
        "grid": {"model_arguments.dropout": (0.1, 0.3)},
    },
    "mult_vae": {
        **NARROW_MULT_VAE,
        "epochs": 100,
        "patience": 6,
        "grid": {"model_arguments.kl_weight": (0.2, 1.0)},
        **ONE_RUN,
    },
    "ials": {
        "model_arguments": {"embedding_dim": 64, "num_sweeps": 8},
        "grid": {
            "model_arguments.unobserved_weight": (0.001, 0.003, 0.01),
            "model_arguments.l2": (0.001, 0.003, 0.01),
        },
    },
    "bpr_mf": {
        "model_arguments": {"embedding_dim": 64},
        "batch_size": 2048,
        "epochs": 150,
        "steps_per_execution": 8,
        "patience": 6,
        "grid": {"model_arguments.l2": (0.01, 0.03)},
    },
}
