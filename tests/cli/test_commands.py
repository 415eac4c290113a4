"""What the command answers, and where to."""

import dataclasses
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

from keras_ganrec import baselines
from keras_ganrec.cli import main
from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets
from keras_ganrec.data import pipelines
from keras_ganrec.data import splits
from keras_ganrec.recipes import loading
from tests.cli.console import COLUMNS
from tests.cli.console import answer


def test_train_puts_the_model_beside_its_yardsticks(trained):
    by_name = {row["model"]: row for row in trained["results"]}
    assert set(by_name) == {"GANMF", "EASE", "Popularity"}
    assert by_name["GANMF"]["difference"] == 0
    assert by_name["EASE"]["ndcg_at_10"] > 0.3
    assert 1 <= trained["epochs"] <= 12
    assert trained["split"]["test_users"] == 80


def test_report_shows_what_train_has_written(capsys, folder, model, trained):
    record = json.loads((folder / trained["record"]).read_text())
    assert record["about"]["command"].startswith("ganrec train --model ganmf")
    assert record["results"] == trained["results"]
    logs = record["history"]
    assert {len(values) for values in logs.values()} == {len(record["epochs"])}
    best = max(logs["val_ndcg_at_10"])
    assert logs["val_ndcg_at_10"].index(best) + 1 == trained["epochs"]
    assert {"d_loss", "g_loss", "balance"} < set(logs)
    assert set(record["baselines"]) == {"EASE", "Popularity"}
    # By the record or by the model, the same page.
    told = answer(capsys, "report", model)
    page = pathlib.Path(told["report"]).read_text()
    assert told["report"] == str(folder / "model.run.html")
    assert told["warnings"] == trained["warnings"]
    other = str(folder / "page.html")
    answer(capsys, "report", told["record"], "--output", other)
    assert pathlib.Path(other).read_text() == page
    assert page.count("<svg") == 5
    assert "ganrec train --model ganmf" in page


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
        *("recommend", model, "--history", "101", "102", "--k", "2"),
        *("--candidates", "101", "110", "111"),
    )
    assert {row["item"] for row in rows} == {110, 111}
    assert {row["user"] for row in rows} == {"new"}


def test_ids_may_hold_commas(capsys, tmp_path):
    market = datasets.synthetic(60, 40, interactions_per_user=10)
    titles = [f"Film {number}, The" for number in range(market.num_items)]
    market = dataclasses.replace(market, item_vocabulary=np.array(titles))
    model = baselines.Popularity(market.num_items)
    model.adapt(market)
    path = str(tmp_path / "model.keras")
    model.save(path)
    argv = ["recommend", path, "--history", "Film 3, The", "Film 7, The"]
    items = {row["item"] for row in answer(capsys, *argv, "--k", "38")}
    assert items == set(titles) - {"Film 3, The", "Film 7, The"}


@pytest.mark.parametrize("name", ["vbpr", "amr"])
def test_train_reads_features_of_items(capsys, folder, tmp_path, name):
    items = pd.DataFrame({"what": np.arange(100, 140), "size": np.arange(40)})
    items["kind"] = np.where(items["what"] < 120, "drama", "war")
    items.to_csv(tmp_path / "items.csv", index=False)
    output = str(tmp_path / "model.keras")
    answer(
        capsys,
        *("train", "--model", name, "--data", f"{folder}/ratings.csv"),
        *(*COLUMNS, "--item-features", f"{tmp_path}/items.csv"),
        *("--epochs", "1", "--output", output),
    )
    weights = keras.models.load_model(output).weights
    (features,) = (w for w in weights if w.name == "item_features")
    assert features.shape == (40, 3)  # the size and two words


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


def test_evaluate_on_a_table_of_others(capsys, model, tmp_path):
    path = tmp_path / "others.csv"
    path.write_text("who,what\na stranger,999\n")
    argv = ["evaluate", model, "--data", str(path), *COLUMNS]
    assert main(argv) == 2
    assert "holds nothing to find" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "quickstart"])
def test_the_test_part_is_looked_at_once_and_last(
    capsys, folder, tmp_path, monkeypatch, command
):
    asked = []

    def recorded(train, held_out, *args, **kwargs):
        asked.append((len(train), len(held_out)))
        return batches(train, held_out, *args, **kwargs)

    batches = pipelines.ranking_batches
    monkeypatch.setattr(pipelines, "ranking_batches", recorded)
    monkeypatch.chdir(tmp_path)
    data = ["--model", "cfgan", "--epochs", "1"]
    data += ["--data", f"{folder}/ratings.csv", *COLUMNS]
    answer(capsys, command, *(data if command == "train" else []))
    market = datasets.synthetic()
    if command == "train":
        table = pd.read_csv(folder / "ratings.csv")
        market = Interactions.from_dataframe(table, "who", "what")
    parts = loading.split_by_name(market, "random_80_20")
    known = len(parts.train_and_validation), len(parts.test)
    tuned = len(parts.train), len(parts.validation)
    assert asked[-1] == known
    assert set(asked[:-1]) == {tuned}


def test_a_baseline_is_not_its_own_yardstick(capsys, folder, tmp_path):
    """What is saved is what the table shows, and tuned as a yardstick is."""
    output = str(tmp_path / "ease.keras")
    data = ["--data", f"{folder}/ratings.csv", *COLUMNS]
    argv = ["train", "--model", "ease", *data, "--output", output]
    rows = answer(capsys, *argv)["results"]
    assert {row["model"] for row in rows} == {"EASE", "Popularity"}
    (row,) = (row for row in rows if row["model"] == "EASE")
    metrics = answer(capsys, "evaluate", output, *data)["metrics"]
    assert metrics["ndcg_at_10"] == pytest.approx(row["ndcg_at_10"], abs=1e-5)
    others = ["train", "--model", "popularity", *data]
    rows = answer(capsys, *others, "--output", output)["results"]
    (tuned,) = (row for row in rows if row["model"] == "EASE")
    assert row["ndcg_at_10"] == tuned["ndcg_at_10"]


def test_evaluate_reads_the_test_part_of_a_published_split(
    capsys, tmp_path, monkeypatch
):
    market = datasets.synthetic(60, 40, interactions_per_user=10)
    parts = splits.ratio_split(market, 0.2, 0.1, seed=0)
    monkeypatch.setattr(datasets, "load_split", lambda *_, **__: parts)
    model = baselines.Popularity(market.num_items)
    model.adapt(parts.train_and_validation)
    path = str(tmp_path / "model.keras")
    model.save(path)
    argv = ["evaluate", path, "--data", "ml-100k", "--split", "cfgan"]
    rows = answer(capsys, *argv)["rows"]
    assert rows["evaluated"] == len(parts.test)
    assert rows["trained_on"] == rows["of_unknown_items"] == 0


@pytest.mark.parametrize("name", ["cfgan", "item_knn"])
def test_train_takes_every_kind_of_model_and_split(
    capsys, folder, tmp_path, name
):
    fitting = {"cfgan": ["--epochs", "2", "--batch-size", "16"]}
    output = str(tmp_path / f"{name}.keras")
    trained = answer(
        capsys,
        *("train", "--model", name, "--data", f"{folder}/ratings.parquet"),
        *(*COLUMNS, "--timestamp-column", "when", "--rating-column", "stars"),
        *("--min-rating", "2", "--split", "leave_last_out"),
        *(*fitting.get(name, []), "--output", output),
    )
    assert trained["split"]["test_interactions"] == 80
    assert os.path.exists(output)
    told = answer(capsys, "report", output)
    # A model without epochs has no curves; nothing comes after the last.
    curves = "Curves" in pathlib.Path(told["report"]).read_text()
    assert curves == (trained["epochs"] is not None)
    assert not any("older than" in text for text in told["warnings"])


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
