"""Pipelines: functions from `Interactions` to a `tf.data.Dataset` of dicts.

A dataset carries three things more than TensorFlow gives it: its number of
batches is known, `dataset.interactions` is what it was made from, and
`dataset.epoch` is a `tf.Variable` that picks the order (and the negatives) of
the next iteration. The order depends on `[seed, epoch]` alone: a run that was
killed and set to its epoch again sees the batches of one that never stopped.
Within one epoch number, every iteration is the same. `fit()` looks through
steps put behind a pipeline, as `take(10)` for short epochs; but not so its
`steps_per_epoch`, with which Keras reads on where the last epoch ended.

Rows come from CSR arrays inside the graph: memory is O(interactions + batch).
"""

import numpy as np
import tensorflow as tf

from keras_ganrec.data.batching import check_batch_size
from keras_ganrec.data.batching import multi_hot
from keras_ganrec.data.batching import shuffled
from keras_ganrec.data.interactions import Interactions
from keras_ganrec.data.interactions import check_interactions


def user_profiles(
    interactions: Interactions, batch_size: int = 64, seed: int = 0
) -> tf.data.Dataset:
    """One row per user who has interactions; users without any are left out.

    Args:
        interactions: `Interactions` to read.
        batch_size: int. Rows per batch; the last batch may be smaller.
        seed: int. Seeds the order.

    Returns:
        Dataset of `{"user_id": int32 (batch,), "seen": float32 (batch,
        num_items)}`, with attributes `interactions` and `epoch`.
    """
    return _profiles(interactions, "user_id", batch_size, seed)


def item_profiles(
    interactions: Interactions, batch_size: int = 64, seed: int = 0
) -> tf.data.Dataset:
    """One row per item that has interactions; items without are left out.

    Args:
        interactions: `Interactions` to read.
        batch_size: int. Rows per batch; the last batch may be smaller.
        seed: int. Seeds the order.

    Returns:
        Dataset of `{"item_id": int32 (batch,), "seen": float32 (batch,
        num_users)}`, with attributes `interactions` and `epoch`.
    """
    return _profiles(interactions, "item_id", batch_size, seed)


def _profiles(interactions, key, batch_size, seed):
    check_interactions(interactions)
    matrix = interactions.to_csr()
    if key == "item_id":
        matrix = matrix.T.tocsr()
    rows = np.flatnonzero(np.diff(matrix.indptr)).astype(np.int32)
    seen = multi_hot(matrix)

    def to_batch(positions, _):
        ids = tf.gather(rows, positions)  # (batch,)
        return {key: ids, "seen": seen(ids)}

    return shuffled(interactions, len(rows), batch_size, seed, to_batch)


def pairs(
    interactions: Interactions,
    batch_size: int = 1024,
    num_negatives: int = 1,
    seed: int = 0,
    uniform_users: bool = False,
) -> tf.data.Dataset:
    """One row per interaction, each with items that its user never met.

    Negatives are exact and uniform: r is drawn from [0, unobserved items of
    the user), and the r-th unobserved item is found by a binary search in
    the user's CSR row. A row's negatives are independent draws.

    Args:
        interactions: `Interactions` to read.
        batch_size: int. Rows per batch; the last batch may be smaller.
        num_negatives: int. Negatives per row.
        seed: int. Seeds the order and the negatives.
        uniform_users: bool. Instead of every interaction once, each row draws
            a user, all alike, then one of the user's items, as LightGCN's
            authors do: as many rows, in which users of few items count more.

    Returns:
        Dataset of `{"user_id": int32 (batch,), "item_id": int32 (batch,),
        "negative_ids": int32 (batch, num_negatives)}`, with attributes
        `interactions` and `epoch`.

    Raises:
        ValueError: A user has met every item, so there is no negative.
    """
    if num_negatives < 1:
        raise ValueError(
            "`num_negatives` must be a positive integer. "
            f"Received: num_negatives={num_negatives}"
        )
    check_interactions(interactions)
    matrix = interactions.to_csr()
    degree = np.diff(matrix.indptr).astype(np.int64)
    full = int((degree == interactions.num_items).sum())
    if full:
        raise ValueError(
            f"{full} users have interacted with all {interactions.num_items} "
            "items. Pairs need an item that the user has not met. "
            "Remove these users, or add items."
        )
    # Before the j-th item s_j of a row lie s_j - j unobserved items. With the
    # user in front, one sorted array answers the search for every row.
    place = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], degree)
    row_user = np.repeat(np.arange(interactions.num_users), degree)
    gaps = row_user * np.int64(interactions.num_items)
    gaps = tf.constant(gaps + matrix.indices - place)  # (interactions,)
    num_unobserved = tf.constant(interactions.num_items - degree, tf.float64)
    row_starts = tf.constant(matrix.indptr, tf.int64)
    rows = interactions.user_id, interactions.item_id
    if uniform_users:
        rows = row_user, matrix.indices
        draw_rows = _uniform_users(matrix.indptr)
    user_id, item_id = (tf.constant(ids, tf.int32) for ids in rows)

    def negatives(users, batch_seed):
        r = tf.random.stateless_uniform(
            (tf.size(users), num_negatives), batch_seed, dtype=tf.float64
        )
        room = tf.gather(num_unobserved, users)[:, None]  # (batch, 1)
        r = tf.cast(r * room, tf.int64)  # (batch, num_negatives)
        wide = tf.cast(users, tf.int64)[:, None]  # (batch, 1)
        before = tf.searchsorted(
            gaps,
            tf.reshape(wide * interactions.num_items + r, [-1]),
            side="right",
            out_type=tf.int64,
        )
        before = tf.reshape(before, tf.shape(r))  # (batch, num_negatives)
        observed = before - tf.gather(row_starts, wide)
        return tf.cast(r + observed, tf.int32)

    def to_batch(positions, batch_seed):
        if uniform_users:
            positions = draw_rows(tf.size(positions), batch_seed)
        users = tf.gather(user_id, positions)  # (batch,)
        return {
            "user_id": users,
            "item_id": tf.gather(item_id, positions),
            "negative_ids": tf.ensure_shape(
                negatives(users, batch_seed), (None, num_negatives)
            ),
        }

    return shuffled(interactions, len(interactions), batch_size, seed, to_batch)


def _uniform_users(indptr):
    """Returns a function from a number and a seed to so many CSR entries."""
    degree = np.diff(indptr)
    users = np.flatnonzero(degree)
    first, degree = indptr[users], degree[users]

    def draw(size, seed):
        seed = tf.random.experimental.stateless_fold_in(seed, 1)
        shares = tf.random.stateless_uniform((2, size), seed, dtype=tf.float64)
        user = tf.cast(shares[0] * len(users), tf.int64)
        place = shares[1] * tf.gather(tf.constant(degree, tf.float64), user)
        start = tf.gather(tf.constant(first, tf.int64), user)
        return start + tf.cast(place, tf.int64)

    return draw


def ranking_batches(
    train: Interactions, held_out: Interactions, batch_size: int = 256
) -> tf.data.Dataset:
    """Evaluation batches of every user with held-out items, in id order.

    Users without train rows are included, with an empty `seen`.

    Args:
        train: `Interactions` that the model knows of these users: the train
            part, or the fold-in part of a `user_split`.
        held_out: `Interactions` to find; the validation or the test part.
        batch_size: int. Users per batch; the last batch may be smaller.

    Returns:
        Dataset of `({"user_id": int32 (batch,), "seen": float32 (batch,
        num_items)}, held_out: float32 (batch, num_items))`, with attribute
        `interactions`, which is `train`. Never shuffled.

    Raises:
        ValueError: There are no held-out rows, or the two parts do not share
            their ids.
    """
    check_batch_size(batch_size)
    for part in (train, held_out):
        check_interactions(part)
    if not len(held_out):
        raise ValueError(
            "`held_out` has no rows, so there is nothing to evaluate. "
            "Expected at least one interaction. Hold out a larger share."
        )
    for name in ("user_vocabulary", "item_vocabulary"):
        ids = [getattr(part, name) for part in (train, held_out)]
        if not np.array_equal(*ids):
            raise ValueError(
                f"`train` and `held_out` must share their ids. Received "
                f"different ones, {len(ids[0])} and {len(ids[1])}, as "
                f"`{name}`. Make both by one split."
            )
    seen = multi_hot(train.to_csr())
    wanted = multi_hot(held_out.to_csr())

    def to_batch(ids):
        return {"user_id": ids, "seen": seen(ids)}, wanted(ids)

    dataset = (
        tf.data.Dataset.from_tensor_slices(np.unique(held_out.user_id))
        .batch(batch_size)
        .map(to_batch, num_parallel_calls=tf.data.AUTOTUNE)
        .prefetch(tf.data.AUTOTUNE)
    )
    dataset.interactions = train
    return dataset
