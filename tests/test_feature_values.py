"""Features of users as listed values, or as numbers in ranges."""

import numpy as np
import pandas as pd
import pytest

from keras_ganrec import feature_values

AGES = [[18, 25], [25, 40], [40, 61]]


@pytest.mark.parametrize(
    "column, measured",
    [
        (np.arange(100) // 3, True),
        (np.where(np.arange(100) % 9, np.arange(100) // 3, np.nan), True),
        (np.arange(100) / 3, True),
        (np.arange(100), False),  # who, and not how much
        (np.arange(100) % 25, False),  # so few that they are listed
        (np.arange(100) > 3, False),
        ([f"{i}" for i in range(100)], False),
        ([*range(30), *range(30), *[np.inf] * 40], False),
    ],
)
def test_what_is_cut_into_ranges(column, measured):
    assert feature_values.is_measured(pd.Series(column)) == measured


def test_ranges_have_about_as_many_users():
    ages = pd.Series(np.random.default_rng(0).integers(18, 80, 1000))
    ranges = feature_values.ranges_of(ages)
    assert len(ranges) == 10
    assert all(type(edge) is int for pair in ranges for edge in pair)
    assert all(a[1] == b[0] for a, b in zip(ranges, ranges[1:], strict=False))
    counts = np.bincount(feature_values.places(ranges, ages))
    assert counts.sum() == 1000
    assert counts.min() > 60 and counts.max() < 140


@pytest.mark.parametrize("whole", [True, False])
def test_nobodys_own_extreme_is_in_the_ranges(whole):
    numbers = np.random.default_rng(0).normal(50, 5, 300)
    numbers[:2] = 3.0, 990.0
    numbers = pd.Series(np.rint(numbers) if whole else numbers)
    ranges = feature_values.ranges_of(numbers)
    low, high = ranges[0][0], ranges[-1][1]
    assert (numbers <= low).sum() >= 5
    assert (numbers >= high - whole).sum() >= 5
    drawn = feature_values.draw(
        ranges,
        feature_values.places(ranges, numbers),
        np.random.default_rng(1),
    ).astype(float)
    assert low <= drawn.min() and drawn.max() < high < 70
    if not whole:
        assert not set(np.ravel(ranges)) & set(numbers)


def test_places_in_ranges():
    numbers = [17, 18, 24.9, 25, None, 60, 99, "old"]
    assert feature_values.places(AGES, numbers).tolist() == [
        *(0, 0, 0, 1, -1, 2, 2, -1)
    ]
    assert feature_values.places(["F", "M"], ["M", None]).tolist() == [1, -1]
    assert feature_values.unknown(AGES, [17, 18, 60, 61, "old"]) == [
        *(17, 61, "old")
    ]
    assert feature_values.unknown(["F", "M"], ["F", None]) == [None]
    assert feature_values.described(AGES) == "a number from 18 to 60"


def test_numbers_are_drawn_evenly_within_their_range():
    place = np.repeat([0, 1, -1], 3000)
    drawn = feature_values.draw(AGES, place, np.random.default_rng(0))
    assert set(drawn[:3000]) == set(range(18, 25))
    assert set(drawn[3000:6000]) == set(range(25, 40))
    assert set(drawn[6000:]) == {None}
    assert np.mean(drawn[:3000]) == pytest.approx(21.0, abs=0.15)
    assert isinstance(drawn[0], int)
    floats = [[0.0, 1.0], [1.0, 9.0]]
    drawn = feature_values.draw(floats, place, np.random.default_rng(0))
    assert np.mean(drawn[3000:6000]) == pytest.approx(5.0, abs=0.2)


def test_listed_values_ask_for_no_random_number():
    rng = np.random.default_rng(0)
    drawn = feature_values.draw(["F", "M"], np.array([1, -1, 0]), rng)
    assert drawn.tolist() == ["M", None, "F"]
    assert rng.random() == np.random.default_rng(0).random()
