"""What `ganrec synthesize` refuses: it says why, and writes nothing."""

import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec import extras
from keras_ganrec.cli import main
from tests.cli.console import COLUMNS
from tests.cli.console import FAST
from tests.cli.console import RATED

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")
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
