"""Tables of features as numbers."""

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import feature_matrix

TABLE = pd.DataFrame(
    {
        "genres": ["Drama|War", "war", None, "Sci-Fi|Drama"],
        "length": [-60.0, 120.0, np.nan, 90.0],
        "colour": [True, False, True, True],
        "title": ["The War", "A Day", "Sci", "Sci Day"],
    }
)


def test_words_that_rows_share():
    matrix = feature_matrix(TABLE, columns=["genres"])
    # drama, war; fi and sci are in one row.
    np.testing.assert_array_equal(matrix, [[1, 1], [0, 1], [0, 0], [1, 0]])
    assert matrix.dtype == np.float32
    assert feature_matrix(TABLE, columns=["genres"], min_rows=1).shape == (4, 4)


def test_a_word_is_one_of_its_column():
    matrix = feature_matrix(TABLE, columns=["genres", "title"])
    # drama, war; day, sci
    np.testing.assert_array_equal(
        matrix, [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1], [1, 0, 1, 1]]
    )


def test_numbers_are_scaled():
    matrix = feature_matrix(TABLE, columns=["length", "colour"])
    np.testing.assert_array_equal(
        matrix, np.float32([[-0.5, 1], [1, 0], [0, 1], [0.75, 1]])
    )


def test_what_is_missing_is_zero_also_of_booleans():
    table = pd.DataFrame({"new": [True, None, False, True]})
    np.testing.assert_array_equal(
        feature_matrix(table), np.float32([[1], [0], [0], [1]])
    )


def test_a_column_without_values_gives_none():
    table = pd.DataFrame({"new": [1.0, 2.0], "subtitle": [None, None]})
    assert feature_matrix(table).shape == (2, 1)


def test_numbers_as_text_are_refused():
    table = pd.DataFrame({"price": ["12.5", None, "13"]})
    with pytest.raises(ValueError, match="'price' holds numbers as text"):
        feature_matrix(table)


def test_infinite_numbers_are_refused():
    table = pd.DataFrame({"price": [1.0, np.inf, 2.0]})
    with pytest.raises(ValueError, match="'price' holds infinite numbers"):
        feature_matrix(table)


def test_categories_of_numbers_are_numbers():
    table = pd.DataFrame({"year": pd.Categorical([1, 2, None, 4])})
    assert feature_matrix(table).tolist() == [[0.25], [0.5], [0.0], [1.0]]


def test_more_words_than_memory(monkeypatch):
    monkeypatch.setattr("keras_ganrec.data.features.LARGEST", 7)
    with pytest.raises(ValueError, match="'title' has 2 words.*and 4 rows"):
        feature_matrix(TABLE, columns=["title"])


def test_all_columns_unless_named():
    assert feature_matrix(TABLE).shape == (4, 2 + 1 + 1 + 2)
    categories = TABLE.astype({"genres": "category"})
    np.testing.assert_array_equal(
        feature_matrix(categories), feature_matrix(TABLE)
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"features": None}, "no feature table.*item_features="),
        ({"columns": ["genre"]}, "no column 'genre'.*Its columns are"),
        ({"columns": ["title"], "min_rows": 4}, "nothing in the columns"),
        ({"columns": []}, "nothing in the columns"),
    ],
)
def test_bad_tables(arguments, message):
    with pytest.raises(ValueError, match=message):
        feature_matrix(**{"features": TABLE, **arguments})
