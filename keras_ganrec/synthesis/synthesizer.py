"""Synthesizer: new users and what they do, drawn like those of a real table."""

import numbers
import warnings
from collections.abc import Iterator
from collections.abc import Mapping

import keras
import numpy as np
import pandas as pd

from keras_ganrec import feature_values
from keras_ganrec.memory import memory_of_machine
from keras_ganrec.reproducible import ReproducibleModel
from keras_ganrec.reproducible import carried
from keras_ganrec.synthesis.schema import Schema
from keras_ganrec.synthesis.schema import SyntheticUsers
from keras_ganrec.synthesis.schema import variety

# Drawn at once: it bounds the memory of a stream. Part of what a seed means.
USERS_AT_ONCE = 4096
BYTES_OF_ROW = 100  # raw ids, rating, time, and a copy of all that
# A collapse: fewer different profiles than this share of the real ones', or
# users so many times as alike, in odds, as real ones.
DISTINCT_AT_LEAST = 0.5
ALIKE_AT_MOST = 3.0


class Synthesizer(ReproducibleModel):
    """Base of all models that make interactions.

    Trained by `fit()` on a data set of `keras_ganrec.data`, or, without
    gradients, by `adapt(interactions)`. What it keeps of its data is in its
    weights and in `schema`: never who met what, unless it says so.

    A subclass writes:

    - `draw(n, condition, seed_generator)`: the interactions of `n` new users.
    - `condition_columns`: names of the user features that it can be
      conditioned on; none by default.
    - `keeps_users = True`, if its file does hold the real users.
    - `call(inputs)` and `serving_inputs()`, if it has a network to export:
      what that makes of noise. Whole users take `generate()`.
    """

    schema = None
    condition_columns = ()
    keeps_users = False

    def fit(self, x=None, *args, **kwargs):
        interactions = carried(x, "interactions")
        if interactions is not None:
            self.remember(interactions)
        return super().fit(x, *args, **kwargs)

    def adapt(self, interactions):
        """Fits a model that needs no gradients. Others are given `fit()`."""
        raise NotImplementedError(
            f"`{type(self).__name__}` is trained by gradients. Use "
            "`compile()` and `fit()`."
        )

    def remember(self, interactions):
        """Keeps what a table looks like: raw ids of items, columns, values.

        `fit()` and `adapt()` do it.

        Args:
            interactions: `keras_ganrec.data.Interactions`.
        """
        if interactions.num_items != self.num_items:
            raise ValueError(
                f"The data has {interactions.num_items} items, but the model "
                f"was built for {self.num_items}. Build one for these, "
                f"`num_items={interactions.num_items}`."
            )
        self.schema = Schema.of(interactions, self.condition_columns)

    def draw(self, n, condition, seed_generator):
        """Draws `n` new users.

        Args:
            n: int. Number of users.
            condition: Optional DataFrame of `n` rows, the columns some of
                `condition_columns`, the values known ones.
            seed_generator: `keras.random.SeedGenerator`.

        Returns:
            DataFrame with the columns `user` (0..n-1, ascending), `item_id`,
            and `rating` and `timestamp` where the data has them; and a
            DataFrame of `n` rows with the users' features, or `None`.
        """
        raise NotImplementedError(
            f"`{type(self).__name__}` must write `draw(n, condition, "
            "seed_generator)`."
        )

    def generate(
        self,
        n: int,
        condition: Mapping | pd.DataFrame | None = None,
        seed: int | None = None,
    ) -> SyntheticUsers:
        """Makes `n` new users with their interactions.

        Args:
            n: int. Number of users, at least 1.
            condition: Optional dict from a column of the users' features to
                the value that all new users have there, or a DataFrame of
                `n` rows. For a model with `condition_columns`.
            seed: Optional int. The same seed gives the same users.

        Returns:
            `SyntheticUsers`.

        Raises:
            ValueError: If `n` is no positive integer, or their table would
                not fit into memory; if the model has not been trained; or
                if a condition or its value is unknown.
        """
        self._check_trained()
        check_number(n, "users")
        needed = n * self.schema.rows_per_user * BYTES_OF_ROW
        installed = memory_of_machine()
        if installed is not None and needed > installed:
            raise ValueError(
                f"A table of {n:,} users takes about {needed / 1e9:,.0f} GB, "
                f"and this machine has {installed / 1e9:,.0f} GB. Expected "
                "fewer. Use `stream()`, which yields parts of it, or "
                "`ganrec synthesize`, which writes them to files."
            )
        parts = list(self.stream(n, condition, seed))
        features = [part.user_features for part in parts]
        return SyntheticUsers(
            pd.concat([p.interactions for p in parts], ignore_index=True),
            None
            if features[0] is None
            else pd.concat(features, ignore_index=True),
        )

    def stream(
        self,
        n: int,
        condition: Mapping | pd.DataFrame | None = None,
        seed: int | None = None,
    ) -> Iterator[SyntheticUsers]:
        """Yields what `generate` returns in parts, in bounded memory.

        Args:
            n: int. As in `generate`.
            condition: As in `generate`.
            seed: As in `generate`.

        Yields:
            `SyntheticUsers`, of `USERS_AT_ONCE` users each; the last may be
            of fewer.

        Raises:
            ValueError: As `generate`.
        """
        self._check_trained()
        check_number(n, "users")
        condition = self._checked_condition(n, condition)
        return self._parts(n, condition, keras.random.SeedGenerator(seed))

    def _parts(self, n, condition, seed_generator, draw=None):
        draw = draw or self.draw
        for start in range(0, n, USERS_AT_ONCE):
            size = min(USERS_AT_ONCE, n - start)
            rows = None
            if condition is not None:
                rows = condition.iloc[start : start + size]
                rows = rows.reset_index(drop=True)
            drawn, features = draw(size, rows, seed_generator)
            if start == 0:
                self._warn_of_collapse(drawn, size)
            yield self.schema.decode(drawn, features, start, size)

    def _check_trained(self):
        if self.schema is None:
            raise ValueError(
                f"`{type(self).__name__}` has not seen any data yet. Train it "
                "with `fit(keras_ganrec.data....(interactions))` or "
                "`adapt(interactions)`."
            )

    def _checked_condition(self, n, condition):
        if condition is None:
            return None
        if not self.condition_columns:
            raise ValueError(
                f"This `{type(self).__name__}` takes no condition. Received: "
                f"condition={condition!r}. Leave it out, or build the model "
                "with conditions, if it has such an argument."
            )
        if isinstance(condition, dict):
            condition = pd.DataFrame(condition, index=range(n))
        if not isinstance(condition, pd.DataFrame):
            raise ValueError(
                "`condition` must be a dict or a DataFrame. "
                f"Received: condition={condition!r}"
            )
        if len(condition) != n:
            raise ValueError(
                f"`condition` must have a row for each of the {n} new users. "
                f"Received: {len(condition)} rows"
            )
        for column in condition:
            known = self.schema.condition_values.get(column)
            if known is None:
                raise ValueError(
                    f"The model is not conditioned on {column!r}. Expected "
                    f"some of {list(self.schema.condition_values)}."
                )
            unknown = feature_values.unknown(known, condition[column])
            if unknown:
                raise ValueError(
                    f"{sorted(map(str, unknown))[0]!r} is no known value of "
                    f"{column!r}. Expected {feature_values.described(known)}."
                )
        return condition

    def _warn_of_collapse(self, drawn, n):
        # Among more users than there were, fewer would be different.
        n = min(n, self.schema.num_users)
        if n < 10:
            return
        first = drawn[drawn["user"] < n]
        distinct, likeness = variety(
            first["user"].to_numpy(), first["item_id"].to_numpy()
        )
        real = self.schema.likeness
        if distinct < DISTINCT_AT_LEAST * self.schema.distinct:
            sign = f"only {distinct:.0%} of them are different"
        elif likeness * (1 - real) > ALIKE_AT_MOST * real * (1 - likeness):
            sign = (
                f"the mean cosine between two profiles is {likeness:.2f}, "
                f"among the real ones {real:.2f}"
            )
        else:
            return
        warnings.warn(
            f"`{type(self).__name__}` has collapsed: of its first {n} users, "
            f"{sign}. Train it with a lower learning rate, a larger gradient "
            "penalty or more packed samples, and watch it with "
            "`keras_ganrec.callbacks.BalanceMonitor`.",
            RuntimeWarning,
            stacklevel=4,
        )

    def serving_inputs(self):
        raise ValueError(
            f"`{type(self).__name__}` has nothing to export: its users are "
            "drawn outside of TensorFlow. Use `save()`, and `generate()` of "
            "the model that `keras.models.load_model` gives; or `ganrec "
            "synthesize --from-model`."
        )

    def save_assets(self, directory):
        if self.schema is not None:
            self.schema.save(directory)

    def load_assets(self, directory):
        self.schema = Schema.load(directory)


def numpy_generator(seed_generator):
    """Returns a NumPy generator, from the next seed of a Keras one."""
    return np.random.default_rng(np.asarray(seed_generator.next()).tolist())


def check_number(n, of):
    """Raises a `ValueError` unless `n` is a number of users or rows."""
    if not isinstance(n, numbers.Integral) or isinstance(n, bool) or n < 1:
        raise ValueError(
            f"`n` must be a positive integer, the number of {of}. "
            f"Received: n={n!r}"
        )
