import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets


@pytest.fixture(scope="session")
def market():
    return datasets.synthetic(
        num_users=80, num_items=60, num_tastes=3, interactions_per_user=12
    )


@pytest.fixture
def table():
    """Four users, three items, one repeated pair, times out of order."""
    return pd.DataFrame(
        {
            "user": ["bo", "al", "cy", "al", "bo", "di"],
            "item": [30, 10, 20, 20, 30, 10],
            "rating": [2.0, 5.0, 4.0, 1.0, 5.0, 3.0],
            "timestamp": [900, 200, 300, 400, 500, 600],
        }
    )


@pytest.fixture
def write(tmp_path):
    """Writes bytes or text (as latin-1) to a file and returns its path."""

    def write_file(name, content):
        if isinstance(content, str):
            content = content.encode("latin-1")
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return write_file


def pairs_of(interactions):
    """Set of raw (user, item) pairs."""
    return set(
        zip(
            interactions.user_vocabulary[interactions.user_id].tolist(),
            interactions.item_vocabulary[interactions.item_id].tolist(),
            strict=True,
        )
    )


def random_interactions(num_users, num_items, density, seed=0):
    """Interactions of a random matrix whose users all have a row."""
    rng = np.random.default_rng(seed)
    matrix = rng.random((num_users, num_items)) < density
    matrix[np.arange(num_users), rng.integers(0, num_items, num_users)] = True
    return Interactions.from_csr(scipy.sparse.csr_array(matrix * 1.0))
