import json

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.encoding import TableEncoding


def users():
    return pd.DataFrame(
        {
            "age": [20.0, np.nan, 40.0, 30.0],
            "height": [1.5, 1.75, np.nan, 2.0],
            "job": ["nurse", None, "cook", "nurse"],
            "member": [True, None, False, True],
            "kind": pd.Categorical(["b", "a", None, "b"]),
        }
    )


def test_numbers_are_scaled_and_texts_become_a_feature_each():
    encoding = TableEncoding.of(users())
    values, observed = encoding.encode(users())
    assert encoding.num_features == 7
    assert encoding.column_sizes == (1, 1, 2, 1, 2)
    np.testing.assert_array_equal(
        values,
        [
            [0.0, 0.0, 0, 1, 1, 0, 1],
            [0.0, 0.5, 0, 0, 0, 1, 0],
            [1.0, 0.0, 1, 0, 0, 0, 0],
            [0.5, 1.0, 0, 1, 1, 0, 1],
        ],
    )
    np.testing.assert_array_equal(
        observed,
        [
            [1, 1, 1, 1, 1, 1, 1],
            [0, 1, 0, 0, 0, 1, 1],
            [1, 0, 1, 1, 1, 0, 0],
            [1, 1, 1, 1, 1, 1, 1],
        ],
    )
    assert values.dtype == observed.dtype == np.float32


def test_filling_rounds_and_keeps_what_is_known():
    table = users()
    filled = TableEncoding.of(table).fill(
        table,
        np.tile(np.float32([0.52, 0.52, 0.3, 0.4, 0.6, 0.9, 0.1]), (4, 1)),
    )
    assert filled["age"].tolist() == [20.0, 30.0, 40.0, 30.0]
    assert filled["height"][2] == pytest.approx(1.76)
    assert filled["job"].tolist() == ["nurse", "nurse", "cook", "nurse"]
    assert filled["member"].tolist() == [True, True, False, True]
    assert filled["member"].map(type).eq(bool).all()
    assert filled["kind"].tolist() == ["b", "a", "a", "b"]
    assert (filled.dtypes == table.dtypes).all()
    for name in table:
        known = table[name].notna()
        assert (filled[name][known] == table[name][known]).all()


def test_an_array_stays_an_array_of_its_type():
    table = np.float32([[0.1, np.nan], [np.nan, 7.3], [0.7, 5.1]])
    encoding = TableEncoding.of(table)
    filled = encoding.fill(table, np.ones((3, 2), np.float32))
    assert isinstance(filled, np.ndarray)
    assert filled.dtype == np.float32
    np.testing.assert_array_equal(
        filled, np.float32([[0.1, 7.3], [0.7, 7.3], [0.7, 5.1]])
    )
    assert np.isnan(table[0, 1])


def test_new_rows_may_be_wholly_missing():
    new = pd.DataFrame({name: [None] for name in users()})
    encoding = TableEncoding.of(users())
    _, observed = encoding.encode(new)
    assert not observed.any()
    filled = encoding.fill(new, np.zeros((1, 7)))
    assert filled["age"][0] == 20
    assert filled["job"][0] == "cook"


def test_json_keeps_an_encoding():
    encoding = TableEncoding.of(users())
    plain = json.loads(json.dumps(encoding.to_dict()))
    assert TableEncoding.from_dict(plain) == encoding


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([np.nan] * 30, "missing in all 30 rows"),
        ([1.0, 1.0] * 15, "'x' is constant"),
        (["a", None] * 15, "'x' is constant"),
        ([1.0, np.inf] * 15, "15 values of column 'x' are infinite"),
        (["a", 1] * 15, "Expected numbers, booleans or text"),
        (pd.date_range("2020-01-01", periods=30), "dates to numbers"),
        ([f"user {i}" for i in range(30)], "30 different texts"),
    ],
)
def test_columns_that_cannot_be_learned(column, message):
    with pytest.raises(ValueError, match=message):
        TableEncoding.of(pd.DataFrame({"x": column}))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"x": []}), "0 rows and 1 columns"),
        (pd.DataFrame(index=[0, 1]), "2 rows and 0 columns"),
        (np.zeros(3), r"shape \(3,\)"),
        (np.array([["a"]]), "array of numbers"),
        (pd.DataFrame([[1, 2]], columns=["x", "x"]), "two columns 'x'"),
    ],
)
def test_tables_that_are_none(table, message):
    with pytest.raises(ValueError, match=message):
        TableEncoding.of(table)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"job": ["pilot"] * 4}, "'pilot' is no known value of column 'job'"),
        ({"age": [np.inf] * 4}, "column 'age' are infinite"),
        ({"age": ["old"] * 4}, "'age' had numbers and now holds 'old'"),
        ({"more": [1] * 4}, "Expected .'age', 'height'"),
    ],
)
def test_rows_that_do_not_fit(change, message):
    encoding = TableEncoding.of(users())
    with pytest.raises(ValueError, match=message):
        encoding.encode(users().assign(**change))
