import itertools

import numpy as np
import pytest
import scipy.sparse

from keras_ganrec import item_pairs
from keras_ganrec.baselines import EASE
from keras_ganrec.baselines import ease
from tests.baselines.tables import SEEN
from tests.baselines.tables import interactions_of
from tests.baselines.tables import random_seen


def fitted(seen, **arguments):
    model = EASE(num_items=seen.shape[1], **arguments)
    model.adapt(interactions_of(seen))
    return model


def test_each_column_is_a_ridge_regression_on_the_other_items():
    seen = random_seen(num_users=40, num_items=9)
    weights = np.asarray(fitted(seen, l2=2.5).item_weights)
    for item in range(9):
        others = np.delete(seen, item, axis=1).astype("float64")
        expected = np.linalg.solve(
            others.T @ others + 2.5 * np.eye(8), others.T @ seen[:, item]
        )
        column = np.delete(weights[:, item], item)
        np.testing.assert_allclose(column, expected, rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(np.diagonal(weights), 0.0)


def test_a_large_catalog_is_the_same_but_for_rounding(monkeypatch):
    seen = random_seen(num_users=40, num_items=9)
    exact = np.asarray(fitted(seen, l2=2.5).item_weights)
    monkeypatch.setattr(ease, "LARGE", 8)
    monkeypatch.setattr(ease, "ITEMS_AT_ONCE", 2)
    model = fitted(seen, l2=2.5)
    assert model.precision == "float32"
    weights = np.asarray(model.item_weights)
    np.testing.assert_allclose(weights, exact, rtol=1e-3, atol=1e-5)
    assert np.any(weights != exact)
    np.testing.assert_allclose(
        model({"seen": seen}), seen @ weights, rtol=1e-5, atol=1e-6
    )


def denoising_objective(weights, seen, dropout, l2):
    """The objective of EDLAE; its expectation is taken over all masks."""
    total = l2 * np.sum(weights**2)
    for bits in itertools.product((0.0, 1.0), repeat=seen.shape[1]):
        kept = np.array(bits)
        probability = np.prod(np.where(kept, 1 - dropout, dropout))
        error = seen - (kept * seen) @ weights / (1 - dropout)
        total += probability * np.sum(((1 - kept) * error) ** 2) / dropout
    return total


@pytest.mark.parametrize("dropout", [0.2, 0.6])
def test_dropout_minimizes_the_expected_denoising_error(dropout):
    seen = random_seen(num_users=30, num_items=5).astype("float64")
    weights = np.asarray(fitted(seen, l2=1.5, dropout=dropout).item_weights)
    weights = weights.astype("float64")
    at_start = denoising_objective(weights, seen, dropout, 1.5)
    for i, j in itertools.permutations(range(5), 2):
        step = np.zeros((5, 5))
        step[i, j] = 1e-3
        above = denoising_objective(weights + step, seen, dropout, 1.5)
        below = denoising_objective(weights - step, seen, dropout, 1.5)
        # A quadratic: central differences are exact.
        assert (above - below) / 2e-3 == pytest.approx(0.0, abs=1e-4)
        assert min(above, below) > at_start


def test_scores_are_sums_of_weights():
    model = fitted(SEEN, l2=1.0)
    weights = np.asarray(model.item_weights)
    np.testing.assert_allclose(model({"seen": SEEN}), SEEN @ weights, atol=1e-6)
    np.testing.assert_array_equal(weights[4], 0.0)  # an item without users


def test_gram_matrix_in_blocks():
    seen = random_seen(num_users=20, num_items=7)
    gram = item_pairs.gram_matrix(scipy.sparse.csr_matrix(seen), block_size=3)
    np.testing.assert_array_equal(gram, seen.T @ seen)
    assert gram.dtype == "float64"


def test_says_what_memory_it_would_take():
    with pytest.raises(ValueError, match=r"4,000\.0 GB to hold .*`IALS`"):
        EASE(num_items=10**6)


def test_fit_says_what_memory_it_would_take(monkeypatch):
    model = EASE(num_items=5)
    monkeypatch.setattr(item_pairs, "memory_of_machine", lambda: 16 * 5**2 - 1)
    with pytest.raises(ValueError, match="to fit .* enough to fit 4 items"):
        model.adapt(interactions_of(SEEN))
    monkeypatch.setattr(item_pairs, "memory_of_machine", lambda: 16 * 5**2)
    model.adapt(interactions_of(SEEN))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"l2": 0.0}, "`l2` must be positive"),
        ({"l2": float("nan")}, "`l2` must be positive"),
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1"),
        ({"dropout": -0.1}, "`dropout` must be at least 0 and less than 1"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        EASE(num_items=5, **arguments)
