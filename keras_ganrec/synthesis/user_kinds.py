"""UserKinds: which kinds of users there are, and how many items they have.

A kind is a combination of values of the users' features, a row h of ones and
zeros, and the logarithm of a user's number of items d is

    log d = a + b . h + epsilon

by least squares, where epsilon is drawn from 201 quantiles of what is left. So
kinds with few users borrow from others. Nothing says which numbers are whose;
but of fewer than 201 users the quantiles tell all of them.
"""

import dataclasses

import numpy as np

from keras_ganrec import feature_values
from keras_ganrec.synthesis.kept_arrays import KeptArrays

NUM_QUANTILES = 201
RIDGE = 5.0  # users of the mean, added to those of each value


@dataclasses.dataclass(frozen=True)
class UserKinds(KeptArrays):
    """The kinds of the users of a table.

    Args:
        kinds: int array of shape `(num_kinds, columns)`: places in the lists
            of values; -1 for what is missing.
        shares: Array of shape `(num_kinds,)`, of the users. Sums to 1.
        weights: Array of shape `(1 + num_values,)`: a and b.
        quantiles: Array of shape `(NUM_QUANTILES,)`, of epsilon.
    """

    file = "user_kinds.npz"

    kinds: np.ndarray
    shares: np.ndarray
    weights: np.ndarray
    quantiles: np.ndarray

    @classmethod
    def of(cls, interactions, values):
        """Returns the kinds of the users who have interactions.

        Args:
            interactions: `keras_ganrec.data.Interactions`.
            values: dict from columns of `user_features` to their values, or
                ranges of them: `keras_ganrec.feature_values`.
        """
        degree = np.bincount(
            interactions.user_id, minlength=interactions.num_users
        )
        users = np.flatnonzero(degree)
        places = places_of(interactions.user_features, values, len(degree))
        kinds, counts = np.unique(places[users], axis=0, return_counts=True)
        log_degree = np.log(degree[users])
        rows = one_hot(places[users], values)
        mean = log_degree.mean()
        weights = np.linalg.solve(
            rows.T @ rows + RIDGE * np.eye(rows.shape[1]),
            rows.T @ (log_degree - mean),
        )
        left = log_degree - mean - rows @ weights
        shares = np.linspace(0.0, 1.0, NUM_QUANTILES)
        return cls(
            kinds,
            counts / counts.sum(),
            np.concatenate([[mean], weights]),
            np.quantile(left, shares),
        )

    def draw(self, n, condition, values, rng):
        """Draws new users.

        Args:
            n: int.
            condition: Optional DataFrame of `n` rows, some of the columns.
            values: As in `of`.
            rng: `numpy.random.Generator`.

        Returns:
            int array `(n, columns)` of places, and the numbers of items, int
            array `(n,)`, at least 1.
        """
        wanted = np.full((n, len(values)), -2)
        if condition is not None:
            for place, column in enumerate(values):
                if column in condition:
                    wanted[:, place] = feature_values.places(
                        values[column], condition[column]
                    )
        places = np.empty_like(wanted)
        for row in np.unique(wanted, axis=0):
            here = (wanted == row).all(axis=1)
            fits = ((self.kinds == row) | (row == -2)).all(axis=1)
            # Who is like nobody: the rest as of anybody.
            shares = self.shares * (fits if fits.any() else 1.0)
            drawn = rng.choice(len(shares), here.sum(), p=shares / shares.sum())
            places[here] = np.where(row == -2, self.kinds[drawn], row)
        # One from each n-th part of the quantiles: their own shape, exactly.
        share = (rng.permutation(n) + rng.random(n)) / n
        epsilon = np.interp(
            share, np.linspace(0.0, 1.0, NUM_QUANTILES), self.quantiles
        )
        log_degree = (
            self.weights[0] + one_hot(places, values) @ self.weights[1:]
        )
        degree = np.rint(np.exp(log_degree + epsilon)).astype(int)
        return places, np.maximum(degree, 1)


def places_of(features, values, n):
    """Returns the places `(n, columns)` of values in their lists, or -1."""
    columns = [
        feature_values.places(known, features[column])
        for column, known in values.items()
    ]
    return np.stack(columns, axis=1) if columns else np.zeros((n, 0), int)


def one_hot(places, values):
    """Returns float32 `(n, num_values)`: a one for each known value."""
    parts = [
        places[:, [column]] == np.arange(len(known))
        for column, known in enumerate(values.values())
    ]
    parts.append(np.zeros((len(places), 0)))
    return np.concatenate(parts, axis=1).astype("float32")


def values_of(places, values, rng):
    """Returns dict from columns to values at places; None at -1."""
    return {
        column: feature_values.draw(known, places[:, place], rng)
        for place, (column, known) in enumerate(values.items())
    }
