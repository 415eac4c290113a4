import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.data import rated_pairs
from keras_ganrec.data import rated_profiles
from tests.data.conftest import random_interactions


@pytest.fixture(scope="module")
def rated():
    """Every third user has no rating; a rating of 0 occurs."""
    known = random_interactions(30, 20, 0.2)
    known = known.select(known.user_id % 3 != 1)
    ratings = np.random.default_rng(1).choice([-1.0, 0.0, 2.5], len(known))
    return dataclasses.replace(known, rating=ratings.astype(np.float32))


def test_profiles_hold_each_rating_in_its_place(rated):
    expected = np.full((30, 20), np.nan, np.float32)
    expected[rated.user_id, rated.item_id] = rated.rating
    dataset = rated_profiles(rated, batch_size=7)
    users = []
    for batch in dataset:
        rows = expected[batch["user_id"]]
        np.testing.assert_array_equal(batch["seen"], ~np.isnan(rows))
        np.testing.assert_array_equal(batch["rating"], np.nan_to_num(rows))
        users += batch["user_id"].numpy().tolist()
    assert sorted(users) == np.unique(rated.user_id).tolist()
    assert int(dataset.cardinality()) == 3
    spec = dataset.element_spec
    assert spec["user_id"].dtype == tf.int32
    for name in ("seen", "rating"):
        assert spec[name].dtype == tf.float32
        assert spec[name].shape.as_list() == [None, 20]


def test_pairs_are_every_rating_once(rated):
    dataset = rated_pairs(rated, batch_size=16)
    batches = list(dataset.as_numpy_iterator())
    drawn = [
        np.concatenate([batch[name] for batch in batches]).tolist()
        for name in ("user_id", "item_id", "rating")
    ]
    known = zip(rated.user_id, rated.item_id, rated.rating, strict=True)
    assert sorted(zip(*drawn, strict=True)) == sorted(known)
    assert int(dataset.cardinality()) == len(batches)
    dtypes = [str(column.dtype) for column in batches[0].values()]
    assert dtypes == ["int32", "int32", "float32"]


@pytest.mark.parametrize("function", [rated_profiles, rated_pairs])
def test_order_is_of_seed_and_epoch(rated, function):
    def users(seed, epoch):
        dataset = function(rated, 8, seed=seed)
        assert dataset.interactions is rated
        dataset.epoch.assign(epoch)
        return np.concatenate([b["user_id"] for b in dataset]).tolist()

    assert users(1, 2) == users(1, 2)
    assert users(1, 2) != users(1, 3)
    assert users(1, 2) != users(2, 2)


@pytest.mark.parametrize("function", [rated_profiles, rated_pairs])
def test_bad_arguments(rated, function):
    with pytest.raises(ValueError, match="no ratings.*rating="):
        function(dataclasses.replace(rated, rating=None))
    with pytest.raises(ValueError, match="batch_size=0"):
        function(rated, batch_size=0)
    with pytest.raises(ValueError, match="no interactions"):
        function(rated.select(np.zeros(len(rated), bool)))
