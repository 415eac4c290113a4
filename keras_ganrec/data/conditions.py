"""What a generator is conditioned on: values of the users' features."""

from collections.abc import Mapping
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from keras_ganrec import feature_values
from keras_ganrec.data import columns as border
from keras_ganrec.data.interactions import Interactions

MOST_VALUES = 100


def condition_values(
    interactions: Interactions, columns: Sequence[str]
) -> dict[str, list]:
    """Values of the users' features, ascending, to build a model with.

    Users without interactions do not count: nothing is learned of them.

    A column of numbers with more than 25 different ones, such as the age, is
    cut into ten ranges, with about as many users in each: pairs of numbers,
    the second one of which begins the next range. New users get a number
    from their range. The ranges end where five users lie beyond.

    Args:
        interactions: `Interactions` with `user_features`.
        columns: Names of columns.

    Returns:
        dict from each column to its values, or to its ranges. What is missing
        is no value.

    Raises:
        ValueError: There are no features or no such column, or its values are
            neither texts nor numbers, or there are none, or more than 100
            texts, or whole numbers that hardly ever come again: group them.
    """
    found = {}
    for name in columns:
        column = _column(interactions, name)
        column = column.iloc[np.unique(interactions.user_id)]
        if feature_values.is_measured(column):
            found[name] = feature_values.ranges_of(column)
            continue
        known = column.dropna().unique()
        if not 1 <= len(known) <= MOST_VALUES:
            raise ValueError(
                f"Column {name!r} has {len(known)} different values. Expected "
                f"1 to {MOST_VALUES}, for a user to share hers with others. "
                "Group them, for instance by `pandas.cut`, or leave it out."
            )
        known = known.tolist()
        kinds = {type(value) for value in known}
        if not kinds <= {str} and not kinds <= {bool, int, float}:
            names = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise ValueError(
                f"Column {name!r} holds values of the types {names}. Expected "
                "texts, or numbers. Make them texts: "
                f"`features[{name!r}].astype(str)`."
            )
        found[name] = sorted(known)
    return found


def conditioned(
    dataset: tf.data.Dataset, values: Mapping[str, Sequence]
) -> tf.data.Dataset:
    """Adds what each user of a batch is like.

    Args:
        dataset: Of `user_profiles` or `rated_profiles`.
        values: dict from columns of the users' features to values or ranges.

    Returns:
        The data set, its batches with `"condition"`: float32 `(batch,
        num_values)`, a one at the value of each column, in the order of
        `values`; none for a value that is missing or not among them.
    """
    parts = [
        feature_values.places(known, _column(dataset.interactions, name))[
            :, None
        ]
        == np.arange(len(known))
        for name, known in values.items()
    ]
    table = tf.constant(np.concatenate(parts, axis=1), tf.float32)
    mapped = dataset.map(
        lambda batch: {
            **batch,
            "condition": tf.gather(table, batch["user_id"]),
        }
    )
    mapped.interactions, mapped.epoch = dataset.interactions, dataset.epoch
    return mapped


def _column(interactions, name):
    if interactions.user_features is None:
        raise ValueError(
            "The data has no features of users to condition on. Expected a "
            f"column {name!r}. Read the data with `user_features=`."
        )
    return border.require(interactions.user_features, name, "columns")
