import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import tensorflow as tf

from keras_ganrec.data import Interactions
from keras_ganrec.data import pipelines
from keras_ganrec.data import splits
from tests.data.conftest import random_interactions


def collect(dataset, key):
    return np.concatenate([batch[key].numpy() for batch in dataset])


TRAINING = {
    "user_profiles": (pipelines.user_profiles, "user_id"),
    "item_profiles": (pipelines.item_profiles, "item_id"),
    "pairs": (pipelines.pairs, "negative_ids"),
    "pairs of uniform users": (
        functools.partial(pipelines.pairs, uniform_users=True),
        "item_id",
    ),
}


@pytest.mark.parametrize("batch_size", [1, 7, 16, 500])
def test_user_profiles_are_the_rows_of_the_matrix(market, batch_size):
    dataset = pipelines.user_profiles(market, batch_size)
    matrix = market.to_csr().toarray()
    users = []
    for batch in dataset:
        assert batch["seen"].dtype == tf.float32
        assert batch["user_id"].dtype == tf.int32
        np.testing.assert_array_equal(batch["seen"], matrix[batch["user_id"]])
        users += batch["user_id"].numpy().tolist()
    assert sorted(users) == list(range(80))
    assert int(dataset.cardinality()) == len(list(dataset))
    assert dataset.element_spec["seen"].shape.as_list() == [None, 60]


def test_item_profiles_are_the_columns(market):
    matrix = market.to_csr().toarray()
    dataset = pipelines.item_profiles(market, 16)
    for batch in dataset:
        np.testing.assert_array_equal(batch["seen"], matrix.T[batch["item_id"]])
    assert sorted(collect(dataset, "item_id")) == sorted(
        np.unique(market.item_id)
    )


def test_users_and_items_without_rows_are_left_out(market):
    rows = (market.user_id % 2 == 0) & (market.item_id % 3 == 0)
    part = market.select(rows)
    users = collect(pipelines.user_profiles(part, 8), "user_id")
    items = collect(pipelines.item_profiles(part, 8), "item_id")
    assert sorted(users) == np.unique(part.user_id).tolist()
    assert sorted(items) == np.unique(part.item_id).tolist()
    assert int(pipelines.user_profiles(part, 8).cardinality()) == 5


@pytest.mark.parametrize("name", TRAINING)
def test_order_depends_on_seed_and_epoch_alone(market, name):
    function, key = TRAINING[name]
    dataset = function(market, 16, seed=5)
    assert dataset.interactions is market
    epochs = []
    for epoch in range(3):
        dataset.epoch.assign(epoch)
        epochs.append(collect(dataset, key))
    assert not np.array_equal(epochs[0], epochs[1])
    assert not np.array_equal(epochs[1], epochs[2])
    resumed = function(market, 16, seed=5)
    resumed.epoch.assign(2)
    np.testing.assert_array_equal(collect(resumed, key), epochs[2])
    np.testing.assert_array_equal(collect(resumed, key), epochs[2])
    other = function(market, 16, seed=6)
    assert not np.array_equal(collect(other, key), epochs[0])


def test_seed_and_epoch_do_not_trade_places(market):
    a = pipelines.user_profiles(market, 16, seed=1)
    b = pipelines.user_profiles(market, 16, seed=0)
    b.epoch.assign(1)
    assert not np.array_equal(collect(a, "user_id"), collect(b, "user_id"))


def test_pairs_are_every_interaction_once(market):
    dataset = pipelines.pairs(market, 100, num_negatives=3)
    users, items = collect(dataset, "user_id"), collect(dataset, "item_id")
    assert sorted(zip(users, items, strict=True)) == sorted(
        zip(market.user_id, market.item_id, strict=True)
    )
    assert int(dataset.cardinality()) == -(-len(market) // 100)
    assert dataset.element_spec["negative_ids"].shape.as_list() == [None, 3]
    assert dataset.element_spec["negative_ids"].dtype == tf.int32


def test_uniform_users_are_drawn_alike_and_so_are_the_items_of_each():
    degree = np.array([10, 0, 40, 150])
    users = np.repeat(np.arange(4), degree)
    items = np.concatenate([np.arange(size) for size in degree])
    # Not in the order of users, as rows of a file.
    order = np.random.default_rng(0).permutation(200)
    market = Interactions(
        user_id=users[order].astype("int32"),
        item_id=items[order].astype("int32"),
        user_vocabulary=np.arange(4),
        item_vocabulary=np.arange(200),
    )
    dataset = pipelines.pairs(market, 80, seed=3, uniform_users=True)
    drawn = np.zeros((4, 200))
    for epoch in range(100):
        dataset.epoch.assign(epoch)
        for batch in dataset:
            np.add.at(drawn, (batch["user_id"], batch["item_id"]), 1)
    expected = np.zeros((4, 200))
    expected[users, items] = 100 * 200 / 3 / degree[users]
    assert (drawn[expected == 0] == 0).all()
    there = expected > 0
    assert scipy.stats.chisquare(drawn[there], expected[there]).pvalue > 0.001


@pytest.mark.parametrize("density", [0.02, 0.5, 0.95])
def test_negatives_are_never_observed_and_reach_everything(density):
    interactions = random_interactions(20, 15, density, seed=1)
    matrix = interactions.to_csr().toarray()
    keep = matrix.sum(axis=1) < 15
    interactions = interactions.select(keep[interactions.user_id])
    drawn = np.zeros_like(matrix)
    dataset = pipelines.pairs(interactions, 32, num_negatives=200)
    for batch in dataset:
        users = np.repeat(batch["user_id"].numpy(), 200)
        np.add.at(drawn, (users, batch["negative_ids"].numpy().ravel()), 1)
    assert (drawn * matrix == 0).all(), "a negative was observed"
    free = (matrix == 0) & (
        np.bincount(interactions.user_id, minlength=20) > 0
    )[:, None]
    assert (drawn[free] > 0).all(), "an unobserved item never came"


def test_negatives_are_uniform():
    interactions = random_interactions(4, 40, 0.4)
    matrix = interactions.to_csr().toarray()
    drawn = np.zeros_like(matrix)
    dataset = pipelines.pairs(interactions, 16, num_negatives=100)
    for epoch in range(5):
        dataset.epoch.assign(epoch)
        for batch in dataset:
            users = np.repeat(batch["user_id"].numpy(), 100)
            np.add.at(drawn, (users, batch["negative_ids"].numpy().ravel()), 1)
    for user in range(4):
        counts = drawn[user][matrix[user] == 0]
        expected = counts.sum() / len(counts)
        chi_square = ((counts - expected) ** 2 / expected).sum()
        degrees = len(counts) - 1
        # Mean n, variance 2 n: four standard deviations above.
        assert chi_square < degrees + 4 * np.sqrt(2 * degrees)


def test_negatives_of_equal_rows_differ_between_batches_and_within():
    rows = pd.DataFrame({"user": [0] * 64, "item": range(64)})
    wide = Interactions.from_dataframe(rows)
    catalog = dataclasses.replace(wide, item_vocabulary=np.arange(10_000))
    negatives = collect(pipelines.pairs(catalog, 32), "negative_ids")
    assert len(np.unique(negatives)) > 60


def test_a_user_with_every_item_has_no_negative():
    rows = pd.DataFrame({"user": [0, 0, 1], "item": [0, 1, 0]})
    with pytest.raises(ValueError, match="1 users have interacted with all 2"):
        pipelines.pairs(Interactions.from_dataframe(rows))


def test_ranking_batches_are_all_users_with_held_out_items(market):
    split = splits.temporal_split(market, 0.02, 0.0)
    dataset = pipelines.ranking_batches(split.train, split.test, 7)
    train, test = split.train.to_csr().toarray(), split.test.to_csr().toarray()
    users = []
    for inputs, held_out in dataset:
        ids = inputs["user_id"].numpy()
        np.testing.assert_array_equal(inputs["seen"], train[ids])
        np.testing.assert_array_equal(held_out, test[ids])
        users += ids.tolist()
    assert users == np.unique(split.test.user_id).tolist()
    assert len(users) < 80
    assert dataset.interactions is split.train
    assert int(dataset.cardinality()) == -(-len(users) // 7)


def test_ranking_batches_keep_users_without_a_profile(market):
    train = market.select(market.user_id > 3)
    test = market.select(market.user_id <= 3)
    ((inputs, held_out),) = pipelines.ranking_batches(train, test)
    assert inputs["user_id"].numpy().tolist() == [0, 1, 2, 3]
    assert inputs["seen"].numpy().sum() == 0
    assert held_out.numpy().sum() == len(test)


def test_one_user_and_one_item():
    one = Interactions.from_dataframe(pd.DataFrame({"user": [9], "item": [9]}))
    (users,) = pipelines.user_profiles(one)
    (items,) = pipelines.item_profiles(one)
    assert users["seen"].numpy().tolist() == [[1.0]]
    assert items["seen"].numpy().tolist() == [[1.0]]
    with pytest.raises(ValueError, match="all 1 items"):
        pipelines.pairs(one)


def test_bad_arguments(market):
    nothing = market.select(np.zeros(len(market), bool))
    for function, _ in TRAINING.values():
        with pytest.raises(ValueError, match="batch_size=0"):
            function(market, 0)
        with pytest.raises(ValueError, match="no interactions"):
            function(nothing)
    with pytest.raises(ValueError, match="num_negatives=0"):
        pipelines.pairs(market, num_negatives=0)
    with pytest.raises(ValueError, match="batch_size=0"):
        pipelines.ranking_batches(market, market, 0)
    with pytest.raises(ValueError, match="nothing to evaluate"):
        pipelines.ranking_batches(market, nothing)
    other = random_interactions(5, 5, 0.5)
    with pytest.raises(ValueError, match="different ones, 80 and 5, as `user"):
        pipelines.ranking_batches(market, other)
    others = dataclasses.replace(
        market, item_vocabulary=market.item_vocabulary[::-1]
    )
    with pytest.raises(ValueError, match="different ones, 60 and 60, as `item"):
        pipelines.ranking_batches(market, others)


def test_large_ids_do_not_overflow():
    """Users x items beyond int32: 60,000 x 70,000 = 4.2e9 cells."""
    unobserved = [5, 40_000, 69_998]
    items = np.setdiff1d(np.arange(70_000), unobserved).astype(np.int32)
    users = np.full(len(items), 59_999, np.int32)
    big = Interactions(users, items, np.arange(60_000), np.arange(70_000))
    (batch,) = pipelines.pairs(big, 1000).take(1)
    drawn, counts = np.unique(batch["negative_ids"], return_counts=True)
    assert drawn.tolist() == unobserved
    assert counts.min() > 250
    assert big.to_csr()[59_999].nnz == len(items)


def test_empty_rows_between_others_read_right():
    """A batch in which a row is empty: ids 0 and 2 have no interactions."""
    part = Interactions(
        np.array([1, 3], np.int32),
        np.array([2, 0], np.int32),
        np.arange(5),
        np.arange(3),
    )
    everyone = dataclasses.replace(
        part,
        user_id=np.arange(5, dtype=np.int32),
        item_id=np.array([0, 0, 0, 1, 0], np.int32),
    )
    ((inputs, _),) = pipelines.ranking_batches(part, everyone)
    assert inputs["seen"].numpy().tolist() == [
        [0, 0, 0],
        [0, 0, 1],
        [0, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
    ]
