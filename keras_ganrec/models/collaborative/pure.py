"""PURE: what was not observed is unlabeled, and fakes fill the space between.

[Zhou et al., KDD 2021](https://doi.org/10.1145/3447548.3467234)

P, U         observed pairs (u, i); pairs (u, j) of u and an unobserved item
e_u, e_i     embeddings of D,  h and b its weights
f(e, e')     h . (e * e') + b, D's logit of a pair of embeddings
l            softplus: l(-f) = -log D and l(f) = -log(1 - D)
z, z'        noise ~ N(0, s^2), s `noise_stddev`
g_i(z)       the embedding of an item that G makes up; g_u(z') that of a user
pi           `class_prior`, the share of pairs that are relevant
w            `fake_weight`

N   = E_U l(f(e_u, e_j)) - pi E_P l(f(e_u, e_i))
J_D = pi E_P l(-f(e_u, e_i)) + N
      + w E_U [l(f(e_u, g_i(z))) + l(f(g_u(z'), e_j))]
J_G = E_U [l(-f(e_u, g_i(z))) + l(-f(g_u(z'), e_j))]

N estimates what an irrelevant pair costs: of the unlabeled pairs a share pi is
relevant, and its cost is taken off again. The estimate is unbiased and has no
lower bound: D can learn the observed pairs by heart. `non_negative` keeps it
from that: where N < 0 in a batch, D climbs N in the place of the first two
terms ([Kiryo et al., 2017](https://arxiv.org/abs/1703.00593)). D ranks.

Departures from the paper, of which the abstract and a public code, not the
authors', were at hand:
- Fakes stand beside unlabeled pairs alone; in that code beside observed ones,
  too.
- The outputs of G are linear. In the public code
  they end in a ReLU and are nowhere negative, as no embedding of D is.
- Each player takes its steps on one batch, before the next batch; the code
  makes whole passes over the data in turns.
"""

import keras
from keras import ops

from keras_ganrec.gan import GAN
from keras_ganrec.recommender import Recommender


@keras.saving.register_keras_serializable(package="keras_ganrec")
class PURE(GAN, Recommender):
    """PURE (Zhou et al., 2021): a positive-unlabeled D, made-up embeddings.

    Train it on `keras_ganrec.data.pairs(train)`, best from a model of its own
    kind that was trained without fakes: `start_from`.

    When to use it: to study learning from positive and unlabeled pairs, with
    embeddings that are made up.

    When not to: to recommend: on ML-100K BPR-MF is ahead, and it does better
    without its fakes than with them.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings.
        class_prior: float in (0, 1). pi above.
        non_negative: bool. Whether the risk is kept from becoming negative.
        fake_weight: float. w above; 0 trains D without an adversary.
        noise_dim: int. Size of each of the generator's two noises.
        noise_stddev: float. s above.
        g_hidden_dims: Sequence of int. Widths of the hidden layers of both
            halves of the generator.
        d_initializer: Initializer of D's embeddings and of h.
        d_regularizer: Optional regularizer of D's embeddings and of h.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If `class_prior`, `fake_weight` or `noise_stddev` is out
            of range.

    Example:

    >>> model = PURE(train.num_users, train.num_items, class_prior=0.02)
    >>> model.compile(d_optimizer="adam", g_optimizer="adam")
    >>> model.fit(keras_ganrec.data.pairs(train), epochs=50)

    References:
        - [Zhou et al., 2021](https://doi.org/10.1145/3447548.3467234)
        - [Kiryo et al., 2017](https://arxiv.org/abs/1703.00593) on
          `non_negative`.
    """

    paper = "https://doi.org/10.1145/3447548.3467234"
    year = 2021
    factorizes = True

    def __init__(
        self,
        num_users,
        num_items,
        embedding_dim=16,
        class_prior=1e-5,
        non_negative=False,
        fake_weight=1.0,
        noise_dim=16,
        noise_stddev=1.0,
        g_hidden_dims=(16,),
        d_initializer="lecun_normal",
        d_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not 0 < class_prior < 1:
            raise ValueError(
                "`class_prior` must be greater than 0 and less than 1: it is "
                f"a share of pairs. Received: class_prior={class_prior}"
            )
        if fake_weight < 0:
            raise ValueError(
                "`fake_weight` must not be negative. "
                f"Received: fake_weight={fake_weight}"
            )
        if not noise_stddev > 0:
            raise ValueError(
                "`noise_stddev` must be positive: without noise all fakes "
                f"are one. Received: noise_stddev={noise_stddev}"
            )
        self.num_users = num_users
        self.num_items = num_items
        self.embedding_dim = embedding_dim
        self.class_prior = class_prior
        self.non_negative = non_negative
        self.fake_weight = fake_weight
        self.noise_dim = noise_dim
        self.noise_stddev = noise_stddev
        self.g_hidden_dims = tuple(g_hidden_dims)
        self.d_initializer = keras.initializers.get(d_initializer)
        self.d_regularizer = keras.regularizers.get(d_regularizer)
        self.discriminator = _GMF(
            num_users,
            num_items,
            embedding_dim,
            self.d_initializer,
            self.d_regularizer,
            name="discriminator",
        )
        noises = [keras.Input((noise_dim,)) for _ in range(2)]
        self.generator = keras.Model(
            noises,
            [
                self._perceptron(noise, name)
                for noise, name in zip(noises, ("user", "item"), strict=True)
            ],
            name="generator",
        )
        self.built = True

    def _perceptron(self, inputs, name):
        for dim in self.g_hidden_dims:
            inputs = keras.layers.Dense(
                dim,
                activation="relu",
                kernel_initializer="lecun_normal",
                dtype=self.dtype_policy,
            )(inputs)
        return keras.layers.Dense(
            self.embedding_dim,
            kernel_initializer="lecun_normal",
            dtype="float32",
            name=name,
        )(inputs)

    def start_from(self, other):
        """Lets D begin with the weights of a trained one.

        Args:
            other: `PURE` of the same sizes.

        Raises:
            ValueError: If it is no `PURE`, or of other sizes.
        """
        sizes = [
            tuple(
                getattr(model, name, None)
                for name in ("num_users", "num_items", "embedding_dim")
            )
            for model in (self, other)
        ]
        if not isinstance(other, PURE) or sizes[0] != sizes[1]:
            raise ValueError(
                f"A {type(other).__name__} of (num_users, num_items, "
                f"embedding_dim) {sizes[1]} is no start. Expected a PURE of "
                f"{sizes[0]}. Build it with the same sizes."
            )
        self.discriminator.set_weights(other.discriminator.get_weights())

    def call(self, inputs):
        users = self.user_embeddings(inputs["user_id"])
        return ops.matmul(users, ops.transpose(self.item_embeddings()))

    def user_embeddings(self, user_id):
        """Returns `(batch, embedding_dim + 1)`: a one stands by the bias."""
        users = self.discriminator.users(user_id) * self.discriminator.kernel
        return ops.pad(users, ((0, 0), (0, 1)), constant_values=1.0)

    def item_embeddings(self):
        """Returns `(num_items, embedding_dim + 1)`: the bias comes last."""
        bias = ops.broadcast_to(self.discriminator.bias, (self.num_items, 1))
        return ops.concatenate([self.discriminator.item_table, bias], axis=-1)

    def discriminator_loss(self, batch):
        observed = self._observed_logits(batch)
        unlabeled = self.discriminator(
            ops.expand_dims(self.discriminator.users(batch["user_id"]), 1),
            self.discriminator.items(batch["negative_ids"]),
        )  # (batch, n)
        relevant = self.class_prior * ops.mean(ops.softplus(-observed))
        irrelevant = ops.mean(ops.softplus(unlabeled))
        irrelevant -= self.class_prior * ops.mean(ops.softplus(observed))
        risk = relevant + irrelevant
        if self.non_negative:
            risk = ops.where(irrelevant < 0, -irrelevant, risk)
        if self.fake_weight == 0:
            return risk
        fakes = self._fakes(batch, self.seed_generator)
        costs = sum(ops.mean(ops.softplus(f)) for f in fakes)
        return risk + self.fake_weight * costs

    def generator_loss(self, batch):
        fakes = self._fakes(batch, self.seed_generator)
        return sum(ops.mean(ops.softplus(-f)) for f in fakes)

    def realness(self, batch):
        # At each look the same noise: what changes is the players.
        of_items, of_users = self._fakes(batch, seed=0)
        fake_logits = (of_items + ops.mean(of_users, axis=-1)) / 2
        return self._observed_logits(batch), fake_logits

    def _observed_logits(self, batch):
        return self.discriminator(
            self.discriminator.users(batch["user_id"]),
            self.discriminator.items(batch["item_id"]),
        )  # (batch,)

    def _fakes(self, batch, seed):
        """Logits of users with made-up items, of items with made-up users."""
        users = self.discriminator.users(batch["user_id"])
        items = self.discriminator.items(batch["negative_ids"])
        batch_size, num_items = ops.shape(items)[0], items.shape[1]
        fake_users, fake_items = self.generator(
            [
                keras.random.normal(
                    (rows, self.noise_dim),
                    stddev=self.noise_stddev,
                    seed=seed,
                )
                for rows in (batch_size * num_items, batch_size)
            ]
        )
        fake_users = ops.reshape(fake_users, (-1, *items.shape[1:]))
        return (
            self.discriminator(users, fake_items),  # (batch,)
            self.discriminator(fake_users, items),  # (batch, n)
        )

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            "embedding_dim": self.embedding_dim,
            "class_prior": self.class_prior,
            "non_negative": self.non_negative,
            "fake_weight": self.fake_weight,
            "noise_dim": self.noise_dim,
            "noise_stddev": self.noise_stddev,
            "g_hidden_dims": self.g_hidden_dims,
            "d_initializer": keras.initializers.serialize(self.d_initializer),
            "d_regularizer": keras.regularizers.serialize(self.d_regularizer),
        }


class _GMF(keras.layers.Layer):
    """Logits of pairs of embeddings, and the embeddings; all in float32."""

    def __init__(
        self, num_users, num_items, dim, initializer, regularizer, **kwargs
    ):
        super().__init__(dtype="float32", **kwargs)
        self.user_table, self.item_table, self.kernel = (
            self.add_weight(
                shape=shape,
                initializer=initializer.clone(),
                regularizer=regularizer,
                autocast=False,  # PURE reads them in `call`, too.
                name=name,
            )
            for name, shape in (
                ("user_table", (num_users, dim)),
                ("item_table", (num_items, dim)),
                ("kernel", (dim,)),
            )
        )
        self.bias = self.add_weight(
            shape=(), initializer="zeros", autocast=False, name="bias"
        )
        self.built = True

    def users(self, user_id):
        return ops.take(self.user_table, user_id, axis=0)

    def items(self, item_ids):
        return ops.take(self.item_table, item_ids, axis=0)

    def call(self, users, items):
        return ops.sum(users * items * self.kernel, axis=-1) + self.bias
