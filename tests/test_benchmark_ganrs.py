"""The statistics of `benchmarks/ganrs_statistics.py`, and what it compares."""

import pandas as pd
import pytest

from tests import benchmark_cases


@pytest.fixture(scope="module")
def ganrs():
    return benchmark_cases.load("ganrs_statistics")


def test_statistics_by_hand(ganrs):
    rows = [("a", 1, 5), ("a", 1, 3), ("a", 2, 1), ("b", 2, 1)]
    table = ganrs.table_of(
        pd.DataFrame(rows, columns=["user", "item", "rating"])
    )
    found = ganrs.statistics(table)
    assert found["rows"] == 4
    assert found["repeated"] == 1 / 4
    assert [found[f"of {i}"] for i in range(1, 6)] == [0.5, 0, 0.25, 0, 0.25]
    # Once each pair: user a has two rows and b one, item 1 one and item 2 two.
    assert found["gini users"] == pytest.approx(1 / 6)
    assert found["gini items"] == pytest.approx(1 / 6)
    assert found["top 10 %"] == pytest.approx(2 / 3)


def test_statistics_of_a_published_file(ganrs, real_data, monkeypatch):
    name = "wganrs_gender_ml1m_2000x800.csv"
    root = real_data(f"ganrs-published/{name}").parents[1]
    monkeypatch.setenv("KERAS_GANREC_DATA", str(root))
    found = ganrs.statistics(ganrs.published("cganrs"))
    assert found["gini items"] == pytest.approx(0.375, abs=6e-4)
    assert found["repeated"] == pytest.approx(0.18, abs=5e-3)
    assert found["R2"] == pytest.approx(0.818, abs=6e-4)


def test_what_is_met_is_two_deviations_away_at_most(ganrs):
    def row(line, seed, gini, rows):
        about = {"table": "ganrs-100", "line": line, "seed": seed}
        when = {"time": "now", "commit": "none"}
        return {**about, "rows": rows, "gini items": gini, **when}

    lines = ganrs.compared(
        [
            row("real", None, 0.6, 7),
            row("published", None, 0.20, 1000),
            row("ours", 0, 0.22, 1100),
            row("ours", 1, 0.24, 1110),
        ]
    )
    of_rows, of_items = lines
    assert of_rows["ours, 2 seeds"] == "1,105 ± 7"
    assert of_items["ours, 2 seeds"] == "0.230 ± 0.014"
    assert of_items["real"] == "0.600"
    # 0.03 is more than two of 0.0141; 0.028 would not be.
    assert (of_rows["ours: met"], of_items["ours: met"]) == ("no", "no")
    assert ganrs.met([0.22, 0.24], 0.202) == "yes"
    assert ganrs.met([0.22], 0.202) == ""


@pytest.mark.parametrize(
    "name, line", [("ganrs-100", "ours"), ("wganrs", "with faults")]
)
def test_a_table_is_made_and_measured(ganrs, name, line, monkeypatch):
    market = ganrs.datasets.synthetic(60, 60, interactions_per_user=10)
    monkeypatch.setattr(ganrs.datasets, "load", lambda name: market)
    monkeypatch.setattr(ganrs, "EPOCHS", 1)
    monkeypatch.setattr(ganrs, "ROUNDS", 20)
    monkeypatch.setattr(ganrs, "STEPS_PER_EXECUTION", 2)
    small = {"num_synthetic_items": 20, "samples_per_user": 10}
    monkeypatch.setitem(ganrs.TABLES[name], "num_users", 12)
    monkeypatch.setitem(ganrs.TABLES[name], "arguments", small)
    found = ganrs.measure(name, line, seed=0)
    assert 0 < found["rows"] <= 120
    assert sum(found[f"of {i}"] for i in range(1, 6)) == pytest.approx(1.0)
    assert (found["repeated"] == 0) or line == "with faults"
