"""What a feature of users can be: one of some values, or a number in a range.

A list of values, as `["F", "M"]`, or of ranges, as `[[18, 25], [25, 40]]`:
ascending, each from its first number up to its last one, where the next range
begins. Numbers below the first range count as in it, and numbers above the
last one in that.
"""

import numpy as np
import pandas as pd

MOST_LISTED = 25  # Of more values few users share one.
RANGES = 10
# So many users have the first number of the first range or a smaller one, and
# so many the last one or a larger one: nobody's own extreme is known.
BEYOND = 5


def is_measured(column: pd.Series) -> bool:
    """Whether a feature is a number to be cut into ranges.

    One of many values. Whole numbers that hardly ever come again are names of
    something.
    """
    known = column.dropna()
    if not pd.api.types.is_numeric_dtype(known) or known.dtype.kind == "b":
        return False
    if known.nunique() <= MOST_LISTED or not np.isfinite(known).all():
        return False
    return not _whole(known) or 2 * known.nunique() <= len(known)


def ranges_of(column: pd.Series) -> list:
    """Ranges with about as many users in each, a list of pairs.

    Args:
        column: Numbers, some may be missing; `is_measured`.
    """
    known = column.dropna().to_numpy("float64")
    beyond = BEYOND / len(known)
    shares = np.linspace(0.0, 1.0, RANGES + 1).clip(beyond, 1.0 - beyond)
    # Between the numbers of two users, where these differ.
    edges = np.quantile(known, shares)
    if _whole(known):
        edges = np.rint(edges).astype(int)
        edges[-1] += 1  # it is in the last range
    edges = np.unique(edges).tolist()
    return [list(pair) for pair in zip(edges[:-1], edges[1:], strict=True)]


def are_ranges(known) -> bool:
    return len(known) > 0 and isinstance(known[0], list | tuple)


def places(known, column) -> np.ndarray:
    """The place of each value in the list of values or of ranges, -1 for none.

    Args:
        known: As above.
        column: Values, `(n,)`.
    """
    if not are_ranges(known):
        return pd.Index(known).get_indexer(column)
    numbers = _numbers(column)
    place = np.searchsorted([low for low, _ in known[1:]], numbers, "right")
    return np.where(np.isnan(numbers), -1, place)


def draw(known, place, rng) -> np.ndarray:
    """Values at places, `(n,)`, `None` at -1; in a range all are as likely.

    Args:
        known: As above.
        place: int array `(n,)`.
        rng: `numpy.random.Generator`. Not asked where there are no ranges.
    """
    if not are_ranges(known):
        return np.array([*known, None], object)[place]
    low, high = np.array(known).T[:, place]
    numbers = low + rng.random(len(place)) * (high - low)
    if isinstance(known[0][0], int):
        numbers = np.floor(numbers).astype(int)
    return np.where(place < 0, None, numbers.astype(object))


def unknown(known, column) -> list:
    """Those of some values that are not in the list, or in no range."""
    if not are_ranges(known):
        return [value for value in set(column) if value not in known]
    (low, high), numbers = _limits(known), _numbers(column)
    outside = ~((numbers >= low) & (numbers <= high))
    return [value for value, out in zip(column, outside, strict=True) if out]


def described(known) -> str:
    """What a value can be, for an error message."""
    if are_ranges(known):
        return "a number from {} to {}".format(*_limits(known))
    return f"one of {known}"


def _limits(known):
    """The lowest and the highest number."""
    low, high = known[0][0], known[-1][1]
    return low, high - 1 if isinstance(high, int) else high


def _whole(numbers):
    return bool((numbers == np.floor(numbers)).all())


def _numbers(column):
    numbers = pd.to_numeric(pd.Series(column), errors="coerce")
    return numbers.to_numpy("float64")
