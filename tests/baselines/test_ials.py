import numpy as np
import pytest

from keras_ganrec.baselines import IALS
from keras_ganrec.baselines import ials
from tests.baselines.tables import SEEN
from tests.baselines.tables import interactions_of
from tests.baselines.tables import random_seen

ARGUMENTS = {
    "embedding_dim": 4,
    "unobserved_weight": 0.2,
    "l2": 0.05,
    "l2_exponent": 0.7,
    "seed": 3,
}


def fitted(seen, **arguments):
    model = IALS(*seen.shape, **{**ARGUMENTS, **arguments})
    model.adapt(interactions_of(seen))
    return model


def tables(model):
    return (
        np.asarray(model.user_table, "float64"),
        np.asarray(model.item_table, "float64"),
    )


def ridges(seen, a, l2, exponent):
    """Penalty weights of the users and of the items."""
    num_users, num_items = seen.shape
    return (
        l2 * (seen.sum(axis=1) + a * num_items) ** exponent,
        l2 * (seen.sum(axis=0) + a * num_users) ** exponent,
    )


def objective(seen, users, items, a=0.2, l2=0.05, exponent=0.7):
    scores = users @ items.T
    of_users, of_items = ridges(seen, a, l2, exponent)
    return (
        np.sum(seen * (scores - 1) ** 2)
        + a * np.sum(scores**2)
        + np.sum(of_users[:, None] * users**2)
        + np.sum(of_items[:, None] * items**2)
    )


@pytest.mark.parametrize("floats_at_once", [2**23, 60])
def test_users_are_optimal_for_the_items(monkeypatch, floats_at_once):
    monkeypatch.setattr(ials, "FLOATS_AT_ONCE", floats_at_once)
    seen = random_seen(num_users=25, num_items=12)
    users, items = tables(fitted(seen, num_sweeps=2))
    of_users, _ = ridges(seen, 0.2, 0.05, 0.7)
    scores = users @ items.T
    gradient = 2 * (
        (seen * (scores - 1) + 0.2 * scores) @ items + of_users[:, None] * users
    )
    np.testing.assert_allclose(gradient, 0.0, atol=1e-4)
    assert np.abs(users).max() > 0.1


def test_objective_falls_with_each_sweep_to_a_stationary_point():
    seen = random_seen(num_users=25, num_items=12)
    values = [
        objective(seen, *tables(fitted(seen, num_sweeps=sweeps)))
        for sweeps in (1, 2, 3, 4, 5)
    ]
    assert (np.diff(values) < 0).all()
    users, items = tables(fitted(seen, num_sweeps=300))
    assert objective(seen, users, items) < values[-1]
    # There, the items are optimal for the users, too.
    _, of_items = ridges(seen, 0.2, 0.05, 0.7)
    scores = users @ items.T
    gradient = 2 * (
        (seen * (scores - 1) + 0.2 * scores).T @ users
        + of_items[:, None] * items
    )
    np.testing.assert_allclose(gradient, 0.0, atol=1e-2)


def test_known_and_folded_in_users_are_the_same():
    seen = random_seen(num_users=25, num_items=12)
    model = fitted(seen, num_sweeps=2)
    np.testing.assert_allclose(
        model.fold_in(seen), model.user_table, rtol=1e-3, atol=1e-5
    )
    np.testing.assert_allclose(
        model.score_profiles(seen),
        model({"user_id": np.arange(25), "seen": seen}),
        rtol=1e-3,
        atol=1e-5,
    )


@pytest.mark.parametrize("unobserved_weight", [0.2, 0.0])
def test_who_has_seen_nothing_gets_zeros(unobserved_weight):
    model = fitted(SEEN, unobserved_weight=unobserved_weight)
    np.testing.assert_array_equal(model.user_table[3], 0.0)
    np.testing.assert_array_equal(model.item_table[4], 0.0)
    np.testing.assert_array_equal(model.fold_in(np.zeros((1, 5))), 0.0)


def test_same_seed_same_factors():
    seen = random_seen(num_users=25, num_items=12)
    model = fitted(seen)
    first = model.get_weights()
    model.adapt(interactions_of(seen))
    for again in (model, fitted(seen)):
        for a, b in zip(first, again.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    assert not np.allclose(first[0], fitted(seen, seed=4).get_weights()[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"embedding_dim": 0}, "`embedding_dim` must be a positive integer"),
        ({"num_sweeps": 0}, "`num_sweeps` must be a positive integer"),
        ({"unobserved_weight": -1.0}, "`unobserved_weight` must not be neg"),
        ({"l2": 0.0}, "`l2` must be positive"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        IALS(4, 5, **arguments)
