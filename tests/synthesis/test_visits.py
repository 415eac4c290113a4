"""Visits: what is fitted on times that are known, and drawn again."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from keras_ganrec.data import Interactions
from keras_ganrec.synthesis.visits import DAY
from keras_ganrec.synthesis.visits import HOUR
from keras_ganrec.synthesis.visits import Visits

NUM_USERS, DEGREE = 300, 20
MONDAY = 4 * DAY + 2600 * 7 * DAY


def table(user, time):
    time = np.asarray(time)
    size = len(user)
    return Interactions(
        user_id=np.asarray(user, np.int32),
        item_id=np.arange(size, dtype=np.int32),
        user_vocabulary=np.arange(max(user) + 1),
        item_vocabulary=np.arange(size),
        timestamp=time.astype(np.int64),
    )


def evenings():
    """Two visits each, weeks apart, on Tuesdays at eight, 30 s an item."""
    week = np.random.default_rng(0).integers(0, 20, NUM_USERS)
    start = MONDAY + week * 7 * DAY + DAY + 20 * HOUR
    times = start[:, None] + 30 * np.arange(DEGREE)
    times[:, DEGREE // 2 :] += 14 * DAY
    user = np.repeat(np.arange(NUM_USERS), DEGREE)
    return table(user, times.ravel())


def test_a_calendar_comes_back():
    real = evenings()
    visits = Visits.of(real)
    np.testing.assert_allclose(visits.weekdays, np.eye(7)[1])
    assert np.ptp(visits.gaps) == 0 and visits.gaps[0] == 30
    assert (visits.pauses == 14).all()
    np.testing.assert_allclose(visits.ends[-1], 1 / 19, rtol=0.01)
    assert visits.once[-1] < 0.01

    degree = np.full(NUM_USERS, DEGREE)
    time = visits.draw(degree, np.random.default_rng(1))
    assert time.dtype == np.int64
    assert time.min() >= real.timestamp.min()
    assert time.max() <= real.timestamp.max()
    in_time = np.sort(time)
    clock = in_time % DAY
    assert ((clock >= 20 * HOUR) & (clock < 21 * HOUR)).mean() > 0.9
    of_user = time.reshape(NUM_USERS, DEGREE)
    assert (np.diff(of_user, axis=1) >= 0).mean() > 0.99
    assert scipy.stats.ks_2samp(in_time, real.timestamp).statistic < 0.15


def test_visits_after_the_end_go_on_from_the_beginning():
    """Users of a whole year: not one in five ends at its first moment."""
    rng = np.random.default_rng(0)
    days = np.sort(rng.integers(0, 365, (NUM_USERS, DEGREE)), axis=1)
    times = MONDAY + days * DAY + 20 * HOUR
    real = table(np.repeat(np.arange(NUM_USERS), DEGREE), times.ravel())
    visits = Visits.of(real)
    time = visits.draw(np.full(NUM_USERS, DEGREE), np.random.default_rng(1))
    ends = np.isin(time, [real.timestamp.min(), real.timestamp.max()])
    assert ends.mean() < 0.01
    assert scipy.stats.ks_2samp(time, real.timestamp).statistic < 0.15
    assert (time % DAY == 20 * HOUR).mean() > 0.9
    assert (np.diff(time.reshape(NUM_USERS, DEGREE), axis=1) >= 0).all()


def test_users_with_few_interactions_come_once():
    few = np.repeat(np.arange(100), 2)
    many = np.repeat(np.arange(100, 200), 30)
    gap = np.where(np.arange(len(many)) % 3 == 0, DAY, 60)
    time = np.concatenate([MONDAY + np.arange(200) % 2, MONDAY + gap.cumsum()])
    visits = Visits.of(table(np.concatenate([few, many]), time))
    assert visits.once[1] > 0.99 and visits.once[2] < 0.01
    assert visits.ends[-1] == pytest.approx(9 / 29, abs=0.03)
    degree = np.repeat([2, 30], 100)
    drawn = visits.draw(degree, np.random.default_rng(0))
    few, many = drawn[:200].reshape(100, 2), drawn[200:].reshape(100, 30)
    assert (np.diff(few, axis=1) < HOUR).mean() > 0.95
    assert (np.diff(many, axis=1) >= HOUR).sum(axis=1).mean() > 5


def test_positions_in_an_order_are_times_too():
    real = table(np.repeat(np.arange(20), 5), np.arange(100))
    time = Visits.of(real).draw(np.full(10, 5), np.random.default_rng(0))
    assert 0 <= time.min() <= time.max() <= 99
    assert np.ptp(time) > 50


def test_who_comes_in_winter_comes_in_winter():
    rng = np.random.default_rng(0)
    season = np.resize(["winter", "summer", "winter", "winter"], NUM_USERS)
    late = season == "summer"
    days = rng.integers(0, 60, NUM_USERS) + 180 * late
    real = dataclasses.replace(
        table(np.arange(NUM_USERS), MONDAY + days * DAY),
        user_features=pd.DataFrame(
            {
                "taste": rng.choice(["a", "b"], NUM_USERS),
                "season": np.where(np.arange(NUM_USERS) < 5, "rare", season),
            }
        ),
    )
    values = {
        "taste": ["a", "b"],
        "season": ["winter", "summer", "rare"],
    }
    visits = Visits.of(real, values)
    assert visits.feature == 1
    places = np.stack([rng.integers(0, 2, 400), np.repeat([0, 1, 2, -1], 100)])
    drawn = visits.draw(np.ones(400, int), rng, places.T)
    day = (drawn - MONDAY) // DAY
    assert day[:100].max() < 67
    # Another day of the last week may be after the end: from the start then.
    assert np.mean(day[100:200] > 172) > 0.95
    for others in (day[200:300], day[300:]):  # too few users, and unknown
        assert np.mean(others > 172) == pytest.approx(late.mean(), abs=0.15)


def test_one_time_for_all():
    real = table([0, 0, 1], [7, 7, 7])
    time = Visits.of(real).draw(np.array([3, 1]), np.random.default_rng(0))
    assert set(time) == {7}


def test_saved_and_loaded(tmp_path):
    assert Visits.load(tmp_path) is None
    visits = Visits.of(evenings())
    visits.save(tmp_path)
    for one, other in zip(
        dataclasses.astuple(visits),
        dataclasses.astuple(Visits.load(tmp_path)),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)
