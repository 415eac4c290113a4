import types

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import Interactions
from keras_ganrec.synthesis import statistical
from keras_ganrec.synthesis.schema import Schema
from keras_ganrec.synthesis.statistical import Marginals
from keras_ganrec.synthesis.statistical import draw_in_turn
from keras_ganrec.synthesis.statistical import draw_independently


def test_marginals_by_hand():
    table = Interactions.from_dataframe(
        pd.DataFrame(
            {
                "user": [0, 0, 0, 1, 2],
                "item": [0, 1, 2, 0, 0],
                "rating": [1, 4, 4, 1, 2],
                "timestamp": [10, 20, 30, 40, 50],
            }
        ),
        rating="rating",
        timestamp="timestamp",
    )
    marginals = Marginals.of(table, Schema.of(table))
    assert marginals.degrees.tolist() == [0, 2, 0, 1]
    # 2, 1 and 2 ratings of 1, 2 and 4 and one more of each: 3/8, 2/8, 3/8,
    # of which each item is given five.
    expected = 5 / 8 * np.array([3, 2, 3]) + [[2, 1, 0], [0, 0, 1], [0, 0, 1]]
    np.testing.assert_allclose(
        marginals.ratings, expected / expected.sum(axis=1, keepdims=True)
    )
    assert marginals.times[[0, 50, 100]].tolist() == [10, 30, 50]


def test_ratings_are_drawn_as_the_item_is_rated():
    shares = np.array([[0.9, 0.1], [0.2, 0.8]])
    rating = Marginals(np.array([0, 1]), shares).draw_ratings(
        np.repeat([0, 1], 5000),
        types.SimpleNamespace(rating_values=(1.0, 5.0)),
        np.random.default_rng(0),
    )["rating"]
    assert np.mean(rating[:5000] == 5.0) == pytest.approx(0.1, abs=0.02)
    assert np.mean(rating[5000:] == 5.0) == pytest.approx(0.8, abs=0.02)


def test_draws_in_turn_are_those_of_plackett_and_luce():
    weights = np.array([4.0, 2.0, 1.0, 0.0])
    with np.errstate(divide="ignore"):
        log_weights = np.log(weights)
    degree = np.resize([2, 3, 9], 30_000)
    user, item = draw_in_turn(
        lambda users: log_weights, degree, 4, np.random.default_rng(0)
    )
    assert (np.diff(user) >= 0).all()
    assert len(np.unique(user * 4 + item)) == len(user)
    # Nobody can have more than the three items of positive weight.
    assert np.bincount(user)[:3].tolist() == [2, 3, 3]
    order = item[np.flatnonzero(np.diff(user, prepend=-1))]
    second = item[np.flatnonzero(np.diff(user, prepend=-1)) + 1]
    for first in range(3):
        share = np.mean(order == first)
        assert share == pytest.approx(weights[first] / 7, abs=0.01)
        left = np.delete(np.arange(3), first)
        after = np.mean(second[order == first] == left[0])
        expected = weights[left[0]] / weights[left].sum()
        assert after == pytest.approx(expected, abs=0.02)


def test_coins_are_tossed_until_everybody_has_an_item():
    p = np.array([0.5, 0.5, 0.1])
    user, item = draw_independently(
        20_000,
        lambda size: np.tile(p, (size, 1)),
        3,
        np.random.default_rng(0),
    )
    assert (np.diff(user) >= 0).all()
    assert np.bincount(user).min() == 1 and user.max() == 19_999
    # Of .775, the chance to have any: .5, .5 and .1.
    share = np.bincount(item) / 20_000
    np.testing.assert_allclose(share, p / 0.775, atol=0.015)


def test_blocks_of_users_are_joined(monkeypatch):
    monkeypatch.setattr(statistical, "CELLS_AT_ONCE", 8)
    rng = np.random.default_rng(0)
    user, item = draw_independently(7, lambda size: np.ones((size, 3)), 3, rng)
    assert user.tolist() == sorted([*range(7)] * 3)
    weights = np.arange(21.0).reshape(7, 3)
    weights[:, 1] = 60.0  # is always first
    user, item = draw_in_turn(
        lambda users: weights[users], np.full(7, 2), 3, rng
    )
    assert user.tolist() == sorted([*range(7)] * 2)
    assert item[::2].tolist() == [1] * 7
