"""Data whose right answer is known, and the models that must find it."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import pytest

from keras_ganrec.data import datasets
from keras_ganrec.data import splits


@pytest.fixture(scope="session")
def planted():
    """A split of a market of two tastes that never mix."""
    market = datasets.synthetic(
        num_users=60,
        num_items=40,
        num_tastes=2,
        interactions_per_user=12,
        crossover=0.0,
        popularity_exponent=0.0,
    )
    return splits.ratio_split(market, test_ratio=0.3, validation_ratio=0.1)


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)
