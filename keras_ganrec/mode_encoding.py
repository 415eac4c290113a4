"""ModeEncoding: rows of a table as what is chosen and where it lies, and back.

The mode-specific normalization of
[Xu et al., NeurIPS 2019](https://arxiv.org/abs/1907.00503).
"""

import dataclasses

import numpy as np
import pandas as pd

from keras_ganrec import extras
from keras_ganrec.encoding import SavedEncoding
from keras_ganrec.encoding import TableEncoding
from keras_ganrec.whole_numbers import check_positive

FITTED_ON_AT_MOST = 20_000  # Rows that the modes of a column are found on.
# Modes of a smaller share of the mixture are left out.
WEIGHT_AT_LEAST = 0.005
# How many deviations from the mean of its mode a number is 1.
DEVIATIONS = 4.0


@dataclasses.dataclass(frozen=True)
class Choices:
    """What is chosen in a column, beside what `TableEncoding` says of it.

    Args:
        dtype: Its pandas dtype, a str; a dict of pandas' categories.
        known_dtype: The same of what is not missing.
        shares: tuple of float. How often each choice is made, together 1.
        missing: bool. Whether the last choice is a missing cell.
        levels: tuple of float. The values of a number that has few.
        modes: tuple of pairs of float. Mean and deviation of each mode of any
            other number, its column scaled to [0, 1].
    """

    dtype: object
    known_dtype: object
    shares: tuple
    missing: bool
    levels: tuple = ()
    modes: tuple = ()


@dataclasses.dataclass(frozen=True)
class ModeEncoding(SavedEncoding):
    """How the columns of a table become features.

    One choice is made in each column, and is one-hot: of its categories; of
    its values, where numbers have few; of the modes of all other numbers. A
    missing cell is one choice more, in a column that has any. In front of
    modes stands a number in [-1, 1], the place in the mode: 0 is its mean and
    1 lies four deviations above.

    Args:
        table: `keras_ganrec.encoding.TableEncoding`.
        choices: tuple of `Choices`, one per column.
        num_profiles: float. `num_profiles` of the choices in the table.
    """

    table: TableEncoding
    choices: tuple
    num_profiles: float

    @classmethod
    def of(cls, table, max_modes=10, seed=0):
        """Returns the encoding of a table, and its rows.

        Args:
            table: DataFrame of numbers, booleans, text or pandas' categories,
                or array of numbers; cells may be missing.
            max_modes: int. Most modes of a column of numbers. One that has
                not more values than that is of values instead.
            seed: int. Seeds the search for modes, and the draws of a mode
                for each number, by how likely they are.

        Returns:
            `ModeEncoding`, and float32 array `(rows, num_features)`.

        Raises:
            ValueError: As in `TableEncoding.of`; or if `max_modes` is not
                positive.
            ImportError: If there are modes to find, and no scikit-learn.
        """
        check_positive(max_modes=max_modes)
        encoding = TableEncoding.of(table)
        if not isinstance(table, pd.DataFrame):
            table = pd.DataFrame(np.asarray(table))
        random = np.random.default_rng(seed)
        choices, chosen, features = [], [], []
        for column in encoding.columns:
            series = table[column.name]
            observed = series.notna().to_numpy()
            known = series[observed].infer_objects()
            picks, places, found = _choose(column, known, max_modes, random)
            width = 1 + picks.max() + (not observed.all())
            # A missing cell is the last choice, and 0 for a place.
            chosen.append(np.full(len(table), width - 1))
            chosen[-1][observed] = picks
            if places is not None:
                features.append(np.zeros((len(table), 1)))
                features[-1][observed, 0] = places
            features.append(np.eye(width, dtype=np.float32)[chosen[-1]])
            shares = np.bincount(chosen[-1], minlength=width) / len(table)
            choices.append(
                Choices(
                    dtype=_plain(series.dtype),
                    known_dtype=_plain(known.dtype),
                    shares=tuple(shares.tolist()),
                    missing=not observed.all(),
                    **found,
                )
            )
        profiles = num_profiles(np.stack(chosen, axis=1))
        rows = np.concatenate(features, axis=1).astype(np.float32)
        return cls(encoding, tuple(choices), profiles), rows

    @property
    def num_choices(self):
        """tuple of int. Choices per column."""
        return tuple(len(choices.shares) for choices in self.choices)

    @property
    def has_place(self):
        """tuple of bool. Whether a number stands in front of the choices."""
        return tuple(bool(choices.modes) for choices in self.choices)

    @property
    def condition_columns(self):
        """list. Names of the columns that can be a condition: without modes."""
        names = [column.name for column in self.table.columns]
        return np.array(names, object)[~np.array(self.has_place)].tolist()

    @property
    def condition_features(self):
        """Array of int. Which features are choices of these columns."""
        widths = np.add(self.num_choices, self.has_place)
        return np.flatnonzero(~np.repeat(self.has_place, widths))

    def chosen(self, rows):
        """Returns the choices made in rows of features, int `(rows, columns)`.

        What is largest is chosen.
        """
        stops = np.cumsum(np.add(self.num_choices, self.has_place))
        spans = zip(stops - self.num_choices, stops, strict=True)
        picks = [rows[:, start:stop].argmax(axis=1) for start, stop in spans]
        return np.stack(picks, axis=1)

    def decode(self, rows):
        """Returns the DataFrame of rows of features, `(rows, num_features)`.

        Names, types and categories are those of the table. Numbers stay in
        its range, and whole ones are whole.
        """
        widths = np.add(self.num_choices, self.has_place)
        starts = np.cumsum(widths) - widths
        chosen = self.chosen(rows)
        parts = {}
        for i, column in enumerate(self.table.columns):
            places = rows[:, starts[i]].astype(float)
            cells = _cells(column, self.choices[i], chosen[:, i], places)
            parts[column.name] = cells
        return pd.DataFrame(parts)

    def values_of(self, name):
        """Returns the values of a column that can be a condition.

        In the order of its choices; `None` is a missing cell.

        Raises:
            ValueError: If there is no such column, or it has modes.
        """
        if name not in self.condition_columns:
            raise ValueError(
                f"{name!r} is no condition. Expected one of "
                f"{self.condition_columns}, the columns of categories. Cut a "
                "column of numbers into groups with `pandas.cut`, and make "
                "them text, before training."
            )
        names = [column.name for column in self.table.columns]
        column = self.table.columns[names.index(name)]
        choices = self.choices[names.index(name)]
        every = np.arange(len(choices.shares))
        cells = _cells(column, choices, every, None).tolist()
        return [*cells[:-1], None] if choices.missing else cells

    def to_dict(self):
        """Returns what JSON can hold."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, plain):
        """Returns the encoding of `to_dict`."""
        choices = [
            Choices(
                **{
                    **c,
                    "shares": tuple(c["shares"]),
                    "levels": tuple(c["levels"]),
                    "modes": tuple(map(tuple, c["modes"])),
                }
            )
            for c in plain["choices"]
        ]
        table = TableEncoding.from_dict(plain["table"])
        return cls(table, tuple(choices), plain["num_profiles"])


def num_profiles(chosen):
    """Returns how many rows of an array differ, if all were as frequent.

    That is 1 / (the chance that two, drawn from them, are the same).
    """
    _, counts = np.unique(chosen, axis=0, return_counts=True)
    return float(len(chosen) ** 2 / np.square(counts.astype(float)).sum())


def _choose(column, known, max_modes, random):
    """The choice of each cell, the places or `None`, and what was found."""
    if column.kind == "category":
        index = pd.Index(column.categories)
        return index.get_indexer(known.astype(object)), None, {}
    numbers = known.astype(float).to_numpy()
    levels, picks = np.unique(numbers, return_inverse=True)
    if len(levels) <= max_modes:
        return picks, None, {"levels": tuple(levels.tolist())}
    scaled = (numbers - column.minimum) / (column.maximum - column.minimum)
    means, deviations, weights = _mixture(scaled, max_modes, random)
    distance = (scaled[:, None] - means) / deviations  # (rows, modes)
    likely = np.log(weights / deviations) - distance**2 / 2
    picks = (likely + random.gumbel(size=likely.shape)).argmax(axis=1)
    # Without a gap: a mode may have no row.
    kept, picks = np.unique(picks, return_inverse=True)
    distance = distance[np.arange(len(picks)), kept[picks]]
    modes = zip(means[kept].tolist(), deviations[kept].tolist(), strict=True)
    places = np.clip(distance / DEVIATIONS, -1.0, 1.0)
    return picks, places, {"modes": tuple(modes)}


def _mixture(scaled, max_modes, random):
    """Means, deviations and weights of a mixture, `(modes,)` each."""
    mixtures = extras.load(
        "sklearn.mixture",
        "scikit-learn",
        "synthesis",
        "The modes of numbers are found by",
    )
    if len(scaled) > FITTED_ON_AT_MOST:
        scaled = random.choice(scaled, FITTED_ON_AT_MOST, replace=False)
    mixture = mixtures.BayesianGaussianMixture(
        n_components=max_modes,
        weight_concentration_prior=1e-3,
        max_iter=1000,
        random_state=int(random.integers(2**31)),
    ).fit(scaled[:, None])
    kept = mixture.weights_ > WEIGHT_AT_LEAST
    return (
        mixture.means_[kept, 0],
        np.sqrt(mixture.covariances_[kept, 0, 0]),
        mixture.weights_[kept],
    )


def _cells(column, choices, chosen, places):
    """The cells of a column as a series of its type."""
    missing = np.full(len(chosen), False)
    if choices.missing:
        missing = chosen == len(choices.shares) - 1
        chosen = np.where(missing, 0, chosen)
    if choices.modes:
        means, deviations = np.transpose(choices.modes)
        scaled = means[chosen] + DEVIATIONS * deviations[chosen] * places
        cells = column.minimum + scaled * (column.maximum - column.minimum)
        cells = np.clip(cells, column.minimum, column.maximum)
        cells = np.rint(cells) if column.kind == "integer" else cells
    elif choices.levels:
        cells = np.array(choices.levels)[chosen]
    else:
        cells = np.array(column.categories, object)[chosen]
    series = pd.Series(cells).astype(_dtype(choices.known_dtype))
    series = series.astype(object).where(~missing, None)
    return series.astype(_dtype(choices.dtype))


def _plain(dtype):
    if isinstance(dtype, pd.CategoricalDtype):
        categories = dtype.categories.tolist()
        return {"categories": categories, "ordered": bool(dtype.ordered)}
    return str(dtype)


def _dtype(plain):
    if isinstance(plain, dict):
        return pd.CategoricalDtype(**plain)
    return pd.api.types.pandas_dtype(plain)
