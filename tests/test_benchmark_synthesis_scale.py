"""The stages of `benchmarks/synthesis_scale.py`, on a small market."""

import pandas as pd
import pytest

from keras_ganrec import cli
from keras_ganrec.data import datasets
from tests import benchmark_cases


@pytest.fixture(scope="module")
def script():
    return benchmark_cases.load("synthesis_scale")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("scale") / "market.csv")
    market = datasets.synthetic(120, 60, interactions_per_user=15)
    market.to_dataframe().to_csv(path, index=False)
    return path


def test_what_is_written_is_counted(script, data, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "ROWS_PER_FILE", 1000)
    path = str(tmp_path / "model.keras")
    trained = script.train(data, 1, path)
    assert (trained["epochs"], trained["users"]) == (1, 120)
    folders = [tmp_path / "file", tmp_path / "shards"]
    for folder in folders:
        folder.mkdir()
    one = script.write(data, path, 300, 3000, str(folders[0]))
    many = script.write(data, path, None, 3000, str(folders[1]))
    table = pd.read_parquet(folders[0] / "made.parquet")
    assert list(table) == ["user", "item", "rating", "timestamp"]
    assert table["user"].nunique() == one["users"] == 300
    assert (one["rows"], one["files"]) == (len(table), 1)
    assert 2700 < many["rows"] < 3300
    shards = sorted((folders[1] / "made.parquet").iterdir())
    assert many["files"] == len(shards) in (3, 4)
    assert sum(len(pd.read_parquet(p)) for p in shards) == many["rows"]
    # The kernel counts both in batches of pages, one behind the other.
    assert 0 < one["start_mb"] < one["peak_mb"] + 1.0
    page = script.page([trained, one, many])
    assert "| users into a file |  | 300 |" in page


def test_the_report_is_that_of_the_command(script, monkeypatch, tmp_path):
    given = []

    def ganrec(line):
        given.append(cli._parser().parse_args(line))
        return len(given) - 1

    monkeypatch.setattr(script, "ganrec", ganrec)
    row = script.report("ml-1m", None, 5000, str(tmp_path))
    (args,) = given
    assert (args.command, args.data, args.users) == (
        "synthesize",
        "ml-1m",
        5000,
    )
    assert (args.users, args.epochs) == (5000, None)
    assert args.report == str(tmp_path / "r.html")
    with pytest.raises(SystemExit, match="--epochs 3` has failed"):
        script.report("ml-1m", 3, 5000, str(tmp_path))
    assert script.aim({**row, "seconds": 900.0}) == "900 s: met"
    assert script.aim({**row, "seconds": 901.0}) == "900 s: missed"
    assert script.aim({**row, "users": 100, "seconds": 1.0}) == ""
