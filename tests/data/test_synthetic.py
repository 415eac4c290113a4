import numpy as np
import pytest

from keras_ganrec.data import datasets
from keras_ganrec.data import splits
from keras_ganrec.data import synthetic


def test_same_seed_same_market():
    first, same, other = (
        datasets.synthetic(num_users=50, seed=seed) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.user_id, same.user_id)
    np.testing.assert_array_equal(first.item_id, same.item_id)
    np.testing.assert_array_equal(first.timestamp, same.timestamp)
    assert first.item_features.equals(same.item_features)
    assert not np.array_equal(first.item_id[:100], other.item_id[:100])


def test_every_pair_once_and_sizes_as_asked():
    market = datasets.synthetic()
    assert (market.num_users, market.num_items) == (500, 200)
    assert market.to_csr().nnz == len(market)
    per_user = np.bincount(market.user_id, minlength=500)
    assert per_user.min() >= 5 and per_user.max() <= 50
    assert 25 < per_user.mean() < 32
    assert market.describe()["users_without_rows"] == 0
    assert set(np.unique(market.rating)) <= {1, 2, 3, 4, 5}
    assert (np.diff(market.timestamp) >= 0).all()
    assert market.user_vocabulary[7] == "user 7"
    assert market.item_vocabulary[12] == "item 12"


@pytest.mark.parametrize("crossover", [0.0, 0.1, 1.0])
def test_crossover_is_the_appeal_of_other_tastes(crossover):
    market = datasets.synthetic(
        num_users=2000,
        num_items=400,
        num_tastes=4,
        interactions_per_user=5,
        popularity_exponent=0.0,
        crossover=crossover,
    )
    user_taste = market.user_features["taste"].to_numpy()
    item_taste = market.item_features["taste"].to_numpy()
    own = user_taste[market.user_id] == item_taste[market.item_id]
    # One own taste and three others, all of the same size.
    assert own.mean() == pytest.approx(1 / (1 + 3 * crossover), abs=0.02)


def test_popularity_has_a_long_tail():
    flat, steep = (
        datasets.synthetic(
            num_users=1000, interactions_per_user=10, popularity_exponent=e
        ).describe()["item_gini"]
        for e in (0.0, 1.0)
    )
    assert flat < 0.15 < 0.5 < steep


def test_draws_follow_the_planted_scores():
    """Users with one item each: its distribution is known exactly."""
    market = datasets.synthetic(
        num_users=40_000,
        num_items=12,
        num_tastes=2,
        interactions_per_user=1,
        crossover=0.3,
    )
    single = np.bincount(market.user_id) == 1
    scores = datasets.planted_scores(market, np.flatnonzero(single))
    expected = (scores / scores.sum(axis=1, keepdims=True)).sum(axis=0)
    rows = single[market.user_id]
    observed = np.bincount(market.item_id[rows], minlength=12)
    chi_square = ((observed - expected) ** 2 / expected).sum()
    assert chi_square < 31.3  # 99.9th percentile at 11 degrees of freedom


def test_planted_scores_rank_better_than_popularity():
    market = datasets.synthetic(num_users=300)
    split = splits.ratio_split(market)
    seen = split.train_and_validation.to_csr().toarray() > 0
    wanted = split.test.to_csr().toarray() > 0

    def hits(scores):
        ranked = np.argsort(-np.where(seen, -np.inf, scores), axis=1)[:, :5]
        return np.take_along_axis(wanted, ranked, axis=1).mean()

    popularity = np.tile(split.train.to_csr().sum(axis=0), (300, 1))
    planted = datasets.planted_scores(market, np.arange(300))
    assert planted.shape == (300, 200)
    assert planted.dtype == np.float32
    assert hits(planted) > 1.5 * hits(popularity)


def test_features_tell_the_taste():
    market = datasets.synthetic(num_users=2000)
    items = market.item_features
    assert (items.groupby("taste")["genre"].nunique() == 1).all()
    assert items["title"].is_unique
    ages = market.user_features.groupby("taste")["age_group"]
    # 70 % own age group, and a fifth of the others.
    common = ages.agg(lambda group: group.value_counts(normalize=True).max())
    assert np.allclose(common, 0.7 + 0.3 / 5, atol=0.05)
    ratings = market.rating
    own = (
        market.user_features["taste"].to_numpy()[market.user_id]
        == items["taste"].to_numpy()[market.item_id]
    )
    assert ratings[own].mean() > ratings[~own].mean() + 1


def test_a_few_users_at_a_time_draw_as_many_places(monkeypatch):
    whole = datasets.synthetic(50, 40, 2, 10, popularity_exponent=2.0)
    monkeypatch.setattr(synthetic, "MOST_DRAWS", 30)
    parts = datasets.synthetic(50, 40, 2, 10, popularity_exponent=2.0)
    for market in (whole, parts):
        assert market.to_csr().nnz == len(market)
    degrees = [np.bincount(market.user_id) for market in (whole, parts)]
    np.testing.assert_array_equal(*degrees)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_users": 0}, "num_users=0"),
        ({"num_items": 3, "num_tastes": 4}, "num_tastes=4"),
        ({"interactions_per_user": 51}, "num_items // num_tastes = 50"),
        ({"crossover": 1.1}, "crossover=1.1"),
        ({"popularity_exponent": 20.0}, "popularity_exponent=20.0"),
    ],
)
def test_impossible_markets_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        datasets.synthetic(**arguments)
