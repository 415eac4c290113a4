"""What a generator is conditioned on: values, and a one for each user's."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from keras_ganrec.data import Interactions
from keras_ganrec.data import condition_values
from keras_ganrec.data import conditioned
from keras_ganrec.data import user_profiles


@pytest.fixture
def table():
    plain = Interactions.from_csr(scipy.sparse.eye_array(4))
    features = pd.DataFrame(
        {
            "gender": ["M", "F", None, "M"],
            "age": [60, 20, 20, 40],
            "name": ["a", "b", "c", "d"],
            "empty": [None] * 4,
        }
    )
    return dataclasses.replace(plain, user_features=features)


def test_values_are_those_that_occur(table):
    assert condition_values(table, ["age", "gender"]) == {
        "age": [20, 40, 60],
        "gender": ["F", "M"],
    }


def test_users_without_interactions_add_no_values(table):
    few = table.select(table.user_id != 0)
    values = condition_values(few, ["age", "gender"])
    assert values == {"age": [20, 40], "gender": ["F", "M"]}


def test_each_user_has_a_one_at_her_values(table):
    values = {"gender": ["F", "M"], "age": [20, 60]}
    profiles = user_profiles(table, batch_size=3, seed=5)
    batches = conditioned(profiles, values)
    assert batches.interactions is table and batches.epoch is profiles.epoch
    expected = np.array(
        [[0, 1, 0, 1], [1, 0, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    )
    users = []
    for batch in batches:
        np.testing.assert_array_equal(
            batch["condition"], expected[batch["user_id"]]
        )
        users.extend(batch["user_id"].numpy())
    assert sorted(users) == [0, 1, 2, 3]


def test_numbers_of_many_values_are_cut_into_ranges():
    plain = Interactions.from_csr(scipy.sparse.eye_array(90))
    ages = pd.Series(np.arange(90) // 3, dtype="float64")
    ages[89] = np.nan
    table = dataclasses.replace(
        plain,
        user_features=pd.DataFrame({"age": ages, "id": np.arange(90)}),
    )
    values = condition_values(table, ["age"])
    assert values["age"][0] == [1, 3]
    (batch,) = conditioned(user_profiles(table, batch_size=90), values)
    hot = np.asarray(batch["condition"])[np.argsort(batch["user_id"])]
    assert hot.shape == (90, len(values["age"]))
    assert (hot[:89].sum(axis=1) == 1).all() and not hot[89].any()
    assert hot[:9, 0].all() and not hot[9:, 0].any()  # ages 0, 1 and 2
    few = table.select(table.user_id < 60)
    assert condition_values(few, ["age"])["age"] == [*range(20)]
    # Whole numbers that hardly ever come again are names.
    assert condition_values(table, ["id"]) == {"id": [*range(90)]}


def test_bad_columns(table, monkeypatch):
    with pytest.raises(ValueError, match="'empty' has 0 different values"):
        condition_values(table, ["empty"])
    for bad in (pd.cut(table.user_features["age"], 2), [1, "a", 2, "b"]):
        features = table.user_features.assign(bad=bad)
        other = dataclasses.replace(table, user_features=features)
        with pytest.raises(ValueError, match=r"types .*\.astype\(str\)"):
            condition_values(other, ["bad"])
    monkeypatch.setattr("keras_ganrec.data.conditions.MOST_VALUES", 3)
    with pytest.raises(ValueError, match="'name' has 4 different values"):
        condition_values(table, ["name"])
    with pytest.raises(ValueError, match="no features of users"):
        condition_values(
            dataclasses.replace(table, user_features=None), ["age"]
        )
    with pytest.raises(ValueError, match="'height'"):
        condition_values(table, ["height"])
