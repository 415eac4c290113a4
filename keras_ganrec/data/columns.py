"""The border: columns of a raw table become arrays, or a clear error.

Everything here takes a `pandas.Series` (or DataFrame) as a user has it and
returns NumPy arrays that the rest of the package can trust.
"""

import numpy as np
import pandas as pd

# Vocabularies have the width of their longest id.
LONGEST_ID = 1000  # characters


def require(table, column, argument):
    """Returns `table[column]`.

    Raises:
        ValueError: There is no such column, and the message lists those that
            there are; or there are several.
    """
    if list(table.columns).count(column) > 1:
        raise ValueError(
            f"The table has several columns {column!r}. Expected one for "
            f"`{argument}`. Rename or drop the others."
        )
    if column not in table.columns:
        raise ValueError(
            f"The table has no column {column!r} for `{argument}`. "
            f"Its columns are: {list(table.columns)}. "
            f"Name the right one with `{argument}=`."
        )
    return table[column]


def raw_ids(series):
    """Raw ids as an int64 array, or as an object array of `str`.

    Whole-numbered floats count as integers: that is how a CSV column of
    integers arrives once a value was missing somewhere.

    Raises:
        ValueError: Missing or empty ids, ids of mixed types, or ids that are
            neither integers nor strings.
    """
    name = series.name
    missing = int(series.isna().sum())
    if isinstance(series.dtype, pd.CategoricalDtype) and not missing:
        series = series.astype(series.cat.categories.dtype)
    kind = pd.api.types.infer_dtype(series, skipna=True)
    if kind == "string":
        missing += int((series == "").sum())
    if missing:
        raise ValueError(
            f"{missing} of {len(series)} ids in column {name!r} are missing. "
            "Every row needs a user and an item. "
            f"Drop them first: `df.dropna(subset=[{name!r}])`."
        )
    if kind == "string":
        return series.to_numpy(dtype=object)
    if kind == "integer":
        return _int64(series, name)
    if kind == "floating":
        values = series.to_numpy(dtype=np.float64)
        if np.isfinite(values).all() and (values == np.floor(values)).all():
            return _int64(series, name)
    if kind.startswith("mixed"):
        types = series.map(lambda value: type(value).__name__)
        raise ValueError(
            f"The ids in column {name!r} are of mixed types: "
            f"{types.value_counts().to_dict()}. Expected all integers or all "
            f"strings. Make them one: `df[{name!r}].astype(str)`."
        )
    raise ValueError(
        f"The ids in column {name!r} are of type {kind!r}. "
        "Expected integers or strings. "
        f"Convert them first: `df[{name!r}].astype(str)`."
    )


def _int64(series, name):
    values = series.to_numpy()
    if values.dtype == object or values.dtype.kind in "uf":
        bound = max(abs(int(values.min())), abs(int(values.max())))
        # Beyond 2**53 a float has lost digits: two ids may have become one.
        limit = 2**53 if values.dtype.kind == "f" else 2**63 - 1
        if bound > limit:
            raise ValueError(
                f"An id in column {name!r} is too large: {bound}. Integer ids "
                f"of this type must not exceed {limit}. "
                f"Read the column as strings: `dtype={{{name!r}: str}}`."
            )
    return values.astype(np.int64)


def encode(values):
    """Ids 0..n-1 in the sorted order of the raw ids.

    Returns:
        `(ids, vocabulary)`: int32 array of shape `(rows,)`, and the raw ids
        in id order, int64 or unicode.

    Raises:
        ValueError: An id is longer than 1000 characters.
    """
    ids, vocabulary = pd.factorize(values, sort=True)
    if vocabulary.dtype == object:
        longest = max(vocabulary, key=len, default="")
        if len(longest) > LONGEST_ID:
            raise ValueError(
                f"An id has {len(longest)} characters: {longest[:60]!r}... "
                f"Expected at most {LONGEST_ID}. Name the column of the ids, "
                "or look for a quote that is not closed."
            )
        vocabulary = vocabulary.astype(np.str_)
    return ids.astype(np.int32), vocabulary


def ratings(series):
    """Ratings as a float32 array.

    Raises:
        ValueError: Ratings are text or another type, missing or infinite.
    """
    name = series.name
    kind = pd.api.types.infer_dtype(series, skipna=True)
    if kind not in ("integer", "floating", "mixed-integer-float", "boolean"):
        odd = series[pd.to_numeric(series, errors="coerce").isna()]
        example = (odd if len(odd) else series).iloc[0]
        raise ValueError(
            f"The ratings in column {name!r} are of type {kind!r}, for "
            f"instance {example!r}. Expected numbers. Convert them first: "
            f"`pd.to_numeric(df[{name!r}], errors='coerce')`, and drop those "
            "that are missing then."
        )
    values = series.to_numpy(dtype=np.float32, na_value=np.nan)
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise ValueError(
            f"{bad} of {len(values)} ratings in column {name!r} are missing "
            "or infinite. Expected finite numbers. "
            "Drop or fill those rows first."
        )
    return values


def align_features(features, id_column, argument, vocabulary):
    """Rows of `features` in id order.

    Ids without a row get a row of missing values (and `describe()` counts
    them); rows of ids that never interacted are left out.

    Args:
        features: DataFrame with the raw ids in `id_column`.
        id_column: str. Name of that column.
        argument: str. The argument that gave the name.
        vocabulary: Array of raw ids in id order.

    Returns:
        DataFrame of `len(vocabulary)` rows, its index is the id, without
        `id_column`.

    Raises:
        ValueError: The id column is missing or invalid, an id has several
            rows, or the ids are of another type than the interactions' ids.
    """
    if id_column not in features.columns:
        raise ValueError(
            f"The feature table has no column {id_column!r}. Its columns are: "
            f"{list(features.columns)}. Expected the ids under the name that "
            "they have in the interactions. Rename the column there, or both "
            f"and name them with `{argument}=`."
        )
    ids = raw_ids(features[id_column])
    numbers, wanted = ids.dtype != object, vocabulary.dtype.kind != "U"
    if len(ids) and numbers != wanted:
        kinds = {True: "integers", False: "strings"}
        raise ValueError(
            f"The feature table's ids in column {id_column!r} are "
            f"{kinds[numbers]}, those of the interactions are "
            f"{kinds[wanted]}. Expected one type. Convert one of the two."
        )
    repeated = pd.Index(ids)[pd.Index(ids).duplicated()]
    if len(repeated):
        raise ValueError(
            f"{len(repeated)} rows of the feature table repeat an id of "
            f"column {id_column!r}, for instance {repeated[0]}. Expected "
            "one row per id. Drop the others: "
            f"`features.drop_duplicates({id_column!r})`."
        )
    table = features.drop(columns=id_column).set_index(pd.Index(ids))
    return table.reindex(vocabulary).reset_index(drop=True)


def one_row_per_pair(pair, times, duplicates):
    """Which rows stay if every (user, item) pair is to occur once.

    Args:
        pair: int64 array of shape `(rows,)`, one number per pair.
        times: Optional int64 array of shape `(rows,)`.
        duplicates: `"last"`, `"first"` or `"error"`.

    Returns:
        bool array of shape `(rows,)`.

    Raises:
        ValueError: `duplicates="error"` and a pair is repeated.
    """
    repeated = pd.Series(pair).duplicated().to_numpy()
    count = int(repeated.sum())
    if count and duplicates == "error":
        raise ValueError(
            f"{count} rows repeat a (user, item) pair. Expected every pair "
            "once. Choose `duplicates='last'` or `'first'`, or remove them."
        )
    if not count:
        return ~repeated
    keys = (pair,) if times is None else (times, pair)
    order = np.lexsort(keys)  # stable: equal keys stay in row order
    change = np.flatnonzero(np.diff(pair[order]))
    if duplicates == "last":
        chosen = order[np.append(change, len(order) - 1)]
    else:
        chosen = order[np.append(0, change + 1)]
    keep = np.zeros(len(pair), bool)
    keep[chosen] = True
    return keep


def close_gaps(ids, vocabulary, keep):
    """Renumbers so that every raw id has a row that stays.

    Args:
        ids: int32 array of shape `(rows,)`.
        vocabulary: Array of raw ids in id order.
        keep: bool array of shape `(rows,)`. The rows that stay.

    Returns:
        `(ids, vocabulary)`; the ids of rows that go mean nothing any more.
    """
    used = np.bincount(ids[keep], minlength=len(vocabulary)) > 0
    return (np.cumsum(used, dtype=np.int32) - 1)[ids], vocabulary[used]
