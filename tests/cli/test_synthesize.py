"""`ganrec synthesize`: tables like the real one, and an honest report."""

import pathlib
import re

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.cli import main
from tests.cli.console import COLUMNS
from tests.cli.console import FAST
from tests.cli.console import RATED
from tests.cli.console import answer

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


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
