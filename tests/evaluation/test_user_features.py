"""How well tastes tell a feature, by the equations of a ridge regression."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from keras_ganrec.evaluation.user_features import taste_auc

RANDOM = np.random.default_rng(0)
POINTS, REAL_POINTS = RANDOM.normal(3.0, 2.0, (2, 300, 4))


def kinds_of(points):
    """Mostly by the first direction: few `a`, more `b`, many `c`."""
    noise = np.random.default_rng(1).normal(0.0, 1.0, len(points))
    place = np.digitize(points[:, 0] + noise, [0.0, 2.0])
    return pd.Series(np.array(["a", "b", "c"])[place])


def area(kind):
    """Of the curve of one kind, as ranks have it."""
    mean, deviation = POINTS.mean(axis=0), POINTS.std(axis=0)
    x, real = ((p - mean) / deviation for p in (POINTS, REAL_POINTS))
    wanted = (kinds_of(POINTS) == kind).to_numpy(float)
    weights = np.linalg.solve(
        x.T @ x + np.eye(4), x.T @ (wanted - wanted.mean())
    )
    chosen = (kinds_of(REAL_POINTS) == kind).to_numpy()
    scores = real @ weights
    above = scipy.stats.mannwhitneyu(scores[chosen], scores[~chosen]).statistic
    return above / (chosen.sum() * (~chosen).sum())


def test_the_mean_area_over_the_values_each_as_often_as_it_occurs():
    real = kinds_of(REAL_POINTS)
    shares = real.value_counts(normalize=True)
    expected = sum(share * area(kind) for kind, share in shares.items())
    unweighed = np.mean([area(kind) for kind in shares.index])
    found = taste_auc(POINTS, kinds_of(POINTS), REAL_POINTS, real)
    assert found == pytest.approx(expected)
    assert abs(expected - unweighed) > 0.005


def test_a_number_is_above_the_median_or_not():
    values, real = (pd.Series(p[:, 1]) for p in (POINTS, REAL_POINTS))
    values[::3] = np.nan
    assert taste_auc(POINTS, values, REAL_POINTS, real) > 0.95
    assert taste_auc(POINTS, 6.0 - values, REAL_POINTS, real) < 0.05


def test_what_few_real_users_have_is_not_asked_for():
    real = pd.Series(["x"] * 296 + ["y"] * 4)
    found = taste_auc(POINTS, kinds_of(POINTS), REAL_POINTS, real)
    assert found == 0.5  # nobody of the table is an x
    all_alike = pd.Series(["x"] * 300)
    found = taste_auc(POINTS, kinds_of(POINTS), REAL_POINTS, all_alike)
    assert np.isnan(found)
