"""What `benchmarks/generator_gap.py` measures, on a small market."""

import dataclasses

import numpy as np
import pytest

from keras_ganrec.data import datasets
from keras_ganrec.evaluation import fidelity
from keras_ganrec.recipes.comparing import user_parts
from tests import benchmark_cases


@pytest.fixture(scope="module")
def script():
    pytest.importorskip("sklearn")
    return benchmark_cases.load("generator_gap")


def test_each_kind_of_users_is_measured_on_users_of_its_own(
    script, monkeypatch
):
    market = datasets.synthetic(150, 60, interactions_per_user=12, seed=1)
    small = dataclasses.replace(
        script.GENERATORS["profile_gan"],
        model_arguments={"autoencoder_steps": 200, "player_dims": [16]},
        batch_size=52,
        epochs=80,
    )
    measured = []
    figures = script.figures

    def keep(table, *others):
        measured.append(table)
        return figures(table, *others)

    monkeypatch.setattr(script, "figures", keep)
    monkeypatch.setattr(script, "DRAWS", 2)
    rows = list(script.rows_of(small, market, seed=0))
    assert [row["users"] for row in rows] == ["real", "decoded", "generated"]
    assert [row["draws"] for row in rows] == [1, 2, 2]
    train = user_parts(market, 0)[0]
    real, decoded, again, *generated = map(fidelity.profiles, measured)
    assert rows[0]["membership_auc"] == 1.0
    # As many items as the users whose codes they are, and often the same ones.
    np.testing.assert_array_equal(real.sum(axis=1), decoded.sum(axis=1))
    assert (decoded != again).nnz > 0
    own, anothers = (
        real.multiply(each).sum() for each in (decoded, decoded[::-1])
    )
    assert own > 1.5 * anothers
    assert {table.shape[0] for table in generated} == {
        len(np.unique(train.user_id))
    }


def test_differences_are_taken_split_by_split(script):
    def row(users, seed, c2st):
        return {
            "users": users,
            "seed": seed,
            **dict.fromkeys(script.FIGURES, 0.25),
            "c2st_auc": c2st,
        }

    rows = [
        row("real", 0, 0.40),
        row("generated", 0, 0.50),
        row("real", 1, 0.60),
        row("generated", 1, 0.70),
    ]
    page = script.page(rows)
    assert "| real | 0.500 ± 0.141 | 0.000 ± 0.000 |" in page
    assert "| generated | 0.600 ± 0.141 | 0.100 ± 0.000 |" in page
