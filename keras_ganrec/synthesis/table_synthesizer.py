"""TableSynthesizer: makes new rows of a table."""

import warnings
from collections.abc import Mapping

import keras
import numpy as np
import pandas as pd

from keras_ganrec.memory import memory_of_machine
from keras_ganrec.mode_encoding import ModeEncoding
from keras_ganrec.mode_encoding import num_profiles
from keras_ganrec.reproducible import ReproducibleModel
from keras_ganrec.reproducible import carried
from keras_ganrec.synthesis.synthesizer import check_number
from keras_ganrec.synthesis.synthesizer import numpy_generator

ROWS_AT_ONCE = 4096  # It bounds memory, and is part of what a seed means.
ATTEMPTS = 100  # To draw a row that has the values asked for.
BYTES_OF_CELL = 80  # With a copy of each.


class TableSynthesizer(ReproducibleModel):
    """Base of all models that make rows of a table.

    Trained by `fit()` on `keras_ganrec.data.conditional_rows(table)`, of which
    it keeps the columns: names, types, ranges, modes, categories.

    A subclass sets `num_choices` and `has_place` and writes:

    - `sample(n, condition, seed_generator)`: rows of features, `(n,
      num_features)`, for conditions `(n, num_conditions)` as in the batches.
    """

    encoding = None

    def fit(self, x=None, *args, **kwargs):
        if carried(x, "encoding") is not None:
            self.remember(x)
        return super().fit(x, *args, **kwargs)

    def remember(self, rows):
        """Keeps what a table looks like. `fit()` does it.

        Args:
            rows: `keras_ganrec.data.conditional_rows(table)`.

        Raises:
            ValueError: If these are other rows, or not those that the model
                was built for.
        """
        encoding = carried(rows, "encoding")
        if not isinstance(encoding, ModeEncoding):
            raise ValueError(
                f"`{type(self).__name__}` is trained on "
                "`keras_ganrec.data.conditional_rows(table)`. Received: rows "
                f"of a `{type(encoding).__name__}`"
            )
        known = encoding.num_choices, encoding.has_place
        if known != (self.num_choices, self.has_place):
            raise ValueError(
                f"The columns of the data have {known[0]} choices, but the "
                f"model was built for {self.num_choices}. Build it with "
                f"`{type(self).__name__}(rows.encoding.num_choices, "
                "rows.encoding.has_place)`."
            )
        self.encoding = encoding

    def generate(
        self,
        n: int,
        condition: Mapping | pd.DataFrame | None = None,
        seed: int | None = None,
    ) -> pd.DataFrame:
        """Makes new rows.

        Args:
            n: int. Number of rows, at least 1.
            condition: Optional dict from a column of categories to the value
                that all rows have there (`None` for a missing cell), or a
                DataFrame of `n` rows. Numbers of few values are categories.
            seed: Optional int. The same seed gives the same rows.

        Returns:
            DataFrame of `n` rows with the columns, types, categories and
            missing cells of the table that the model was trained on.

        Raises:
            ValueError: If `n` is no positive integer, or so many rows do not
                fit into memory; if the model has not been trained; if a
                column or a value of the condition is unknown, or the model
                hardly ever makes a row that has all of them.
        """
        name = type(self).__name__
        if self.encoding is None:
            raise ValueError(
                f"`{name}` has not seen a table yet. Train it with "
                "`fit(keras_ganrec.data.conditional_rows(table))`."
            )
        check_number(n, "rows")
        needed = n * len(self.num_choices) * BYTES_OF_CELL
        installed = memory_of_machine()
        if installed is not None and needed > installed:
            raise ValueError(
                f"{n:,} rows take about {needed / 1e9:,.0f} GB, and this "
                f"machine has {installed / 1e9:,.0f} GB. Expected fewer. "
                "Make parts of them, each with a seed of its own."
            )
        wanted = self._wanted(n, condition)
        seed_generator = keras.random.SeedGenerator(seed)
        parts = []
        for start in range(0, n, ROWS_AT_ONCE):
            rows = self._rows_with(
                wanted[start : start + ROWS_AT_ONCE], condition, seed_generator
            )
            if start == 0 and condition is None:
                self._warn_of_collapse(self.encoding.chosen(rows))
            parts.append(self.encoding.decode(rows))
        return pd.concat(parts, ignore_index=True)

    def _wanted(self, n, condition):
        """The choice asked for, -1 for any: `(n, condition columns)`."""
        columns = self.encoding.condition_columns
        wanted = np.full((n, len(columns)), -1)
        if condition is None:
            return wanted
        if not isinstance(condition, pd.DataFrame):
            condition = pd.DataFrame(condition, index=range(n), dtype=object)
        if len(condition) != n:
            raise ValueError(
                f"`condition` must have a row for each of the {n} new rows. "
                f"Received: {len(condition)} rows"
            )
        for name in condition:
            known = self.encoding.values_of(name)
            codes, values = pd.factorize(condition[name], use_na_sentinel=False)
            choices = [_place(value, name, known) for value in values]
            wanted[:, columns.index(name)] = np.take(choices, codes)
        return wanted

    def _rows_with(self, wanted, condition, seed_generator):
        """Rows of features with the choices asked for, `(n, num_features)`."""
        shares = [c.shares for c in self.encoding.choices if not c.modes]
        random = numpy_generator(seed_generator)
        columns = np.flatnonzero(~np.array(self.has_place))
        pending, rows = np.arange(len(wanted)), None
        for _ in range(ATTEMPTS):
            shown = _shown(wanted[pending], shares, random)
            made = np.asarray(self.sample(len(pending), shown, seed_generator))
            if rows is None:
                rows = np.empty_like(made)
            rows[pending] = made
            asked = wanted[pending]
            chosen = self.encoding.chosen(made)[:, columns]
            wrong = ((asked >= 0) & (asked != chosen)).any(axis=1)
            pending = pending[wrong]
            if not len(pending):
                return rows
        raise ValueError(
            f"After {ATTEMPTS} attempts {len(pending)} of {len(wanted)} rows "
            f"have not the values asked for: {condition}. "
            f"`{type(self).__name__}` hardly ever makes such rows. Expected "
            "values that go together. Ask for fewer, or train longer."
        )

    def _warn_of_collapse(self, chosen):
        real, made = self.encoding.num_profiles, num_profiles(chosen)
        if len(chosen) >= 10 and made < min(real**0.5, len(chosen) / 2):
            warnings.warn(
                f"The new rows are as if {made:.1f} of them were different, "
                f"the real ones as if {real:.1f} were: "
                f"`{type(self).__name__}` has collapsed. Train it longer, "
                "with a lower learning rate or more packed rows, and watch it "
                "with `keras_ganrec.callbacks.BalanceMonitor`.",
                RuntimeWarning,
                stacklevel=3,
            )

    def save_assets(self, directory):
        if self.encoding is not None:
            self.encoding.save(directory)

    def load_assets(self, directory):
        self.encoding = ModeEncoding.load(directory)


def _place(value, name, known):
    missing = pd.isna(value)
    for index, other in enumerate(known):
        if (other is None) if missing else (value == other):
            return index
    raise ValueError(
        f"{value!r} is no known value of {name!r}. Expected one of {known}."
    )


def _shown(wanted, shares, random):
    """One condition for each row, one-hot: the rarest of those asked for.

    By the shares of the values in a column drawn evenly, where none is.

    Args:
        wanted: int array of shape `(n, columns)`, -1 for any.
        shares: Sequence of a sequence of float per column.
        random: `numpy.random.Generator`.

    Returns:
        float32 array of shape `(n, num_conditions)`.
    """
    sizes = [len(values) for values in shares]
    hot = np.zeros((len(wanted), sum(sizes)), np.float32)
    if not sizes:
        return hot
    flat, starts = np.concatenate(shares), np.cumsum(sizes) - sizes
    drawn = random.choice(len(flat), len(wanted), p=flat / len(sizes))
    place = starts + np.maximum(wanted, 0)  # (n, columns)
    rareness = np.where(wanted >= 0, flat[place], np.inf)
    rarest = np.take_along_axis(
        place, rareness.argmin(axis=1)[:, None], axis=1
    )[:, 0]
    asked = (wanted >= 0).any(axis=1)
    hot[np.arange(len(hot)), np.where(asked, rarest, drawn)] = 1.0
    return hot
