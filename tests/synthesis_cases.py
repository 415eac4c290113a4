"""The generators under the contract, one entry each; and what they learn."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import pandas as pd

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets
from keras_ganrec.data import pipelines


def two_tastes():
    """Two tastes that never mix; no other size here is one of its 61 users."""
    return datasets.synthetic(
        num_users=61,
        num_items=40,
        num_tastes=2,
        interactions_per_user=12,
        crossover=0.0,
    )


def few_ratings(num_users, num_items):
    """Seven of ten items rated by each user, 1 to 5."""
    random = np.random.default_rng(0)
    user, item = np.nonzero(random.uniform(size=(num_users, num_items)) < 0.7)
    return Interactions.from_dataframe(
        pd.DataFrame(
            {"user": user, "item": item, "rating": 1 + (user + item) % 5}
        ),
        rating="rating",
    )


class SynthesisCase(NamedTuple):
    """How to build, feed and train one generator on the planted market."""

    build: Callable  # from the number of items
    feed: Callable | None = None  # None: fitted by `adapt`
    learning_rate: float = 0.01
    epochs: int = 30
    start: Callable | None = None  # trains on the data what it starts from

    def built(self, num_items):
        """Ready to be trained."""
        model = self.build(num_items)
        if self.feed is not None:
            players = ["optimizer"]
            if hasattr(model, "discriminator"):
                players = ["d_optimizer", "g_optimizer"]
            adam = keras.optimizers.Adam
            model.compile(**{p: adam(self.learning_rate) for p in players})
        return model

    def train(self, model, interactions, epochs=None, **kwargs):
        if self.feed is None:
            model.adapt(interactions)
            return
        epochs = self.epochs if epochs is None else epochs
        batches = self.feed(interactions)
        model.fit(batches, epochs=epochs, verbose=0, **kwargs)

    def trained(self, interactions, epochs=None):
        model = self.built(interactions.num_items)
        if self.start is not None and epochs is None:
            model.start_from(self.start(interactions))
        self.train(model, interactions, epochs)
        return model


def _mult_vae(num_items):
    return baselines.MultVAE(
        num_items,
        hidden_dims=(16,),
        latent_dim=4,
        kl_weight=1.0,
        annealing_steps=1,
        seed=0,
    )


def _trained_mult_vae(interactions):
    model = _mult_vae(interactions.num_items)
    model.compile(keras.optimizers.Adam(0.01))
    profiles = pipelines.user_profiles(interactions, batch_size=16)
    model.fit(profiles, epochs=30, verbose=0)
    return model


def _profile_gan(num_items):
    return models.ProfileGAN(
        num_items,
        code_dim=4,
        hidden_dim=64,
        dropout=0.2,
        autoencoder_steps=150,
        player_dims=(32, 32),
        pack=2,
        seed=0,
    )


SYNTHESIS_CASES = {
    "popularity_sampler": SynthesisCase(
        lambda items: baselines.PopularitySampler(items)
    ),
    "bernoulli_mixture": SynthesisCase(
        lambda items: baselines.BernoulliMixture(
            items, num_components=4, seed=0
        )
    ),
    "hydra": SynthesisCase(
        lambda items: baselines.HyDRA(items, num_features=4, seed=0)
    ),
    "vae_sampler": SynthesisCase(
        lambda items: baselines.VAESampler(_mult_vae(items)),
        start=_trained_mult_vae,
    ),
    "profile_gan": SynthesisCase(
        _profile_gan,
        lambda train: pipelines.user_profiles(train, batch_size=32),
        learning_rate=0.002,
        epochs=140,
    ),
    "bootstrap": SynthesisCase(lambda items: baselines.Bootstrap(items)),
}
