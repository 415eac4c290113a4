"""Tables of one's own, and a model that the command trained on one."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import datasets
from keras_ganrec.recipes import comparing
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


@pytest.fixture(scope="module")
def synthesis_tables(tmp_path_factory):
    """Tables of one's own for `ganrec synthesize`, good and bad."""
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


@pytest.fixture
def in_a_folder_of_its_own(tmp_path, monkeypatch, synthesis_tables):
    for file in synthesis_tables.iterdir():
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(comparing, "GAN_STEPS", 1)
