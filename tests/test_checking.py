import dataclasses

import numpy as np
import pytest

from keras_ganrec.cli import main
from keras_ganrec.recipes import GENERATORS
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import benchmark as benchmark_module
from keras_ganrec.recipes import checking
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import results
from keras_ganrec.recipes.benchmark import benchmark
from tests.recipe_cases import NEIGHBORS
from tests.recipe_cases import TRAINED

TUNED = dataclasses.replace(TRAINED, seeds=(0, 1))
CHOSEN = {"model_arguments.margin": 2.0, "epochs": 12}


def _silent(text): ...


def _here(prepare, function, *args):
    return function(*args)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    monkeypatch.setattr(benchmark_module, "apart", _here)


@pytest.fixture(scope="module")
def row():
    chosen = TUNED.with_settings(CHOSEN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benchmark_module, "apart", _here)
        fixed = dataclasses.replace(chosen, patience=None)
        return benchmark(fixed, report=_silent)[0] | {"chosen": CHOSEN}


def test_a_row_comes_out_again_without_tuning(row, monkeypatch):
    parts = []
    real = benchmark_module.run
    monkeypatch.setattr(
        benchmark_module, "run", lambda *a: parts.append(a[2]) or real(*a)
    )
    found = checking.check(TUNED, row, [row], None, _silent)
    assert parts == ["test", "test"]
    assert found["reproduced"]
    for value in found["metrics"].values():
        assert value["again"] == pytest.approx(value["mean"], abs=1e-6)
    assert found["stored"]["time"] == row["time"]


def test_a_drift_of_the_code_is_found(row, monkeypatch):
    real = fitting.fit

    def drifted(recipe, *args, **kwargs):
        return real(dataclasses.replace(recipe, epochs=1), *args, **kwargs)

    monkeypatch.setattr(fitting, "fit", drifted)
    found = checking.check(TUNED, row, [row], None, _silent)
    assert not found["reproduced"]
    assert "NO" in {line["within"] for line in checking.cells(found)}


def _row(recipe, std=0.0, mean=0.4):
    return {
        "recipe": recipe.name,
        "model": recipe.model.__name__,
        "dataset": recipe.dataset,
        "split": recipe.split,
        "seeds": list(recipe.seeds),
        "metrics": {
            name: {"mean": mean, "std": std} for name in checking.report.METRICS
        },
        "fit_seconds": 1.0,
        "cpu_seconds": 1.0,
        "peak_memory_mb": 900.0,
        "fingerprint": recipe.fingerprint,
        "chosen": {},
        "trials": [],
    }


def test_what_is_let_pass():
    spread, wider = _row(TRAINED, 0.003), _row(TRAINED, 0.004)
    elsewhere = {**_row(TRAINED, 0.1), "split": "another"}
    rows = [spread, wider, elsewhere]

    def most(recipe, row):
        (within,) = set(checking.tolerances(recipe, row, rows).values())
        return within

    assert most(TRAINED, spread) == 0.003
    one_seed = dataclasses.replace(TRAINED, seeds=(0,))
    assert most(one_seed, _row(one_seed)) == 0.004
    assert most(NEIGHBORS, _row(NEIGHBORS)) == checking.ROUNDING


def test_differences_are_let_pass_up_to_the_tolerance():
    row = _row(TRAINED, 0.003)
    for mean, within in ((0.4029, True), (0.3971, True), (0.4031, False)):
        again = _row(TRAINED, mean=mean)
        found = checking.compare(row, again, {"ndcg_at_5": 0.003})
        assert found["reproduced"] is within


def test_the_command(capsys, tmp_path, monkeypatch):
    path = tmp_path / "results.json"
    means = {"ease_ml_1m": 0.4, "item_knn_ml_1m": 0.41}
    for name in means:
        results.write(_row(RECIPES[name]), np.ones(3), path)

    def pretend(recipe, *how):
        return _row(recipe, mean=means[recipe.name]), None

    monkeypatch.setattr(checking, "benchmark", pretend)
    before = path.read_bytes()
    command = ["benchmark", "--check", "--results", str(path)]
    assert main([*command, "ease_ml_1m"]) == 0
    assert "All came out again" in capsys.readouterr().out
    assert main(command) == 1  # all that are there
    shown = capsys.readouterr().out
    assert "Outside: item_knn_ml_1m." in shown
    assert "0.4000 ± 0.0000 0.4100   +0.01000   0.00005     NO" in shown
    assert path.read_bytes() == before


def test_a_generator(capsys, tmp_path, monkeypatch):
    path = tmp_path / "results.json"
    row = _row(GENERATORS["hydra"])
    for again, code in ((0.4, 0), (0.41, 1)):
        for name, mean in (("row", 0.4), ("again", again)):
            metrics = {"c2st_auc": mean, "fit_seconds": mean * 9}
            row[name] = {
                k: {"mean": v, "std": 0.005} for k, v in metrics.items()
            }
        results.put(row | {"metrics": row["row"]}, _beside(path))
        monkeypatch.setattr(
            checking,
            "measure_generator",
            lambda *_: row | {"metrics": row["again"]},
        )
        command = ["benchmark", "--check", "hydra", "--results", str(path)]
        assert main(command) == code
        assert "fit_seconds" not in capsys.readouterr().out


def _beside(path):
    return path.with_name("synthesis_results.json")


def test_nothing_to_check(capsys, tmp_path, monkeypatch):
    path = tmp_path / "results.json"
    stale = _row(RECIPES["ease_ml_1m"]) | {"fingerprint": "another"}
    results.write(stale, np.ones(3), path)
    results.write(_row(RECIPES["item_knn_ml_1m"]), np.ones(3), path)
    monkeypatch.setattr(checking, "benchmark", None)  # not reached
    command = ["benchmark", "--check", "--results", str(path), "item_knn_ml_1m"]
    assert main([*command, "ease_ml_1m"]) == 2
    assert "'ease_ml_1m' has changed since" in capsys.readouterr().err
    assert main([*command, "ials_ml_1m"]) == 2
    assert "Run `ganrec benchmark ials_ml_1m`" in capsys.readouterr().err
