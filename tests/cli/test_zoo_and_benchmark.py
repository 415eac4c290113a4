import numpy as np

from keras_ganrec.cli import main
from keras_ganrec.recipes import GENERATORS
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import benchmark
from keras_ganrec.recipes import results
from keras_ganrec.recipes import synthesis
from tests.cli.console import answer


def test_zoo_lists_what_can_be_trained(capsys):
    entries = answer(capsys, "zoo")
    assert all(
        set(entry) == {"name", "family", "paper", "year"} for entry in entries
    )
    families = {entry["name"]: entry["family"] for entry in entries}
    assert families["GANMF"] == "collaborative"
    assert families["EASE"] == "baseline"
    assert families["HyDRA"] == "synthesis baseline"


def result_of(recipe):
    return {
        "recipe": recipe.name,
        "model": recipe.model.__name__,
        "dataset": recipe.dataset,
        "split": recipe.split,
        "seeds": list(recipe.seeds),
        "metrics": {
            f"{family}_at_{k}": {"mean": 0.4, "std": 0.01}
            for family in ("precision", "ndcg", "recall", "coverage")
            for k in (5, 20)
        },
        "fit_seconds": 600.0,
        "cpu_seconds": 900.0,
        "peak_memory_mb": 900.0,
        "fingerprint": recipe.fingerprint,
        "chosen": {},
        "trials": [],
    }


def test_zoo_table(capsys, tmp_path):
    row = result_of(RECIPES["ganmf_ml_1m"]) | {"fingerprint": "another one"}
    path = str(tmp_path / "results.json")
    results.write(row, np.ones(3), path)
    (told,) = answer(capsys, "zoo", "--table", "--results", path)
    assert told["stale"] is True
    assert told["published"]["precision_at_5"] == 0.4311
    assert {k: told[k] for k in row} == row
    assert main(["zoo", "--table", "--results", path]) == 0
    text = capsys.readouterr().out
    assert "ganmf_ml_1m (stale)" in text
    assert "0.4000 ± 0.0100" in text


def test_benchmark_measures_what_is_missing_or_stale(
    capsys, tmp_path, monkeypatch
):
    measured = []

    def pretend(recipe, data_dir, report, prepare):
        measured.append(recipe.name)
        return result_of(recipe), np.ones(3)

    def pretend_generator(recipe, *how):
        return pretend(recipe, *how)[0]

    monkeypatch.setattr(benchmark, "benchmark", pretend)
    monkeypatch.setattr(synthesis, "measure_generator", pretend_generator)
    path = str(tmp_path / "results.json")
    (row,) = answer(capsys, "benchmark", "ease_ml_1m", "--results", path)
    assert row["recipe"] == "ease_ml_1m" and row["stale"] is False
    rows = answer(capsys, "benchmark", "--results", path)
    assert measured[0] == "ease_ml_1m"
    names = [*RECIPES, *GENERATORS]
    assert sorted(measured) == sorted(names)  # each one once
    assert len(rows) == len(names) - 1
    assert answer(capsys, "benchmark", "--results", path) == []


def test_generators_have_a_table_and_a_page(capsys, tmp_path):
    path = str(tmp_path / "results.json")
    rows = answer(capsys, "zoo", "--generators", "--results", path)
    assert rows == []
    for name in ("hydra", "real_users"):
        row = result_of(GENERATORS[name])
        row["metrics"] = {"ndcg_at_10": {"mean": 0.4, "std": 0.01}}
        results.put(row, tmp_path / "synthesis_results.json")
    rows = answer(capsys, "zoo", "--generators", "--results", path)
    assert [row["recipe"] for row in rows] == ["real_users", "hydra"]
    main(["zoo", "--generators", "--markdown", "--results", path])
    page = capsys.readouterr().out
    assert "| hydra | 0.400 ± 0.010 |" in page
    assert page.startswith("# Measured generators")
