"""The measures of `benchmarks/feature_tables.py`, and its table."""

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import conditional_rows
from tests import benchmark_cases


@pytest.fixture(scope="module")
def script():
    return benchmark_cases.load("feature_tables")


@pytest.fixture
def users():
    rng = np.random.default_rng(0)
    age = rng.integers(10, 70, 2000)
    return pd.DataFrame(
        {
            "age": age,
            "gender": np.where(rng.random(2000) < 0.4, "F", "M"),
            # Told by the age.
            "occupation": np.where(age < 25, "student", "engineer"),
        }
    )


def test_shuffled_columns_have_no_pairs(script, users):
    drawn = script.measure(users, script.drawn, 0)
    shuffled = script.measure(users, script.shuffled, 0)
    assert shuffled["columns"] == pytest.approx(1.0)
    assert drawn["columns"] > 0.97
    for name in ("gender, occupation", "gender, tens"):
        assert min(drawn[name], shuffled[name]) > 0.9
    assert drawn["occupation, tens"] > 0.9 > shuffled["occupation, tens"] + 0.2


def test_tabular_gan_is_measured(script, users, monkeypatch):
    small = users.head(500)
    monkeypatch.setattr(
        script,
        "conditional_rows",
        lambda users, **kwargs: conditional_rows(
            users, batch_size=50, **{**kwargs, "num_batches": 2}
        ),
    )
    rows = [
        script.measure(small, script.tabular_gan, seed, 2) for seed in (0, 1)
    ]
    rows.append(script.measure(small, script.halves, 0))
    assert [row["method"] for row in rows[1:]] == ["tabular_gan, 2", "halves"]
    assert all(0 < row["pairs"] < 1 for row in rows)
    lines = script.table(rows).splitlines()
    assert lines[2].startswith("| tabular_gan, 2 | 2 | 0.")
    assert " ± " in lines[2] and " ± " not in lines[3]
