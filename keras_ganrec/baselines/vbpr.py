"""VBPR: BPR-MF that also looks at what the items are like.

[He and McAuley, AAAI 2016](https://arxiv.org/abs/1510.01784)

f_i         features of item i: of its picture in the paper, or any others
p_u, q_i    embeddings,  b_i item bias
w_u         what user u likes in features, of the size of E^T f_i
E, v        what the features are projected with; v is one for all users
x^_ui       = p_u . q_i + b_i + w_u . E^T f_i + v . f_i
(u, i, j)   triples: u has seen i and not j

    minimize  E_(u,i,j)  -log sigmoid(x^_ui - x^_uj)
                         + l (|p_u|^2 + |w_u|^2 + |q_i|^2 + |q_j|^2)
                         + m (|E|^2 + |v|^2)

The penalty l falls on the embeddings of the batch alone. Biases go free.

Departure from the paper: the optimizer is the caller's choice, Adam works
well; the paper has plain stochastic gradient descent.
"""

import keras
import numpy as np
from keras import ops

from keras_ganrec.pairwise import Pairs
from keras_ganrec.pairwise import PairwiseRecommender
from keras_ganrec.pairwise import mean_square_norms


@keras.saving.register_keras_serializable(package="keras_ganrec")
class VBPR(PairwiseRecommender):
    """BPR-MF with features of the items.

    When to use it: where items have features that say more than who has met
    them; and under AMR.

    When not to: for the features' own sake: on ML-100K, with genres and words
    of titles, BPR-MF without them is ahead.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        item_features: Float array of shape `(num_items, dim)`, for example
            `keras_ganrec.data.feature_matrix(train.item_features)`. It is
            saved with the model.
        embedding_dim: int. Size of p_u and q_i.
        feature_embedding_dim: int. Size of w_u.
        l2: float. Penalty on the squared embeddings of each triple.
        feature_l2: float. m above.

    Raises:
        ValueError: If `item_features` is of another shape, or not finite.

    Example:

    >>> features = keras_ganrec.data.feature_matrix(
    ...     train.item_features, columns=["genres"]
    ... )
    >>> model = VBPR(train.num_users, train.num_items, features)
    >>> model.compile(optimizer=keras.optimizers.Adam(0.001))
    >>> model.fit(keras_ganrec.data.pairs(train), epochs=20)

    References:
        - [He and McAuley, 2016](https://arxiv.org/abs/1510.01784)
    """

    paper = "https://arxiv.org/abs/1510.01784"
    year = 2016

    def __init__(
        self,
        num_users,
        num_items,
        item_features,
        embedding_dim=64,
        feature_embedding_dim=64,
        l2=0.003,
        feature_l2=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        features = np.asarray(item_features, "float32")
        if features.ndim != 2 or len(features) != num_items:
            raise ValueError(
                "`item_features` must have one row of numbers per item. "
                f"Received: shape={features.shape}, expected "
                f"({num_items}, dim)"
            )
        if not np.isfinite(features).all():
            raise ValueError(
                "`item_features` has values that are not finite. Expected "
                "numbers. Fill in what is missing, for instance with 0."
            )
        self.num_users = num_users
        self.num_items = num_items
        self.embedding_dim = embedding_dim
        self.feature_embedding_dim = feature_embedding_dim
        self.l2 = l2
        self.feature_l2 = feature_l2
        dim = features.shape[1]
        tables = {
            "user_table": (num_users, embedding_dim),
            "item_table": (num_items, embedding_dim),
            "user_feature_table": (num_users, feature_embedding_dim),
            # E, and v as its last column.
            "feature_table": (dim, feature_embedding_dim + 1),
        }
        for name, shape in tables.items():
            table = self.add_weight(
                shape=shape,
                initializer=keras.initializers.RandomNormal(stddev=0.01),
                autocast=False,  # Features can be beyond half precision.
                name=name,
            )
            setattr(self, name, table)
        self.item_bias = self.add_weight(
            shape=(num_items,),
            initializer="zeros",
            autocast=False,
            name="item_bias",
        )
        self.item_features = self.add_weight(
            shape=features.shape,
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="item_features",
        )
        self.item_features.assign(features)
        self.built = True

    def call(self, inputs):
        users = self.user_embeddings(inputs["user_id"])
        return ops.matmul(users, ops.transpose(self.item_embeddings()))

    def user_embeddings(self, user_id):
        """Returns p_u, w_u and two ones, which stand by v . f_i and b_i."""
        return ops.pad(
            self._users(user_id), ((0, 0), (0, 1)), constant_values=1.0
        )

    def item_embeddings(self):
        """Returns q_i, E^T f_i, v . f_i and b_i, `(num_items, dim)`."""
        projected = ops.matmul(self.item_features, self.feature_table)
        bias = ops.expand_dims(self.item_bias, axis=-1)
        return ops.concatenate([self.item_table, projected, bias], axis=-1)

    def pairs(self, batch):
        user = self._users(batch["user_id"])
        items, negatives = batch["item_id"], batch["negative_ids"]
        q_i, q_j = (
            ops.take(self.item_table, item_ids, axis=0)
            for item_ids in (items, negatives)
        )
        return Pairs(
            user,
            ops.concatenate([q_i, self._projected(items)], axis=-1),
            ops.concatenate([q_j, self._projected(negatives)], axis=-1),
            item_bias=ops.take(self.item_bias, items),
            negative_bias=ops.take(self.item_bias, negatives),
            penalty=self.l2 * mean_square_norms(user[:, :-1], q_i, q_j)
            + self.feature_l2 * ops.sum(ops.square(self.feature_table)),
        )

    def feature_kernel(self):
        """Returns E with v as its last column, `(dim of f_i, n)`.

        The last n columns of `pairs` are `f_i @ feature_kernel()` for items,
        and what multiplies it for users.
        """
        return ops.convert_to_tensor(self.feature_table)

    def _users(self, user_id):
        likes = ops.take(self.user_feature_table, user_id, axis=0)
        return ops.concatenate(
            [
                ops.take(self.user_table, user_id, axis=0),
                likes,
                ops.ones_like(likes[:, :1]),
            ],
            axis=-1,
        )

    def _projected(self, item_ids):
        features = ops.take(self.item_features, item_ids, axis=0)
        return ops.matmul(features, self.feature_table)

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            # The values are among the weights.
            "item_features": tuple(self.item_features.shape),
            "embedding_dim": self.embedding_dim,
            "feature_embedding_dim": self.feature_embedding_dim,
            "l2": self.l2,
            "feature_l2": self.feature_l2,
        }

    @classmethod
    def from_config(cls, config):
        features = np.zeros(config["item_features"], "float32")
        return super().from_config({**config, "item_features": features})
