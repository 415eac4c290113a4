"""The generators side by side, on users whom they have not seen.

ProfileGAN's configuration was looked for on other random splits (seeds from
100) of the same 943 users: no split of these, but no user whom it had not seen
either. The other generators have one configuration or two, not tuned. What
they are held against: the real users themselves, drawn again or once each, and
the popularity of the items, as recommender and as generator.
"""

from keras_ganrec.baselines import BernoulliMixture
from keras_ganrec.baselines import Bootstrap
from keras_ganrec.baselines import HyDRA
from keras_ganrec.baselines import MultVAE
from keras_ganrec.baselines import Popularity
from keras_ganrec.baselines import PopularitySampler
from keras_ganrec.baselines import VAESampler
from keras_ganrec.models import ProfileGAN
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

PLAYER = {"beta_1": 0.0, "beta_2": 0.99}
ON_ML_100K = {
    "dataset": "ml-100k",
    "split": "users_70_30",
    "seeds": (0, 1, 2, 3, 4),
}


def _mult_vae(kl_weight):
    arguments = {
        "hidden_dims": [200],
        "latent_dim": 64,
        "kl_weight": kl_weight,
        "annealing_steps": 500,
    }
    start = Recipe(
        name=f"mult_vae_kl_{kl_weight}",
        model=MultVAE,
        model_arguments=arguments,
        optimizers={"optimizer": adam(1e-3)},
        batches="user_profiles",
        batch_size=64,
        epochs=150,
        steps_per_execution=8,
        **ON_ML_100K,
    )
    return {
        "model": VAESampler,
        "model_arguments": {
            "recommender": {"class_name": "MultVAE", "config": arguments}
        },
        "start": start,
    }


PROFILE_GAN = {
    "model": ProfileGAN,
    "optimizers": {
        "d_optimizer": adam(1e-3, **PLAYER),
        "g_optimizer": adam(2e-4, **PLAYER, use_ema=True, ema_momentum=0.999),
        "autoencoder_optimizer": adam(1.5e-3),
    },
    "batches": "user_profiles",
    "batch_size": 220,
    "epochs": 1300,
    "steps_per_execution": 3,
}
SETTINGS = {
    "real_users": {"model": Bootstrap, "model_arguments": {"replace": False}},
    "popularity": {"model": Popularity},
    "bootstrap": {"model": Bootstrap},
    "popularity_sampler": {"model": PopularitySampler},
    "bernoulli_mixture_20": {
        "model": BernoulliMixture,
        "model_arguments": {"num_components": 20},
    },
    "bernoulli_mixture_60": {
        "model": BernoulliMixture,
        "model_arguments": {"num_components": 60},
    },
    "mult_vae_prior_kl_0.2": _mult_vae(0.2),
    "mult_vae_prior_kl_1": _mult_vae(1.0),
    "hydra": {"model": HyDRA},
    "profile_gan": PROFILE_GAN,
    # Rates by taste, not as the item is rated by all.
    "profile_gan_rated": {
        **PROFILE_GAN,
        "model_arguments": {
            "autoencoder_steps": 550,
            "rating_values": (1.0, 2.0, 3.0, 4.0, 5.0),
        },
        "batches": "rated_profiles",
    },
}
GENERATORS = {
    name: Recipe(name=name, **settings, **ON_ML_100K)
    for name, settings in SETTINGS.items()
}
