"""The measures of `benchmarks/modes.py`, on samples whose answer is known."""

import numpy as np
import pytest

from tests import benchmark_cases

modes = benchmark_cases.load("modes")


@pytest.mark.parametrize("make", [modes.ring_8, modes.grid_25])
def test_real_samples_hold_all_modes(make):
    data = make()
    result = data.judge(data.sample(20_000, seed=0))
    assert result["modes"] == data.num_modes
    # A round Gaussian of the plane within three deviations: 1 - exp(-9/2).
    assert result["high_quality"] == pytest.approx(0.98889, abs=0.003)
    # The mean of KL over draws is about (modes - 1) / (2 samples).
    assert result["reverse_kl"] < 3 * data.num_modes / 40_000


def test_gaussians_by_hand():
    # Of ring-8: three at the first mode, one of them beyond three deviations,
    # one at the second, and one that comes nearest to the third, but not near.
    one = np.sqrt(0.5)
    samples = np.float32([[1, 0], [1.02, 0], [1.04, 0], [one, one], [0, 0.9]])
    result = modes.ring_8().judge(samples)
    assert result["modes"] == 2
    assert result["high_quality"] == 3 / 5
    expected = 3 / 5 * np.log(3 / 5 * 8) + 2 / 5 * np.log(1 / 5 * 8)
    assert result["reverse_kl"] == pytest.approx(expected)


def test_collapsed_samples():
    data = modes.grid_25()
    result = data.judge(np.ones((100, 2)))
    assert result["modes"] == 1
    assert result["reverse_kl"] == pytest.approx(np.log(25))


def test_grid_is_pacgans_at_a_quarter():
    centers = modes.grid_25().centers
    expected = {(x / 2, y / 2) for x in range(-2, 3) for y in range(-2, 3)}
    assert {tuple(center) for center in centers} == expected


def test_stacked_digits():
    data = modes.StackedDigits()
    samples = data.sample(3000, seed=0)
    assert samples.shape == (3000, 8, 8, 3)
    assert samples.min() == -1 and samples.max() == 1
    assert data.shares.sum() == pytest.approx(1.0)
    result = data.judge(samples)
    # 3,000 draws of 1,000 equal modes leave exp(-3) of them out.
    assert result["modes"] == pytest.approx(950, abs=25)
    # Three channels of the same digits: each one of ten modes.
    gray = np.repeat(samples[..., :1], 3, axis=-1)
    result = data.judge(gray)
    assert result["modes"] == 10
    assert result["reverse_kl"] == pytest.approx(np.log(100), abs=0.05)
