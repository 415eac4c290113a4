"""Visits: when users do what they do.

A visit is a run of a user's interactions that are less than an hour apart.
Fitted are, by quantiles over all users and visits,

    the first visit's date; the days from one visit to the next
    the seconds between two interactions of a visit
    a visit's time of the day, and the shares of the days of the week
    the chances that a user comes once only, and that a visit of another user
    ends with an interaction, for users with few, some and many of them

Which item is met when is left to chance. Where users have features, the first
visit's date is fitted for each value of the one that tells most about it, such
as the season they came in.

Nothing says which numbers are whose. But the first and the last of 201
quantiles are somebody's own number, and of fewer than 201 users the quantiles
tell all of their first times.
"""

import dataclasses

import numpy as np

from keras_ganrec.synthesis.kept_arrays import KeptArrays
from keras_ganrec.synthesis.user_kinds import places_of

HOUR, DAY, WEEK = 3_600, 86_400, 604_800
NUM_QUANTILES = 201
GROUPS = 3  # of users, by their numbers of interactions
LEAST_USERS = 20  # Of fewer, dates of their own would tell more than these.
# In less time than this there are no days of the week to tell apart.
SHORTEST_CALENDAR = 4 * WEEK
MONDAY = 4  # 1970 began on a Thursday: days 4, 11, 18 are Mondays


@dataclasses.dataclass(frozen=True)
class Visits(KeptArrays):
    """When users do what they do. Seconds, but for days.

    Args:
        span: int64 array `(2,)`: the first and the last time.
        starts: Array `(1 + values, NUM_QUANTILES)`: quantiles of users' first
            times; of all, then for each value of a feature.
        feature: int array `()`: the place of that feature among all, -1 for
            none.
        pauses: Quantiles of the days between the beginnings of two visits.
        gaps: Quantiles of the seconds between interactions of a visit.
        clocks: Quantiles of the seconds of the day at which visits begin.
        weekdays: Array `(7,)`, shares of the visits, Monday first.
        limits: Array `(GROUPS - 1,)`: from how many interactions on a user
            belongs to the next group.
        once: Array `(GROUPS,)`: chance that a user comes but once.
        ends: Array `(GROUPS,)`: chance that a visit of another user ends.
    """

    file = "visits.npz"

    span: np.ndarray
    starts: np.ndarray
    feature: np.ndarray
    pauses: np.ndarray
    gaps: np.ndarray
    clocks: np.ndarray
    weekdays: np.ndarray
    limits: np.ndarray
    once: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, interactions, values=None):
        """Returns the visits of `Interactions` with timestamps.

        Args:
            interactions: `keras_ganrec.data.Interactions`.
            values: Optional dict from columns of `user_features` to their
                values, as of `UserKinds`.
        """
        values = values or {}
        order = np.lexsort((interactions.timestamp, interactions.user_id))
        user = interactions.user_id[order]
        time = interactions.timestamp[order].astype(np.int64)
        first = np.r_[True, user[1:] != user[:-1]]
        gap = np.diff(time, prepend=time[0])
        begins = first | (gap >= HOUR)
        begin = time[begins]
        next_visit = ~first[begins]
        day = _day(begin)
        degree = np.bincount(user)[user]
        limits = np.quantile(degree[first], np.arange(1, GROUPS) / GROUPS)
        group = np.searchsorted(limits, degree, side="right")
        visits = np.bincount(user, begins)[user]
        returns = ~first & (visits > 1)
        places = places_of(
            interactions.user_features, values, interactions.num_users
        )
        feature, starts = _starts(time[first], places[user[first]], values)
        once = _share(group[first], visits[first] == 1)
        ends = _share(group[returns], begins[returns])
        return cls(
            np.array([time.min(), time.max()]),
            starts,
            np.array(feature),
            _quantiles(np.diff(day, prepend=day[0])[next_visit]),
            _quantiles(gap[~begins]),
            _quantiles(begin % DAY),
            np.bincount((day - MONDAY) % 7, minlength=7) / len(day),
            limits,
            once,
            ends,
        )

    def draw(self, degree, rng, places=None):
        """Draws times of users.

        Args:
            degree: int array `(n,)`, their numbers of interactions.
            rng: `numpy.random.Generator`.
            places: int array `(n, features)` of `UserKinds.draw`, where there
                are features.

        Returns:
            int64 array `(sum of degree,)`, user after user.
        """
        rows = int(degree.sum())
        firsts = np.cumsum(degree) - degree
        group = np.searchsorted(self.limits, degree, side="right")
        returns = rng.random(len(degree)) >= self.once[group]
        ends = np.repeat(self.ends[group] * returns, degree)
        begins = rng.random(rows) < ends
        begins[firsts] = True
        visit = np.cumsum(begins) - 1
        visit_user = np.repeat(np.arange(len(degree)), degree)[begins]
        kind = np.zeros(len(degree), int)
        if self.feature >= 0:
            kind = 1 + places[:, self.feature]
        start = _draw(self.starts[kind], len(degree), rng)
        pause = np.rint(_draw(self.pauses, len(visit_user), rng)) * DAY
        pause[visit[firsts]] = start
        begin = _cumulated(pause, visit[firsts])
        # Visits after the last real time go on from the first one.
        start, length = self.span[0], self.span[1] - self.span[0]
        if length >= SHORTEST_CALENDAR:
            begin = self._dated(begin, visit_user, rng)
            length = length // WEEK * WEEK  # the same day of a week
        late = begin > self.span[1]
        begin[late] = start + (begin[late] - start) % max(length, 1)
        begin = begin[np.lexsort((begin, visit_user))]
        gap = _draw(self.gaps, rows, rng)
        gap[begins] = 0.0
        since = _cumulated(gap, np.flatnonzero(begins))
        time = np.floor(begin[visit] + since).astype(np.int64)
        return np.clip(time, *self.span)

    def _dated(self, begin, user, rng):
        """Another day of the same week, and a time of that day."""
        week = (_day(begin) - MONDAY) // 7
        weekday = rng.choice(7, len(begin), p=self.weekdays)
        clock = _draw(self.clocks, len(begin), rng)
        dated = (week * 7 + MONDAY + weekday) * DAY + clock
        # Visits of one week stay in their order.
        return dated[np.lexsort((dated, user))]


def _starts(time, places, values):
    """The feature that tells most about users' first times, and quantiles.

    Of a value that few users have, as of a missing one, those of all.
    """
    sizes = list(map(len, values.values()))
    explained = [
        np.bincount(1 + place, time - time.mean(), 1 + size) ** 2
        @ (1 / np.maximum(np.bincount(1 + place, minlength=1 + size), 1))
        for place, size in zip(places.T, sizes, strict=True)
    ]
    starts = [_quantiles(time)]
    if not explained:
        return -1, np.stack(starts)
    feature = int(np.argmax(explained))
    for value in range(sizes[feature]):
        those = time[places[:, feature] == value]
        starts.append(_quantiles(those if len(those) >= LEAST_USERS else time))
    return feature, np.stack(starts)


def _day(time):
    return np.floor_divide(time, DAY).astype(np.int64)


def _share(group, chosen):
    return (np.bincount(group, chosen, GROUPS) + 0.5) / (
        np.bincount(group, minlength=GROUPS) + 1.0
    )


def _quantiles(numbers):
    if not len(numbers):  # no user comes twice
        return np.zeros(NUM_QUANTILES)
    return np.quantile(numbers, np.linspace(0.0, 1.0, NUM_QUANTILES))


def _draw(quantiles, n, rng):
    """From one row of quantiles, or from a row for each draw."""
    place = rng.random(n) * (NUM_QUANTILES - 1)
    if quantiles.ndim == 1:
        return np.interp(place, np.arange(NUM_QUANTILES), quantiles)
    low = place.astype(int)
    below, above = (
        quantiles[np.arange(n), low],
        quantiles[np.arange(n), low + 1],
    )
    return below + (place - low) * (above - below)


def _cumulated(numbers, starts):
    """Sums along runs that begin at `starts`."""
    sums = np.cumsum(numbers)
    before = sums[starts] - numbers[starts]
    return sums - np.repeat(before, np.diff(starts, append=len(numbers)))
