import numpy as np
import pytest

from keras_ganrec.data import Interactions
from keras_ganrec.synthesis.schema import MOST_VALUES
from keras_ganrec.synthesis.schema import Schema
from keras_ganrec.synthesis.schema import variety


def test_variety_by_hand():
    user = np.array([5, 2, 2, 5, 9, 9])
    item = np.array([0, 1, 0, 1, 1, 2])
    # {0, 1} twice, and {1, 2}: cosines of 1, 1/2 and 1/2.
    distinct, likeness = variety(user, item)
    assert distinct == pytest.approx(2 / 3)
    assert likeness == pytest.approx(2 / 3)
    distinct, likeness = variety(np.zeros(3), np.arange(3))
    assert distinct == 1.0
    assert likeness == pytest.approx(0.0, abs=1e-12)


def test_ratings_without_end_are_kept_as_quantiles():
    rng = np.random.default_rng(0)
    ratings = rng.normal(size=5000).astype("float32")
    table = Interactions(
        user_id=np.arange(5000, dtype="int32"),
        item_id=np.zeros(5000, "int32"),
        user_vocabulary=np.arange(5000),
        item_vocabulary=np.arange(1),
        rating=ratings,
    )
    values = np.array(Schema.of(table).rating_values)
    assert len(values) == MOST_VALUES
    assert np.isin(values.astype("float32"), ratings).all()
    assert np.median(values) == pytest.approx(np.median(ratings), abs=0.05)
