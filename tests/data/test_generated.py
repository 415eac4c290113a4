import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import Interactions
from keras_ganrec.data import interactions_of
from keras_ganrec.synthesis.schema import SyntheticUsers


@pytest.fixture
def real():
    """Items p, q, r, s have the ids 0 to 3."""
    return Interactions.from_dataframe(
        pd.DataFrame(
            {
                "user": ["a", "a", "b", "c"],
                "item": ["r", "p", "q", "s"],
                "rating": [5, 4, 3, 2],
                "timestamp": [10, 20, 30, 40],
            }
        ),
        rating="rating",
        timestamp="timestamp",
        item_features=pd.DataFrame(
            {"item": list("pqrs"), "price": [1.0, 2.0, 3.0, 4.0]}
        ),
    )


def test_items_keep_the_ids_of_the_real_table(real):
    synthetic = pd.DataFrame({"user": [7, 7, 3], "item": ["s", "q", "s"]})
    made = interactions_of(synthetic, real)
    assert made.item_id.tolist() == [3, 1, 3]
    assert made.item_id.dtype == np.int32
    assert made.item_vocabulary.tolist() == list("pqrs")
    assert made.item_features is real.item_features
    assert made.user_id.tolist() == [1, 1, 0]
    assert made.user_vocabulary.tolist() == [3, 7]
    assert made.rating is None and made.timestamp is None
    assert made.to_csr().shape == (2, 4)


def test_ratings_times_and_features_are_kept(real):
    synthetic = SyntheticUsers(
        pd.DataFrame(
            {
                "user": ["y", "x"],
                "item": ["q", "r"],
                "rating": [4.0, 2.0],
                "timestamp": [15, 25],
            }
        ),
        pd.DataFrame({"user": ["y", "x"], "age": [20, 50]}),
    )
    made = interactions_of(synthetic, real)
    assert made.rating.tolist() == [4.0, 2.0]
    assert made.timestamp.tolist() == [15, 25]
    assert made.user_vocabulary.tolist() == ["x", "y"]
    assert made.user_features["age"].tolist() == [50, 20]


def test_a_real_table_is_given_back_as_it_was(real):
    table = pd.DataFrame(
        {
            "user": real.user_vocabulary[real.user_id],
            "item": real.item_vocabulary[real.item_id],
            "rating": real.rating,
        }
    )
    made = interactions_of(table, real)
    for name in ("user_id", "item_id", "rating", "user_vocabulary"):
        np.testing.assert_array_equal(getattr(made, name), getattr(real, name))


def test_repeated_pairs_are_counted(real):
    synthetic = pd.DataFrame({"user": [1, 1], "item": ["s", "s"]})
    made = interactions_of(synthetic, real)
    assert len(made) == 1
    assert made.dropped == {"duplicates": 1}


def test_items_of_another_catalog(real):
    synthetic = pd.DataFrame({"user": [1, 1], "item": ["s", "film 9"]})
    with pytest.raises(ValueError, match="1 of 2 items.*'film 9'.*like 'p'"):
        interactions_of(synthetic, real)
    synthetic = pd.DataFrame({"user": [1, 1], "item": [0, 1]})
    with pytest.raises(ValueError, match="2 of 2 items.*0.*like 'p' .str"):
        interactions_of(synthetic, real)
