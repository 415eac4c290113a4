"""A table of one's own, and a model that the command trained on it."""

import json
import os
import pathlib
import subprocess
import sys

import pandas as pd
import pytest

from keras_ganrec.data import datasets
from tests.cli.console import COLUMNS


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
