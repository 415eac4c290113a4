"""Does a synthetic table look like the real one? Margins and structure.

All functions take `Interactions`, or their counts, and know nothing of how
they were made. Where a table repeats a pair of user and item, its first row
counts; `repeated_pairs` says how many there are. Users and items without rows
do not count: the parts of a split share their ids.

Two kinds of figures. A level, as the Gini coefficient, is of one table, and
is to be compared with that of the real one. A distance is of two; 0 is best.
"""

import numpy as np
import pandas as pd
import scipy.sparse.linalg
import scipy.stats

from keras_ganrec.evaluation.similarity import jensen_shannon
from keras_ganrec.evaluation.similarity import ks_complement
from keras_ganrec.evaluation.similarity import tv_complement

TOP_ITEMS = 200  # compared in pairs
MIN_RATINGS = 10  # fewer make no mean
SECONDS_PER_HOUR = 3_600
SECONDS_PER_DAY = 86_400


def profiles(interactions) -> scipy.sparse.csr_array:
    """Who has what: ones, `(users with rows, num_items)`, float32."""
    seen = interactions.to_csr()
    return seen[np.diff(seen.indptr) > 0]


def profile_keys(seen) -> list[bytes]:
    """One key per profile; equal ones have equal keys.

    Args:
        seen: `scipy.sparse.csr_array` of shape `(users, num_items)`, the item
            ids of each row ascending, as of `profiles`.
    """
    ids, ends = seen.indices.astype("int32"), seen.indptr
    return [
        ids[start:end].tobytes()
        for start, end in zip(ends[:-1], ends[1:], strict=True)
    ]


def first_rows(interactions) -> np.ndarray:
    """Row numbers without those that repeat a pair of user and item."""
    pair = interactions.user_id.astype(np.int64) * interactions.num_items
    pair += interactions.item_id
    return np.sort(np.unique(pair, return_index=True)[1])


def repeated_pairs(interactions) -> float:
    """Share of the rows whose user already has the item. Level; 0 is right.

    With those that `Interactions.dropped` says were left out on reading.
    """
    rows = len(interactions.user_id) + interactions.dropped.get("duplicates", 0)
    return 1.0 - len(first_rows(interactions)) / rows


def degrees(interactions) -> tuple[np.ndarray, np.ndarray]:
    """Items of each user, and users of each item, of those that have any."""
    seen = profiles(interactions)
    of_items = np.bincount(seen.indices)
    return np.diff(seen.indptr), of_items[of_items > 0]


def degree_wasserstein(real, synthetic) -> float:
    """Wasserstein distance of the logarithms of degrees.

    Args:
        real: Positive numbers, `(n,)`.
        synthetic: Positive numbers, `(m,)`. Twice as many for all: log 2.
    """
    return float(
        scipy.stats.wasserstein_distance(np.log(real), np.log(synthetic))
    )


def item_coverage(interactions) -> float:
    """Share of the catalog that occurs. Level."""
    return len(np.unique(interactions.item_id)) / interactions.num_items


def item_popularity(interactions) -> np.ndarray:
    """Number of users who have each item, int `(num_items,)`."""
    return np.bincount(
        interactions.to_csr().indices, minlength=interactions.num_items
    )


def top_items(interactions) -> np.ndarray:
    """The ids of the `TOP_ITEMS` most popular items, the first one first."""
    popularity = item_popularity(interactions)
    order = np.argsort(-popularity, kind="stable")[:TOP_ITEMS]
    return order[popularity[order] > 0]


def co_occurrence(interactions, items) -> tuple[np.ndarray, np.ndarray]:
    """Users who have both items of a pair, and how many chance would give.

    With c_i users of n for item i, chance gives c_i c_j / n.

    Args:
        interactions: `Interactions`.
        items: Ids, `(k,)`.

    Returns:
        Two float64 arrays `(k (k - 1) / 2,)`.
    """
    seen = profiles(interactions)[:, items].astype("float64")
    counts = (seen.T @ seen).toarray()
    popularity = np.diagonal(counts)
    expected = np.outer(popularity, popularity) / seen.shape[0]
    pairs = np.triu_indices(len(items), k=1)
    return counts[pairs], expected[pairs]


def lift(interactions) -> np.ndarray:
    """Times more than by chance that the top items occur together.

    Of pairs of the table's own most popular items, so that it can be given
    for a table with items of its own. Its spread is a level: how much taste
    there is. Without, it is that of chance.
    """
    observed, expected = co_occurrence(interactions, top_items(interactions))
    return observed / expected


def lift_correlation(real, synthetic) -> float:
    """Correlation of log lifts over pairs of the real top items; 1 is best.

    `log((observed + 1) / (expected + 1))`, so that pairs that never occur
    count. Both tables must have the same items.
    """
    items = top_items(real)
    logs = [
        np.log((observed + 1.0) / (expected + 1.0))
        for observed, expected in (
            co_occurrence(table, items) for table in (real, synthetic)
        )
    ]
    return _correlation(*logs)


def popularity_correlation(real, synthetic) -> float:
    """Spearman's correlation of the popularities of all items; 1 is best.

    Both tables must have the same items.
    """
    counts = map(item_popularity, (real, synthetic))
    return _correlation(*map(scipy.stats.rankdata, counts))


def user_popularity_ks(real, synthetic) -> float:
    """Distance of how popular the items of a user are (Kolmogorov-Smirnov).

    Of each user the mean, over the items, of the logarithm of the share of
    users who have the item, in both tables together. Both must have the same
    items.
    """
    seen = [profiles(table) for table in (real, synthetic)]
    shares = np.sum([rows.mean(axis=0) for rows in seen], axis=0)
    logs = np.log(shares, out=np.zeros(len(shares)), where=shares > 0)
    means = [rows @ logs / np.diff(rows.indptr) for rows in seen]
    return 1.0 - ks_complement(*means)


def rating_tv(real, synthetic) -> float:
    """Total variation of the ratings: the share that would have to change."""
    return 1.0 - tv_complement(_ratings(real), _ratings(synthetic))


def rating_ks(real, synthetic) -> float:
    """Kolmogorov-Smirnov distance of the ratings, for those of any value."""
    return 1.0 - ks_complement(_ratings(real), _ratings(synthetic))


def rating_wasserstein(real, synthetic) -> float:
    """Wasserstein distance: how far a rating must move, in the mean."""
    return float(
        scipy.stats.wasserstein_distance(_ratings(real), _ratings(synthetic))
    )


def mean_ratings(interactions) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Number and mean of the ratings of each user, and of each item.

    Returns:
        Two DataFrames with the columns `count` and `mean`.
    """
    rows = first_rows(interactions)
    ratings = pd.Series(interactions.rating[rows].astype("float64"))
    return tuple(
        ratings.groupby(ids[rows]).agg(["count", "mean"])
        for ids in (interactions.user_id, interactions.item_id)
    )


def spread_of_means(means: pd.DataFrame) -> float:
    """Standard deviation of the means of at least `MIN_RATINGS` ratings."""
    enough = means["mean"][means["count"] >= MIN_RATINGS]
    return float(enough.std(ddof=0))


def popularity_rating_correlation(interactions) -> float:
    """Spearman's correlation of how many rated an item, and how well. Level."""
    of_items = mean_ratings(interactions)[1]
    return _correlation(*map(scipy.stats.rankdata, of_items.to_numpy().T))


def bias_r2(interactions, damping=5.0) -> float:
    """Share of the ratings' variance that user and item alone explain. Level.

    Of the least-squares fit `mean + b_u + b_i`, each bias held back by a
    ridge penalty, as by `damping` ratings at the mean: without it, users and
    items with one rating explain themselves.
    """
    rows = first_rows(interactions)
    rating = interactions.rating[rows].astype("float64")
    rating -= rating.mean()
    if not rating.any():
        return float("nan")
    user = np.unique(interactions.user_id[rows], return_inverse=True)[1]
    item = np.unique(interactions.item_id[rows], return_inverse=True)[1]
    num_users, place = user.max() + 1, np.arange(len(rows))
    design = scipy.sparse.csr_array(
        (
            np.ones(2 * len(rows)),
            (np.tile(place, 2), np.concatenate([user, num_users + item])),
        )
    )
    biases = scipy.sparse.linalg.lsqr(
        design, rating, damp=damping**0.5, atol=1e-8, btol=1e-8
    )[0]
    left = rating - design @ biases
    return float(1.0 - (left @ left) / (rating @ rating))


def gaps(interactions) -> np.ndarray:
    """Seconds from each interaction of a user to the next one."""
    order = np.lexsort((interactions.timestamp, interactions.user_id))
    user, time = interactions.user_id[order], interactions.timestamp[order]
    return np.diff(time)[user[1:] == user[:-1]]


def gap_ks(real, synthetic) -> float:
    """Kolmogorov-Smirnov distance of the gaps within a user."""
    return 1.0 - ks_complement(gaps(real), gaps(synthetic))


def hour_js(real, synthetic) -> float:
    """Jensen-Shannon divergence of the hours of the day (UTC), in bits."""
    return _clock_js(real, synthetic, SECONDS_PER_HOUR, 24)


def weekday_js(real, synthetic) -> float:
    """Jensen-Shannon divergence of the days of the week (UTC), in bits."""
    return _clock_js(real, synthetic, SECONDS_PER_DAY, 7)


def _clock_js(real, synthetic, seconds, size):
    counts = [
        np.bincount(table.timestamp // seconds % size, minlength=size)
        for table in (real, synthetic)
    ]
    return jensen_shannon(*counts)


def _ratings(interactions):
    return interactions.rating[first_rows(interactions)]


def _correlation(first, second):
    """Pearson's, not a number where one side is constant."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
