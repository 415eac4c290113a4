"""Catalog: the raw ids of users and items, and who has seen what."""

import os

import numpy as np
import scipy.sparse
import scipy.sparse.csgraph
import tensorflow as tf


class Catalog:
    """What a recommender remembers of its data besides its weights.

    Travels inside the `.keras` file, so that a loaded model still speaks raw
    ids and still leaves out what a user has seen.

    Args:
        user_vocabulary: Array of shape `(num_users,)`, raw ids (integers or
            strings) in the order of the ids `0..num_users - 1`.
        item_vocabulary: Array of shape `(num_items,)`, likewise.
        seen: `scipy.sparse.csr_matrix` of shape `(num_users, num_items)`.
    """

    def __init__(self, user_vocabulary, item_vocabulary, seen):
        self.user_vocabulary = _plain(user_vocabulary)
        self.item_vocabulary = _plain(item_vocabulary)
        self.seen = scipy.sparse.csr_matrix(seen)
        shape = (len(self.user_vocabulary), len(self.item_vocabulary))
        if self.seen.shape != shape:
            raise ValueError(
                "`seen` must have one row per user and one column per item. "
                f"Received: shape={self.seen.shape}, expected {shape}"
            )
        self.seen.sort_indices()
        self._ways = None
        self._trees = None
        self._user_ids = _ids_of(self.user_vocabulary)
        self._item_ids = _ids_of(self.item_vocabulary)

    @property
    def num_users(self):
        return len(self.user_vocabulary)

    @property
    def num_items(self):
        return len(self.item_vocabulary)

    def equals(self, other):
        """Whether `other` is a catalog of the same ids and interactions."""
        return (
            other is not None
            and np.array_equal(self.user_vocabulary, other.user_vocabulary)
            and np.array_equal(self.item_vocabulary, other.item_vocabulary)
            and (self.seen != other.seen).nnz == 0
        )

    def encode_users(self, raw_user_ids, takes_profiles=False):
        """Returns int32 ids `(n,)`; raises ValueError for unknown ones.

        Args:
            raw_user_ids: Sequence of raw ids.
            takes_profiles: bool. Whether the error is to say that users can
                be given by their items.
        """
        advice = ""
        if takes_profiles:
            advice = (
                " Give the items of a new user as a history: "
                "`recommend({'new user': [item, item]})`."
            )
        return _encode(raw_user_ids, self._user_ids, "user", advice)

    def encode_items(self, raw_item_ids):
        """Returns int32 ids `(n,)`; raises ValueError for unknown ones."""
        return _encode(raw_item_ids, self._item_ids, "item")

    def seen_rows(self, user_ids):
        """Returns float32 `(n, num_items)`, 1 where the user saw the item."""
        rows = self.seen[user_ids]
        return (rows.toarray() != 0).astype("float32")

    def rows_of(self, histories):
        """Returns float32 `(n, num_items)` for n arrays of item ids."""
        rows = np.zeros((len(histories), self.num_items), "float32")
        for row, item_ids in enumerate(histories):
            rows[row, item_ids] = 1.0
        return rows

    def seen_ids(self, user_ids):
        """Returns int32 `(n, longest)`, the seen items padded with -1."""
        rows = self.seen[user_ids]
        lengths = np.diff(rows.indptr)
        padded = np.full((len(lengths), max(lengths.max(), 1)), -1, "int32")
        padded[np.arange(padded.shape[1]) < lengths[:, None]] = rows.indices
        return padded

    def sums_over_users(self, table):
        """Returns the sum of the rows of `table` of who has seen each item.

        The product of the items' profiles with `table`, in the memory of its
        result. A graph refers to the ids instead of holding a copy.

        Args:
            table: Float tensor of shape `(num_users, dim)`.

        Returns:
            A tensor of shape `(num_items, dim)`.
        """
        to_users, to_items = self._both_ways()
        return _sums(table, to_items, to_users)

    def sums_over_items(self, table):
        """Returns the sum of the rows of `table` that each user has seen.

        Args:
            table: Float tensor of shape `(num_items, dim)`.

        Returns:
            A tensor of shape `(num_users, dim)`.
        """
        to_users, to_items = self._both_ways()
        return _sums(table, to_users, to_items)

    def _both_ways(self):
        if self._ways is None:
            with tf.init_scope():
                self._ways = _way(self.seen), _way(self.seen.T.tocsr())
        return self._ways

    def trees(self):
        """Returns the breadth-first tree of each user over users and items.

        Of the graph whose edges are the interactions, lower ids first. The
        vertices are the users, and after them the items. Computed once.

        Returns:
            `(parents, depth)`: an int32 tensor of shape `(num_users,
            num_users + num_items)` with the parent of each vertex, -1 of the
            root and of what it does not reach; and the int number of edges to
            the farthest vertex of all trees.
        """
        if self._trees is None:
            parents, depth = _trees(self.seen)
            with tf.init_scope():
                self._trees = tf.constant(parents), depth
        return self._trees

    def save(self, directory):
        np.savez(
            os.path.join(directory, "catalog.npz"),
            user_vocabulary=self.user_vocabulary,
            item_vocabulary=self.item_vocabulary,
            seen_indptr=self.seen.indptr,
            seen_indices=self.seen.indices,
        )

    @classmethod
    def load(cls, directory):
        """Returns the catalog saved in `directory`, `None` without one."""
        if directory is None:  # of a model within another that saved nothing
            return None
        path = os.path.join(directory, "catalog.npz")
        if not os.path.exists(path):
            return None
        with np.load(path, allow_pickle=False) as arrays:
            indices = arrays["seen_indices"]
            return cls(
                arrays["user_vocabulary"],
                arrays["item_vocabulary"],
                scipy.sparse.csr_matrix(
                    (
                        np.ones(len(indices), "float32"),
                        indices,
                        arrays["seen_indptr"],
                    ),
                    shape=(
                        len(arrays["user_vocabulary"]),
                        len(arrays["item_vocabulary"]),
                    ),
                ),
            )


def product_of_profiles(seen, table):
    """Returns `seen @ table` by way of the few items of each profile.

    Faster than a dense product where profiles hold a thousandth of a catalog,
    slower where they hold a twentieth. XLA cannot compile it.

    Args:
        seen: Float tensor of shape `(batch, num_items)`, nearly all zeros.
        table: Float tensor of shape `(num_items, dim)`.

    Returns:
        A tensor of shape `(batch, dim)`.
    """
    return tf.sparse.sparse_dense_matmul(tf.sparse.from_dense(seen), table)


def _way(matrix):
    """The columns and the row of each entry, and the number of rows."""
    num_rows = matrix.shape[0]
    row = np.repeat(np.arange(num_rows), np.diff(matrix.indptr))
    return (
        tf.constant(matrix.indices, tf.int32),
        tf.constant(row, tf.int32),
        num_rows,
    )


def _trees(seen):
    num_users, num_items = seen.shape
    edges = scipy.sparse.bmat([[None, seen], [seen.T, None]], format="csr")
    parents = np.empty((num_users, num_users + num_items), np.int32)
    depth = 0
    for user, above in enumerate(parents):
        order, above[:] = scipy.sparse.csgraph.breadth_first_order(edges, user)
        vertex, edges_up = order[-1], 0
        while vertex != user:
            vertex, edges_up = above[vertex], edges_up + 1
        depth = max(depth, edges_up)
    return np.maximum(parents, -1), depth


def _sums(table, way, way_back):
    # The gradient is the sum the other way. TensorFlow's own one of a segment
    # sum is right, too, and takes five times as long: `propagation_speed.py`.
    @tf.custom_gradient
    def sums(table):
        return (
            tf.sparse.segment_sum(table, way[0], way[1], num_segments=way[2]),
            lambda upstream: _sums(upstream, way_back, way),
        )

    return sums(tf.convert_to_tensor(table))


def _plain(vocabulary):
    # NumPy writes integers and fixed-width strings without pickle.
    vocabulary = np.asarray(vocabulary)
    if np.issubdtype(vocabulary.dtype, np.integer):
        return vocabulary.astype("int64")
    return vocabulary.astype(str)


def _ids_of(vocabulary):
    return {raw: index for index, raw in enumerate(vocabulary.tolist())}


def _encode(raw_ids, ids, kind, advice=""):
    raw_ids = np.asarray(raw_ids).tolist()
    unknown = [raw for raw in raw_ids if raw not in ids]
    if unknown:
        known = next(iter(ids))
        raise ValueError(
            f"{len(unknown)} of {len(raw_ids)} {kind} ids are unknown to the "
            f"model, the first one is {unknown[0]!r}. Known ids look like "
            f"{known!r} ({type(known).__name__}).{advice}"
        )
    return np.array([ids[raw] for raw in raw_ids], dtype="int32")
