"""One line and exit code 2, nothing written."""

import json
import pathlib

import keras
import pandas as pd
import pytest

from keras_ganrec.cli import main
from tests.cli.console import COLUMNS

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
        "There is no file 'rating.csv'",
    ),
    "no such parquet file": (
        ["train", "--model", "ease", "--data", "rating.parquet"],
        "There is no file 'rating.parquet'",
    ),
    "no such features": (
        ["train", "--model", "vbpr", "--data", "ratings.csv", *COLUMNS]
        + ["--item-features", "items.csv"],
        "There is no file 'items.csv'",
    ),
    "features of a data set": (
        ["train", "--model", "vbpr", "--data", "synthetic"]
        + ["--item-features", "items.csv"],
        "--item-features tells about a file",
    ),
    "no features": (
        ["train", "--model", "vbpr", "--data", "ratings.csv", *COLUMNS],
        "Read the data with `--item-features`, or use a model",
    ),
    "features of other items": (
        ["train", "--model", "vbpr", "--data", "ratings.csv", *COLUMNS]
        + ["--item-features", "users.csv"],
        "`--item-column`",
    ),
    "no ratings": (
        ["train", "--model", "ragan", "--data", "ratings.csv", *COLUMNS],
        "`--rating-column`",
    ),
    "no times": (
        ["train", "--model", "ease", "--data", "ratings.csv", *COLUMNS]
        + ["--split", "leave_last_out"],
        "Name the time column with `--timestamp-column`",
    ),
    "other separators": (
        ["train", "--model", "ease", "--data", "semicolons.csv", *COLUMNS],
        "expected commas between the values",
    ),
    "epochs of a model without": (
        ["train", "--model", "popularity", "--data", "ratings.csv", *COLUMNS]
        + ["--epochs", "5", "--batch-size", "8"],
        "Popularity is not trained in epochs",
    ),
    "no such data set": (
        ["train", "--model", "ease", "--data", "ml-2m"],
        "Name a file of your own by its path",
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
    "a catalog shorter than the lists": (
        ["train", "--model", "ease", "--data", "short.csv", *COLUMNS],
        "has 15 items, and lists of 20 are measured",
    ),
    "columns of a data set": (
        ["train", "--model", "ease", "--data", "synthetic"]
        + ["--min-rating", "4"],
        "--min-rating tells about a file",
    ),
    "columns of a published split": (
        ["train", "--model", "ease", "--data", "ml-100k", *COLUMNS]
        + ["--split", "cfgan"],
        "--user-column tells about a file",
    ),
    "columns of a published split to evaluate": (
        ["evaluate", "model.keras", "--data", "ml-100k", *COLUMNS]
        + ["--split", "cfgan"],
        "--user-column tells about a file",
    ),
    "a split of one's own to evaluate": (
        ["evaluate", "model.keras", "--data", "ml-100k"]
        + ["--split", "random_80_20"],
        "has cfgan, irgan. Leave it out: the model file knows",
    ),
    "a split of a file to evaluate": (
        ["evaluate", "model.keras", "--data", "ratings.csv", *COLUMNS]
        + ["--split", "leave_last_out"],
        "which has none. Leave it out",
    ),
    "a folder named as a data set": (
        ["train", "--model", "ease", "--data", "ml-2m-folder"],
        "no data set 'ml-2m-folder'",
    ),
    "no epochs": (
        ["train", "--model", "ganmf", "--data", "ratings.csv", *COLUMNS]
        + ["--epochs", "0"],
        "--epochs must be positive",
    ),
    "unknown user": (
        ["recommend", "model.keras", "--user", "nobody"],
        "'nobody'. Known ids look like 'user 0' (str). Give the items of a "
        "new user as a history: `--history`.",
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
    "no run": (["report", "other.keras"], "no record 'other.run.json'"),
    "not a run": (["report", "ratings.csv"], "truncated or no JSON"),
    "another JSON": (["report", "foreign.json"], "foreign.json: This is no"),
    "a newer run": (["report", "newer.json"], "newer.json: The record is of"),
    "no page": (
        ["report", "model.keras", "--output", "report.pdf"],
        "ends in .html",
    ),
    "nothing to find": (
        ["evaluate", "model.keras", "--data", "seen.csv", *COLUMNS],
        "nothing to find",
    ),
    "no folder for results": (
        ["benchmark", "popularity_ml_1m", "--results", "no/results.json"],
        "there is no folder 'no'",
    ),
    "no list of results": (
        ["zoo", "--table", "--results", "foreign.json"],
        "is no list of results",
    ),
    "no such recipe": (["benchmark", "gan_ml_1m"], "no recipe gan_ml_1m"),
    "no recipe to tune": (["tune", "gan_ml_1m"], "no recipe 'gan_ml_1m'"),
    "nothing to tune": (
        ["tune", "popularity_ml_1m", "--study", "study.jsonl"],
        "has no `space`",
    ),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_one_line_and_exit_code_2(
    capsys, folder, model, monkeypatch, name
):
    monkeypatch.chdir(folder)
    whole = pathlib.Path(model).read_bytes()
    pathlib.Path("half.keras").write_bytes(whole[: len(whole) // 2])
    pathlib.Path("foreign.json").write_text('{"format": "another"}')
    record = json.loads(pathlib.Path("model.run.json").read_text())
    pathlib.Path("newer.json").write_text(json.dumps(record | {"version": 9}))
    known = keras.models.load_model(model).catalog
    user, item = known.seen.nonzero()
    pd.DataFrame(
        {
            "who": known.user_vocabulary[user],
            "what": known.item_vocabulary[item],
        }
    ).to_csv("seen.csv", index=False)
    users = pd.DataFrame({"who": known.user_vocabulary, "age": 33})
    users.to_csv("users.csv", index=False)
    pathlib.Path("ml-2m-folder").mkdir(exist_ok=True)
    table = pd.read_csv("ratings.csv")
    table[table["what"] < 115].to_csv("short.csv", index=False)
    table.to_csv("semicolons.csv", index=False, sep=";")
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
        ["train", "--model", "ease", "--data", "x.csv", "--seed", "-1"],
        ["synthesize", "x.csv", "--users", "9", "--seed", "-1"],
    ],
)
def test_wrong_options_are_one_line_and_exit_code_2(capsys, argv):
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    if "--seed" in argv:
        assert "argument --seed: expected 0 to" in printed.err
