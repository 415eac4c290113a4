"""Splits: what a model may see, what tunes it, what judges it.

All functions are deterministic given their seed. Parts share vocabularies,
no row is lost, and `Split.describe()` counts what cannot be evaluated.
"""

import numpy as np

from keras_ganrec.data.interactions import Interactions
from keras_ganrec.data.interactions import check_interactions
from keras_ganrec.data.split import Split

TRAIN, VALIDATION, TEST, FOLD_IN = range(4)


def ratio_split(
    interactions: Interactions,
    test_ratio: float = 0.2,
    validation_ratio: float = 0.1,
    seed: int = 0,
) -> Split:
    """Random shares of every user's rows.

    A user with n rows gives `round(n * ratio)` of them (half rounds up) to
    each part but always keeps one train row; users with too few rows to give
    any stay in train, and `describe()` counts them.

    Args:
        interactions: `Interactions` to split.
        test_ratio: float in (0, 1). Share of the test part.
        validation_ratio: float in [0, 1). Share of the validation part, of
            all the user's rows; 0 for none.
        seed: int. Seeds the draw.

    Returns:
        A `Split`; its `validation` is `None` when `validation_ratio` is 0.

    Raises:
        ValueError: Ratios are out of range, or no row reaches a part.
    """
    check_interactions(interactions)
    _check_ratios(test_ratio, validation_ratio)
    rows = np.bincount(interactions.user_id, minlength=interactions.num_users)
    spare = np.maximum(rows - 1, 0)
    num_test = np.minimum(_round(rows * test_ratio), spare)
    num_validation = _round(rows * validation_ratio)
    num_validation = np.minimum(num_validation, spare - num_test)
    order = _shuffled_by_user(interactions, seed)
    part = _last_of_each_user(interactions, order, num_test, num_validation)
    return _split_by_part(interactions, part, validation_ratio > 0)


def leave_last_out(interactions: Interactions) -> Split:
    """Every user's last row is the test, the last but one the validation.

    Equal times are ordered by row. Users with fewer than 3 rows stay in train
    whole, and `describe()` counts them.

    Args:
        interactions: `Interactions` with timestamps.

    Returns:
        A `Split`.

    Raises:
        ValueError: There are no timestamps, or no user has 3 rows.
    """
    times = _times(interactions, "leave_last_out")
    rows = np.bincount(interactions.user_id, minlength=interactions.num_users)
    held_out = (rows >= 3).astype(np.int64)
    order = np.lexsort((times, interactions.user_id))
    part = _last_of_each_user(interactions, order, held_out, held_out)
    return _split_by_part(interactions, part, True)


def temporal_split(
    interactions: Interactions,
    test_ratio: float = 0.2,
    validation_ratio: float = 0.1,
) -> Split:
    """Cuts all rows at one or two moments: train, then validation, then test.

    The only split in which no model has seen the future. Rows of equal time
    stay together in the later part, so shares can be a little larger than
    asked for. Many test users and items may be without train rows:
    `describe()` counts them.

    Args:
        interactions: `Interactions` with timestamps.
        test_ratio: float in (0, 1). Share of the latest rows.
        validation_ratio: float in [0, 1). Share of all rows, the latest of
            those before the test part; 0 for none.

    Returns:
        A `Split`; its `validation` is `None` when `validation_ratio` is 0.

    Raises:
        ValueError: Ratios are out of range, there are no timestamps, or
            there are too few moments to cut between.
    """
    _check_ratios(test_ratio, validation_ratio)
    times = _times(interactions, "temporal_split")
    part = np.full(len(times), TRAIN)
    part[_latest(times, test_ratio * len(times))] = TEST
    left = np.flatnonzero(part == TRAIN)
    latest = _latest(times[left], validation_ratio * len(times))
    part[left[latest]] = VALIDATION
    return _split_by_part(interactions, part, validation_ratio > 0)


def user_split(
    interactions: Interactions,
    test_ratio: float = 0.2,
    validation_ratio: float = 0.1,
    fold_in_ratio: float = 0.8,
    seed: int = 0,
) -> Split:
    """Strong generalisation: the users of the test are new to the model.

    A random share of the users is taken out of train altogether. Of their
    rows, a random part is shown as their profile (`split.fold_in`), the rest
    is to be found. Evaluate with
    `ranking_batches(split.fold_in, split.test)`; this asks for a model that
    scores profiles of users whom it was not trained on. Users with one row
    cannot be cut in two and stay in train; shares are of the others.

    Args:
        interactions: `Interactions` to split.
        test_ratio: float in (0, 1). Share of users in the test part.
        validation_ratio: float in [0, 1). Share of users in the validation
            part; 0 for none.
        fold_in_ratio: float in (0, 1). Share of a held-out user's rows that
            is shown; at least one row is shown, at least one held out.
        seed: int. Seeds both draws.

    Returns:
        A `Split` with `fold_in`; its `validation` is `None` when
        `validation_ratio` is 0.

    Raises:
        ValueError: Ratios are out of range, or there are too few users.
    """
    check_interactions(interactions)
    _check_ratios(test_ratio, validation_ratio)
    if not 0 < fold_in_ratio < 1:
        raise ValueError(
            "`fold_in_ratio` must lie in (0, 1). "
            f"Received: fold_in_ratio={fold_in_ratio}"
        )
    rows = np.bincount(interactions.user_id, minlength=interactions.num_users)
    rng = np.random.default_rng(seed)
    users = rng.permutation(np.flatnonzero(rows >= 2))
    num_test = int(_round(len(users) * test_ratio))
    num_validation = int(_round(len(users) * validation_ratio))
    group = np.zeros(interactions.num_users, np.int8)
    group[users[:num_test]] = TEST
    group[users[num_test : num_test + num_validation]] = VALIDATION

    num_held_out = rows - np.clip(_round(rows * fold_in_ratio), 1, None)
    num_held_out = np.clip(num_held_out, 1, None) * (group != TRAIN)
    order = _shuffled_by_user(interactions, seed)
    nobody = np.zeros_like(rows)
    part = _last_of_each_user(interactions, order, num_held_out, nobody)
    row_group = group[interactions.user_id]
    shown = np.where(row_group == TRAIN, TRAIN, FOLD_IN)
    part = np.where(part == TEST, row_group, shown)
    return _split_by_part(interactions, part, validation_ratio > 0)


def _round(number):
    return np.floor(number + 0.5).astype(np.int64)


def _shuffled_by_user(interactions, seed):
    """Row numbers sorted by user, in random order within a user."""
    # One key of user and noise sorts three times as fast as a lexsort.
    noise = np.random.default_rng(seed).integers(2**32, size=len(interactions))
    key = interactions.user_id.astype(np.int64) << 32 | noise
    return np.argsort(key, kind="stable")


def _last_of_each_user(interactions, order, num_test, num_validation):
    """The part of each row, given rows sorted by user.

    The last `num_test[u]` rows of user u are test, the `num_validation[u]`
    before them validation, the others train.
    """
    user = interactions.user_id[order]
    rows = np.bincount(user, minlength=interactions.num_users)
    from_end = np.cumsum(rows)[user] - np.arange(len(order))  # 1 = last row
    part = np.zeros(len(order), np.int8)
    held_out = from_end <= (num_test + num_validation)[user]
    part[order] = np.where(held_out, VALIDATION, TRAIN)
    part[order[from_end <= num_test[user]]] = TEST
    return part


def _split_by_part(interactions, part, with_validation):
    validation = fold_in = None
    if with_validation:
        validation = interactions.select(part == VALIDATION)
    if (part == FOLD_IN).any():
        fold_in = interactions.select(part == FOLD_IN)
    return Split(
        train=interactions.select(part == TRAIN),
        validation=validation,
        test=interactions.select(part == TEST),
        fold_in=fold_in,
    )


def _latest(times, num_rows):
    """bool mask of the last `num_rows` times, and of those equal to them."""
    num_rows = min(_round(num_rows), len(times))
    if not num_rows:
        return np.zeros(len(times), bool)
    return times >= np.sort(times)[-num_rows]


def _times(interactions, name):
    check_interactions(interactions)
    if interactions.timestamp is None:
        raise ValueError(
            f"`{name}` needs timestamps, and these interactions have none. "
            "Name the time column with `timestamp=` when reading the table, "
            "or use `ratio_split`."
        )
    return interactions.timestamp


def _check_ratios(test_ratio, validation_ratio):
    if not (
        0 < test_ratio < 1
        and 0 <= validation_ratio < 1
        and test_ratio + validation_ratio < 1
    ):
        raise ValueError(
            "`test_ratio` must lie in (0, 1), `validation_ratio` in [0, 1), "
            "and their sum below 1. Received: "
            f"test_ratio={test_ratio}, validation_ratio={validation_ratio}"
        )
