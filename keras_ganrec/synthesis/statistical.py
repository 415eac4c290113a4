"""StatisticalSynthesizer: base of the generators that are no networks.

Each says which items a user meets. The rest is the same for all, and the
simplest thing that keeps what one column alone tells:

    rating      of item i, drawn from (n_iv + s p_v) / (n_i + s): n_iv of its
                n_i ratings are v, p_v is the share of v among all, s = 5
    timestamp   drawn from the quantiles of all times, whatever user and item

so a user's ratings know nothing of the user, and her times of one another.
"""

import dataclasses

import numpy as np
import pandas as pd

from keras_ganrec.synthesis.kept_arrays import KeptArrays
from keras_ganrec.synthesis.synthesizer import Synthesizer
from keras_ganrec.synthesis.synthesizer import numpy_generator

SMOOTHING = 5.0  # s
NUM_QUANTILES = 101
CELLS_AT_ONCE = 2**22  # users x items, drawn at once


@dataclasses.dataclass(frozen=True)
class Marginals(KeptArrays):
    """What each column of a table tells alone.

    Args:
        degrees: Array of shape `(most + 1,)`, the number of users with so
            many items.
        ratings: Optional array of shape `(num_items, values)`, the
            probability of each of `Schema.rating_values`.
        times: Optional array of shape `(NUM_QUANTILES,)`, quantiles.
    """

    file = "marginals.npz"

    degrees: np.ndarray
    ratings: np.ndarray | None = None
    times: np.ndarray | None = None

    @classmethod
    def of(cls, interactions, schema):
        items = np.bincount(interactions.user_id)
        ratings = times = None
        if interactions.rating is not None:
            ratings = rating_shares(interactions, schema.rating_values)
        if interactions.timestamp is not None:
            shares = np.linspace(0.0, 1.0, NUM_QUANTILES)
            times = np.quantile(interactions.timestamp, shares)
        return cls(np.bincount(items[items > 0]), ratings, times)

    def draw_ratings(self, item_id, schema, rng):
        """Draws the ratings of interactions, where the table has any.

        Args:
            item_id: int array of shape `(n,)`.
            schema: `Schema` of the data.
            rng: `numpy.random.Generator`.

        Returns:
            dict with the array `rating`, `(n,)`, or without.
        """
        if self.ratings is None:
            return {}
        sums = np.cumsum(self.ratings, axis=1)[item_id]
        point = rng.random((len(item_id), 1)) * sums[:, -1:]
        value = np.sum(sums[:, :-1] <= point, axis=1)
        return {"rating": np.array(schema.rating_values)[value]}

    def draw_times(self, n, rng):
        """Draws `n` times: a dict with `timestamp`, as above."""
        if self.times is None:
            return {}
        place = rng.random(n) * (NUM_QUANTILES - 1)
        times = np.interp(place, np.arange(NUM_QUANTILES), self.times)
        return {"timestamp": np.floor(times).astype(np.int64)}


class StatisticalSynthesizer(Synthesizer):
    """Base of the generators that are fitted by `adapt(interactions)`.

    A subclass writes:

    - `estimate(interactions)`: fits what it draws items by.
    - `draw_items(n, rng)`: arrays `user`, ascending from 0 to n - 1, and
      `item_id`, each pair once; `rng` is a `numpy.random.Generator`.
    """

    marginals = None

    def adapt(self, interactions):
        """Fits the model.

        Args:
            interactions: `keras_ganrec.data.Interactions`.
        """
        self.remember(interactions)
        self.estimate(interactions)

    def remember(self, interactions):
        super().remember(interactions)
        self.marginals = Marginals.of(interactions, self.schema)

    def draw(self, n, condition, seed_generator):
        rng = numpy_generator(seed_generator)
        user, item_id = self.draw_items(n, rng)
        drawn = {"user": user, "item_id": item_id}
        drawn |= self.marginals.draw_ratings(item_id, self.schema, rng)
        drawn |= self.marginals.draw_times(len(item_id), rng)
        return pd.DataFrame(drawn), None

    def save_assets(self, directory):
        super().save_assets(directory)
        if self.marginals is not None:
            self.marginals.save(directory)

    def load_assets(self, directory):
        super().load_assets(directory)
        self.marginals = Marginals.load(directory)


def rating_shares(interactions, values):
    """Returns how often each item is rated how, `(num_items, values)`.

    Each row sums to 1, and nothing is 0, because `SMOOTHING` ratings of the
    mean item are added.

    Args:
        interactions: `keras_ganrec.data.Interactions` with ratings. Those
            between two values count as the nearer one.
        values: Sequence of float, ascending.
    """
    values = np.asarray(values)
    middles = (values[1:] + values[:-1]) / 2
    value = np.searchsorted(middles, interactions.rating)
    counts = np.zeros((interactions.num_items, len(values)))
    np.add.at(counts, (interactions.item_id, value), 1.0)
    of_all = counts.sum(axis=0) + 1.0
    counts += SMOOTHING * of_all / of_all.sum()
    return counts / counts.sum(axis=1, keepdims=True)


def draw_degrees(n, degrees, rng):
    """Draws numbers of items as they were, int array `(n,)`.

    Args:
        n: int.
        degrees: `Marginals.degrees`.
        rng: `numpy.random.Generator`.
    """
    return rng.choice(len(degrees), n, p=degrees / degrees.sum())


def draw_in_turn(log_weights, degree, num_items, rng):
    """Draws each user's items one after the other, none twice.

    To each item a clock is set that rings after a time drawn from
    Exponential(weight). The first ones to ring are in the order of a sample
    without replacement, each draw in proportion to the weights that are left.

    Args:
        log_weights: Callable from a slice of users to a float32 array of
            shape `(users, num_items)`; -inf for items that are not drawn, and
            as good as that 88 below the user's largest.
        degree: int array of shape `(n,)`, the number of items of each user.
        num_items: int.
        rng: `numpy.random.Generator`.

    Returns:
        Arrays `user`, ascending, and `item_id`. Who has no so many items of
        positive weight gets those that there are.
    """
    users, items = [], []
    at_once = max(1, CELLS_AT_ONCE // num_items)
    for start in range(0, len(degree), at_once):
        rows = slice(start, min(start + at_once, len(degree)))
        clocks = rng.standard_exponential(
            (rows.stop - start, num_items), np.float32
        )
        weights = log_weights(rows)
        weights = weights - weights.max(axis=-1, keepdims=True)
        with np.errstate(over="ignore", invalid="ignore"):  # weights of 0
            times = clocks * np.exp(-weights)
        most = min(degree[rows].max(), num_items)
        first = np.argpartition(times, most - 1, axis=1)[:, :most]
        times = np.take_along_axis(times, first, axis=1)
        order = np.argsort(times, axis=1)
        first = np.take_along_axis(first, order, axis=1)
        times = np.take_along_axis(times, order, axis=1)
        taken = np.arange(most) < degree[rows, None]
        user, place = np.nonzero(taken & (times < np.inf))
        users.append(user + start)
        items.append(first[user, place])
    return np.concatenate(users), np.concatenate(items)


def draw_independently(n, probabilities, num_items, rng):
    """Draws each item of each user by a coin of its own.

    Users without any item are drawn again.

    Args:
        n: int. Number of users.
        probabilities: Callable from a number of users to an array of shape
            `(users, num_items)`, each time for new users.
        num_items: int.
        rng: `numpy.random.Generator`.

    Returns:
        Arrays `user`, ascending, and `item_id`.
    """
    users, items, have = [], [], 0
    while have < n:
        size = min(n - have, max(1, CELLS_AT_ONCE // num_items))
        coins = rng.random((size, num_items), dtype=np.float32)
        hits = coins < probabilities(size)
        user, item = np.nonzero(hits[hits.any(axis=1)])
        users.append(user + have)
        items.append(item)
        have += int(user.max(initial=-1)) + 1
    return np.concatenate(users), np.concatenate(items)
