"""`ganrec synthesize`: tables like the real one, and an honest report."""

import pathlib
import re

import numpy as np
import pandas as pd
import pytest

from keras_ganrec import baselines
from keras_ganrec import extras
from keras_ganrec.cli import main
from keras_ganrec.data import datasets
from keras_ganrec.recipes import comparing
from tests.cli.console import COLUMNS
from tests.cli.console import answer

RATED = ["--rating-column", "stars", "--timestamp-column", "when"]
FAST = ["--model", "popularity_sampler"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tables of one's own, good and bad."""
    folder = tmp_path_factory.mktemp("synthesize")
    market = datasets.synthetic(
        num_users=120, num_items=40, num_tastes=2, interactions_per_user=12
    )
    table = pd.DataFrame(
        {
            "when": pd.to_datetime(market.timestamp, unit="s").strftime(
                "%Y-%m-%d %H:%M:%S"
            ),
            "stars": market.rating.astype(int),
            "comment": "fine",
            "what": market.item_id + 100,
            "who": market.user_vocabulary[market.user_id],
        }
    )
    table.to_csv(folder / "ratings.csv", index=False)
    names = {"who": "user", "what": "item", "stars": "rating"}
    table.rename(columns=names).to_parquet(folder / "usual.parquet")
    table.assign(stars=4).to_csv(folder / "one_rating.csv", index=False)
    table.assign(what=[f"review {i}" for i in range(len(table))]).to_csv(
        folder / "text.csv", index=False
    )
    table[table["who"] < "user 2"].to_csv(folder / "few.csv", index=False)
    table.assign(when="soon").to_csv(folder / "soon.csv", index=False)
    table.assign(when="1066-10-14 00:00:00").to_csv(
        folder / "hastings.csv", index=False
    )
    users = pd.DataFrame(
        {
            "zip": np.arange(120),  # too many to be a kind
            "taste": market.user_features["taste"],
            "who": market.user_vocabulary,
            "age_group": np.where(np.arange(120) < 60, "18-24", "25-34"),
            "nan": np.nan,
            "age": np.arange(120) // 2,
        }
    )
    users.loc[7, "age_group"] = None
    users.to_csv(folder / "users.csv", index=False)
    return folder


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch, folder):
    for file in folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(comparing, "GAN_STEPS", 1)


def test_a_table_in_the_format_of_the_input_and_a_report(capsys):
    told = answer(
        capsys,
        *("synthesize", "ratings.csv", *COLUMNS, *RATED, *FAST),
        *("--users", "50", "--report", "report.html"),
    )
    real, made = pd.read_csv("ratings.csv"), pd.read_csv("synthetic.csv")
    assert list(made) == ["when", "stars", "what", "who"]
    assert (made.dtypes == real[list(made)].dtypes).all()
    assert set(made["what"]) <= set(real["what"])
    assert set(made["stars"]) <= set(real["stars"])
    assert made["when"].between(real["when"].min(), real["when"].max()).all()
    assert made["who"].nunique() == told["num_users"] == 50
    assert len(made) == told["num_rows"]
    assert told["files"] == ["synthetic.csv"]

    page = pathlib.Path("report.html").read_text()
    assert "84 users, drawn at random" in page  # 70 % of 120
    assert "36 users: 24 to measure on, 12 to fit" in page
    assert "PopularitySampler, seed 0" in page
    assert page.count("<svg") == 5
    judges = re.findall(r"ndcg_at_10 \((\w+)\)", " ".join(told["figures"]))
    assert sorted(judges) == [
        *("AAERec", "EASE", "EDLAE", "IALS", "ItemKNN", "Popularity"),
        "RP3beta",
    ]
    # Popularity alone knows no taste: that is where it betrays itself.
    betrayed = page.partition("Where it betrays itself")[2]
    worst = betrayed.partition("</ol>")[0]
    assert any(name in worst for name in ("C2ST", "Lift", "Recall", "NDCG"))
    assert told["figures"]["repeated_pairs"] == 0


def test_a_seed_gives_the_same_table(capsys):
    tables = []
    for seed in ("1", "1", "2"):
        answer(
            capsys,
            *("synthesize", "usual.parquet", *FAST, "--users", "20"),
            *("--seed", seed),
        )
        tables.append(pd.read_parquet("synthetic.parquet"))
    # The usual names are found, that of the time is not.
    assert list(tables[0]) == ["rating", "item", "user"]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert not tables[0].equals(tables[2])


def test_files_of_some_rows(capsys):
    told = answer(
        capsys,
        *("synthesize", "ratings.csv", *COLUMNS, *FAST, "--users", "40"),
        *("--output", "many.csv.gz", "--rows-per-file", "100"),
    )
    assert len(told["files"]) > 2
    made = pd.concat([pd.read_csv(file) for file in told["files"]])
    assert list(made) == ["what", "who"]
    assert len(made) == told["num_rows"]


def test_a_single_rating_is_made_again(capsys):
    answer(
        capsys,
        *("synthesize", "one_rating.csv", *COLUMNS, *RATED, *FAST),
        *("--users", "20", "--report", "report.html"),
    )
    assert (pd.read_csv("synthetic.csv")["stars"] == 4).all()


def test_conditions_and_features(capsys):
    told = answer(
        capsys,
        *("synthesize", "ratings.csv", *COLUMNS, *RATED, "--epochs", "2"),
        *("--user-features", "users.csv", "--users", "30"),
        *("--condition", "age_group=18-24", "--condition", "taste=1"),
    )
    assert told["model"] == "ProfileGAN"
    assert told["files"] == ["synthetic.csv", "synthetic.users.csv"]
    users = pd.read_csv("synthetic.users.csv")
    assert list(users) == ["taste", "who", "age_group", "age"]
    assert (users["age_group"] == "18-24").all()
    assert (users["taste"] == 1).all()
    assert users["age"].between(0, 30).all()  # with the group go ages
    assert users["age"].dtype == np.int64
    made = pd.read_csv("synthetic.csv")
    assert list(made["who"].unique()) == list(users["who"])


def test_a_generator_that_was_kept_makes_the_same_users(capsys):
    given = ["ratings.csv", *COLUMNS, *RATED]
    told = answer(
        capsys,
        *("synthesize", *given, *FAST, "--users", "20"),
        *("--save-model", "kept.keras", "--report", "report.html"),
    )
    assert told["model_file"] == "kept.keras"
    trained = pd.read_csv("synthetic.csv")
    kept = ["--from-model", "kept.keras"]
    again = answer(
        capsys,
        *("synthesize", *given, *kept, "--users", "20"),
        *("--output", "again.csv", "--report", "again.html"),
    )
    pd.testing.assert_frame_equal(pd.read_csv("again.csv"), trained)
    assert again["figures"] == told["figures"]
    page = pathlib.Path("again.html").read_text()
    assert "PopularitySampler, seed 0, read from kept.keras" in page
    # Without a table: the same under our own names.
    answer(capsys, "synthesize", *kept, "--users", "20")
    bare = pd.read_csv("synthetic.csv")
    assert list(bare) == ["user", "item", "rating", "timestamp"]
    assert bare["timestamp"].dtype == np.int64
    same = bare[["user", "item", "rating"]].set_axis(
        ["who", "what", "stars"], axis=1
    )
    pd.testing.assert_frame_equal(same, trained[list(same)])


def test_conditions_of_a_generator_that_was_kept(capsys):
    answer(
        capsys,
        *("synthesize", "ratings.csv", *COLUMNS, "--epochs", "2"),
        *("--user-features", "users.csv", "--users", "9"),
        *("--save-model", "kept.keras"),
    )
    made = ["synthesize", "--from-model", "kept.keras", "--users", "9"]
    answer(capsys, *made, "--condition", "age_group=18-24")
    users = pd.read_csv("synthetic.users.csv")
    assert list(users) == ["user", "taste", "age_group", "age"]
    assert (users["age_group"] == "18-24").all()
    answer(capsys, *made, "--condition", "age=43")
    assert (pd.read_csv("synthetic.users.csv")["age"] == 43).all()
    assert main([*made, "--condition", "age=430"]) == 2
    assert "'age' is a number from 2 to 57" in capsys.readouterr().err
    assert main(["export", "kept.keras", "served"]) == 2
    assert "`ganrec synthesize --from-model`" in capsys.readouterr().err
    assert main([*made, "--condition", "age_group=99"]) == 2
    assert "is one of 18-24, 25-34" in capsys.readouterr().err
    assert main([*made, "--condition", "zip=7"]) == 2
    assert "the features taste, age_group, age." in capsys.readouterr().err


def test_a_report_needs_users_whom_the_generator_has_not_met(capsys):
    given = ["synthesize", "ratings.csv", *COLUMNS, "--users", "9"]
    answer(capsys, *given, *FAST, "--save-model", "all.keras")
    answer(
        capsys,
        *(*given, *FAST, "--save-model", "part.keras"),
        *("--report", "report.html"),
    )
    pathlib.Path("report.html").unlink()
    pathlib.Path("synthetic.csv").unlink()
    for kept, seed in (("all.keras", "0"), ("part.keras", "1")):
        argv = [*given, "--from-model", kept, "--seed", seed]
        assert main([*argv, "--report", "report.html"]) == 2
        assert "has not learned from the 70 %" in capsys.readouterr().err
    assert not list(pathlib.Path().glob("*report*"))
    assert not list(pathlib.Path().glob("synthetic*"))


KEPT = ["--users", "9", "--from-model", "kept.keras"]
BAD_INPUT = {
    "nothing to learn from": (["--users", "9"], "nothing to learn from"),
    "trained and to be trained": (
        [*KEPT, "--epochs", "3"],
        "--epochs tells about a training",
    ),
    "another generator": ([*KEPT, *FAST], "--model tells about a training"),
    "kept again": (
        [*KEPT, "--save-model", "a.keras"],
        "--save-model tells about a training",
    ),
    "nothing to compare with": (
        [*KEPT, "--report", "a.html"],
        "Name the table that the generator",
    ),
    "columns of no table": (
        [*KEPT, "--rating-column", "stars"],
        "--rating-column tells about a table",
    ),
    "no generator": (KEPT, "no model 'kept.keras'. Write one with `ganrec syn"),
    "nowhere to keep it": (
        ["ratings.csv", "--users", "9", "--save-model", "kept.h5"],
        "The model cannot be written to 'kept.h5'",
    ),
    "no users": (["ratings.csv", "--users", "0"], "--users must be positive"),
    "too many users": (
        ["ratings.csv", "--users", "1000000000000", *COLUMNS],
        "GB are free",
    ),
    "over the features": (
        ["ratings.csv", "--users", "9", "--output", "new.csv"]
        + ["--user-features", "new.users.csv", *COLUMNS],
        "'new.users.csv' is the input",
    ),
    "over the input": (
        ["ratings.csv", "--users", "9", "--output", "./ratings.csv"],
        "is the input",
    ),
    "nowhere to write": (
        ["ratings.csv", "--users", "9", "--output", "no/folder/x.csv"],
        "folder that exists",
    ),
    "no such format": (
        ["ratings.csv", "--users", "9", "--output", "x.xlsx"],
        "ends in .csv",
    ),
    "nowhere to report": (
        ["ratings.csv", "--users", "9", "--report", "report.pdf"],
        "ends in .html",
    ),
    "a recommender": (
        ["ratings.csv", "--users", "9", *COLUMNS, "--model", "ease"],
        "EASE does not make users",
    ),
    "no column": (["ratings.csv", "--users", "9"], "--user-column"),
    "few users": (["few.csv", "--users", "9", *COLUMNS], "at least 100"),
    "free text for ids": (
        ["text.csv", "--users", "9", *COLUMNS],
        "rows, such as 'review 0': free text",
    ),
    "no times": (
        ["soon.csv", "--users", "9", *COLUMNS, *RATED],
        "'when' are text that is not always a time, for instance 'soon'",
    ),
    "times out of range": (
        ["hastings.csv", "--users", "9", *COLUMNS, *RATED],
        "'when' are negative",
    ),
    "no epochs to set": (
        ["ratings.csv", "--users", "9", *COLUMNS, *FAST, "--epochs", "3"],
        "not trained in epochs",
    ),
    "no condition": (
        ["ratings.csv", "--users", "9", *COLUMNS, "--condition", "age"],
        "must be COLUMN=VALUE",
    ),
    "no features": (
        ["ratings.csv", "--users", "9", *COLUMNS, "--condition", "age=3"],
        "no features of users",
    ),
    "no such feature": (
        ["ratings.csv", "--users", "9", *COLUMNS, "--condition", "height=3"]
        + ["--user-features", "users.csv"],
        "the features zip, taste, age_group, nan, age",
    ),
    "no such value": (
        ["ratings.csv", "--users", "9", *COLUMNS]
        + ["--condition", "age_group=3", "--user-features", "users.csv"],
        "'age_group' is one of 18-24, 25-34",
    ),
    "no such number": (
        ["ratings.csv", "--users", "9", *COLUMNS]
        + ["--condition", "age=old", "--user-features", "users.csv"],
        "'age' is a number from",
    ),
    "a condition of one": (
        ["ratings.csv", "--users", "9", *COLUMNS]
        + ["--condition", "zip=7", "--user-features", "users.csv"],
        "'zip' has 120 different values",
    ),
    "nothing known": (
        ["ratings.csv", "--users", "9", *COLUMNS]
        + ["--condition", "nan=1", "--user-features", "users.csv"],
        "'nan' is one of nothing",
    ),
    "a model without conditions": (
        ["ratings.csv", "--users", "9", *COLUMNS, *FAST]
        + ["--condition", "age_group=18-24", "--user-features", "users.csv"],
        "PopularitySampler takes no condition",
    ),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_one_line_and_writes_nothing(capsys, tmp_path, name):
    argv, message = BAD_INPUT[name]
    before = sorted(tmp_path.iterdir())
    assert main(["synthesize", *argv]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    *_, said = printed.err.splitlines()
    assert said.startswith("ganrec synthesize: ")
    assert message in said
    assert sorted(tmp_path.iterdir()) == before


def test_missing_extras_are_named_at_once(capsys, monkeypatch):
    def not_there(module):
        raise ImportError(module)

    monkeypatch.setattr(extras.importlib, "import_module", not_there)
    argv = ["synthesize", "ratings.csv", "--users", "9", "--report", "a.html"]
    assert main(argv) == 2
    assert (
        "The report needs matplotlib and scikit-learn, which are not "
        "installed. Install them: `pip install "
        "'keras_ganrec[plots,synthesis]'`." in capsys.readouterr().err
    )


def test_a_collapse_is_an_error_and_no_constant_table(
    capsys, tmp_path, monkeypatch
):
    def alike(self, n, rng):
        return np.repeat(np.arange(n), 3), np.tile([0, 1, 2], n)

    monkeypatch.setattr(baselines.PopularitySampler, "draw_items", alike)
    before = sorted(tmp_path.iterdir())
    argv = ["synthesize", "ratings.csv", *COLUMNS, *FAST, "--users", "50"]
    assert main(argv) == 2
    said = capsys.readouterr().err
    assert "Nothing was written: `PopularitySampler` has collapsed" in said
    assert sorted(tmp_path.iterdir()) == before
