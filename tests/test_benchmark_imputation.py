"""The measures of `benchmarks/imputation.py`, and its page."""

import numpy as np
import pytest

from tests import benchmark_cases


@pytest.fixture(scope="module")
def imputation():
    pytest.importorskip("sklearn")
    return benchmark_cases.load("imputation")


def test_coverage_by_hand(imputation):
    draws = np.array([[1.0, 1, 1, 1], [2, 2, 2, 1], [3, 3, 3, 1]])
    # Between; before all; level with the last; level with all.
    truth = np.array([2.0, 0.0, 3.0, 1.0])
    # Of the 2 places of the third the last is outside, of the 4 two are.
    assert imputation.covered(truth, draws) == pytest.approx(
        (1 + 0 + 1 / 2 + 2 / 4) / 4
    )


def test_good_draws_cover_nine_of_ten(imputation):
    random = np.random.default_rng(0)
    for make in (random.random, lambda n: random.integers(0, 3, n)):
        truth = make((1, 20_000))[0]
        covered = imputation.covered(truth, make((19, 20_000)))
        assert covered == pytest.approx(0.9, abs=0.01)


def test_the_page_compares_an_ablation_on_common_seeds(imputation):
    def row(method, seed, rmse):
        about = {"table": "letter", "unrounded": rmse, "coverage": None}
        cells = {"method": method, "seed": seed, "rmse": rmse}
        return {**about, **cells, "cpu_seconds": 1.0}

    whole = [row("gain", 1, 0.5), row("gain", 2, 0.1)]
    without = [row("gain, no adversary", seed, 0.4) for seed in (1, 2)]
    page = imputation.page([*whole, without[0]])
    assert (
        "- letter, seed 1 alone: gain 0.5000, gain, no adversary 0.4000."
        in page
    )
    assert "common seeds" not in imputation.page([*whole, *without])
