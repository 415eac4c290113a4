"""The models under the contract: one entry each."""

import types
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import pytest
import scipy.sparse.linalg

from keras_ganrec import baselines
from keras_ganrec import metrics
from keras_ganrec import models
from keras_ganrec.data import pipelines
from keras_ganrec.data import rated_profiles


class Case(NamedTuple):
    """How to build, feed and train one model on the planted market."""

    build: Callable
    feed: Callable | None = None  # None: fitted by `adapt`
    learning_rate: float = 0.01
    epochs: int = 30
    start: Callable | None = None  # Makes of `train` what it begins with.

    def compiled(self, split, optimizer=keras.optimizers.Adam, **kwargs):
        sizes = split.train.num_users, split.train.num_items
        model = self.build(*sizes)
        if self.start is not None:
            model.start_from(self.start(split.train))
            model.remember(split.train)  # The graph, for steps without fit().
        if hasattr(model, "discriminator"):
            kwargs["d_optimizer"] = optimizer(self.learning_rate)
            kwargs["g_optimizer"] = optimizer(self.learning_rate)
        elif self.feed is not None:
            kwargs["optimizer"] = optimizer(self.learning_rate)
        model.compile(
            metrics=[metrics.RecallAtK(5), metrics.NDCGAtK(10)], **kwargs
        )
        return model

    def train(self, model, split, epochs=None, **kwargs):
        if self.feed is None:
            model.adapt(split.train)
            return None
        return model.fit(
            self.feed(split.train),
            epochs=self.epochs if epochs is None else epochs,
            verbose=0,
            **kwargs,
        )


def _users(train):
    return pipelines.user_profiles(train, batch_size=16)


def _items(train):
    return pipelines.item_profiles(train, batch_size=16)


def _rated(train):
    return rated_profiles(train, batch_size=16)


def _pairs(train):
    return pipelines.pairs(train, batch_size=64)


def _pairs_of_four(train):
    return pipelines.pairs(train, batch_size=64, num_negatives=4)


def _cfgan(num_items, zr_weight=0.1, **kwargs):
    return models.CFGAN(
        num_items,
        g_hidden_dims=(16,),
        d_hidden_dims=(16,),
        zr_ratio=0.5,
        zr_weight=zr_weight,
        seed=1,
        **kwargs,
    )


def _vbpr(num_users, num_items):
    features = np.random.default_rng(0).normal(size=(num_items, 5))
    return baselines.VBPR(
        num_users,
        num_items,
        features,
        embedding_dim=8,
        feature_embedding_dim=4,
    )


def _aae_rec(num_items, **kwargs):
    return models.AAERec(
        num_items,
        hidden_dims=(16,),
        code_dim=4,
        d_hidden_dims=(16,),
        adversarial_weight=5.0,
        seed=1,
        **kwargs,
    )


def _singular_vectors(train):
    """Factors of the interactions, for models that only correct others."""
    users, values, items = scipy.sparse.linalg.svds(
        train.to_csr().astype("float32"), k=4, random_state=0
    )
    return types.SimpleNamespace(
        user_table=users * np.sqrt(values),
        item_table=items.T * np.sqrt(values),
        item_bias=np.zeros(train.num_items),
    )


# Random weights are no start for APR.
WARM_UP = keras.optimizers.schedules.PiecewiseConstantDecay([100], [0.0, 1.0])
CASES = {
    "cfgan_user_zp": Case(
        lambda users, items: _cfgan(items, pm_ratio=0.3), _users, epochs=60
    ),
    "cfgan_user_zr": Case(
        lambda users, items: _cfgan(items, zr_weight=0.03, pm_ratio=0.0),
        _users,
    ),
    "cfgan_item_zp": Case(
        lambda users, items: _cfgan(
            items, num_users=users, mode="item", pm_ratio=0.3
        ),
        _items,
        epochs=60,
    ),
    "ganmf_user": Case(
        lambda users, items: models.GANMF(
            users,
            items,
            embedding_dim=8,
            code_dim=8,
            feature_matching_weight=0.3,
            d_regularizer=keras.regularizers.L2(0.02),
            seed=1,
        ),
        _users,
    ),
    "ganmf_item": Case(
        lambda users, items: models.GANMF(
            users,
            items,
            mode="item",
            embedding_dim=8,
            code_dim=8,
            feature_matching_weight=0.3,
            seed=1,
        ),
        _items,
    ),
    # G never weighs a seen item against an unseen one.
    "graphgan": Case(
        lambda users, items: models.GraphGAN(
            users,
            items,
            embedding_dim=4,
            num_samples=16,
            g_regularizer=keras.regularizers.L2(1e-4),
            d_regularizer=keras.regularizers.L2(1e-4),
            seed=1,
        ),
        _users,
        learning_rate=0.003,
        epochs=10,
        start=_singular_vectors,
    ),
    "irgan": Case(
        lambda users, items: models.IRGAN(
            users,
            items,
            embedding_dim=4,
            num_samples=16,
            temperature=1.0,
            g_regularizer=keras.regularizers.L2(1e-3),
            d_regularizer=keras.regularizers.L2(1e-3),
            seed=1,
        ),
        _users,
        learning_rate=0.02,
        epochs=20,
    ),
    "caae": Case(
        lambda users, items: models.CAAE(
            users,
            items,
            hidden_dims=(16,),
            disliked_hidden_dims=(16,),
            embedding_dim=4,
            num_samples=16,
            seed=1,
        ),
        _users,
    ),
    "cofigan": Case(
        lambda users, items: models.CoFiGAN(
            users,
            items,
            embedding_dim=4,
            num_samples=16,
            g_regularizer=keras.regularizers.L2(1e-3),
            d_regularizer=keras.regularizers.L2(1e-3),
            seed=1,
        ),
        _users,
        learning_rate=0.02,
    ),
    "apl": Case(
        lambda users, items: models.APL(
            users,
            items,
            embedding_dim=4,
            num_samples=16,
            temperature=1.0,
            gumbel_temperature=0.5,
            g_regularizer=keras.regularizers.L2(1e-3),
            d_regularizer=keras.regularizers.L2(1e-3),
            seed=1,
        ),
        _users,
        learning_rate=0.02,
    ),
    "pure": Case(
        lambda users, items: models.PURE(
            users,
            items,
            embedding_dim=8,
            class_prior=0.3,
            fake_weight=0.3,
            noise_dim=4,
            noise_stddev=0.3,
            d_initializer=keras.initializers.RandomNormal(stddev=0.5),
            seed=1,
        ),
        _pairs,
    ),
    "ragan": Case(
        lambda users, items: models.RAGAN(
            items,
            g_hidden_dims=(16,),
            d_hidden_dims=(16,),
            low_ratio=1.0,
            seed=1,
        ),
        _rated,
    ),
    "bpr_mf": Case(
        lambda users, items: baselines.BPRMF(users, items, embedding_dim=8),
        _pairs,
    ),
    "apr": Case(
        lambda users, items: models.APR(
            baselines.BPRMF(users, items, embedding_dim=8),
            epsilon=0.3,
            adversarial_weight=WARM_UP,
        ),
        _pairs,
    ),
    "vbpr": Case(_vbpr, _pairs),
    "amr": Case(
        lambda users, items: models.AMR(_vbpr(users, items), epsilon=0.3),
        _pairs,
    ),
    "lightgcn": Case(
        lambda users, items: baselines.LightGCN(
            users, items, embedding_dim=8, num_layers=2
        ),
        _pairs,
    ),
    "apr_lightgcn": Case(
        lambda users, items: models.APR(
            baselines.LightGCN(users, items, embedding_dim=8, num_layers=2),
            epsilon=0.3,
            adversarial_weight=WARM_UP,
        ),
        _pairs,
    ),
    "adv_info_nce": Case(
        lambda users, items: models.AdvInfoNCE(
            baselines.BPRMF(
                users, items, embedding_dim=8, use_bias=False, l2=0.0
            ),
        ),
        _pairs_of_four,
    ),
    "adv_info_nce_lightgcn": Case(
        lambda users, items: models.AdvInfoNCE(
            baselines.LightGCN(users, items, embedding_dim=8, num_layers=2),
        ),
        _pairs_of_four,
    ),
    "acae": Case(
        lambda users, items: models.ACAE(
            items, hidden_dim=16, epsilon=0.5, seed=1
        ),
        _users,
    ),
    "aae_rec": Case(lambda users, items: _aae_rec(items), _users, epochs=60),
    "aae_rec_conditions": Case(
        lambda users, items: _aae_rec(
            items,
            user_features=np.random.default_rng(0).normal(size=(users, 3)),
        ),
        _users,
        epochs=60,
    ),
    "vaegan": Case(
        lambda users, items: models.VAEGAN(
            items,
            hidden_dims=(16,),
            latent_dim=8,
            noise_dim=4,
            d_hidden_dims=(16,),
            annealing_steps=1,
            seed=1,
        ),
        _users,
    ),
    "mult_vae": Case(
        lambda users, items: baselines.MultVAE(
            items, hidden_dims=(16,), latent_dim=8
        ),
        _users,
    ),
    "rec_vae": Case(
        lambda users, items: baselines.RecVAE(
            items, hidden_dim=16, latent_dim=8, encoder_steps=1, seed=1
        ),
        _users,
        epochs=20,
    ),
    "popularity": Case(lambda users, items: baselines.Popularity(items)),
    "item_knn": Case(lambda users, items: baselines.ItemKNN(items)),
    "rp3beta": Case(lambda users, items: baselines.RP3beta(items)),
    "slim": Case(lambda users, items: baselines.SLIM(items, l2=5.0)),
    "ease": Case(lambda users, items: baselines.EASE(items, l2=5.0)),
    "ials": Case(
        lambda users, items: baselines.IALS(users, items, embedding_dim=8)
    ),
}
TWO_PLAYERS = tuple(
    "aae_rec apl caae cfgan cofigan ganmf graphgan irgan pure ragan "
    "vaegan".split()
)
GANS = [name for name in CASES if name.startswith(TWO_PLAYERS)]
TRAINED = [name for name, case in CASES.items() if case.feed is not None]
every_model = pytest.mark.parametrize("name", CASES)
every_trained_model = pytest.mark.parametrize("name", TRAINED)
every_gan = pytest.mark.parametrize("name", GANS)


def held_out(planted):
    return pipelines.ranking_batches(planted.train, planted.test, batch_size=16)
