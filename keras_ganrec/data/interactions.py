"""Interactions: who met what, with what rating, and when."""

import dataclasses
import os

import numpy as np
import pandas as pd
import scipy.sparse

from keras_ganrec.data import columns
from keras_ganrec.data import describe
from keras_ganrec.data import files
from keras_ganrec.data.times import unix_seconds


@dataclasses.dataclass(frozen=True, eq=False)
class Interactions:
    """Observed (user, item) pairs under ids 0..n-1; nothing changes in place.

    Made by `from_dataframe`, `from_csv`, `from_parquet` or `from_csr`. Memory
    is O(interactions), never users x items.

    Args:
        user_id: int32 array of shape `(interactions,)`.
        item_id: int32 array of shape `(interactions,)`.
        user_vocabulary: Array of shape `(num_users,)`, the raw user ids
            (int64 or unicode) in id order. Users without rows may occur.
        item_vocabulary: The same for items.
        rating: Optional float32 array of shape `(interactions,)`.
        timestamp: Optional int64 array of shape `(interactions,)`. Unix
            seconds, or positions in an order.
        user_features: Optional DataFrame; its index is the user id.
        item_features: Optional DataFrame; its index is the item id.
        dropped: dict. What was left out on the way in, by reason.
    """

    user_id: np.ndarray
    item_id: np.ndarray
    user_vocabulary: np.ndarray
    item_vocabulary: np.ndarray
    rating: np.ndarray | None = None
    timestamp: np.ndarray | None = None
    user_features: pd.DataFrame | None = None
    item_features: pd.DataFrame | None = None
    dropped: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        for name in ("item_id", "rating", "timestamp"):
            column = getattr(self, name)
            if column is not None and len(column) != len(self.user_id):
                raise ValueError(
                    "All columns must be of the same length. Received: "
                    f"len({name})={len(column)}, "
                    f"len(user_id)={len(self.user_id)}"
                )
        for ids, size, name in (
            (self.user_id, self.num_users, "user"),
            (self.item_id, self.num_items, "item"),
        ):
            if len(ids) and not 0 <= ids.min() <= ids.max() < size:
                raise ValueError(
                    f"`{name}_id` must lie in [0, {size}), the length of "
                    f"`{name}_vocabulary`. Received ids from {ids.min()} to "
                    f"{ids.max()}"
                )
        for features, size, name in (
            (self.user_features, self.num_users, "user"),
            (self.item_features, self.num_items, "item"),
        ):
            if features is not None and len(features) != size:
                raise ValueError(
                    f"`{name}_features` must have one row per {name}. "
                    f"Received {len(features)} rows for {size} {name}s"
                )

    @property
    def num_users(self) -> int:
        return len(self.user_vocabulary)

    @property
    def num_items(self) -> int:
        return len(self.item_vocabulary)

    def __len__(self) -> int:
        return len(self.user_id)

    def __repr__(self) -> str:
        shape = f"{self.num_users} users x {self.num_items} items"
        return f"Interactions({len(self)} of {shape})"

    @classmethod
    def from_dataframe(
        cls,
        df: pd.DataFrame,
        user: str = "user",
        item: str = "item",
        rating: str | None = None,
        timestamp: str | None = None,
        min_rating: float | None = None,
        duplicates: str = "last",
        user_features: pd.DataFrame | None = None,
        item_features: pd.DataFrame | None = None,
    ) -> "Interactions":
        """Checks a table and gives its users and items ids 0..n-1.

        Ids follow the sorted order of the raw ids; rows keep their order.
        First repeated (user, item) pairs are resolved, then `min_rating` is
        applied: who changed a 5 into a 2 does not count as a 5. Users and
        items that lose all their rows get no id. `dropped` counts all this.

        Args:
            df: DataFrame, one row per interaction.
            user: str. Column of raw user ids, integers or strings.
            item: str. Column of raw item ids, integers or strings.
            rating: Optional str. Column of finite numbers.
            timestamp: Optional str. Column of unix seconds, datetimes, or
                text such as `2026-01-31 12:00:00`, all written alike.
            min_rating: Optional float. Rows with a lower rating are left out.
            duplicates: `"last"`, `"first"` or `"error"`. Which row of a
                repeated pair stays: by time where there is one, by row order
                otherwise and among equal times.
            user_features: Optional DataFrame with the raw user ids in a
                column named as `user`. Users that it lacks get a row of
                missing values, counted by `describe()`.
            item_features: The same for items.

        Raises:
            ValueError: The table is empty, lacks a column, or holds ids,
                ratings or times that are missing or of a wrong kind.
        """
        if duplicates not in ("last", "first", "error"):
            raise ValueError(
                "`duplicates` must be 'last', 'first' or 'error'. "
                f"Received: duplicates={duplicates!r}"
            )
        if min_rating is not None and rating is None:
            raise ValueError(
                "`min_rating` needs ratings, and no `rating` column was "
                "named. Name it with `rating=`, or leave `min_rating` out."
            )
        if user == item:
            raise ValueError(
                f"`user` and `item` name the same column, {user!r}. Expected "
                "two. Name the column of the items with `item=`."
            )
        user_column = columns.require(df, user, "user")
        item_column = columns.require(df, item, "item")
        if not len(df):
            raise ValueError(
                "The table is empty. Expected at least one interaction. "
                "Check the file or the filter that it comes from."
            )
        user_id, user_vocabulary = columns.encode(columns.raw_ids(user_column))
        item_id, item_vocabulary = columns.encode(columns.raw_ids(item_column))
        ratings = times = None
        if rating is not None:
            ratings = columns.ratings(columns.require(df, rating, "rating"))
        if timestamp is not None:
            times = unix_seconds(columns.require(df, timestamp, "timestamp"))
        pair = user_id.astype(np.int64) * len(item_vocabulary) + item_id
        keep = columns.one_row_per_pair(pair, times, duplicates)
        dropped = {"duplicates": int(len(df) - keep.sum())}
        if min_rating is not None:
            liked = ratings >= min_rating
            if not (keep & liked).any():
                raise ValueError(
                    f"No row reaches `min_rating={min_rating}`. The highest "
                    f"rating is {ratings.max()}. Lower `min_rating`."
                )
            dropped["below_min_rating"] = int((keep & ~liked).sum())
            keep &= liked
            before = len(user_vocabulary), len(item_vocabulary)
            user_id, user_vocabulary = columns.close_gaps(
                user_id, user_vocabulary, keep
            )
            item_id, item_vocabulary = columns.close_gaps(
                item_id, item_vocabulary, keep
            )
            dropped["users_below_min_rating"] = before[0] - len(user_vocabulary)
            dropped["items_below_min_rating"] = before[1] - len(item_vocabulary)
        if user_features is not None:
            user_features = columns.align_features(
                user_features, user, "user", user_vocabulary
            )
        if item_features is not None:
            item_features = columns.align_features(
                item_features, item, "item", item_vocabulary
            )
        return cls(
            user_id=user_id[keep],
            item_id=item_id[keep],
            user_vocabulary=user_vocabulary,
            item_vocabulary=item_vocabulary,
            rating=None if ratings is None else ratings[keep],
            timestamp=None if times is None else times[keep],
            user_features=user_features,
            item_features=item_features,
            dropped=dropped,
        )

    @classmethod
    def from_csv(cls, path: str | os.PathLike, **kwargs) -> "Interactions":
        """Reads a CSV file with a header, plain or compressed.

        Args:
            path: Path of the file.
            **kwargs: As in `from_dataframe`. Ids become integers where each
                is written as one is, and stay text otherwise: `007` is not
                `7`.

        Raises:
            ValueError: The file is corrupt, or its table is invalid; the
                message names the file.
        """
        ids = [kwargs.get(name, name) for name in ("user", "item")]
        return cls._from_file(path, files.read_csv(path, ids), kwargs)

    @classmethod
    def from_parquet(cls, path: str | os.PathLike, **kwargs) -> "Interactions":
        """Reads a Parquet file (or folder); otherwise as `from_csv`."""
        with files.reading(path):
            table = pd.read_parquet(path)
        return cls._from_file(path, table, kwargs)

    @classmethod
    def _from_file(cls, path, table, kwargs):
        try:
            return cls.from_dataframe(table, **kwargs)
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)}: {error}") from error

    @classmethod
    def from_csr(cls, matrix) -> "Interactions":
        """Nonzero entries of a users x items matrix; raw ids are positions.

        Values other than 1 become ratings. Empty rows and columns keep their
        ids.

        Args:
            matrix: scipy sparse matrix or array of shape
                `(num_users, num_items)`.

        Raises:
            ValueError: Not a sparse matrix, nothing in it, or values that
                are not finite.
        """
        if not scipy.sparse.issparse(matrix) or matrix.ndim != 2:
            raise ValueError(
                "`matrix` must be a two-dimensional scipy sparse matrix. "
                f"Received: {type(matrix).__name__}"
            )
        matrix = scipy.sparse.csr_array(matrix, copy=True)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        if not matrix.nnz:
            raise ValueError(
                "The matrix is empty. Expected at least one nonzero entry. "
                f"Received: shape={matrix.shape}"
            )
        values = columns.ratings(pd.Series(matrix.data, name="data"))
        users = np.arange(matrix.shape[0], dtype=np.int64)
        return cls(
            user_id=np.repeat(users, np.diff(matrix.indptr)).astype(np.int32),
            item_id=matrix.indices.astype(np.int32),
            user_vocabulary=users,
            item_vocabulary=np.arange(matrix.shape[1], dtype=np.int64),
            rating=None if (values == 1).all() else values,
        )

    def to_csr(self) -> scipy.sparse.csr_array:
        """Ones at the observed pairs.

        Returns:
            float32 CSR array of shape `(num_users, num_items)`, the item ids
            of each row ascending.
        """
        matrix = scipy.sparse.coo_array(
            (np.ones(len(self), np.float32), (self.user_id, self.item_id)),
            shape=(self.num_users, self.num_items),
        ).tocsr()
        matrix.sum_duplicates()
        matrix.data[:] = 1
        return matrix

    def to_dataframe(self) -> pd.DataFrame:
        """The rows with their raw ids: what `from_dataframe` has read.

        Returns:
            DataFrame with the columns `user` and `item`, and `rating` and
            `timestamp` (unix seconds) where there are any.
        """
        table = {
            "user": self.user_vocabulary[self.user_id],
            "item": self.item_vocabulary[self.item_id],
            "rating": self.rating,
            "timestamp": self.timestamp,
        }
        return pd.DataFrame({k: v for k, v in table.items() if v is not None})

    def select(self, rows: np.ndarray) -> "Interactions":
        """Some of the rows, under the same vocabularies and features.

        Args:
            rows: bool array of shape `(interactions,)`, or row numbers.
        """
        return dataclasses.replace(
            self,
            user_id=self.user_id[rows],
            item_id=self.item_id[rows],
            rating=None if self.rating is None else self.rating[rows],
            timestamp=None if self.timestamp is None else self.timestamp[rows],
            dropped={},
        )

    def with_rows(self, rows: pd.DataFrame) -> "Interactions":
        """These rows and more, under the same vocabularies and features.

        Ratings and times are kept where all rows have them.

        Args:
            rows: DataFrame with the columns `user_id` and `item_id`, ids of
                this table, and maybe `rating` and `timestamp`.

        Raises:
            ValueError: A column is missing, an id is none of this table, or
                a pair occurs twice.
        """
        joined = {}
        for name in ("user_id", "item_id", "rating", "timestamp"):
            column = getattr(self, name)
            if name.endswith("_id"):
                columns.require(rows, name, name)
            if column is not None and name in rows:
                joined[name] = np.append(column, rows[name]).astype(
                    column.dtype
                )
        repeated = int(
            pd.DataFrame(joined)[["user_id", "item_id"]].duplicated().sum()
        )
        if repeated:
            raise ValueError(
                f"{repeated} of the {len(rows)} rows repeat a pair of user "
                "and item. Expected pairs that are not in the table."
            )
        without = {"rating": None, "timestamp": None}
        return dataclasses.replace(self, **{**without, **joined}, dropped={})

    def describe(self) -> dict:
        """Counts, long-tail figures and time span, as plain numbers.

        Users and items without rows count in every figure. `item_gini` is 0
        when all items are equally popular and near 1 when one has it all.
        """
        return describe.describe(self)


def check_interactions(given) -> None:
    """Raises a `ValueError` for what is no `Interactions`."""
    if isinstance(given, Interactions):
        return
    advice = "Make them by `Interactions.from_dataframe(df)`."
    if hasattr(given, "train"):
        advice = "Take a part of it, such as `split.train`."
    raise ValueError(
        f"Expected `Interactions`. Received: {type(given).__name__}. {advice}"
    )
