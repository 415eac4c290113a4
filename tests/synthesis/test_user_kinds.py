"""UserKinds: numbers of items by kind, and kinds as frequent as they were."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import datasets
from keras_ganrec.synthesis.user_kinds import UserKinds

VALUES = {"gender": ["F", "M"], "age": [20, 40, 60]}


@pytest.fixture(scope="module")
def market():
    """Women of 20 and men of 60, who have four times as many items."""
    market = datasets.synthetic(num_users=400, num_items=120, seed=3)
    women = np.arange(400) % 4 == 0
    keep = ~women[market.user_id] | (np.arange(len(market)) % 4 == 0)
    features = pd.DataFrame(
        {
            "gender": np.where(women, "F", "M"),
            "age": np.where(women, 20.0, 60.0),
        }
    )
    features.loc[[1, 2], "age"] = np.nan
    return dataclasses.replace(market.select(keep), user_features=features)


def test_kinds_are_as_frequent_as_they_were(market):
    kinds = UserKinds.of(market, VALUES)
    places, degree = kinds.draw(4000, None, VALUES, np.random.default_rng(0))
    women = places[:, 0] == 0
    present = np.unique(market.user_id)
    assert women.mean() == pytest.approx((present % 4 == 0).mean(), abs=0.03)
    assert (places[women, 1] == 0).all()
    assert set(places[~women, 1]) <= {-1, 2}
    real = np.bincount(market.user_id, minlength=400)[present]
    for kind, users in ((women, present % 4 == 0), (~women, present % 4 > 0)):
        assert np.log(degree[kind]).mean() == pytest.approx(
            np.log(real[users]).mean(), abs=0.1
        )


def test_conditions_are_kept(market):
    kinds = UserKinds.of(market, VALUES)
    condition = pd.DataFrame({"gender": ["F", "M"] * 50})
    places, degree = kinds.draw(
        100, condition, VALUES, np.random.default_rng(0)
    )
    assert places[:, 0].tolist() == [0, 1] * 50
    assert (places[::2, 1] == 0).all()
    assert degree[1::2].mean() > 2 * degree[::2].mean()


def test_a_kind_that_nobody_was(market):
    kinds = UserKinds.of(market, VALUES)
    condition = pd.DataFrame({"gender": ["F"] * 10, "age": [40] * 10})
    places, degree = kinds.draw(10, condition, VALUES, np.random.default_rng(0))
    assert (places == [0, 1]).all()
    assert (degree >= 1).all()


def test_without_features_numbers_are_those_of_real_users(market):
    kinds = UserKinds.of(market, {})
    places, degree = kinds.draw(2000, None, {}, np.random.default_rng(0))
    assert places.shape == (2000, 0)
    real = np.bincount(market.user_id)
    shares = np.linspace(0.05, 0.95, 19)
    np.testing.assert_allclose(
        np.quantile(degree, shares),
        np.quantile(real[real > 0], shares),
        atol=1.0,
    )


def test_saved_and_loaded(market, tmp_path):
    assert UserKinds.load(tmp_path) is None
    kinds = UserKinds.of(market, VALUES)
    kinds.save(tmp_path)
    for name, value in dataclasses.asdict(UserKinds.load(tmp_path)).items():
        np.testing.assert_array_equal(value, getattr(kinds, name))
