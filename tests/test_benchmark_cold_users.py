"""What `benchmarks/cold_user_augmentation.py` makes of what it measured."""

import json

import numpy as np
import pytest

from tests import benchmark_cases


@pytest.fixture(scope="module")
def script():
    return benchmark_cases.load("cold_user_augmentation")


def test_what_costs_the_warm_users_is_not_chosen(script):
    cold = np.array([True, True, False, False])
    seeds = np.array([0, 1, 0, 1])

    def ndcg(cold_value, warm_value):
        # On the test part all is halved.
        values = np.where(cold, cold_value, warm_value)
        return [values, values / 2]

    values = {
        ("EASE", "none", "longer", 0, 200.0): ndcg(0.40, 0.500),
        ("EASE", "mixture", "longer", 5, 200.0): ndcg(0.42, 0.500),
        ("EASE", "ragan", "real", 5, 200.0): ndcg(0.44, 0.496),
        ("EASE", "ragan", "longer", 5, 200.0): ndcg(0.50, 0.490),
    }
    rows = script.rows_of(values, cold, seeds, "EASE")
    none, mixture, ragan = rows
    assert ragan["trained_on"] == "real"
    assert ragan["cold"] == pytest.approx(0.22)
    assert ragan["cold_change"] == pytest.approx(10.0)
    assert ragan["mixture_change"] == pytest.approx(100 * (44 / 42 - 1))
    assert ragan["warm_change"] == pytest.approx(-0.8)
    assert [r["seeds_ahead"] for r in rows] == [0, 2, 2]
    # 4.8 % over the mixture.
    assert script.aim(ragan) == "missed"
    assert script.aim({**ragan, "mixture_change": 5.0}) == "met"
    assert script.aim({**ragan, "warm_change": -1.1}) == "missed"
    assert "| EASE | ragan | real | 5 |" in script.page(rows)


def test_all_recommenders_are_measured_on_all_users(
    script, monkeypatch, capsys
):
    source = script.cold_market
    market = source.datasets.synthetic(100, 80, interactions_per_user=12)
    monkeypatch.setattr(source.datasets, "load", lambda name: market)
    monkeypatch.setattr(
        source,
        "ragan_ratings",
        lambda market, seed, weight: np.random.default_rng(seed).random(
            market.seen.shape
        ),
    )
    for name in script.L2:
        monkeypatch.setitem(script.SIZES, name, (3,))
        monkeypatch.setitem(script.L2, name, script.L2[name][:1])
    cold, seeds, values = script.measured([*script.L2], num_seeds=1)
    assert 15 < cold.sum() < 45
    assert len(cold) == len(seeds) == 100
    kinds = [key[:3] for key in values]
    assert ("IALS", "mixture", "real") in kinds
    assert ("BPRMF", "mixture", "real") not in kinds
    made = source.Market(0)
    longer = made.completed(np.random.default_rng(0).random((100, 80)), 3)
    assert len(longer) == len(made.train) + 3 * cold.sum()
    for key, (validation, test) in values.items():
        assert validation.shape == test.shape == (100,), key
        assert 0 < test.mean() < 1
    for row in script.rows_of(values, cold, seeds, "EASE"):
        script.measuring.print_row(row)
    kept = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "| EASE | none | longer | 0 |" in script.page(kept)
