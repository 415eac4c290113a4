"""The command: what it answers, where to, and with which exit code."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_ganrec.cli import main
from keras_ganrec.data import datasets
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import benchmark
from keras_ganrec.recipes import results

COLUMNS = ["--user-column", "who", "--item-column", "what"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table of one's own, and a model trained on it by the command."""
    folder = tmp_path_factory.mktemp("cli")
    market = datasets.synthetic(
        num_users=80, num_items=40, num_tastes=2, interactions_per_user=12
    )
    table = pd.DataFrame(
        {
            "who": market.user_vocabulary[market.user_id],
            "what": market.item_id + 100,  # integers
            "stars": market.rating,
            "when": market.timestamp,
        }
    )
    table.to_csv(folder / "ratings.csv", index=False)
    table.to_parquet(folder / "ratings.parquet")
    return folder


@pytest.fixture(scope="module")
def trained(folder):
    """The answer of `ganrec train` as JSON, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "keras_ganrec", "train", "--model", "ganmf"]
        + ["--data", "ratings.csv", *COLUMNS, "--epochs", "12", "--json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(pathlib.Path.cwd())},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Epoch 1/12" in done.stderr  # the bar of Keras
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def model(folder, trained):
    return str(folder / "model.keras")


def answer(capsys, *argv):
    """Runs a command that succeeds; returns its JSON."""
    assert main([*argv, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_train_puts_the_model_beside_its_yardsticks(trained):
    by_name = {row["model"]: row for row in trained["results"]}
    assert set(by_name) == {"GANMF", "EASE", "Popularity"}
    assert by_name["GANMF"]["difference"] == 0
    assert by_name["EASE"]["ndcg_at_10"] > 0.3
    assert 1 <= trained["epochs"] <= 12
    assert trained["split"]["test_users"] == 80


def test_evaluate_repeats_the_numbers_of_train(capsys, folder, model, trained):
    evaluated = answer(
        capsys,
        "evaluate",
        model,
        "--data",
        f"{folder}/ratings.parquet",
        *COLUMNS,
    )
    (row,) = (r for r in trained["results"] if r["model"] == "GANMF")
    for name, value in evaluated["metrics"].items():
        assert value == pytest.approx(row[name], abs=1e-5)
    counts = trained["split"]
    assert evaluated["rows"] == {
        "evaluated": counts["test_interactions"],
        "evaluated_users": 80,
        "trained_on": counts["train_interactions"]
        + counts["validation_interactions"],
        "of_unknown_users": 0,
        "of_unknown_items": 0,
    }


def test_evaluate_counts_what_the_model_cannot_know(
    capsys, folder, model, tmp_path
):
    table = pd.read_csv(folder / "ratings.csv")
    strange = pd.DataFrame(
        {"who": ["a stranger", "user 0"], "what": [100, 999]}
    )
    path = tmp_path / "more.csv"
    pd.concat([table, strange]).to_csv(path, index=False)
    rows = answer(capsys, "evaluate", model, "--data", str(path), *COLUMNS)[
        "rows"
    ]
    assert rows["of_unknown_users"] == rows["of_unknown_items"] == 1


def test_recommend_known_users(capsys, folder, model):
    rows = answer(
        capsys, "recommend", model, "--user", "user 7", "user 8", "--k", "3"
    )
    assert [row["rank"] for row in rows] == [1, 2, 3] * 2
    expected = keras.models.load_model(model).recommend(
        ["user 7", "user 8"], k=3
    )
    assert [row["item"] for row in rows] == expected["item"].tolist()


def test_recommend_from_a_history_among_candidates(capsys, model):
    rows = answer(
        capsys,
        *("recommend", model, "--history", "101,102", "--k", "2"),
        *("--candidates", "101,110,111"),
    )
    assert {row["item"] for row in rows} == {110, 111}
    assert {row["user"] for row in rows} == {"new"}


def test_export_serves_what_the_model_recommends(capsys, model, tmp_path):
    path = str(tmp_path / "served")
    exported = answer(capsys, "export", model, path)
    assert "recommend" in exported["endpoints"]
    served = tf.saved_model.load(path)
    items = served.signatures["recommend"](
        user_id=tf.constant(["user 7"]), k=tf.constant(3)
    )["item_id"].numpy()
    expected = keras.models.load_model(model).recommend(["user 7"], k=3)
    np.testing.assert_array_equal(items[0], expected["item"])


@pytest.mark.parametrize("name", ["cfgan", "item_knn"])
def test_train_takes_every_kind_of_model_and_split(
    capsys, folder, tmp_path, name
):
    output = str(tmp_path / f"{name}.keras")
    trained = answer(
        capsys,
        *("train", "--model", name, "--data", f"{folder}/ratings.parquet"),
        *(*COLUMNS, "--timestamp-column", "when", "--rating-column", "stars"),
        *("--min-rating", "2", "--split", "leave_last_out"),
        *("--epochs", "2", "--batch-size", "16", "--output", output),
    )
    assert trained["split"]["test_interactions"] == 80
    assert os.path.exists(output)


def test_zoo_lists_what_can_be_trained(capsys):
    entries = answer(capsys, "zoo")
    assert all(
        set(entry) == {"name", "family", "paper", "year"} for entry in entries
    )
    families = {entry["name"]: entry["family"] for entry in entries}
    assert families["GANMF"] == "collaborative"
    assert families["EASE"] == "baseline"


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
        return result_of(recipe)

    monkeypatch.setattr(benchmark, "benchmark", pretend)
    path = str(tmp_path / "results.json")
    (row,) = answer(capsys, "benchmark", "ease_ml_1m", "--results", path)
    assert row["recipe"] == "ease_ml_1m" and row["stale"] is False
    rows = answer(capsys, "benchmark", "--results", path)
    assert measured[0] == "ease_ml_1m"
    assert sorted(measured) == sorted(RECIPES)  # each one once
    assert len(rows) == len(RECIPES) - 1
    assert answer(capsys, "benchmark", "--results", path) == []


def test_quickstart(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = answer(capsys, "quickstart")
    ndcg = {row["model"]: row["ndcg_at_10"] for row in told["results"]}
    assert set(ndcg) >= {"CFGAN", "GANMF", "Popularity", "ItemKNN", "EASE"}
    # Both have learned tastes, which popularity knows nothing of.
    assert min(ndcg["CFGAN"], ndcg["GANMF"]) > ndcg["Popularity"] + 0.04
    saved = keras.models.load_model("quickstart/model.keras")
    assert type(saved).__name__ == told["exported"]
    expected = saved.recommend(["user 7"], k=5)["item"].tolist()
    assert told["recommended"] == {"user 7": expected}


BAD_INPUT = {
    "no such model": (
        ["train", "--model", "gam", "--data", "ratings.csv"],
        "no model 'gam'",
    ),
    "a model that ranks nothing": (
        ["train", "--model", "mlpgan", "--data", "ratings.csv", *COLUMNS],
        "ranks no items",
    ),
    "no such file": (
        ["train", "--model", "ease", "--data", "rating.csv"],
        "rating.csv",
    ),
    "no such data set": (
        ["train", "--model", "ease", "--data", "ml-2m"],
        "no data set 'ml-2m'",
    ),
    "missing column": (
        ["train", "--model", "ease", "--data", "ratings.csv"],
        "--user-column",
    ),
    "no such split": (
        ["train", "--model", "ease", "--data", "ratings.csv", *COLUMNS]
        + ["--split", "ganmf"],
        "no split 'ganmf'",
    ),
    "nowhere to save": (
        ["train", "--model", "ease", "--data", "ratings.csv", *COLUMNS]
        + ["--output", "no/folder/model.keras"],
        "cannot be saved",
    ),
    "no epochs": (
        ["train", "--model", "ganmf", "--data", "ratings.csv", *COLUMNS]
        + ["--epochs", "0"],
        "--epochs must be positive",
    ),
    "unknown user": (
        ["recommend", "model.keras", "--user", "nobody"],
        "nobody",
    ),
    "item of another type": (
        ["recommend", "model.keras", "--history", "a film"],
        "integers such as 100",
    ),
    "k above the catalog": (
        ["recommend", "model.keras", "--user", "user 7", "--k", "41"],
        "41",
    ),
    "no model file": (
        ["recommend", "other.keras", "--user", "user 7"],
        "no model 'other.keras'",
    ),
    "not a model": (["export", "ratings.csv", "served"], "cannot be read"),
    "truncated model": (["export", "half.keras", "served"], "half.keras"),
    "nothing to find": (
        ["evaluate", "model.keras", "--data", "seen.csv", *COLUMNS],
        "nothing to find",
    ),
    "no such recipe": (["benchmark", "gan_ml_1m"], "no recipe gan_ml_1m"),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_one_line_and_exit_code_2(
    capsys, folder, model, monkeypatch, name
):
    monkeypatch.chdir(folder)
    whole = pathlib.Path(model).read_bytes()
    pathlib.Path("half.keras").write_bytes(whole[: len(whole) // 2])
    known = keras.models.load_model(model).catalog
    user, item = known.seen.nonzero()
    pd.DataFrame(
        {
            "who": known.user_vocabulary[user],
            "what": known.item_vocabulary[item],
        }
    ).to_csv("seen.csv", index=False)
    argv, message = BAD_INPUT[name]
    assert main(argv) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    *progress, said = printed.err.splitlines()
    assert said.startswith(f"ganrec {argv[0]}: ")
    assert message in said
    assert "Traceback" not in printed.err


def test_a_model_that_cannot_take_histories_says_so(capsys, folder, tmp_path):
    path = str(tmp_path / "bpr.keras")
    data = ["--data", f"{folder}/ratings.csv", *COLUMNS]
    argv = ["train", "--model", "bpr_mf", *data, "--epochs", "1"]
    assert main([*argv, "--output", path]) == 0
    capsys.readouterr()
    assert main(["recommend", path, "--history", "101"]) == 2
    assert "BPRMF" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["fly"],
        ["train", "--data", "x.csv"],
        ["recommend", "model.keras"],
        ["recommend", "m.keras", "--user", "a", "--history", "b"],
        ["train", "--model", "ease", "--data", "x.csv", "--epochs", "many"],
    ],
)
def test_wrong_options_are_one_line_and_exit_code_2(capsys, argv):
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1


def test_help_answers_before_tensorflow_is_loaded():
    code = (
        "import sys; sys.argv = ['ganrec', '--help']\n"
        "from keras_ganrec.cli import main\n"
        "try: main()\n"
        "except SystemExit as stopped: assert stopped.code == 0\n"
        "assert not {'tensorflow', 'keras', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_installed_command():
    command = shutil.which("ganrec", path=os.path.dirname(sys.executable))
    if command is None:
        pytest.skip("the package is not installed here: pip install -e .")
    # As a user has it, without what our tests set.
    env = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    done = subprocess.run(
        [command, "zoo", "--json"], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "GANMF" in {entry["name"] for entry in json.loads(done.stdout)}
    assert done.stderr == ""
