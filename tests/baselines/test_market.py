"""Every baseline on a market whose best possible ranking is known."""

import keras
import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec import metrics
from keras_ganrec.data import datasets
from keras_ganrec.data import pipelines
from keras_ganrec.data import splits
from keras_ganrec.ranking import mask_seen


@pytest.fixture(scope="module")
def market():
    interactions = datasets.synthetic(
        num_users=400,
        num_items=120,
        num_tastes=4,
        interactions_per_user=15,
        crossover=0.05,
    )
    return splits.ratio_split(interactions, test_ratio=0.3, validation_ratio=0)


def ndcg(model, market):
    batches = pipelines.ranking_batches(market.train, market.test)
    if not model.compiled:
        model.compile(metrics=[metrics.NDCGAtK(10)])
    return model.evaluate(batches, verbose=0, return_dict=True)["ndcg_at_10"]


@pytest.fixture(scope="module")
def floor_and_ceiling(market):
    """NDCG of popularity, and of the scores that the market is drawn from."""
    model = baselines.Popularity(market.train.num_items)
    model.adapt(market.train)
    best = metrics.NDCGAtK(10)
    for inputs, held_out in pipelines.ranking_batches(
        market.train, market.test
    ):
        scores = datasets.planted_scores(
            market.train, np.asarray(inputs["user_id"])
        )
        best.update_state(held_out, mask_seen(scores, inputs["seen"]))
    return ndcg(model, market), float(best.result())


ADAPTED = {
    "item_knn": lambda users, items: baselines.ItemKNN(
        items, similarity="tversky", target_weight=0.1
    ),
    "rp3beta": lambda users, items: baselines.RP3beta(items),
    "slim": lambda users, items: baselines.SLIM(items, l1=1.0, l2=50.0),
    "ease": lambda users, items: baselines.EASE(items, l2=50.0),
    "edlae": lambda users, items: baselines.EASE(items, l2=20.0, dropout=0.3),
    "ials": lambda users, items: baselines.IALS(
        users, items, embedding_dim=8, unobserved_weight=0.2, l2=0.1, seed=0
    ),
}


@pytest.mark.parametrize("name", ADAPTED)
def test_adapts_to_tastes(name, market, floor_and_ceiling):
    model = ADAPTED[name](market.train.num_users, market.train.num_items)
    model.adapt(market.train)
    floor, ceiling = floor_and_ceiling
    assert ndcg(model, market) > floor + 0.7 * (ceiling - floor)


def test_bpr_mf_learns_tastes(market, floor_and_ceiling):
    model = baselines.BPRMF(
        market.train.num_users, market.train.num_items, 8, l2=0.05
    )
    model.compile(keras.optimizers.Adam(0.02), [metrics.NDCGAtK(10)])
    model.fit(pipelines.pairs(market.train, 512), epochs=15, verbose=0)
    floor, ceiling = floor_and_ceiling
    assert ndcg(model, market) > floor + 0.7 * (ceiling - floor)


def test_mult_vae_learns_tastes(market, floor_and_ceiling):
    model = baselines.MultVAE(
        market.train.num_items, (32,), 8, annealing_steps=100, seed=0
    )
    model.compile(keras.optimizers.Adam(0.01), [metrics.NDCGAtK(10)])
    model.fit(pipelines.user_profiles(market.train), epochs=30, verbose=0)
    floor, ceiling = floor_and_ceiling
    assert ndcg(model, market) > floor + 0.7 * (ceiling - floor)
