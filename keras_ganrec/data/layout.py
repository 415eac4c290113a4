"""Layout: what the columns of a table are, to write others like it."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute

ROLES = ("user", "item", "rating", "timestamp")


@dataclasses.dataclass(frozen=True)
class Layout:
    """Names, order and types of a table's columns, and how times are written.

    Args:
        names: dict from what we call a column to what the table calls it, in
            the order of the table.
        schema: `pyarrow.Schema` of these columns.
        time_format: Optional str. How times that are text are written, in
            the terms of `strftime`.
    """

    names: dict
    schema: pa.Schema
    time_format: str | None = None

    @classmethod
    def of(
        cls, table: pd.DataFrame, names: dict, time_format: str | None = None
    ) -> "Layout":
        """Returns the layout of a table.

        Args:
            table: DataFrame.
            names: dict from what we call a column to what the table calls
                it; other columns are left out.
            time_format: As above.
        """
        ours = {theirs: name for name, theirs in names.items()}
        kept = [column for column in table.columns if column in ours]
        schema = pa.Schema.from_pandas(table[kept], preserve_index=False)
        fields = [
            field.with_type(field.type.value_type)
            if pa.types.is_dictionary(field.type)
            else field
            for field in schema
        ]
        return cls(
            names={ours[column]: column for column in kept},
            schema=pa.schema(fields),
            time_format=time_format,
        )

    @classmethod
    def of_interactions(cls, interactions) -> "Layout":
        """The layout of interactions that come from no file of one table."""
        columns = {
            "user": interactions.user_vocabulary[:1],
            "item": interactions.item_vocabulary[:1],
        }
        if interactions.rating is not None:
            ratings = interactions.rating.astype(np.float64)
            whole = (ratings == np.rint(ratings)).all()
            columns["rating"] = ratings[:1].astype("i8" if whole else "f8")
        if interactions.timestamp is not None:
            columns["timestamp"] = interactions.timestamp[:1]
        columns = {
            name: values.astype(object) if values.dtype.kind == "U" else values
            for name, values in columns.items()
        }
        return cls.of(pd.DataFrame(columns), {name: name for name in columns})

    def of_columns(self, names: Sequence[str]) -> "Layout":
        """The layout of a table that has some of the columns alone."""
        kept = {n: theirs for n, theirs in self.names.items() if n in names}
        fields = [self.schema.field(theirs) for theirs in kept.values()]
        return dataclasses.replace(self, names=kept, schema=pa.schema(fields))

    def restore(self, table: pd.DataFrame) -> pa.Table:
        """From our columns to those of the table that this is the layout of.

        Args:
            table: DataFrame; `timestamp` in unix seconds.

        Raises:
            ValueError: The table lacks a column.
        """
        missing = [name for name in self.names if name not in table]
        if missing:
            raise ValueError(
                f"The model makes no column {missing[0]!r}, which the data "
                "has. Choose another model, or leave that column out."
            )
        return pa.table(
            [
                self._restored(table[name], name, field.type)
                for name, field in zip(self.names, self.schema, strict=True)
            ],
            schema=self.schema,
        )

    def _restored(self, column, name, kind):
        if name == "timestamp":
            times = pa.array(column.to_numpy(np.int64))
            if self.time_format is not None:
                times = times.cast(pa.timestamp("s"))
                text = pa.compute.strftime(times, format=self.time_format)
                return text.cast(kind)
            if pa.types.is_timestamp(kind):
                times = times.cast(pa.timestamp("s", kind.tz))
            return times.cast(kind)
        if name == "rating":
            column = _shortest(column)
        if column.dtype.kind == "f" and pa.types.is_integer(kind):
            column = column.round()
        return pa.array(column, from_pandas=True).cast(kind)


def _shortest(column):
    # A float32 of 3.7 becomes 3.7, and not 3.7000000476837158.
    codes, values = pd.factorize(column.to_numpy(np.float32))
    values = np.array([float(str(value)) for value in values] + [np.nan])
    return pd.Series(values[codes])
