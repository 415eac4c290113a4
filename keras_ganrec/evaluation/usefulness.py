"""Is a synthetic table of use? Train on synthetic, test on real."""

from collections.abc import Callable
from collections.abc import Mapping

import numpy as np
import pandas as pd
import scipy.stats
from keras import ops

from keras_ganrec.evaluation.fidelity import profiles
from keras_ganrec.metrics import NDCGAtK
from keras_ganrec.metrics import RecallAtK
from keras_ganrec.ranking import rank
from keras_ganrec.recommender import Recommender

USERS_AT_ONCE = 256


def fold_in(interactions, ratio=0.8, seed=0) -> tuple:
    """Cuts each user's items into those that are shown and those to find.

    Args:
        interactions: `Interactions` of users who are in no training data.
        ratio: float. Share of the items that is shown, at least one of them
            and at most all but one.
        seed: int. Of the draw.

    Returns:
        Two `scipy.sparse.csr_array`, `(users with two items or more,
        num_items)`.

    Raises:
        ValueError: If no user has two items.
    """
    seen = profiles(interactions)
    seen = seen[np.diff(seen.indptr) >= 2]
    if not seen.shape[0]:
        raise ValueError(
            "No held-out user has two items, one to show and one to find. "
            "Hold out other users."
        )
    count = np.diff(seen.indptr)
    shown = np.clip(np.floor(count * ratio + 0.5).astype(int), 1, count - 1)
    user = np.repeat(np.arange(len(count)), count)
    noise = np.random.default_rng(seed).random(len(user))
    place = np.empty(len(user), int)  # of each item in its user's random order
    place[np.lexsort((noise, user))] = np.arange(len(user)) - np.repeat(
        seen.indptr[:-1], count
    )
    known, wanted = seen.copy(), seen.copy()
    known.data[:] = place < shown[user]
    wanted.data[:] = place >= shown[user]
    known.eliminate_zeros()
    wanted.eliminate_zeros()
    return known, wanted


def measure_profiles(model: Recommender, known, wanted) -> pd.DataFrame:
    """How well a model ranks for users it was not trained on.

    Args:
        model: A trained `Recommender` with `score_profiles`.
        known: `scipy.sparse.csr_array` `(users, num_items)`, what it is shown.
        wanted: The same shape, what is to be found.

    Returns:
        A DataFrame with a row per user and the columns `ndcg_at_10` and
        `recall_at_20`; in a catalog of fewer items, at its length.
    """
    num_items = known.shape[1]
    made = {
        "ndcg_at_10": NDCGAtK(min(10, num_items)),
        "recall_at_20": RecallAtK(min(20, num_items)),
    }
    longest = max(metric.k for metric in made.values())
    parts = []
    with model.ranking():
        for start in range(0, known.shape[0], USERS_AT_ONCE):
            block = slice(start, start + USERS_AT_ONCE)
            seen = known[block].toarray().astype("float32")
            held_out = wanted[block].toarray().astype("float32")
            ranking = rank(model.score_profiles(seen), held_out, longest, seen)
            parts.append(
                pd.DataFrame(
                    {
                        name: ops.convert_to_numpy(
                            metric.values(ranking.first(metric.k))
                        )
                        for name, metric in made.items()
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def train_and_test(
    recommenders: Mapping[str, Callable], table, known, wanted
) -> dict[str, pd.DataFrame]:
    """Fits recommenders on one table, real or not, and measures them.

    Args:
        recommenders: dict from a name to a callable that takes
            `Interactions` and returns a `Recommender` fitted on them.
        table: `Interactions` to fit on.
        known: Of `fold_in`.
        wanted: Of `fold_in`.

    Returns:
        dict from each name to the DataFrame of `measure_profiles`.
    """
    return {
        name: measure_profiles(fit(table), known, wanted)
        for name, fit in recommenders.items()
    }


def rank_agreement(first, second) -> float:
    """Kendall's tau: are recommenders ranked alike by two tables?

    1 is the same order, -1 the opposite one.

    Args:
        first: Values of the recommenders, `(n,)`, n >= 2.
        second: Values of the same recommenders, elsewhere.
    """
    return float(scipy.stats.kendalltau(first, second).statistic)
