"""GANMF: matrix factorization against an autoencoder discriminator.

[Dervishaj and Cremonesi, SAC 2022](https://arxiv.org/abs/2201.08042)

r_u      real profile of user u, shape (num_items,)
r^_u     P_u Q^T, the profile that the generator makes of the user id alone
D(r)     a linear autoencoder's reconstruction of r
E(r)     mean squared error between r and D(r): the energy of a profile
h(r)     the code of r inside the autoencoder
m        margin, a multiple of the real energy
a        weight of feature matching

J_D = E(r_u) + max(0, m E(r_u) - E(r^_u))
J_G = (1 - a) E(r^_u) + a mean (h(r_u) - h(r^_u))^2

In item mode r_i is the profile of an item, shape (num_users,).

Departures from the paper:
- D and G take turns at each batch; the authors' code makes a whole pass of D
  over the data and then one of G.
- Users that were not there are folded in by ridge regression on Q.
"""

import keras
from keras import ops

from keras_ganrec.fold_in import ridge_fold_in
from keras_ganrec.gan import GAN
from keras_ganrec.layers import in_float32
from keras_ganrec.recommender import Recommender


@keras.saving.register_keras_serializable(package="keras_ganrec")
class GANMF(GAN, Recommender):
    """GANMF (Dervishaj and Cremonesi, 2022).

    Train it on `keras_ganrec.data.user_profiles(train)` in user mode, on
    `item_profiles(train)` in item mode.

    When to use it: for a matrix factorization that is trained by a GAN:
    embeddings of users and items, and a catalog that is ranked in blocks. New
    users are folded in.

    When not to: without tuning: it depends on learning rates, epochs and Adam's
    epsilon. On ML-100K it stays behind ItemKNN with ratings of all kinds, and
    is ahead of it with likes alone, after a search. EASE is ahead everywhere.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        mode: `"user"` or `"item"`. Whose profiles the two players look at.
        embedding_dim: int. Size of the generator's embeddings.
        code_dim: int. Size of the autoencoder's code.
        margin: float. m above, at least 1 keeps the hinge active.
        feature_matching_weight: float in [0, 1]. a above. At 0 the generator
            learns next to nothing, the authors' ablation shows.
        g_initializer: Initializer of the generator's embeddings.
        d_initializer: Initializer of the autoencoder's kernels.
        g_regularizer: Optional regularizer of the generator's embeddings.
        d_regularizer: Optional regularizer of the autoencoder's kernels.
        fold_in_l2: float. Ridge penalty for users that were not there.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If `mode` or `feature_matching_weight` is out of range.

    References:
        - [Dervishaj and Cremonesi, 2022](https://arxiv.org/abs/2201.08042)
    """

    paper = "https://arxiv.org/abs/2201.08042"
    year = 2022
    factorizes = True

    def __init__(
        self,
        num_users,
        num_items,
        mode="user",
        embedding_dim=250,
        code_dim=992,
        margin=10.0,
        feature_matching_weight=0.01,
        g_initializer="glorot_uniform",
        d_initializer="glorot_uniform",
        g_regularizer=None,
        d_regularizer=None,
        fold_in_l2=1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if mode not in ("user", "item"):
            raise ValueError(
                f"`mode` must be 'user' or 'item'. Received: mode={mode!r}"
            )
        if not 0 <= feature_matching_weight <= 1:
            raise ValueError(
                "`feature_matching_weight` must be between 0 and 1. "
                f"Received: {feature_matching_weight}"
            )
        self.num_users = num_users
        self.num_items = num_items
        self.mode = mode
        self.embedding_dim = embedding_dim
        self.code_dim = code_dim
        self.margin = margin
        self.feature_matching_weight = feature_matching_weight
        self.g_initializer = keras.initializers.get(g_initializer)
        self.d_initializer = keras.initializers.get(d_initializer)
        self.g_regularizer = keras.regularizers.get(g_regularizer)
        self.d_regularizer = keras.regularizers.get(d_regularizer)
        self.fold_in_l2 = fold_in_l2

        rows, width = num_users, num_items
        if mode == "item":
            rows, width = num_items, num_users
        self.row_id = f"{mode}_id"
        self.row_embedding = keras.layers.Embedding(
            rows,
            embedding_dim,
            embeddings_initializer=self.g_initializer.clone(),
            embeddings_regularizer=self.g_regularizer,
            dtype=self.dtype_policy,
        )
        self.column_embedding = keras.layers.Dense(
            width,
            use_bias=False,
            kernel_initializer=self.g_initializer,
            kernel_regularizer=self.g_regularizer,
            dtype=(
                "float32"
                if self.compute_dtype == "float16"
                else self.dtype_policy
            ),
        )
        self.generator = keras.Sequential(
            [
                keras.Input((), dtype="int32"),
                self.row_embedding,
                self.column_embedding,
            ],
            name="generator",
        )
        self.encoder = self._linear(code_dim, "encoder")
        self.decoder = self._linear(width, "decoder")
        self.discriminator = keras.Sequential(
            [keras.Input((width,)), self.encoder, self.decoder],
            name="discriminator",
        )
        self._product = in_float32(self._scores)
        self.built = True

    def _linear(self, units, name):
        return keras.layers.Dense(
            units,
            kernel_initializer=self.d_initializer.clone(),
            kernel_regularizer=self.d_regularizer,
            dtype=self.dtype_policy,
            name=name,
        )

    def call(self, inputs):
        return self._product(inputs)

    def _scores(self, inputs):
        users = self.user_embeddings(inputs["user_id"])
        return ops.matmul(users, ops.transpose(self.item_embeddings()))

    def user_embeddings(self, user_id):
        return ops.take(self._embeddings()[0], user_id, axis=0)

    def item_embeddings(self):
        return ops.convert_to_tensor(self._embeddings()[1])

    def _embeddings(self):
        rows = self.row_embedding.embeddings  # (rows, embedding_dim)
        columns = ops.transpose(self.column_embedding.kernel)
        return (rows, columns) if self.mode == "user" else (columns, rows)

    def score_profiles(self, seen):
        items = self.item_embeddings()
        users = ridge_fold_in(seen, items, self.fold_in_l2)
        return ops.matmul(users, ops.transpose(items))

    def discriminator_loss(self, batch):
        real_energy, fake_energy = self._energies(batch)
        real_energy = ops.mean(real_energy)
        fake_energy = ops.mean(fake_energy)
        hinge = ops.relu(self.margin * real_energy - fake_energy)
        return real_energy + hinge

    def generator_loss(self, batch):
        fake = self.generator(batch[self.row_id])  # (batch, width)
        fake_code = self.encoder(fake)  # (batch, code_dim)
        real_code = self.encoder(batch["seen"])
        energy = _mean_squared_error(self.decoder(fake_code), fake)
        matching = _mean_squared_error(fake_code, real_code)
        a = self.feature_matching_weight
        return (1 - a) * ops.mean(energy) + a * ops.mean(matching)

    def realness(self, batch):
        real_energy, fake_energy = self._energies(batch)
        return -real_energy, -fake_energy

    def _energies(self, batch):
        fake = self.generator(batch[self.row_id])
        # One pass over both halves: twice the rows in each product.
        profiles = ops.concatenate([batch["seen"], fake])  # (2 batch, width)
        energy = _mean_squared_error(self.discriminator(profiles), profiles)
        return ops.split(energy, 2)

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            "mode": self.mode,
            "embedding_dim": self.embedding_dim,
            "code_dim": self.code_dim,
            "margin": self.margin,
            "feature_matching_weight": self.feature_matching_weight,
            "g_initializer": keras.initializers.serialize(self.g_initializer),
            "d_initializer": keras.initializers.serialize(self.d_initializer),
            "g_regularizer": keras.regularizers.serialize(self.g_regularizer),
            "d_regularizer": keras.regularizers.serialize(self.d_regularizer),
            "fold_in_l2": self.fold_in_l2,
        }


def _mean_squared_error(a, b):
    difference = ops.cast(a, "float32") - ops.cast(b, "float32")
    return ops.mean(ops.square(difference), axis=-1)  # (batch,)
