"""Schema: what a table of interactions looks like, without who met what."""

import dataclasses
import json
import os

import numpy as np
import pandas as pd

# More different ratings than these are kept as so many quantiles.
MOST_VALUES = 100


@dataclasses.dataclass(frozen=True)
class Schema:
    """What a table looks like, without who met what.

    Args:
        item_vocabulary: Array of shape `(num_items,)`, raw ids in id order.
        string_users: bool. Whether raw user ids are strings.
        num_users: int. Number of users who have interactions.
        rows_per_user: float. Mean number of their interactions.
        distinct: float. Share of different profiles among them.
        likeness: float. Mean cosine between the profiles of two of them.
        rating_values: Optional tuple of float. The ratings that occur,
            ascending; of more than 100, so many quantiles.
        condition_values: dict from a column that the model is conditioned on
            to the list of values that occur there, or of their ranges:
            `keras_ganrec.feature_values`.
    """

    item_vocabulary: np.ndarray
    string_users: bool
    num_users: int
    rows_per_user: float
    distinct: float
    likeness: float
    rating_values: tuple | None = None
    condition_values: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, interactions, condition_columns=()):
        """Returns the schema of some interactions.

        Raises:
            ValueError: If a column to condition on is missing.
        """
        features = interactions.user_features
        columns = () if features is None else tuple(map(str, features))
        missing = [name for name in condition_columns if name not in columns]
        if missing:
            raise ValueError(
                f"The model is conditioned on {missing[0]!r}, and the users' "
                f"features are {list(columns)}. Read the data with "
                "`user_features=`, or leave the condition out."
            )
        # Of a split, the other parts' users are in the vocabulary.
        present = np.unique(interactions.user_id)
        distinct, likeness = variety(interactions.user_id, interactions.item_id)
        ratings = interactions.rating
        return cls(
            item_vocabulary=interactions.item_vocabulary,
            string_users=interactions.user_vocabulary.dtype.kind not in "iu",
            num_users=len(present),
            rows_per_user=len(interactions) / len(present),
            distinct=distinct,
            likeness=likeness,
            rating_values=None if ratings is None else _values(ratings),
            condition_values={
                name: pd.unique(features[name].iloc[present].dropna()).tolist()
                for name in condition_columns
            },
        )

    def decode(self, drawn, features, start, n):
        """From ids to raw ids: `n` users, with `start` before them."""
        users = np.arange(start, start + n)
        if self.string_users:
            users = np.array([f"synthetic {user}" for user in users], object)
        table = {
            "user": users[drawn["user"].to_numpy()],
            "item": self.item_vocabulary[drawn["item_id"].to_numpy()],
        }
        for name in ("rating", "timestamp"):
            if name in drawn:
                table[name] = drawn[name].to_numpy()
        if features is not None:
            features = features.reset_index(drop=True)
            features.insert(0, "user", users)
        return SyntheticUsers(pd.DataFrame(table), features)

    def save(self, directory):
        plain = dataclasses.asdict(self)
        vocabulary = np.asarray(plain.pop("item_vocabulary"))
        if vocabulary.dtype.kind not in "iu":
            vocabulary = vocabulary.astype(str)
        np.savez(
            os.path.join(directory, "schema.npz"),
            item_vocabulary=vocabulary,
            plain=np.array(json.dumps(plain)),
        )

    @classmethod
    def load(cls, directory):
        """Returns the schema saved in `directory`, `None` without one."""
        path = os.path.join(directory, "schema.npz")
        if not os.path.exists(path):
            return None
        with np.load(path, allow_pickle=False) as arrays:
            plain = json.loads(str(arrays["plain"]))
            if plain["rating_values"] is not None:
                plain["rating_values"] = tuple(plain["rating_values"])
            return cls(item_vocabulary=arrays["item_vocabulary"], **plain)


def variety(user, item):
    """How different users are from one another.

    Args:
        user: int array of shape `(interactions,)`.
        item: int array of shape `(interactions,)`. No pair occurs twice.

    Returns:
        The share of different profiles, and the mean cosine between the
        profiles of two users; 1 and 0 for one user.
    """
    order = np.lexsort((item, user))
    item, ends = item[order], np.flatnonzero(np.diff(user[order])) + 1
    profiles = {profile.tobytes() for profile in np.split(item, ends)}
    degree = np.diff(ends, prepend=0, append=len(item))
    n = len(degree)
    # |sum of the unit profiles|^2 is n, and the cosines of all pairs.
    sums = np.bincount(item, np.repeat(degree**-0.5, degree))
    likeness = (sums @ sums - n) / max(n * (n - 1), 1)
    return len(profiles) / n, float(likeness)


def _values(ratings):
    values = np.unique(ratings)
    if len(values) > MOST_VALUES:
        shares = np.linspace(0, 1, MOST_VALUES)
        values = np.unique(np.quantile(ratings, shares, method="nearest"))
    return tuple(values.tolist())


@dataclasses.dataclass(frozen=True)
class SyntheticUsers:
    """New users and their interactions, under raw ids.

    Args:
        interactions: DataFrame with the columns `user` and `item`, and
            `rating` and `timestamp` where the real table has them; the rows
            of a user stand together. No pair occurs twice.
        user_features: DataFrame with the column `user` and those of the real
            users' features, a row per user, where the model makes them.
    """

    interactions: pd.DataFrame
    user_features: pd.DataFrame | None = None
