import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from sklearn.linear_model import Ridge

from keras_ganrec.evaluation import fidelity
from tests.evaluation.tables import raw_table
from tests.evaluation.tables import table_of
from tests.evaluation.tables import tastes

# Item 4 has no users, user 3 has no items.
SEEN = [
    [1, 1, 0, 0, 0],
    [1, 1, 1, 0, 0],
    [0, 1, 1, 1, 0],
    [0, 0, 0, 0, 0],
]


def rated(rows, ratings):
    table = table_of(rows)
    return dataclasses.replace(table, rating=np.array(ratings, "float32"))


def test_only_who_has_rows_counts():
    users, items = fidelity.degrees(table_of(SEEN))
    assert list(users) == [2, 3, 3]
    assert list(items) == [2, 3, 2, 1]
    assert fidelity.item_coverage(table_of(SEEN)) == 4 / 5
    assert fidelity.profiles(table_of(SEEN)).shape == (3, 5)


def test_the_first_of_repeated_pairs_counts():
    table = raw_table(
        pd.DataFrame(
            {
                "user": [1, 0, 1, 1],
                "item": [0, 0, 0, 1],
                "rating": [5.0, 1.0, 2.0, 3.0],
            }
        )
    )
    assert list(fidelity.first_rows(table)) == [0, 1, 3]
    assert fidelity.repeated_pairs(table) == 0.25
    assert list(fidelity.degrees(table)[0]) == [1, 2]
    of_users, of_items = fidelity.mean_ratings(table)
    assert list(of_users["mean"]) == [1.0, 4.0]
    assert list(of_items["mean"]) == [3.0, 3.0]


def test_degrees_twice_as_large_are_log_2_away():
    counts = np.arange(1, 20)
    assert fidelity.degree_wasserstein(counts, 2 * counts) == pytest.approx(
        np.log(2)
    )


def test_lift_of_a_known_table():
    # Items 1, 0, 2, 3 by popularity; pairs in that order, of three users.
    expected = [2 / 2, 2 / 2, 1 / 1, 1 / (4 / 3), 0, 1 / (2 / 3)]
    np.testing.assert_allclose(fidelity.lift(table_of(SEEN)), expected)
    np.testing.assert_array_equal(
        fidelity.top_items(table_of(SEEN)), [1, 0, 2, 3]
    )


def test_users_are_as_mainstream_as_their_items():
    # Items of 4, 2, 1 and 1 of the 6 users of both tables, and of nobody.
    real = table_of([[1, 1, 0, 0, 0], [1, 0, 0, 0, 0], [1, 0, 1, 0, 0]])
    other = table_of([[1, 1, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 1, 0]])
    shares = np.array([4, 2, 1, 2]) / 3
    means = [np.log(shares[rows]).mean() for rows in ([0, 1], [0], [0, 2])]
    others = [means[0], np.log(shares[3]), np.log(shares[3])]
    expected = scipy.stats.ks_2samp(means, others).statistic
    assert fidelity.user_popularity_ks(real, other) == pytest.approx(expected)
    assert fidelity.user_popularity_ks(real, real) == 0.0


def test_who_is_mainstream_is_lost_by_shuffling_the_items():
    rng = np.random.default_rng(0)
    # Half of the users like what most like, the others like anything.
    chances = np.where(
        np.arange(300)[:, None] % 2, np.linspace(0.3, 0.0, 200), 0.15
    )
    draws = [rng.random((300, 200)) < chances for _ in range(2)]
    real, other = (table_of(rows.astype(int)) for rows in draws)
    shuffled = dataclasses.replace(
        other, item_id=rng.permutation(other.item_id)
    )
    assert fidelity.user_popularity_ks(real, other) < 0.12
    assert fidelity.user_popularity_ks(real, shuffled) > 0.3


def test_taste_is_lost_by_shuffling_the_items():
    real, other = tastes(400, seed=1), tastes(400, seed=2)
    shuffled = dataclasses.replace(
        other, item_id=np.random.default_rng(0).permutation(other.item_id)
    )
    assert fidelity.lift_correlation(real, real) == pytest.approx(1.0)
    assert fidelity.lift_correlation(real, other) > 0.8
    assert fidelity.lift_correlation(real, shuffled) < 0.3
    spread = [fidelity.lift(t).std() for t in (real, other, shuffled)]
    assert spread[1] == pytest.approx(spread[0], rel=0.2)
    assert spread[2] < 0.5 * spread[0]
    # Popularity stays, which item is popular with whom is gone.
    assert fidelity.popularity_correlation(real, shuffled) > 0.9
    renamed = dataclasses.replace(real, item_id=59 - real.item_id)
    assert fidelity.popularity_correlation(real, renamed) < -0.9


def test_lifts_are_of_pairs_of_the_real_top_items(monkeypatch):
    monkeypatch.setattr(fidelity, "TOP_ITEMS", 8)
    real, other = tastes(100, seed=1), tastes(100, seed=2)
    other = dataclasses.replace(other, item_id=59 - other.item_id)
    logs = [
        np.log((observed + 1) / (expected + 1))
        for observed, expected in (
            fidelity.co_occurrence(table, fidelity.top_items(real))
            for table in (real, other)
        )
    ]
    assert fidelity.lift_correlation(real, other) == pytest.approx(
        np.corrcoef(*logs)[0, 1]
    )


def test_rating_distances():
    low, high = rated([[1, 1]], [1, 2]), rated([[1, 1]], [2, 5])
    assert fidelity.rating_tv(low, high) == 0.5
    assert fidelity.rating_ks(low, high) == 0.5
    assert fidelity.rating_wasserstein(low, high) == 2.0
    assert fidelity.rating_tv(low, low) == 0.0


def test_bias_r2_is_that_of_a_ridge_regression():
    table = tastes(80, seed=3)
    design = np.concatenate(
        [np.eye(80)[table.user_id], np.eye(60)[table.item_id]], axis=1
    )
    rating = table.rating - table.rating.mean(dtype="float64")
    ridge = Ridge(alpha=5.0, fit_intercept=False).fit(design, rating)
    assert fidelity.bias_r2(table) == pytest.approx(
        ridge.score(design, rating), abs=1e-5
    )
    constant = dataclasses.replace(
        table, rating=np.full_like(table.rating, 4.0)
    )
    assert np.isnan(fidelity.bias_r2(constant))


def test_ratings_that_follow_users_and_items_are_explained():
    full = np.ones((40, 30))
    user, item = np.nonzero(full)
    explained = rated(full, user / 10 + item / 10)
    assert fidelity.bias_r2(explained, damping=1e-6) == pytest.approx(1.0)
    noise = rated(full, np.random.default_rng(0).normal(size=1200))
    assert fidelity.bias_r2(noise) < 0.1
    means = fidelity.mean_ratings(explained)
    assert fidelity.spread_of_means(means[0]) == pytest.approx(
        np.std(np.arange(40) / 10), abs=1e-6
    )


def test_means_of_few_ratings_do_not_spread():
    means = pd.DataFrame({"count": [9, 10, 30], "mean": [1.0, 3.0, 4.0]})
    assert fidelity.spread_of_means(means) == 0.5


def test_popular_items_rated_well():
    table = rated(SEEN, [2, 5, 2, 5, 4, 5, 4, 1])  # means 2, 5, 4, 1
    assert fidelity.popularity_rating_correlation(table) == pytest.approx(
        0.9486833
    )


def timed(users, times):
    frame = pd.DataFrame(
        {"user": users, "item": range(len(users)), "timestamp": times}
    )
    return raw_table(frame)


def test_gaps_are_within_a_user_and_in_order():
    table = timed([0, 1, 0, 1, 0], [50, 7, 10, 9, 20])
    assert sorted(fidelity.gaps(table)) == [2, 10, 30]
    slow = timed([0, 0, 0], [0, 1000, 3000])
    assert fidelity.gap_ks(table, table) == 0.0
    assert fidelity.gap_ks(table, slow) == 1.0


def test_hours_and_weekdays():
    noon, day = 12 * 3600, 86_400
    noons = timed([0, 0], [noon, noon + day])
    a_week_later = timed([0, 0], [noon + 7 * day, noon + 8 * day])
    midnights = timed([0, 0], [3 * day, 4 * day])
    assert fidelity.hour_js(noons, a_week_later) == 0.0
    assert fidelity.weekday_js(noons, a_week_later) == 0.0
    assert fidelity.hour_js(noons, midnights) == pytest.approx(1.0)
    assert fidelity.weekday_js(noons, midnights) == pytest.approx(1.0)
