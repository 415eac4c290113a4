"""Data whose right answer is known, and the models that must find it."""

import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if "PYTEST_XDIST_WORKER" in os.environ:  # One core each.
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import keras
import pytest

from keras_ganrec.data import datasets
from keras_ganrec.data import splits
from tests.cases import CASES

SHARED = pathlib.Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def real_data():
    """Path of a real file by its place under the data directory, or skip."""
    root = pathlib.Path(os.environ.get("KERAS_GANREC_DATA", SHARED))

    def path(name):
        for candidate in (root / name, root / f"{name}.gz"):
            if candidate.exists():
                return candidate
        pytest.skip(f"no {name} under {root} (set $KERAS_GANREC_DATA)")

    path.root = root
    return path


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


@pytest.fixture(scope="session")
def trained(planted):
    """Each model, trained once for the tests that only look at it."""
    models = {}

    def get(name):
        if name not in models:
            keras.utils.set_random_seed(0)
            case = CASES[name]
            models[name] = case.compiled(planted)
            case.train(models[name], planted)
        return models[name]

    return get


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def pytest_collection_modifyitems(items):
    # What shares a trained model runs in one process of `pytest -n`: the tests
    # of a model in the contract, and otherwise of a file.
    for item in items:
        parameters = getattr(item, "callspec", None)
        name = parameters.params.get("name") if parameters else None
        group = name if name in CASES else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
