"""Batches of tables: features of users, ratings, any."""

import numpy as np
import pandas as pd
import tensorflow as tf

from keras_ganrec.data.batching import check_batch_size
from keras_ganrec.data.batching import shuffled
from keras_ganrec.encoding import TableEncoding
from keras_ganrec.mode_encoding import ModeEncoding


def table_rows(
    table: pd.DataFrame | np.ndarray, batch_size: int = 128, seed: int = 0
) -> tf.data.Dataset:
    """One row per row of a table, as numbers in [0, 1].

    Args:
        table: DataFrame of numbers, booleans, text or pandas' categories, or
            array of numbers. What is missing is `NaN` (or `None`, `NA`).
        batch_size: int. Rows per batch; the last batch may be smaller.
        seed: int. Seeds the order.

    Returns:
        Dataset of `{"values": float32 (batch, num_features), "observed":
        float32 (batch, num_features)}`, `observed` 1 or 0 and `values` 0
        where it is 0; with attributes `encoding`
        (`keras_ganrec.encoding.TableEncoding`, which says what becomes a
        feature) and `epoch`.

    Raises:
        ValueError: The table is empty, or a column is missing in all rows,
            constant, infinite somewhere, of another type (such as dates), or
            free text.
    """
    encoding = TableEncoding.of(table)
    values, observed = (tf.constant(x) for x in encoding.encode(table))

    def to_batch(positions, _):
        return {
            "values": tf.gather(values, positions),
            "observed": tf.gather(observed, positions),
        }

    dataset = shuffled(None, len(table), batch_size, seed, to_batch)
    dataset.encoding = encoding
    return dataset


def conditional_rows(
    table: pd.DataFrame | np.ndarray,
    batch_size: int = 500,
    max_modes: int = 10,
    seed: int = 0,
    num_batches: int | None = None,
) -> tf.data.Dataset:
    """Rows of a table, each drawn after one of the values in it: the condition.

    A column of categories is drawn, all alike; then one of its values, in
    proportion to log(1 + its rows), so that rare ones are seen; then a row
    that has it. In a table without such columns rows are drawn as they are.

    Args:
        table: DataFrame of numbers, booleans, text or pandas' categories, or
            array of numbers. What is missing is `NaN` (or `None`, `NA`).
        batch_size: int. Rows per batch, all of the same size.
        max_modes: int. Most modes of a column of numbers. One with as few
            values is one of categories.
        seed: int. Seeds the modes and the draws.
        num_batches: Optional int. Batches per epoch. By default as many as
            the table fills, at least one.

    Returns:
        Dataset of `{"row": float32 (batch, num_features), "condition":
        float32 (batch, num_conditions)}`, `condition` one-hot over the
        choices of all columns of categories; with attributes `encoding`
        (`keras_ganrec.mode_encoding.ModeEncoding`) and `epoch`.

    Raises:
        ValueError: As in `table_rows`; or a number is not positive.
        ImportError: A column of numbers has modes to find, and there is no
            scikit-learn (`pip install 'keras_ganrec[synthesis]'`).
    """
    check_batch_size(batch_size)
    if num_batches is None:
        num_batches = max(len(table) // batch_size, 1)
    if num_batches < 1:
        raise ValueError(
            "`num_batches` must be a positive integer. "
            f"Received: num_batches={num_batches}"
        )
    encoding, rows = ModeEncoding.of(table, max_modes, seed)
    conditions = rows[:, encoding.condition_features]
    num_conditions = conditions.shape[1]
    if num_conditions:
        # Rows one after the other, condition by condition.
        order = np.nonzero(conditions.T)[1]
        counts = conditions.sum(axis=0, dtype=np.int64)
        columns = np.nonzero(~np.array(encoding.has_place))[0]
        sizes = np.take(encoding.num_choices, columns)
        weights = np.log1p(counts)
        totals = np.add.reduceat(weights, np.cumsum(sizes) - sizes)
        weights /= np.repeat(totals * len(sizes), sizes)
    else:
        order, counts = np.arange(len(rows)), np.array([len(rows)])
        weights = np.ones(1)
    rows, order = tf.constant(rows), tf.constant(order, tf.int32)
    starts = tf.constant(np.cumsum(counts) - counts)
    upper = np.cumsum(weights)
    upper[-1] = 1.0
    counts = tf.constant(counts)

    def to_batch(_, batch_seed):
        first, second = tf.unstack(
            tf.random.stateless_uniform(
                (2, batch_size), batch_seed, dtype="float64"
            )
        )
        drawn = tf.searchsorted(upper, first, side="right")
        count = tf.gather(counts, drawn)
        place = tf.cast(second * tf.cast(count, "float64"), "int64")
        row = tf.gather(order, tf.gather(starts, drawn) + place)
        return {
            "row": tf.gather(rows, row),
            "condition": tf.one_hot(drawn, num_conditions),
        }

    size = num_batches * batch_size
    dataset = shuffled(None, size, batch_size, seed, to_batch)
    dataset.encoding = encoding
    return dataset
