import sys

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet

from keras_ganrec import item_pairs
from keras_ganrec import neighbors
from keras_ganrec.baselines import SLIM
from tests.baselines.tables import SEEN
from tests.baselines.tables import interactions_of
from tests.baselines.tables import random_seen


def fitted(seen, **arguments):
    model = SLIM(num_items=seen.shape[1], **arguments)
    model.adapt(interactions_of(seen))
    return model


def weights(model):
    """All w_ij, as the scores of users who have seen one item."""
    return np.asarray(model({"seen": np.eye(model.num_items)}), "float64")


def test_one_other_item_by_hand():
    seen = np.array([[1, 1]] * 5 + [[1, 0]] * 3 + [[0, 1]], "float32")
    # Item 0 has 8 users, item 1 has 6, both have 5.
    expected = [[0, (5 - 2) / (8 + 4)], [(5 - 2) / (6 + 4), 0]]
    np.testing.assert_allclose(
        weights(fitted(seen, l1=2.0, l2=4.0)), expected, rtol=1e-6
    )


@pytest.mark.parametrize(("l1", "l2"), [(0.5, 0.0), (1.0, 3.0), (2.0, 20.0)])
@pytest.mark.parametrize("items_at_once", [1024, 4])
def test_no_weight_can_be_moved_for_the_better(
    monkeypatch, items_at_once, l1, l2
):
    """The conditions of Karush, Kuhn and Tucker, for every item."""
    monkeypatch.setattr(neighbors, "ITEMS_AT_ONCE", items_at_once)
    seen = random_seen(num_users=80, num_items=9, density=0.4)
    found = weights(fitted(seen, l1=l1, l2=l2))
    assert (found >= 0).all()
    np.testing.assert_array_equal(np.diagonal(found), 0.0)
    slope = seen.T @ (seen @ found - seen) + l2 * found + l1
    entered = found > 0
    assert 0.2 < entered.mean() < 0.8
    np.testing.assert_allclose(slope[entered], 0.0, atol=0.05)
    left_out = ~entered & ~np.eye(9, dtype=bool)
    assert slope[left_out].min() > -0.05


def test_same_as_the_elastic_net_on_the_other_items():
    seen = random_seen(num_users=80, num_items=9, density=0.4)
    found = weights(fitted(seen, l1=1.0, l2=3.0))
    net = ElasticNet(
        alpha=(1.0 + 3.0) / 80,
        l1_ratio=1.0 / (1.0 + 3.0),
        positive=True,
        fit_intercept=False,
        tol=1e-10,
    )
    for item in range(9):
        others = np.delete(seen, item, axis=1).astype("float64")
        net.fit(others, seen[:, item])
        np.testing.assert_allclose(
            np.delete(found[:, item], item), net.coef_, atol=1e-3
        )


def test_keeps_the_largest_weights():
    seen = random_seen(num_users=80, num_items=9, density=0.4)
    every, two = weights(fitted(seen)), weights(fitted(seen, num_neighbors=2))
    np.testing.assert_allclose(
        np.sort(two, axis=0)[-2:], np.sort(every, axis=0)[-2:], rtol=1e-6
    )
    assert (np.count_nonzero(two, axis=0) <= 2).all()


def test_item_without_users_has_no_weights():
    found = weights(fitted(SEEN, l1=0.1, l2=0.1))
    np.testing.assert_array_equal(found[4], 0.0)
    np.testing.assert_array_equal(found[:, 4], 0.0)
    assert found.any()


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    model = fitted(SEEN)
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(ImportError, match=r"pip install 'keras_ganrec\[slim\]"):
        model.adapt(interactions_of(SEEN))
    model({"seen": SEEN})  # what is fitted is served without


def test_says_what_memory_it_would_take(monkeypatch):
    model = SLIM(num_items=5)
    monkeypatch.setattr(item_pairs, "memory_of_machine", lambda: 4 * 5**2 - 1)
    with pytest.raises(ValueError, match="`SLIM` needs .* fit 4 items"):
        model.adapt(interactions_of(SEEN))


@pytest.mark.parametrize(
    "arguments", [{"l1": 0.0}, {"l1": float("nan")}, {"l2": -1.0}]
)
def test_bad_arguments(arguments):
    with pytest.raises(ValueError, match="`l1` must be positive.*`l2` must"):
        SLIM(num_items=5, **arguments)
