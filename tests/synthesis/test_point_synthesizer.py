"""PointSynthesizer: points whose groups are known, as users and items."""

import dataclasses

import keras
import numpy as np
import pandas as pd
import pytest
import sklearn.cluster
import sklearn.metrics

from keras_ganrec.data import interactions_of
from keras_ganrec.inequality import gini
from keras_ganrec.models.synthesis import GANRS
from keras_ganrec.synthesis import rating_points
from tests.synthesis_cases import few_ratings

NUM_USERS, NUM_ITEMS = 12, 8


@pytest.fixture(scope="module")
def interactions():
    return few_ratings(NUM_USERS, NUM_ITEMS)


class Blobs(GANRS):
    """Its points lie at 3 users and 6 items, far apart."""

    def sample(self, n, condition, seed_generator):
        ids = keras.random.randint((n,), 0, 18, seed=seed_generator)
        user, item = ids % 3, ids // 3
        noise = keras.random.normal((n, 7), stddev=0.01, seed=seed_generator)
        far = keras.ops.cast(1 + item // 3, "float32")
        centers = [
            10 * keras.ops.one_hot(user, 3),
            10 * keras.ops.one_hot(item % 3, 3) * far[:, None],
            keras.ops.cast(item, "float32")[:, None],
        ]
        return noise + keras.ops.concatenate(centers, axis=1)


def build(**kwargs):
    return Blobs(
        NUM_USERS,
        NUM_ITEMS,
        num_synthetic_items=6,
        samples_per_user=40,
        embedding_dim=3,
        **kwargs,
    )


@pytest.fixture(scope="module")
def blobs(interactions):
    model = build()
    model.remember(interactions)
    return model


def test_groups_of_points_are_users_and_items(blobs):
    seed_generator = keras.random.SeedGenerator(0)
    table = blobs.draw_samples(3, None, keras.random.SeedGenerator(0))
    # The same points: their seed is the second that is drawn.
    seed_generator.next()
    points = np.array(blobs.sample(120, None, seed_generator))
    users = points[:, :3].argmax(axis=1)
    items = points[:, 3:6].round(-1) @ [1, 3, 9]
    for found, true in (("user", users), ("item_id", items)):
        assert sklearn.metrics.adjusted_rand_score(table[found], true) == 1.0


def test_no_pair_is_repeated_and_its_first_rating_stays(blobs):
    samples = blobs.draw_samples(3, None, keras.random.SeedGenerator(0))
    drawn, features = blobs.draw(3, None, keras.random.SeedGenerator(0))
    first = samples.groupby(["user", "item_id"])["rating"].first()
    assert features is None
    assert len(drawn) == 18  # 120 samples of 3 x 6 pairs
    assert drawn["user"].is_monotonic_increasing
    pd.testing.assert_series_equal(
        drawn.set_index(["user", "item_id"])["rating"].sort_index(), first
    )


def test_ratings_have_the_real_mean_and_spread(blobs, interactions):
    rating = blobs.draw_samples(200, None, keras.random.SeedGenerator(0))[
        "rating"
    ]
    assert rating.mean() == pytest.approx(interactions.rating.mean(), abs=0.1)
    assert rating.std() == pytest.approx(interactions.rating.std(), abs=0.15)


def test_ratings_are_rounded_to_the_nearest_that_occurs(interactions):
    model = build(rating_range=(0, 5))
    ratings = np.array([0, 1, 5], "float32")[np.arange(len(interactions)) % 3]
    model.remember(dataclasses.replace(interactions, rating=ratings))
    # Standardized as generated ones are: mean and spread become the real.
    model.fake_ratings.assign([0.0, 1.0])
    wanted = np.array([-7, 0.4, 0.6, 2.9, 3.1, 80])
    generated = (wanted - ratings.mean()) / ratings.std()
    np.testing.assert_array_equal(model.ratings(generated), [0, 0, 1, 1, 5, 5])


def test_items_are_new_and_the_same_in_each_call(blobs, interactions):
    one, other = (blobs.generate(3, seed=s).interactions for s in (1, 2))
    assert set(one["item"]) == set(other["item"]) == set(range(8, 14))
    with pytest.raises(ValueError, match="none of the real table"):
        interactions_of(one, like=interactions)
    # An item is the same group of points: here it has its own rating.
    ratings = pd.concat([one, other]).groupby("item")["rating"].nunique()
    assert (ratings == 1).all()


def test_raw_ids_that_are_strings_make_strings(interactions):
    model = build()
    names = np.array([f"item {i}" for i in range(NUM_ITEMS)])
    model.remember(dataclasses.replace(interactions, item_vocabulary=names))
    assert model.schema.item_vocabulary[0] == "synthetic 0"


def test_groups_are_as_unequal_as_those_of_k_means():
    random = np.random.default_rng(0)
    points = random.standard_normal((6400, 3))
    points *= random.lognormal(size=(6400, 1))  # dense within, rare outside
    whole = sklearn.cluster.KMeans(100, n_init=1, random_state=0).fit(points)
    found = [
        gini(np.bincount(rating_points.nearest(points, centroids)))
        for centroids in (
            whole.cluster_centers_,
            rating_points.centroids(points, 100, random),
        )
    ]
    assert found[0] > 0.5
    assert found[1] == pytest.approx(found[0], abs=0.05)
