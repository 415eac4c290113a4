"""Pipelines of explicit ratings, in the manner of `pipelines`."""

import numpy as np
import scipy.sparse
import tensorflow as tf

from keras_ganrec.data.batching import multi_hot
from keras_ganrec.data.batching import shuffled
from keras_ganrec.data.interactions import Interactions
from keras_ganrec.data.interactions import check_interactions


def rated_profiles(
    interactions: Interactions, batch_size: int = 64, seed: int = 0
) -> tf.data.Dataset:
    """One row per user who has rated; users without ratings are left out.

    Args:
        interactions: `Interactions` with ratings, each pair at most once.
        batch_size: int. Rows per batch; the last batch may be smaller.
        seed: int. Seeds the order.

    Returns:
        Dataset of `{"user_id": int32 (batch,), "seen": float32 (batch,
        num_items), "rating": float32 (batch, num_items)}`, with attributes
        `interactions` and `epoch`. `rating` is 0 where `seen` is.

    Raises:
        ValueError: The interactions have no ratings.
    """
    _check_rated(interactions)
    matrix = scipy.sparse.coo_array(
        (interactions.rating, (interactions.user_id, interactions.item_id)),
        shape=(interactions.num_users, interactions.num_items),
    ).tocsr()
    users = np.flatnonzero(np.diff(matrix.indptr)).astype(np.int32)
    seen = multi_hot(matrix)
    rating = _rows(matrix)

    def to_batch(positions, _):
        ids = tf.gather(users, positions)  # (batch,)
        return {"user_id": ids, "seen": seen(ids), "rating": rating(ids)}

    return shuffled(interactions, len(users), batch_size, seed, to_batch)


def rated_pairs(
    interactions: Interactions, batch_size: int = 1024, seed: int = 0
) -> tf.data.Dataset:
    """One row per rating.

    Args:
        interactions: `Interactions` with ratings.
        batch_size: int. Rows per batch; the last batch may be smaller.
        seed: int. Seeds the order.

    Returns:
        Dataset of `{"user_id": int32 (batch,), "item_id": int32 (batch,),
        "rating": float32 (batch,)}`, with attributes `interactions` and
        `epoch`.

    Raises:
        ValueError: The interactions have no ratings.
    """
    _check_rated(interactions)
    columns = {
        "user_id": tf.constant(interactions.user_id),
        "item_id": tf.constant(interactions.item_id),
        "rating": tf.constant(interactions.rating),
    }

    def to_batch(positions, _):
        return {
            name: tf.gather(column, positions)
            for name, column in columns.items()
        }

    return shuffled(interactions, len(interactions), batch_size, seed, to_batch)


def _rows(matrix):
    """Function from ids `(batch,)` to their rows `(batch, columns)`."""
    num_columns = matrix.shape[1]
    splits = matrix.indptr.astype(np.int64)
    columns, values = (
        tf.RaggedTensor.from_row_splits(array, splits)
        for array in (matrix.indices.astype(np.int64), matrix.data)
    )

    def rows_of(ids):
        filled = tf.gather(columns, ids)
        rows = tf.scatter_nd(
            tf.stack([filled.value_rowids(), filled.flat_values], axis=-1),
            tf.gather(values, ids).flat_values,
            (filled.nrows(), num_columns),
        )
        return tf.ensure_shape(rows, (None, num_columns))

    return rows_of


def _check_rated(interactions):
    check_interactions(interactions)
    if interactions.rating is None:
        raise ValueError(
            "The interactions have no ratings, and these batches are made of "
            "them. Name their column: "
            "`Interactions.from_dataframe(df, rating=...)`."
        )
