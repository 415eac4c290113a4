"""Tables of interactions for the tests of what is measured on them."""

import numpy as np
import pandas as pd
import scipy.sparse

from keras_ganrec.data import Interactions


def table_of(rows):
    """`Interactions` of a list of rows of ones and zeros."""
    return Interactions.from_csr(scipy.sparse.csr_array(np.array(rows, float)))


def raw_table(frame: pd.DataFrame):
    """All rows of a DataFrame, those that repeat a pair, too."""
    user_id, users = pd.factorize(frame["user"], sort=True)
    item_id, items = pd.factorize(frame["item"], sort=True)
    columns = {}
    if "rating" in frame:
        columns["rating"] = frame["rating"].to_numpy("float32")
    if "timestamp" in frame:
        columns["timestamp"] = frame["timestamp"].to_numpy("int64")
    return Interactions(
        user_id.astype("int32"),
        item_id.astype("int32"),
        np.asarray(users),
        np.asarray(items),
        **columns,
    )


def tastes(num_users, num_items=60, num_tastes=4, per_user=12, seed=0):
    """Users who mostly like one of some groups of items, popular ones first.

    With ratings, by user and item, and times of day by user; and features of
    users by taste: a group, a plan that goes with it, an age, an income that
    goes with that. The same market at any seed: only the users differ.
    """
    rng = np.random.default_rng(seed)
    frames, group = [], np.empty(num_users, int)
    popularity = 1.0 / np.arange(1, num_items + 1)
    for user in range(num_users):
        group[user] = rng.integers(num_tastes)
        mine = np.arange(num_items) % num_tastes == group[user]
        weights = popularity * np.where(mine, 20.0, 1.0)
        count = 3 + rng.poisson(per_user - 3)
        key = np.log(weights) + rng.gumbel(size=num_items)
        items = np.argsort(-key)[: min(count, num_items)]
        level = rng.normal(3.5, 0.5) - items / num_items
        hours = rng.integers(18, 23, len(items))
        frames.append(
            pd.DataFrame(
                {
                    "user": user,
                    "item": items,
                    "rating": np.clip(
                        np.rint(level + rng.normal(0, 0.7, len(items))), 1, 5
                    ),
                    "timestamp": 86_400 * rng.integers(0, 60, len(items))
                    + 3_600 * hours,
                }
            )
        )
    frame = pd.concat(frames)
    age = 20 + 10 * group + rng.integers(0, 10, num_users)
    features = pd.DataFrame(
        {
            "group": np.array(list("abcdefgh"))[group],
            "plan": np.where(group + rng.random(num_users) > 2.2, "x", "y"),
            "age": age,
            "income": 100.0 * age + rng.normal(0, 200, num_users),
        }
    )
    return Interactions(
        frame["user"].to_numpy("int32"),
        frame["item"].to_numpy("int32"),
        np.arange(num_users),
        np.arange(num_items),
        frame["rating"].to_numpy("float32"),
        frame["timestamp"].to_numpy("int64"),
        user_features=features,
    )
