"""TableEncoding: from a table with holes to numbers in [0, 1], and back."""

import dataclasses
import json
import pathlib

import numpy as np
import pandas as pd

# More different texts than that, and a new one in every other row, are names
# or ids: nothing that another row could be completed from.
CATEGORIES_AT_MOST = 20
FILE = "encoding.json"


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of a table.

    Args:
        name: Its name; of an array, its number.
        kind: `"number"`, `"integer"` (all known values are whole),
            `"boolean"` or `"category"`.
        minimum: float. Least known value of a number.
        maximum: float. Largest known value of a number.
        categories: tuple of str. Known values of a category.
    """

    name: str | int
    kind: str
    minimum: float = 0.0
    maximum: float = 1.0
    categories: tuple = ()

    @property
    def size(self):
        return len(self.categories) or 1


class SavedEncoding:
    """Base of encodings: a file of JSON beside a model's weights.

    A subclass writes `to_dict` and `from_dict`.
    """

    def save(self, directory):
        plain = json.dumps(self.to_dict())
        pathlib.Path(directory, FILE).write_text(plain)

    @classmethod
    def load(cls, directory):
        """Returns the encoding saved in `directory`, `None` without one."""
        path = pathlib.Path(directory, FILE)
        if not path.exists():
            return None
        return cls.from_dict(json.loads(path.read_text()))


@dataclasses.dataclass(frozen=True)
class TableEncoding(SavedEncoding):
    """How the columns of a table become features, a number in [0, 1] each.

    A number is scaled by the least and the largest known value of its column.
    Text and pandas' categories become a feature per category, 1 at the one
    that is there. Missing (`None`, `NaN`, `NaT`, `NA`) cells are 0, and 0 in
    the mask that stands beside.

    Args:
        columns: tuple of `Column`.
    """

    columns: tuple

    @classmethod
    def of(cls, table):
        """Returns the encoding of a table.

        Args:
            table: DataFrame of numbers, booleans, text or pandas' categories,
                or array of numbers of shape `(rows, columns)`.

        Raises:
            ValueError: If the table is empty, or a column is missing in all
                rows, constant, infinite somewhere, of another type (such as
                dates), or free text.
        """
        table = _as_frame(table)
        if not len(table) or not len(table.columns):
            raise ValueError(
                "There is nothing to learn from in a table of "
                f"{len(table)} rows and {len(table.columns)} columns. "
                "Expected at least one of each."
            )
        return cls(tuple(_column(table[name]) for name in table))

    @property
    def num_features(self):
        """int. Numbers per row."""
        return sum(self.column_sizes)

    @property
    def column_sizes(self):
        """tuple of int. Numbers per column: 1, or one per category."""
        return tuple(column.size for column in self.columns)

    def encode(self, table):
        """From a table to numbers.

        Args:
            table: As in `of`, with the same columns. Numbers beyond the
                known range stay beyond [0, 1].

        Returns:
            Two float32 arrays of shape `(rows, num_features)`: the values,
            and 1 where they are observed.

        Raises:
            ValueError: If columns differ from the known ones, or a value is
                infinite or an unknown category.
        """
        table = _as_frame(table)
        known = [column.name for column in self.columns]
        if list(table) != known:
            raise ValueError(
                f"The columns {list(table)} are not those of the table that "
                f"was learned from. Expected {known}, in this order."
            )
        values = [
            _values(column, table[column.name]) for column in self.columns
        ]
        values = np.concatenate(values, axis=1)  # (rows, num_features)
        observed = ~np.isnan(values)
        return (
            np.where(observed, values, 0.0).astype(np.float32),
            observed.astype(np.float32),
        )

    def fill(self, table, values):
        """Returns a copy of a table whose holes are filled.

        Whole numbers are rounded, numbers stay in the known range, and of
        several categories the one with the largest value is taken. What is
        observed stays as it is, bit for bit.

        Args:
            table: As in `encode`.
            values: Array of shape `(rows, num_features)` in [0, 1].

        Returns:
            What `table` is: a DataFrame, or an array.
        """
        frame = _as_frame(table).copy()
        starts = np.cumsum((0, *self.column_sizes))
        for column, start in zip(self.columns, starts, strict=False):
            missing = frame[column.name].isna().to_numpy()
            if missing.any():
                filled = frame[column.name].array.copy()
                filled[missing] = _decode(
                    column, values[missing, start : start + column.size]
                )
                frame[column.name] = filled
        return frame if isinstance(table, pd.DataFrame) else frame.to_numpy()

    def to_dict(self):
        """Returns what JSON can hold."""
        return {"columns": [dataclasses.asdict(c) for c in self.columns]}

    @classmethod
    def from_dict(cls, plain):
        """Returns the encoding of `to_dict`."""
        return cls(
            tuple(
                Column(**{**column, "categories": tuple(column["categories"])})
                for column in plain["columns"]
            )
        )


def _as_frame(table):
    if isinstance(table, pd.DataFrame):
        repeated = table.columns[table.columns.duplicated()]
        if len(repeated):
            raise ValueError(
                f"The table has two columns {repeated[0]!r}. Expected every "
                "name once. Rename one of them."
            )
        return table
    table = np.asarray(table)
    if table.ndim != 2 or table.dtype.kind not in "biuf":
        raise ValueError(
            "Expected a DataFrame, or an array of numbers of shape (rows, "
            f"columns). Received an array of shape {table.shape} and type "
            f"{table.dtype}."
        )
    return pd.DataFrame(table)


def _column(series):
    name = series.name
    known = series.dropna().infer_objects()
    if known.empty:
        raise ValueError(
            f"Column {name!r} is missing in all {len(series)} rows: there is "
            "nothing to learn from. Leave it out."
        )
    if known.nunique() == 1:
        raise ValueError(
            f"Column {name!r} is constant: every known value is "
            f"{known.iloc[0]!r}. Leave it out, or fill it with that value."
        )
    if pd.api.types.is_numeric_dtype(known):
        numbers = _finite(name, known.astype(float))
        kind = "number"
        if pd.api.types.is_bool_dtype(known):
            kind = "boolean"
        elif (numbers == np.floor(numbers)).all():
            kind = "integer"
        return Column(
            name,
            kind,
            minimum=float(numbers.min()),
            maximum=float(numbers.max()),
        )
    if not known.map(lambda value: isinstance(value, str)).all():
        raise ValueError(
            f"Column {name!r} is of type {series.dtype}, for instance "
            f"{known.iloc[0]!r}. Expected numbers, booleans or text. Convert "
            "it: dates to numbers, codes and mixed types to text."
        )
    categories = tuple(sorted(map(str, known.unique())))
    if len(categories) > max(CATEGORIES_AT_MOST, len(known) / 2):
        raise ValueError(
            f"Column {name!r} has {len(categories)} different texts in "
            f"{len(known)} rows, such as {categories[0]!r}. Expected "
            "categories that rows share. Leave names, ids and free text out; "
            "convert numbers with `pandas.to_numeric`."
        )
    return Column(name, "category", categories=categories)


def _finite(name, numbers):
    infinite = int(np.isinf(numbers).sum())
    if infinite:
        raise ValueError(
            f"{infinite} values of column {name!r} are infinite. Expected "
            "finite numbers, and NaN for what is missing."
        )
    return numbers


def _values(column, series):
    """Float64 array `(rows, column.size)`, NaN where nothing is known."""
    missing = series.isna().to_numpy()
    if column.kind != "category":
        try:
            numbers = series.astype(object).where(~missing, np.nan)
            numbers = numbers.to_numpy(float)
        except (TypeError, ValueError):
            raise ValueError(
                f"Column {column.name!r} had numbers and now holds "
                f"{series.dropna().iloc[0]!r}. Expected numbers. Convert it "
                "with `pandas.to_numeric`."
            ) from None
        numbers = _finite(column.name, numbers)
        scale = column.maximum - column.minimum
        return ((numbers - column.minimum) / scale)[:, None]
    place = pd.Index(column.categories).get_indexer(series.astype(object))
    unknown = series[(place < 0) & ~missing]
    if len(unknown):
        raise ValueError(
            f"{unknown.iloc[0]!r} is no known value of column "
            f"{column.name!r}. Expected one of {list(column.categories)}, or "
            "a missing value."
        )
    one_hot = np.eye(column.size)[place]
    one_hot[missing] = np.nan
    return one_hot


def _decode(column, values):
    """Values of a column's missing cells, from `(cells, column.size)`."""
    if column.kind == "category":
        return np.array(column.categories, object)[values.argmax(axis=1)]
    if column.kind == "boolean":
        return values[:, 0] > 0.5
    scale = column.maximum - column.minimum
    numbers = column.minimum + values[:, 0].astype(float) * scale
    numbers = np.clip(numbers, column.minimum, column.maximum)
    return np.rint(numbers) if column.kind == "integer" else numbers
