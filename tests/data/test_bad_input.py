"""Every kind of bad table, one by one: a clear error, at the border."""

import time

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from keras_ganrec.data import Interactions
from keras_ganrec.data import readers


def good(**changes):
    columns = {"user": ["a", "b", "c"], "item": [1, 2, 3]} | changes
    return pd.DataFrame(columns)


BAD_TABLES = {
    "empty": (good()[:0], {}, "table is empty"),
    "missing column": (
        good().rename(columns={"user": "uid"}),
        {},
        r"no column 'user' for `user`.*\['uid', 'item'\].*`user=`",
    ),
    "missing rating column": (
        good(),
        {"rating": "stars"},
        "no column 'stars' for `rating`",
    ),
    "NaN ids": (good(user=["a", None, None]), {}, "2 of 3 ids.*'user'"),
    "NaN integer ids": (good(item=[1, np.nan, 3]), {}, "1 of 3 ids.*'item'"),
    "empty ids": (good(user=["a", "", "b"]), {}, "1 of 3 ids.*missing"),
    "mixed ids": (
        good(user=pd.Series(["a", 1, "b"], dtype=object)),
        {},
        r"mixed types: \{'str': 2, 'int': 1\}",
    ),
    "categories of numbers, one missing": (
        good(item=pd.Categorical([1, None, 2])),
        {},
        "1 of 3 ids in column 'item' are missing",
    ),
    "an id as long as a page": (
        good(user=["a", "b", "page " * 300]),
        {},
        "An id has 1500 characters: 'page page.*quote that is not closed",
    ),
    "fractional ids": (good(item=[1.5, 2, 3]), {}, "'floating'"),
    "boolean ids": (good(item=[True, False, True]), {}, "'boolean'"),
    "date ids": (
        good(item=pd.to_datetime(["2020", "2021", "2022"])),
        {},
        "'datetime",
    ),
    "ids beyond int64": (
        good(item=np.array([1, 2, 2**63], np.uint64)),
        {},
        "too large",
    ),
    "one column for both": (good(), {"item": "user"}, "name the same column"),
    "two columns of a name": (
        pd.concat([good(), good()[["item"]]], axis=1),
        {},
        "several columns 'item'",
    ),
    "ids beyond float": (good(item=[1.0, 2.0, 2.0**60]), {}, "too large"),
    "text ratings": (
        good(rating=["5", "four", "3"]),
        {"rating": "rating"},
        "ratings in column 'rating' are of type 'string'.*'four'.*to_numeric",
    ),
    "missing ratings": (
        good(rating=[1, np.nan, 3]),
        {"rating": "rating"},
        "1 of 3 ratings.*missing or infinite",
    ),
    "infinite ratings": (
        good(rating=[1, np.inf, -np.inf]),
        {"rating": "rating"},
        "2 of 3 ratings",
    ),
    "negative times": (
        good(t=[1, -2, -3]),
        {"timestamp": "t"},
        "2 of 3 timestamps.*negative, the least is -3",
    ),
    "milliseconds": (
        good(t=[1, 2, 1_600_000_000_000]),
        {"timestamp": "t"},
        "1 of 3 timestamps.*in the future.*milliseconds",
    ),
    "two days ahead": (
        good(t=[1, 2, int(time.time()) + 2 * 86_400]),
        {"timestamp": "t"},
        "in the future",
    ),
    "text times": (
        good(t=["2020-01-01", "2020-01-02", "soon"]),
        {"timestamp": "t"},
        "text that is not always a time",
    ),
    "missing times": (
        good(t=[1, np.nan, 3]),
        {"timestamp": "t"},
        "1 of 3 timestamps.*missing",
    ),
    "infinite times": (
        good(t=[1, np.inf, 3]),
        {"timestamp": "t"},
        "infinite",
    ),
    "duplicates": (
        good(user=["a", "a", "b"], item=[1, 1, 1]),
        {"duplicates": "error"},
        "1 rows repeat",
    ),
    "unknown policy": (good(), {"duplicates": "mean"}, "duplicates='mean'"),
    "min_rating alone": (good(), {"min_rating": 3}, "needs ratings"),
    "min_rating too high": (
        good(rating=[1, 2, 3]),
        {"rating": "rating", "min_rating": 9},
        "highest rating is 3.0",
    ),
    "features of other ids": (
        good(),
        {"user_features": pd.DataFrame({"user": [1, 2], "age": [3, 4]})},
        "are integers, those of the interactions are strings",
    ),
    "features twice": (
        good(),
        {"item_features": pd.DataFrame({"item": [1, 1], "year": [3, 4]})},
        "repeat an id.*instance 1",
    ),
    "features without ids": (
        good(),
        {"item_features": pd.DataFrame({"movie": [1], "year": [3]})},
        "no column 'item'",
    ),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_bad_table(case):
    table, kwargs, message = BAD_TABLES[case]
    with pytest.raises(ValueError, match=message):
        Interactions.from_dataframe(table, **kwargs)


def test_a_clock_a_little_ahead_is_tolerated():
    soon = int(time.time()) + 3600
    result = Interactions.from_dataframe(
        good(t=[soon, soon, soon]), timestamp="t"
    )
    assert result.timestamp.tolist() == [soon] * 3


def test_whole_floats_and_categories_are_ids():
    floats = Interactions.from_dataframe(good(item=[3.0, 1.0, 2.0]))
    assert floats.item_vocabulary.tolist() == [1, 2, 3]
    assert floats.item_vocabulary.dtype == np.int64
    categories = good(user=pd.Categorical(["b", "a", "b"]))
    result = Interactions.from_dataframe(categories)
    assert result.user_id.tolist() == [1, 0, 1]


@pytest.fixture
def broken_files(tmp_path):
    """Files of each kind, cut off, and one that is not what its name says."""
    table = pd.DataFrame({"user": range(500), "item": range(500)})
    table.to_parquet(tmp_path / "whole.parquet")
    table.to_csv(tmp_path / "whole.csv.gz", index=False)
    scipy.sparse.save_npz(tmp_path / "whole.npz", scipy.sparse.eye_array(500))
    for name in ("parquet", "csv.gz", "npz"):
        content = (tmp_path / f"whole.{name}").read_bytes()
        (tmp_path / f"cut.{name}").write_bytes(content[: len(content) // 2])
        (tmp_path / f"noise.{name}").write_bytes(b"\x00\xff\x13" * 100)
        (tmp_path / f"empty.{name}").write_bytes(b"")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "noise.csv").write_bytes(b"\x00\xff\xfe\x13\n" * 100)
    (tmp_path / "cut.csv").write_text("user,item\n1,2\n3,")
    (tmp_path / "wide.csv").write_text("user,item\n1,2\n3,4,5,6\n")
    return tmp_path


@pytest.mark.parametrize("damage", ["cut", "noise", "empty"])
@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("parquet", Interactions.from_parquet),
        ("csv.gz", Interactions.from_csv),
        ("npz", readers.read_csr),
    ],
)
def test_broken_file_is_named(broken_files, damage, kind, read):
    name = f"{damage}.{kind}"
    with pytest.raises(ValueError, match=name):
        read(broken_files / name)


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "wide"])
def test_broken_csv_is_named(broken_files, damage):
    with pytest.raises(ValueError, match=f"{damage}.csv"):
        Interactions.from_csv(broken_files / f"{damage}.csv")


def test_absent_file_is_not_called_corrupt(tmp_path):
    for read in (
        Interactions.from_csv,
        Interactions.from_parquet,
        readers.read_csr,
        readers.read_rows,
    ):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "absent")


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.eye(3), "scipy sparse matrix"),
        (scipy.sparse.csr_array((3, 4)), r"empty.*shape=\(3, 4\)"),
        (scipy.sparse.csr_array(np.array([[np.nan]])), "missing or infinite"),
    ],
)
def test_bad_matrix(matrix, message):
    with pytest.raises(ValueError, match=message):
        Interactions.from_csr(matrix)
