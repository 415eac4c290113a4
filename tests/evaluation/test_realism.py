import sys

import numpy as np
import pytest
import scipy.sparse

from keras_ganrec.evaluation import fidelity
from keras_ganrec.evaluation import realism
from tests.evaluation.tables import table_of
from tests.evaluation.tables import tastes


def test_prdc_is_that_of_its_library():
    """Values of prdc 0.2 on the same random numbers."""
    random = np.random.RandomState(0)
    real = random.normal(size=(500, 16))
    other = random.normal(size=(400, 16)) * 0.8 + 0.1
    assert realism.prdc(real, other, k=5) == pytest.approx(
        {
            "precision": 0.9925,
            "recall": 0.544,
            "density": 2.3875,
            "coverage": 0.982,
        },
        abs=1e-6,
    )


def test_prdc_in_blocks(monkeypatch):
    random = np.random.default_rng(0)
    real, other = random.normal(size=(70, 3)), random.normal(size=(50, 3))
    whole = realism.prdc(real, other)
    monkeypatch.setattr(realism, "ROWS_AT_ONCE", 9)
    assert realism.prdc(real, other) == pytest.approx(whole)


def test_prdc_of_what_is_the_same_and_what_is_far():
    points = np.random.default_rng(0).normal(size=(40, 2))
    same = realism.prdc(points, points)
    assert same["precision"] == same["recall"] == same["coverage"] == 1.0
    # Each point lies in its own neighborhood and in those of k - 1 others,
    # on average: the k-th neighbor itself is not nearer than itself.
    assert same["density"] == pytest.approx(1.0)
    assert set(realism.prdc(points, points + 100).values()) == {0.0}
    with pytest.raises(ValueError, match="more than `k` points"):
        realism.prdc(points, points[:5])


def test_a_collapse_is_precise_and_recalls_nothing():
    random = np.random.default_rng(0)
    real = random.normal(size=(300, 2))
    collapsed = np.tile(real[:1], (300, 1)) + random.normal(
        0, 1e-3, size=(300, 2)
    )
    found = realism.prdc(real, collapsed)
    assert found["precision"] == 1.0
    assert found["recall"] < 0.02
    assert found["coverage"] < 0.1


def test_two_samples_of_one_kind_are_not_told_apart():
    random = np.random.default_rng(0)
    real, other = random.normal(size=(2, 300, 3))
    assert realism.c2st_auc(real, other) == pytest.approx(0.5, abs=0.08)
    assert realism.c2st_auc(real, other + [0, 0, 4]) > 0.95
    # The same mean and spread, joined otherwise: no margin shows it.
    joined = real.copy()
    joined[:, 1] = joined[:, 0]
    assert realism.c2st_auc(real, joined) > 0.75
    assert realism.c2st_auc(real, real) < 0.3


def test_features_are_directions_of_taste_and_the_degree():
    seen = fidelity.profiles(tastes(50))
    basis = realism.item_basis(seen, size=5)
    np.testing.assert_allclose(basis.T @ basis, np.eye(5), atol=1e-8)
    singular = np.linalg.svd(seen.toarray(), compute_uv=False)[:5]
    np.testing.assert_allclose(
        np.linalg.norm(seen @ basis, axis=0), singular, rtol=1e-5
    )
    features = realism.profile_features(seen, basis)
    assert features.shape == (50, 6)
    np.testing.assert_allclose(
        np.exp(features[:, -1]), np.diff(seen.indptr), rtol=1e-6
    )
    np.testing.assert_array_equal(basis, realism.item_basis(seen, size=5))
    # Few users: no more directions than there can be.
    assert realism.item_basis(seen[:4]).shape == (60, 3)


def test_unique_rows():
    rows = [[1, 1, 0], [1, 0, 0], [1, 1, 0], [0, 1, 1]]
    seen = fidelity.profiles(table_of(rows))
    assert realism.unique_rows(seen) == 3 / 4
    assert realism.unique_rows(scipy.sparse.csr_array(np.eye(3))) == 1.0


def test_vendi_score_counts_different_points():
    assert realism.vendi_score(np.eye(4)) == pytest.approx(4.0)
    assert realism.vendi_score(np.ones((9, 4))) == pytest.approx(1.0)
    # By its definition, over the similarities of all pairs.
    points = np.random.default_rng(0).normal(size=(20, 6))
    rows = points / np.linalg.norm(points, axis=1, keepdims=True)
    shares = np.linalg.eigvalsh(rows @ rows.T / 20)
    shares = shares[shares > 1e-9]
    assert realism.vendi_score(points) == pytest.approx(
        np.exp(-(shares * np.log(shares)).sum())
    )


def test_modes_that_are_missed():
    random = np.random.default_rng(0)
    centers = 10.0 * np.arange(20)[:, None]
    real = np.repeat(centers, 10, axis=0) + random.normal(0, 0.1, (200, 1))
    modes = realism.Modes(real)
    assert modes.covered(real) == 1.0
    assert modes.divergence(real, real) == 0.0
    half = real[:100]
    assert 0.3 < modes.covered(half) < 0.7
    assert (
        0.1 < modes.divergence(real, half) < modes.divergence(real, real[:10])
    )


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    for part in ("cluster", "ensemble"):
        monkeypatch.setitem(sys.modules, f"sklearn.{part}", None)
    points = np.ones((10, 2))
    for measure in (realism.Modes, lambda p: realism.c2st_auc(p, p)):
        with pytest.raises(ImportError, match=r"keras_ganrec\[synthesis\]"):
            measure(points)
