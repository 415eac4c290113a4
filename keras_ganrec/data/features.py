"""From a table of features to a matrix of numbers."""

import collections
import re

import numpy as np
import pandas as pd

from keras_ganrec.data import columns as border

WORD = re.compile(r"\w+")
LARGEST = 10**9  # numbers of a matrix, four bytes each


def feature_matrix(
    features: pd.DataFrame | None,
    columns: list[str] | None = None,
    min_rows: int = 2,
) -> np.ndarray:
    """Numbers of a feature table, a row of each user or item.

    A column of numbers or booleans becomes one column, scaled to a largest
    absolute value of 1. Any other column is text: each of its words becomes a
    column, 1 in the rows that hold the word, whatever the case. Genres such as
    `"Drama|War"` are two words. What is missing is 0.

    Args:
        features: `interactions.item_features` or `.user_features`.
        columns: Optional list of str. The columns to look at; all by default.
        min_rows: int. Words in fewer rows are left out.

    Returns:
        float32 array of shape `(len(features), dim)`. Columns keep the order
        of the table, words are in the order of the alphabet.

    Raises:
        ValueError: There is no table, or no such column, or nothing in them,
            or one has numbers as text, infinite ones, or so many words that
            the matrix would take over 4 GB.

    Example:

    >>> feature_matrix(train.item_features, columns=["genres"]).shape
    (1682, 22)
    """
    if features is None:
        raise ValueError(
            "The data has no feature table. Expected one, such as the genres "
            "of films. Read the data with `item_features=` (or "
            "`user_features=`), or use a model that needs none."
        )
    if columns is None:
        columns = list(features.columns)
    parts = []
    for name in columns:
        column = border.require(features, name, "columns")
        known = column.dropna().infer_objects()  # yes, no, nothing: numbers
        if isinstance(known.dtype, pd.CategoricalDtype):
            known = known.astype(known.cat.categories.dtype)
        if pd.api.types.is_numeric_dtype(known):
            parts.append(_scaled(column, name))
        elif len(known) and pd.to_numeric(known, "coerce").notna().all():
            raise ValueError(
                f"Column {name!r} holds numbers as text, such as "
                f"{known.iloc[0]!r}. Expected numbers, or words. Convert it "
                "with `pandas.to_numeric`, or name other columns."
            )
        else:
            parts.append(_words(column, name, min_rows))
    matrix = np.concatenate(parts, axis=1) if parts else np.zeros((0, 0))
    if not matrix.any():
        raise ValueError(
            f"There is nothing in the columns {columns}: no number but 0, and "
            f"no word in {min_rows} rows. Expected features that several rows "
            "share. Name other columns, or lower `min_rows`."
        )
    return matrix


def _scaled(column, name):
    values = column.astype(float).fillna(0.0).to_numpy()
    if not np.isfinite(values).all():
        raise ValueError(
            f"Column {name!r} holds infinite numbers. Expected finite ones. "
            "Correct them, or make them missing."
        )
    largest = np.abs(values).max(initial=0.0)
    scaled = values / largest if largest else values
    return scaled.astype(np.float32)[:, None]


def _words(column, name, min_rows):
    words_of = [
        set(WORD.findall(text.lower()))
        for text in column.astype(object).where(column.notna(), "").astype(str)
    ]
    counts = collections.Counter(word for words in words_of for word in words)
    kept = sorted(w for w, count in counts.items() if count >= min_rows)
    if len(words_of) * len(kept) > LARGEST:
        raise ValueError(
            f"Column {name!r} has {len(kept)} words that {min_rows} rows or "
            f"more share, and {len(words_of)} rows: too many to keep. Name "
            "other columns with `columns=`, or raise `min_rows`."
        )
    place = {word: index for index, word in enumerate(kept)}
    matrix = np.zeros((len(words_of), len(kept)), np.float32)
    for row, words in enumerate(words_of):
        matrix[row, [place[word] for word in words if word in place]] = 1.0
    return matrix
