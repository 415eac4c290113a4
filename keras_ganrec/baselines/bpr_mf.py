"""BPR-MF: matrix factorization that ranks what was seen above what was not.

[Rendle et al., UAI 2009](https://arxiv.org/abs/1205.2618)

p_u, q_i    embeddings,  b_i item bias
x^_ui       = p_u . q_i + b_i
(u, i, j)   triples: u has seen i and not j
l           `l2`

    minimize  E_(u,i,j)  -log sigmoid(x^_ui - x^_uj)
                         + l (|p_u|^2 + |q_i|^2 + |q_j|^2)

The penalty falls on the embeddings of the batch alone. Biases go free. Of
several j for a pair, all are trained on; or the one with the largest x^_uj
alone: dynamic negative sampling (DNS),
[Zhang et al., SIGIR 2013](https://doi.org/10.1145/2484028.2484126).

Departure from the paper: the optimizer is the caller's choice, Adam works
well; the paper has plain stochastic gradient descent.
"""

import keras
from keras import ops

from keras_ganrec.pairwise import Pairs
from keras_ganrec.pairwise import PairwiseRecommender
from keras_ganrec.pairwise import mean_square_norms


@keras.saving.register_keras_serializable(package="keras_ganrec")
class BPRMF(PairwiseRecommender):
    """Inner products and item biases, trained on pairs with negatives.

    When to use it: as the start of models that refine factors (APR, IRGAN,
    CoFiGAN, GraphGAN), or for embeddings of a large catalog.

    When not to: as the strongest factor model: IALS is ahead of it on every
    split on which both were measured.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings.
        use_bias: bool. Whether items have biases b_i.
        l2: float. Penalty on the squared embeddings of each triple.
        hardest_negative: bool. Trains each pair on that of its negatives which
            the model scores highest at the time (DNS). Train it on
            `keras_ganrec.data.pairs(train, num_negatives=5)`.

    Example:

    >>> model = BPRMF(train.num_users, train.num_items)
    >>> model.compile(optimizer=keras.optimizers.Adam(0.001))
    >>> model.fit(keras_ganrec.data.pairs(train), epochs=20)

    References:
        - [Rendle et al., 2009](https://arxiv.org/abs/1205.2618)
        - [Zhang et al., 2013](https://doi.org/10.1145/2484028.2484126) on
          `hardest_negative`.
    """

    paper = "https://arxiv.org/abs/1205.2618"
    year = 2009

    def __init__(
        self,
        num_users,
        num_items,
        embedding_dim=64,
        use_bias=True,
        l2=0.003,
        hardest_negative=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_users = num_users
        self.num_items = num_items
        self.embedding_dim = embedding_dim
        self.use_bias = use_bias
        self.l2 = l2
        self.hardest_negative = hardest_negative
        self.user_table, self.item_table = (
            self.add_weight(
                shape=(size, embedding_dim),
                initializer=keras.initializers.RandomNormal(stddev=0.01),
                autocast=False,  # Scores are float32 under any policy.
                name=name,
            )
            for size, name in (
                (num_users, "user_table"),
                (num_items, "item_table"),
            )
        )
        if use_bias:
            self.item_bias = self.add_weight(
                shape=(num_items,),
                initializer="zeros",
                autocast=False,
                name="item_bias",
            )
        self.built = True

    def call(self, inputs):
        users = self.user_embeddings(inputs["user_id"])
        return ops.matmul(users, ops.transpose(self.item_embeddings()))

    def user_embeddings(self, user_id):
        """Returns `(batch, embedding_dim)`.

        With biases `(batch, embedding_dim + 1)`: a one stands by the bias.
        """
        users = ops.take(self.user_table, user_id, axis=0)
        if not self.use_bias:
            return users
        return ops.pad(users, ((0, 0), (0, 1)), constant_values=1.0)

    def item_embeddings(self):
        """Returns `(num_items, embedding_dim)`.

        With biases `(num_items, embedding_dim + 1)`: the bias comes last.
        """
        if not self.use_bias:
            return self.item_table.value
        bias = ops.expand_dims(self.item_bias, axis=-1)
        return ops.concatenate([self.item_table, bias], axis=-1)

    def pairs(self, batch):
        p_u = ops.take(self.user_table, batch["user_id"], axis=0)
        q_i = ops.take(self.item_table, batch["item_id"], axis=0)
        negative_ids = batch["negative_ids"]  # (batch, n)
        if self.hardest_negative:
            negative_ids = self._hardest(p_u, negative_ids)  # (batch, 1)
        q_j = ops.take(self.item_table, negative_ids, axis=0)
        return Pairs(
            p_u,
            q_i,
            q_j,
            item_bias=self._biases(batch["item_id"]),
            negative_bias=self._biases(negative_ids),
            penalty=self.l2 * mean_square_norms(p_u, q_i, q_j),
        )

    def _hardest(self, p_u, item_ids):
        q_j = ops.take(self.item_table, item_ids, axis=0)
        x_uj = ops.einsum("bd,bnd->bn", p_u, q_j) + self._biases(item_ids)
        best = ops.argmax(x_uj, axis=-1, keepdims=True)
        return ops.take_along_axis(item_ids, best, axis=-1)

    def _biases(self, item_ids):
        return ops.take(self.item_bias, item_ids) if self.use_bias else 0.0

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            "embedding_dim": self.embedding_dim,
            "use_bias": self.use_bias,
            "l2": self.l2,
            "hardest_negative": self.hardest_negative,
        }
