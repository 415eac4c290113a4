"""LightGCN: embeddings that are averaged over the graph of who has met what.

[He et al., SIGIR 2020](https://arxiv.org/abs/2002.02126)

N_u, N_i    items that u has met, users who have met i
e_u, e_i    embeddings; of layer 0 are the weights of the model
K           `num_layers`
l           `l2`

    e_u^(k+1) = sum_{i in N_u} e_i^(k) / sqrt(|N_u| |N_i|)
    e_i^(k+1) = sum_{u in N_i} e_u^(k) / sqrt(|N_u| |N_i|)
    e = (e^(0) + ... + e^(K)) / (K + 1),  x_ui = e_u . e_i

    minimize  E_(u,i,j)  -log sigmoid(x_ui - x_uj)
              + l (|e_u^(0)|^2 + |e_i^(0)|^2 + |e_j^(0)|^2)

The penalty falls on the embeddings of the batch alone, as in the authors'
code; their weight of it is 2 l. The graph is that of the interactions the
model is trained on: `fit()` keeps them by `remember`, the file holds them.
"""

import contextlib

import keras
import numpy as np
from keras import ops

from keras_ganrec.pairwise import Pairs
from keras_ganrec.pairwise import PairwiseRecommender


@keras.saving.register_keras_serializable(package="keras_ganrec")
class LightGCN(PairwiseRecommender):
    """Inner products of embeddings that neighbors in the graph share.

    When to use it: on sparse data, where neighbors say more than a user's few
    items; on Gowalla it is ahead of EASE. And under AdvInfoNCE.

    When not to: where time is short: each step goes over the whole graph. It
    wants large batches, several negatives to a pair and a small `epsilon` of
    Adam, as in `recipes/lightgcn_gowalla.py`.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings.
        num_layers: int. K above; 0 is matrix factorization without biases.
        l2: float. Penalty on the squared embeddings of layer 0 of each triple.

    Raises:
        ValueError: If `num_layers` is negative.

    Example:

    >>> model = LightGCN(train.num_users, train.num_items)
    >>> model.compile(optimizer=keras.optimizers.Adam(0.01, epsilon=1e-12))
    >>> pairs = keras_ganrec.data.pairs(
    ...     train, batch_size=16384, num_negatives=8
    ... )
    >>> model.fit(pairs, epochs=100)

    References:
        - [He et al., 2020](https://arxiv.org/abs/2002.02126)
    """

    paper = "https://arxiv.org/abs/2002.02126"
    year = 2020

    def __init__(
        self,
        num_users,
        num_items,
        embedding_dim=64,
        num_layers=3,
        l2=5e-5,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if num_layers < 0:
            raise ValueError(
                "`num_layers` must not be negative. "
                f"Received: num_layers={num_layers}"
            )
        self.num_users = num_users
        self.num_items = num_items
        self.embedding_dim = embedding_dim
        self.num_layers = num_layers
        self.l2 = l2
        self.user_table, self.item_table = (
            self.add_weight(
                shape=(size, embedding_dim),
                initializer="glorot_uniform",
                autocast=False,  # Half precision is too short for long sums.
                name=name,
            )
            for size, name in (
                (num_users, "user_table"),
                (num_items, "item_table"),
            )
        )
        self.supports_jit = False
        self._kept = _Kept()
        self.built = True

    def call(self, inputs):
        users, items = self._embeddings()
        e_u = ops.take(users, inputs["user_id"], axis=0)
        return ops.matmul(e_u, ops.transpose(items))

    def user_embeddings(self, user_id):
        """Returns e_u, of shape `(batch, embedding_dim)`."""
        return ops.take(self._embeddings()[0], user_id, axis=0)

    def item_embeddings(self):
        """Returns e_i, of shape `(num_items, embedding_dim)`."""
        return self._embeddings()[1]

    def pairs(self, batch):
        user_id, item_id, negative_ids = (
            batch[name] for name in ("user_id", "item_id", "negative_ids")
        )
        users, items = self.propagate()
        return Pairs(
            ops.take(users, user_id, axis=0),
            ops.take(items, item_id, axis=0),
            ops.take(items, negative_ids, axis=0),
            penalty=self.l2
            * (
                _mean_square_norm(self.user_table, user_id)
                + _mean_square_norm(self.item_table, item_id)
                + _mean_square_norm(self.item_table, negative_ids)
            ),
        )

    def propagate(self):
        """Returns e_u of all users and e_i of all items."""
        graph = self._known_catalog()
        c_u, c_i = (_rsqrt(graph.seen.getnnz(axis=a)) for a in (1, 0))
        users = self.user_table.value
        items = self.item_table.value
        all_users, all_items = [users], [items]
        for _ in range(self.num_layers):
            users, items = (
                c_u * graph.sums_over_items(c_i * items),
                c_i * graph.sums_over_users(c_u * users),
            )
            all_users.append(users)
            all_items.append(items)
        share = 1 / (self.num_layers + 1)
        return share * sum(all_users), share * sum(all_items)

    def _embeddings(self):
        return self._kept.tensors() if self._kept.in_use else self.propagate()

    @contextlib.contextmanager
    def ranking(self):
        self._kept.keep(self.propagate())
        self._kept.in_use = True
        try:
            yield
        finally:
            self._kept.in_use = False

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            "embedding_dim": self.embedding_dim,
            "num_layers": self.num_layers,
            "l2": self.l2,
        }


class _Kept:
    """Variables that a graph can read, and that are no weights of the model."""

    def __init__(self):
        self.variables = None
        self.in_use = False

    def keep(self, tensors):
        if self.variables is None:
            self.variables = [
                keras.Variable(tensor, trainable=False, autocast=False)
                for tensor in tensors
            ]
        for variable, tensor in zip(self.variables, tensors, strict=True):
            variable.assign(tensor)

    def tensors(self):
        return [variable.value for variable in self.variables]


def _mean_square_norm(table, ids):
    # Norms first: a large batch has far more rows than the table.
    return ops.mean(ops.take(ops.sum(ops.square(table), axis=-1), ids))


def _rsqrt(counts):
    counts = np.maximum(counts, 1).astype("float32")
    return np.expand_dims(1 / np.sqrt(counts), axis=-1)
