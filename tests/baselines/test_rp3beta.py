import numpy as np
import pytest

from keras_ganrec import neighbors
from keras_ganrec.baselines import RP3beta
from tests.baselines.tables import SEEN
from tests.baselines.tables import interactions_of
from tests.baselines.tables import random_seen


def fitted(seen, **arguments):
    model = RP3beta(num_items=seen.shape[1], **arguments)
    model.adapt(interactions_of(seen))
    return model


def everybody_has_seen_something():
    seen = random_seen(num_users=30, num_items=6, density=0.5)
    return seen[seen.any(axis=1)]


def weights(model):
    """All w_ij, as the scores of users who have seen one item."""
    return np.asarray(model({"seen": np.eye(model.num_items)}))


@pytest.mark.parametrize("items_at_once", [1024, 2])
def test_walks_by_hand(monkeypatch, items_at_once):
    monkeypatch.setattr(neighbors, "ITEMS_AT_ONCE", items_at_once)
    model = fitted(SEEN, transition_exponent=1.0, popularity_exponent=0.0)
    # Users 0, 1, 2 have 2, 3, 3 items; items 0 to 3 have 2, 3, 2, 1 users.
    expected = [
        [0, (1 / 2 + 1 / 3) / 2, 1 / 3 / 2, 0, 0],
        [(1 / 2 + 1 / 3) / 3, 0, (1 / 3 + 1 / 3) / 3, 1 / 3 / 3, 0],
        [1 / 3 / 2, (1 / 3 + 1 / 3) / 2, 0, 1 / 3 / 2, 0],
        [0, 1 / 3, 1 / 3, 0, 0],
        [0, 0, 0, 0, 0],
    ]
    np.testing.assert_allclose(weights(model), expected, rtol=1e-6)


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.4])
@pytest.mark.parametrize("beta", [0.0, 0.5])
def test_weights_are_products_of_powers_of_probabilities(alpha, beta):
    seen = everybody_has_seen_something()
    to_item = seen / seen.sum(axis=1, keepdims=True)
    to_user = (seen / seen.sum(axis=0)).T
    expected = np.where(to_user > 0, to_user**alpha, 0) @ np.where(
        to_item > 0, to_item**alpha, 0
    )
    expected /= seen.sum(axis=0) ** beta
    np.fill_diagonal(expected, 0.0)
    model = fitted(seen, transition_exponent=alpha, popularity_exponent=beta)
    np.testing.assert_allclose(weights(model), expected, rtol=1e-5)


def test_walkers_stay_among_the_items_of_a_user():
    """Without exponents beyond P3, the steps are a distribution over items."""
    seen = everybody_has_seen_something()
    to_item = seen / seen.sum(axis=1, keepdims=True)
    to_user = (seen / seen.sum(axis=0)).T
    home = np.einsum("iv,vi->i", to_user, to_item)  # back where it began
    model = fitted(seen, transition_exponent=1.0, popularity_exponent=0.0)
    np.testing.assert_allclose(weights(model).sum(axis=1), 1 - home, rtol=1e-5)


def test_keeps_the_strongest_neighbors():
    seen = random_seen(num_users=30, num_items=6)
    every, two = weights(fitted(seen)), weights(fitted(seen, num_neighbors=2))
    kept = np.sort(every, axis=0)[-2:]
    np.testing.assert_allclose(np.sort(two, axis=0)[-2:], kept, rtol=1e-6)
    assert (np.count_nonzero(two, axis=0) == 2).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_neighbors": 0}, "`num_neighbors` must be a positive"),
        ({"transition_exponent": -1.0}, "`transition_exponent` must be at"),
        ({"popularity_exponent": -0.1}, "`popularity_exponent` must be at"),
        ({"popularity_exponent": float("nan")}, "must be at least 0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        RP3beta(num_items=5, **arguments)
