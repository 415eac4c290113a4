import numpy as np
import pytest
import scipy.optimize

from keras_ganrec.baselines import HyDRA
from keras_ganrec.baselines import hydra
from keras_ganrec.data import Interactions


def test_fits_as_well_as_a_general_optimizer():
    rng = np.random.default_rng(0)
    x = rng.random((12, 9)) < rng.random((12, 1)) * rng.random(9)
    user, item = np.nonzero(x)

    def loss(logs):
        w, h = np.exp(logs[:12, None]), np.exp(logs[12:, None])
        q = w @ h.T
        likelihood = np.log(-np.expm1(-q[x])).sum() - q[~x].sum()
        prior = hydra.PRIOR_COUNT * logs - hydra.PRIOR_RATE * np.exp(logs)
        return -likelihood - prior.sum()

    best = scipy.optimize.minimize(loss, np.full(21, -1.0)).fun
    w, h = np.full((12, 1), 0.4), np.full((9, 1), 0.4)
    for _ in range(3000):
        hydra._improve(w, h, user, item)
        hydra._improve(h, w, item, user)
    found = loss(np.log(np.append(w, h)))
    assert found == pytest.approx(best, abs=1e-2)


def test_its_own_users_have_the_parameters_they_were_drawn_from():
    rng = np.random.default_rng(0)
    num_items, num_users = 200, 600
    # Two features with items of their own; interests mostly in the first.
    h = np.zeros((num_items, 2))
    h[:100, 0], h[100:, 1] = 0.01, 0.01
    rho = rng.dirichlet([3.0, 1.0], num_users)
    e_u = np.exp(rng.normal(4.0, 0.3, num_users))
    x = rng.random((num_users, num_items)) < -np.expm1(
        -rho * e_u[:, None] @ h.T
    )
    user, item = np.nonzero(x)
    table = Interactions(
        user.astype("int32"),
        item.astype("int32"),
        np.arange(num_users),
        np.arange(num_items),
    )
    model = HyDRA(num_items, num_features=2, num_iterations=600, seed=1)
    model.adapt(table)
    np.testing.assert_allclose(model.engagement[:2], [4.0, 0.3], atol=0.1)
    c_mu = np.sort(model.interests)[::-1]
    np.testing.assert_allclose(c_mu / c_mu.sum(), [0.75, 0.25], atol=0.06)
    # Fitted features mix a little, and users have few items: more spread.
    assert 2.0 < c_mu.sum() < 4.4


def test_engagement_is_fitted_above_the_least_one():
    rng = np.random.default_rng(0)
    values = rng.normal(3.0, 1.0, 20_000)
    center, scale, least = hydra._cut_normal(values[values > 2.8])
    assert (center, scale) == pytest.approx((3.0, 1.0), abs=0.1)
    assert least == pytest.approx(2.8, abs=0.01)


def test_bad_arguments():
    for name in ("num_features", "num_iterations"):
        with pytest.raises(ValueError, match=f"`{name}` must be a positive"):
            HyDRA(40, **{name: 0})
