"""IALS: factors for implicit feedback, by alternating least squares.

[Hu et al., ICDM 2008](https://doi.org/10.1109/ICDM.2008.22) in the form, and
with the penalty, of
[Rendle et al., 2021](https://arxiv.org/abs/2110.14037), which made it a
strong baseline again.

S       observed (user, item) pairs; I_u, U_i: items of u, users of i
p_u     user embedding, q_i item embedding, x^_ui = p_u . q_i
a       `unobserved_weight`
l, v    `l2`, `l2_exponent`

    minimize   sum_{(u,i) in S} (x^_ui - 1)^2  +  a sum_{u,i} x^_ui^2
             + l sum_u (|I_u| + a num_items)^v |p_u|^2
             + l sum_i (|U_i| + a num_users)^v |q_i|^2

For fixed items every user is a small least-squares problem of its own,

    (sum_{i in I_u} q_i q_i'  +  a Q'Q  +  l (|I_u| + a num_items)^v E) p_u
        = sum_{i in I_u} q_i

and likewise for items. That is also how a new user is folded in. A sweep
solves for all users, then for all items; a last solve for the users follows,
so that a user of the training data and a new one with the same items get the
same embedding.

Why not the library `implicit`, which is well kept: its penalty is the same
for all users and items (v = 0), and the frequency scaling (v = 1) is what
the accuracy of this baseline rests on.
"""

import keras
import numpy as np
from keras import ops

from keras_ganrec.recommender import Recommender

FLOATS_AT_ONCE = 2**23  # gathered embeddings and systems: 32 MB


@keras.saving.register_keras_serializable(package="keras_ganrec")
class IALS(Recommender):
    """Matrix factorization that counts every unobserved pair as a weak zero.

    Time per sweep is `O(interactions x embedding_dim^2 + (num_users +
    num_items) x embedding_dim^3)`, memory that of the embeddings.

    When to use it: where the catalog is too large for EASE, or embeddings are
    needed. It is first or second on each split of MovieLens but the one of
    last items, where EASE is clearly ahead.

    When not to: without time to tune: size, L2 and the weight of unobserved
    pairs depend on one another.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings.
        unobserved_weight: float. Weight of a pair as a zero, beside the
            weight 1 of an observed pair as a one. At least 0.
        l2: float. Ridge penalty. Positive.
        l2_exponent: float. How the penalty grows with the number of a user's
            items: 0 not at all, 1 in proportion.
        num_sweeps: int. Sweeps over users and items.
        seed: Optional int. Seeds the start.

    Raises:
        ValueError: If a weight or a number is out of range.

    Example:

    >>> model = IALS(train.num_users, train.num_items, embedding_dim=64)
    >>> model.adapt(train)

    References:
        - [Hu et al., 2008](https://doi.org/10.1109/ICDM.2008.22)
        - [Rendle et al., 2021](https://arxiv.org/abs/2110.14037)
    """

    paper = "https://arxiv.org/abs/2110.14037"
    year = 2021
    factorizes = True

    def __init__(
        self,
        num_users,
        num_items,
        embedding_dim=128,
        unobserved_weight=0.2,
        l2=0.01,
        l2_exponent=1.0,
        num_sweeps=10,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        for name, value in (
            ("embedding_dim", embedding_dim),
            ("num_sweeps", num_sweeps),
        ):
            if value < 1:
                raise ValueError(
                    f"`{name}` must be a positive integer. "
                    f"Received: {name}={value}"
                )
        if unobserved_weight < 0 or not l2 > 0:
            raise ValueError(
                "`unobserved_weight` must not be negative and `l2` must be "
                "positive, or the embeddings are not determined. Received: "
                f"unobserved_weight={unobserved_weight}, l2={l2}"
            )
        self.num_users = num_users
        self.num_items = num_items
        self.embedding_dim = embedding_dim
        self.unobserved_weight = unobserved_weight
        self.l2 = l2
        self.l2_exponent = l2_exponent
        self.num_sweeps = num_sweeps
        self.seed = seed
        self.user_table, self.item_table = (
            self.add_weight(
                shape=(size, embedding_dim),
                initializer="zeros",
                trainable=False,
                autocast=False,
                name=name,
            )
            for size, name in (
                (num_users, "user_table"),
                (num_items, "item_table"),
            )
        )
        self.built = True

    def call(self, inputs):
        users = self.user_embeddings(inputs["user_id"])
        return ops.matmul(users, ops.transpose(self.item_embeddings()))

    def user_embeddings(self, user_id):
        return ops.take(self.user_table, user_id, axis=0)

    def item_embeddings(self):
        return ops.convert_to_tensor(self.item_table)

    def score_profiles(self, seen):
        users = self.fold_in(seen)
        return ops.matmul(users, ops.transpose(self.item_embeddings()))

    def fold_in(self, seen):
        """Returns embeddings `(batch, embedding_dim)` of new users.

        Args:
            seen: Tensor of shape `(batch, num_items)`, 1 at the user's items.
        """
        items = self.item_embeddings()
        seen = ops.cast(seen, items.dtype)
        shared = self._shared(items)

        def solve(row):
            weighted = ops.expand_dims(row, 1) * items  # (num_items, dim)
            gram = ops.matmul(ops.transpose(items), weighted)
            system = gram + shared + self._ridge(ops.sum(row), self.num_items)
            right_side = ops.sum(weighted, axis=0)
            return ops.solve(system, right_side)

        return ops.map(solve, seen)

    def adapt(self, interactions):
        """Alternates between users and items, from a random start.

        Args:
            interactions: `keras_ganrec.data.Interactions`.
        """
        self.remember(interactions)
        seen = interactions.to_csr()
        seen_by = seen.T.tocsr()
        items = keras.random.normal(
            (self.num_items, self.embedding_dim),
            stddev=0.1 / self.embedding_dim**0.5,
            dtype=self.item_table.dtype,
            seed=self.seed,
        )
        for _ in range(self.num_sweeps):
            items = self.solve(seen_by, self.solve(seen, items))
        self.user_table.assign(self.solve(seen, items))
        self.item_table.assign(items)

    def solve(self, matrix, embeddings):
        """Returns the best embeddings of the rows for those of the columns.

        Args:
            matrix: `scipy.sparse.csr_matrix` of shape `(rows, columns)`.
            embeddings: Tensor of shape `(columns, embedding_dim)`.

        Returns:
            float32 array of shape `(rows, embedding_dim)`.
        """
        shared = self._shared(embeddings)
        # One more row takes the padding: it is zero and adds nothing.
        padded = ops.pad(embeddings, ((0, 1), (0, 0)))
        solved = np.empty((matrix.shape[0], self.embedding_dim), "float32")
        for rows, column_ids, lengths in _similar_lengths(
            matrix, self.embedding_dim
        ):
            seen = ops.take(padded, column_ids, axis=0)  # (rows, length, dim)
            gram = ops.matmul(ops.transpose(seen, (0, 2, 1)), seen)
            ridge = self._ridge(lengths[:, None, None], matrix.shape[1])
            right_side = ops.sum(seen, axis=1)  # (rows, dim)
            solved[rows] = ops.solve(
                gram + shared + ridge, ops.expand_dims(right_side, -1)
            )[:, :, 0]
        return solved

    def _shared(self, embeddings):
        """The part of all systems: every column counts as a weak zero."""
        return self.unobserved_weight * ops.matmul(
            ops.transpose(embeddings), embeddings
        )

    def _ridge(self, length, num_columns):
        weight = length + self.unobserved_weight * num_columns
        if self.unobserved_weight == 0:
            # Who has no pairs at all: any penalty makes the embedding zero,
            # and without one it is not determined.
            weight = ops.maximum(weight, 1.0)
        return self.l2 * weight**self.l2_exponent * ops.eye(self.embedding_dim)

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            "embedding_dim": self.embedding_dim,
            "unobserved_weight": self.unobserved_weight,
            "l2": self.l2,
            "l2_exponent": self.l2_exponent,
            "num_sweeps": self.num_sweeps,
            "seed": self.seed,
        }


def _similar_lengths(matrix, embedding_dim):
    """Yields rows of similar length, so that little of a batch is padding.

    Yields:
        Row numbers `(rows,)`, their column ids `(rows, length)` padded with
        the number of columns, and their lengths `(rows,)` in float32.
    """
    num_rows, num_columns = matrix.shape
    lengths = np.diff(matrix.indptr)
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < num_rows:
        longest = max(int(lengths[order[start]]), 1)
        floats_per_row = (longest + embedding_dim) * embedding_dim
        size = max(FLOATS_AT_ONCE // floats_per_row, 1)
        rows = order[start : start + size]
        filled = np.arange(longest) < lengths[rows, None]
        column_ids = np.full(filled.shape, num_columns, "int32")
        column_ids[filled] = matrix[rows].indices
        yield rows, column_ids, lengths[rows].astype("float32")
        start += size
