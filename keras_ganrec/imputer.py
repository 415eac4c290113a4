"""Imputer: fills the missing cells of a table."""

import keras
import numpy as np
import pandas as pd

from keras_ganrec.encoding import TableEncoding
from keras_ganrec.reproducible import ReproducibleModel
from keras_ganrec.reproducible import carried


class Imputer(ReproducibleModel):
    """Base of all models that complete tables.

    Trained by `fit()` on `keras_ganrec.data.table_rows(table)`, of which it
    keeps the columns: names, ranges, categories.

    A subclass sets `num_features` and `column_sizes` and writes:

    - `complete(values, observed, seed_generator)`: the rows without holes, the
      best guess if there is no generator, else drawn.
    """

    encoding = None

    def fit(self, x=None, *args, **kwargs):
        encoding = carried(x, "encoding")
        if encoding is not None:
            self._remember(encoding)
        return super().fit(x, *args, **kwargs)

    def complete(self, values, observed, seed_generator=None):
        """Fills rows of features.

        Args:
            values: Tensor of shape `(batch, num_features)`, in [0, 1].
            observed: Tensor of the same shape, 1 where a value is known.
            seed_generator: Optional `keras.random.SeedGenerator`.

        Returns:
            Tensor of the same shape.
        """
        raise NotImplementedError(
            f"`{type(self).__name__}` must write `complete(values, observed, "
            "seed_generator)`."
        )

    def impute(
        self,
        table: pd.DataFrame | np.ndarray,
        seed: int | None = None,
        batch_size: int = 4096,
    ) -> pd.DataFrame | np.ndarray:
        """Fills the missing cells of a table.

        Args:
            table: DataFrame or array with the columns of the table that the
                model was trained on: that table, or new rows.
            seed: Optional int. `None` gives the best guess of each cell. With
                a seed the cells are drawn, the same for the same seed: the
                tables of several seeds are a multiple imputation.
            batch_size: int. Rows completed at once.

        Returns:
            A table like `table` without missing cells. The others are as they
            were, bit for bit. Filled cells stay in the range of their column,
            and whole numbers are whole.

        Raises:
            ValueError: If the model was not trained on `table_rows`, or the
                table has other columns, infinite numbers or unknown
                categories.
        """
        if self.encoding is None:
            raise ValueError(
                f"`{type(self).__name__}` has not seen a table yet. Train it "
                "with `fit(keras_ganrec.data.table_rows(table))`."
            )
        values, observed = self.encoding.encode(table)
        generator = None if seed is None else keras.random.SeedGenerator(seed)
        filled = np.empty_like(values)
        for start in range(0, len(values), batch_size):
            rows = slice(start, start + batch_size)
            filled[rows] = self.complete(
                values[rows], observed[rows], generator
            )
        return self.encoding.fill(table, filled)

    def _remember(self, encoding):
        sizes = tuple(self.column_sizes or (1,) * self.num_features)
        if encoding.column_sizes != sizes:
            raise ValueError(
                f"The columns of the data have {encoding.column_sizes} "
                f"features, but the model was built for {sizes}. Build it "
                f"with `{type(self).__name__}(rows.encoding.num_features, "
                "rows.encoding.column_sizes)`."
            )
        self.encoding = encoding

    def save_assets(self, directory):
        if self.encoding is not None:
            self.encoding.save(directory)

    def load_assets(self, directory):
        self.encoding = TableEncoding.load(directory)
