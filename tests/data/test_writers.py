"""Synthetic users become files that look like the real one."""

import errno
import pathlib
import weakref

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keras_ganrec.data import writers
from keras_ganrec.data.interactions import Interactions
from keras_ganrec.data.layout import Layout
from keras_ganrec.data.times import text_times
from keras_ganrec.synthesis.schema import SyntheticUsers

NAMES = {
    "user": "who",
    "item": "what",
    "rating": "stars",
    "timestamp": "when",
}


def parts(sizes=(3, 2), rows_of_user=4):
    """Users 0, 1, ... with `rows_of_user` rows each, in parts."""
    start = 0
    for size in sizes:
        user = np.repeat(np.arange(start, start + size), rows_of_user)
        row = np.arange(len(user))
        yield SyntheticUsers(
            pd.DataFrame(
                {
                    "user": user,
                    "item": 100 + row % rows_of_user,
                    "rating": (row % 5 + 1).astype(np.float32),
                    "timestamp": 1_600_000_000 + row,
                }
            ),
            pd.DataFrame(
                {"user": np.arange(start, start + size), "age": 20.0 + row[0]}
            ),
        )
        start += size


def table(**columns):
    """A real table; its order is not ours."""
    plain = {
        "when": np.array([900_000_000, 900_000_060]),
        "stars": np.array([5, 3]),
        "comment": ["fine", "no"],
        "who": np.array([7, 8]),
        "what": np.array([100, 101]),
    }
    return pd.DataFrame({**plain, **columns})


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_a_file_has_the_columns_order_and_types_of_the_real_one(
    tmp_path, ending
):
    real = table()
    path = tmp_path / f"synthetic{ending}"
    written = writers.write(parts(), path, Layout.of(real, NAMES))
    read = pd.read_parquet if ending == ".parquet" else pd.read_csv
    found = read(path)
    assert list(found) == ["when", "stars", "who", "what"]
    assert (found.dtypes == real[list(found)].dtypes).all()
    made = pd.concat([part.interactions for part in parts()])
    for ours, theirs in NAMES.items():
        np.testing.assert_array_equal(found[theirs], made[ours])
    assert written == writers.Written([str(path)], num_users=5, num_rows=20)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_csv_is_written_as_the_input_was():
    real = table(stars=[4.5, 3.0], who=["ann", "bob, the 2nd"])
    part = SyntheticUsers(
        pd.DataFrame(
            {
                "user": ['a "new" one', "x"],
                "item": [100, 101],
                "rating": np.array([3.7, 4.0], np.float32),
                "timestamp": [1_600_000_000, 1_600_000_001],
            }
        )
    )
    path = pathlib.Path("synthetic.csv")
    writers.write([part], path, Layout.of(real, NAMES))
    assert path.read_text() == (
        "when,stars,who,what\n"
        '1600000000,3.7,"a ""new"" one",100\n'
        "1600000001,4.0,x,101\n"
    )


def test_whole_numbers_that_are_missing_are_written_by_pandas():
    # Arrow writes `3`, pandas `3.0`: one column would be written in two ways.
    for values, plain in (([3, 4], True), ([3, None], False)):
        assert writers._is_plain(pa.table({"age": values})) == plain


def test_csv_is_the_same_whoever_writes_it(monkeypatch):
    real = table(who=["ann", "bob"], when=["2020-01-01", "2020-01-02"])
    named = [
        SyntheticUsers(
            part.interactions.assign(
                user=part.interactions["user"].map("synthetic {}".format)
            )
        )
        for part in parts()
    ]
    layout = Layout.of(real, NAMES, "%Y-%m-%d")
    assert writers._is_plain(layout.restore(named[0].interactions))
    writers.write(named, "arrow.csv", layout)
    monkeypatch.setattr(writers, "_is_plain", lambda table: False)
    writers.write(named, "pandas.csv", layout)
    assert (
        pathlib.Path("arrow.csv").read_bytes()
        == pathlib.Path("pandas.csv").read_bytes()
    )


@pytest.mark.parametrize(
    "first, second",
    [
        ("2020-09-13 12:26:40", "2020-09-13 12:26:41"),
        ("2020-09-13T12:26:40Z", "2020-09-13T12:26:41Z"),
        ("13/09/2020 12:26:40", "13/09/2020 12:26:41"),
        ("09/13/2020 12:26:40", "09/13/2020 12:26:41"),
        ("13 Sep 2020 12:26:40", "13 Sep 2020 12:26:41"),
        ("2020-09-13T12:26:40.000", "2020-09-13T12:26:41"),
    ],
)
def test_times_that_are_text_are_read_and_written_alike(first, second):
    real = table(when=[first, first])
    real["when"], how = text_times(real["when"])
    read = Interactions.from_dataframe(real, **NAMES)
    assert (read.timestamp == 1_600_000_000).all()
    restored = Layout.of(table(when=[first, first]), NAMES, how).restore(
        next(parts()).interactions
    )
    wanted = [first.removesuffix(".000"), second]
    assert restored["when"].to_pylist()[:2] == wanted


def test_the_day_comes_first_where_the_other_order_cannot_be():
    series = pd.Series(["01/02/2020", "13/02/2020"], name="when")
    times, how = text_times(series)
    assert times.dt.month.tolist() == [2, 2]
    assert how == "%d/%m/%Y"


@pytest.mark.parametrize(
    "texts", [["soon", "later"], ["2020-01-01", "2020-13-45"]]
)
def test_text_that_is_no_time_is_an_error(texts):
    with pytest.raises(ValueError, match="'when' are text that is not always"):
        text_times(pd.Series(texts, name="when"))


def test_parquet_keeps_its_types():
    real = table(
        who=pd.Categorical(["ann", "bob"]),
        what=np.array([100, 101], np.int32),
        stars=np.array([1, 2], np.uint8),
        when=pd.to_datetime([9e8, 9e8], unit="s", utc=True).as_unit("ms"),
    )
    part = next(parts())
    named = part.interactions.assign(
        user=part.interactions["user"].map("synthetic {}".format)
    )
    path = pathlib.Path("synthetic.parquet")
    writers.write([SyntheticUsers(named)], path, Layout.of(real, NAMES))
    found = pq.read_table(path)
    assert found.schema.field("what").type == pa.int32()
    assert found.schema.field("stars").type == pa.uint8()
    assert found.schema.field("when").type == pa.timestamp("ms", "UTC")
    assert found["who"][0].as_py() == "synthetic 0"
    assert found["when"][0].as_py().timestamp() == 1_600_000_000


def test_features_stand_in_a_second_file():
    real = pd.DataFrame({"age": [30, 40], "user": [7, 8]})
    features = Layout.of(real, {"user": "user", "age": "age"})
    layout = Layout.of(table(), NAMES)
    written = writers.write(parts(), "made.csv", layout, features)
    assert written.files == ["made.csv", "made.users.csv"]
    found = pd.read_csv("made.users.csv")
    assert list(found) == ["age", "user"]
    assert (found.dtypes == real.dtypes).all()
    assert found["user"].tolist() == [0, 1, 2, 3, 4]


def test_features_of_an_earlier_table_are_told():
    layout = Layout.of(table(), NAMES)
    pathlib.Path("made.users.csv").write_text("mine")
    with pytest.warns(UserWarning, match="'made.users.csv' does not belong"):
        written = writers.write(parts(), "made.csv", layout)
    assert written.files == ["made.csv"]
    assert pathlib.Path("made.users.csv").read_text() == "mine"


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_shards_are_the_file_cut_between_users(ending):
    layout = Layout.of(table(), NAMES)
    sizes = (3, 1, 5, 2)
    writers.write(parts(sizes), f"whole{ending}", layout)
    written = writers.write(
        parts(sizes), f"cut{ending}", layout, rows_per_file=10
    )
    read = pd.read_parquet if ending == ".parquet" else pd.read_csv
    assert written.files == [
        str(pathlib.Path(f"cut{ending}", f"part-0000{i}{ending}"))
        for i in range(4)
    ]
    shards = [read(file) for file in written.files]
    assert [len(shard) for shard in shards] == [12, 12, 12, 8]
    pd.testing.assert_frame_equal(
        pd.concat(shards, ignore_index=True), read(f"whole{ending}")
    )


def test_a_seed_gives_the_same_packed_bytes():
    layout = Layout.of(table(), NAMES)
    for name in ("a.csv.gz", "b.csv.gz"):
        writers.write(parts(), name, layout)
    assert (
        pathlib.Path("a.csv.gz").read_bytes()
        == pathlib.Path("b.csv.gz").read_bytes()
    )


@pytest.mark.parametrize("rows_per_file", [None, 5])
@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_a_full_disk_leaves_what_was_there(tmp_path, ending, rows_per_file):
    def full():
        yield from parts()
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / f"made{ending}"
    if rows_per_file is None:
        path.write_text("what was there")
    before = list(tmp_path.iterdir())
    features = Layout.of(pd.DataFrame({"user": [7]}), {"user": "user"})
    with pytest.raises(OSError, match="No space"):
        writers.write(
            full(), path, Layout.of(table(), NAMES), features, rows_per_file
        )
    assert list(tmp_path.iterdir()) == before
    if rows_per_file is None:
        assert path.read_text() == "what was there"


def test_parts_are_not_kept():
    alive = []

    def watched():
        for part in parts([3] * 20):
            alive.append(weakref.ref(part.interactions))
            yield part
            del part
            assert sum(ref() is not None for ref in alive) <= 2

    writers.write(watched(), "made.csv", Layout.of(table(), NAMES))
    assert len(alive) == 20


@pytest.mark.parametrize(
    "path, rows_per_file, message",
    [
        ("made.txt", None, "ends in .csv"),
        ("no/folder/made.csv", None, "folder that exists"),
        ("folder.csv", None, "there is a folder"),
        ("file.csv", 10, "there is a file"),
        ("made.csv", 0, "positive integer"),
    ],
)
def test_paths_that_cannot_be_written(path, rows_per_file, message):
    pathlib.Path("folder.csv").mkdir()
    pathlib.Path("file.csv").touch()
    with pytest.raises(ValueError, match=message):
        writers.check(path, rows_per_file)


def test_a_column_that_the_model_does_not_make():
    part = next(parts())
    made = SyntheticUsers(part.interactions.drop(columns="timestamp"))
    with pytest.raises(ValueError, match="makes no column 'timestamp'"):
        writers.write([made], "made.csv", Layout.of(table(), NAMES))


def test_the_layout_of_interactions_without_a_file():
    real = Interactions.from_dataframe(
        table(who=["ann", "bob"], stars=[4.0, 5.0]), **NAMES
    )
    layout = Layout.of_interactions(real)
    assert list(layout.names) == ["user", "item", "rating", "timestamp"]
    assert pa.types.is_string(layout.schema.field("user").type) or (
        pa.types.is_large_string(layout.schema.field("user").type)
    )
    assert layout.schema.field("rating").type == pa.int64()


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
