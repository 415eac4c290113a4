"""Batches of tables with missing cells: features of users, ratings, any."""

import numpy as np
import pandas as pd
import tensorflow as tf

from keras_ganrec.data.batching import shuffled
from keras_ganrec.encoding import TableEncoding


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
