"""IRGAN: the generator picks items, the discriminator says how good they are.

[Wang et al., SIGIR 2017](https://arxiv.org/abs/1705.10513)

g, f     scores of G and of D for an item of user u, p_u . q_i + b_i each
R_u      items that u has seen
p        softmax of g over the whole catalog, what G would pick for u
t, p_t   temperature, and the softmax of g / t: from where D's fakes come
l, p_n   share of R_u, and (1 - l) p + l uniform(R_u): from where the items
         come that G learns from
w_k      p(k) / p_n(k), importance weight
s        sigmoid

pointwise   J_D = - E_{i in R_u} log s(f_i) - E_{k ~ p_t} log(1 - s(f_k))
            r_k = 2 s(f_k) - 1
pairwise    J_D = - E_{i in R_u, k ~ p_t} log s(f_i - f_k)
            r_k = log s(f_k - f_i),  i in R_u
both        J_G = - E_{k ~ p_n} w_k (r_k - b) log p(k)
            b   = E_{k ~ p_n} w_k r_k / E_{k ~ p_n} w_k, the baseline

J_G is REINFORCE: its gradient is that of - E_{k ~ p} r_k. Each expectation is
a mean over `num_samples` draws, for all users of a batch at once. G ranks.

Departures from the paper:
- The reward of the pointwise game is that of the authors' code; the paper
  prints log(1 + exp(f_k)).
- The pairwise game is that of the authors' code, too: pairs of a seen and a
  generated item, where the paper also has a third, unobserved one.
- Each player takes its steps on one batch, before the next batch; the authors'
  code makes whole passes over the data in turns.
- L2 falls on all weights alike, not on those of each example.
"""

import keras
from keras import ops

from keras_ganrec import losses
from keras_ganrec.gan import GAN
from keras_ganrec.layers import MatrixFactorization
from keras_ganrec.recommender import Recommender
from keras_ganrec.sampling import sample_items


@keras.saving.register_keras_serializable(package="keras_ganrec")
class IRGAN(GAN, Recommender):
    """IRGAN (Wang et al., 2017), pointwise and pairwise.

    Train it on `keras_ganrec.data.user_profiles(train)`, best from a model
    trained with hard negatives: `start_from`.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        mode: `"pointwise"` or `"pairwise"`. What D judges.
        embedding_dim: int. Size of the embeddings of both players.
        num_samples: int. Draws for each user and each expectation.
        temperature: float. t above, at most 1 makes fakes that G is sure of.
        seen_ratio: float in [0, 1). l above.
        initializer: Initializer of the embeddings.
        g_regularizer: Optional regularizer of G's weights.
        d_regularizer: Optional regularizer of D's weights.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If `mode`, `num_samples`, `temperature` or `seen_ratio` is
            out of range.

    Example:

    >>> start = keras_ganrec.baselines.BPRMF(
    ...     train.num_users, train.num_items, embedding_dim=5,
    ...     hardest_negative=True,
    ... )
    >>> start.compile(optimizer=keras.optimizers.Adam(0.01))
    >>> start.fit(keras_ganrec.data.pairs(train, num_negatives=5), epochs=50)
    >>> model = IRGAN(train.num_users, train.num_items, embedding_dim=5)
    >>> model.start_from(start)
    >>> model.compile(d_optimizer="adam", g_optimizer="adam")
    >>> model.fit(keras_ganrec.data.user_profiles(train), epochs=100)

    References:
        - [Wang et al., 2017](https://arxiv.org/abs/1705.10513)
    """

    paper = "https://arxiv.org/abs/1705.10513"
    year = 2017
    factorizes = True

    def __init__(
        self,
        num_users,
        num_items,
        mode="pointwise",
        embedding_dim=5,
        num_samples=64,
        temperature=0.2,
        seen_ratio=0.2,
        initializer="uniform",
        g_regularizer=None,
        d_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if mode not in ("pointwise", "pairwise"):
            raise ValueError(
                "`mode` must be 'pointwise' or 'pairwise'. "
                f"Received: mode={mode!r}"
            )
        if not isinstance(num_samples, int) or num_samples < 1:
            raise ValueError(
                "`num_samples` must be a positive integer. "
                f"Received: num_samples={num_samples!r}"
            )
        if not temperature > 0:
            raise ValueError(
                "`temperature` must be positive. "
                f"Received: temperature={temperature}"
            )
        if not 0 <= seen_ratio < 1:
            raise ValueError(
                "`seen_ratio` must be at least 0 and less than 1. "
                f"Received: seen_ratio={seen_ratio}"
            )
        self.num_users = num_users
        self.num_items = num_items
        self.mode = mode
        self.embedding_dim = embedding_dim
        self.num_samples = num_samples
        self.temperature = temperature
        self.seen_ratio = seen_ratio
        self.initializer = keras.initializers.get(initializer)
        self.g_regularizer = keras.regularizers.get(g_regularizer)
        self.d_regularizer = keras.regularizers.get(d_regularizer)
        self.adversarial_loss = losses.get(
            "minimax" if mode == "pointwise" else "relativistic"
        )
        self.generator, self.discriminator = (
            MatrixFactorization(
                num_users,
                num_items,
                embedding_dim,
                self.initializer,
                regularizer,
                name=name,
            )
            for name, regularizer in (
                ("generator", self.g_regularizer),
                ("discriminator", self.d_regularizer),
            )
        )
        self.built = True

    def start_from(self, other):
        """Lets G begin with the weights of a trained factor model.

        Args:
            other: Model of the same sizes with `user_table`, `item_table` and
                `item_bias`, as `keras_ganrec.baselines.BPRMF`.

        Raises:
            ValueError: If its tables are of other sizes.
        """
        self.generator.start_from(other)

    def call(self, inputs):
        return self.generator(inputs["user_id"])

    def user_embeddings(self, user_id):
        return self.generator.user_embeddings(user_id)

    def item_embeddings(self):
        return self.generator.item_embeddings()

    def discriminator_loss(self, batch):
        real, fake = self._draw(batch["seen"]), self._draw(self._p_t(batch))
        logits = self.discriminator.score(
            batch["user_id"], ops.concatenate([real, fake], axis=-1)
        )
        real_logits, fake_logits = ops.split(logits, 2, axis=-1)
        return self.adversarial_loss.discriminator(real_logits, fake_logits)

    def generator_loss(self, batch):
        log_p = ops.log_softmax(self.generator(batch["user_id"]), axis=-1)
        p = ops.exp(log_p)  # (batch, num_items)
        p_n = (1 - self.seen_ratio) * p
        p_n += self.seen_ratio * _uniform(batch["seen"])
        picked = self._draw(p_n)  # (batch, num_samples)
        weight = _at(picked, p) / _at(picked, p_n)
        reward = self._reward(batch, picked)
        baseline = ops.sum(weight * reward, axis=-1, keepdims=True)
        baseline /= ops.sum(weight, axis=-1, keepdims=True)
        advantage = ops.stop_gradient(weight * (reward - baseline))
        return -ops.mean(advantage * _at(picked, log_p))

    def realness(self, batch):
        logits = self.discriminator(batch["user_id"])  # (batch, num_items)
        return tuple(
            ops.sum(weights * logits, axis=-1)
            for weights in (_uniform(batch["seen"]), self._p_t(batch))
        )

    def _reward(self, batch, picked):
        logits = self.discriminator.score(batch["user_id"], picked)
        if self.mode == "pointwise":
            return 2 * ops.sigmoid(logits) - 1
        real = self._draw(batch["seen"])  # (batch, num_samples)
        real_logits = self.discriminator.score(batch["user_id"], real)
        return ops.log_sigmoid(logits - real_logits)

    def _p_t(self, batch):
        scores = self.generator(batch["user_id"])  # (batch, num_items)
        return ops.softmax(scores / self.temperature, axis=-1)

    def _draw(self, weights):
        return sample_items(weights, self.num_samples, self.seed_generator)

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            "mode": self.mode,
            "embedding_dim": self.embedding_dim,
            "num_samples": self.num_samples,
            "temperature": self.temperature,
            "seen_ratio": self.seen_ratio,
            "initializer": keras.initializers.serialize(self.initializer),
            "g_regularizer": keras.regularizers.serialize(self.g_regularizer),
            "d_regularizer": keras.regularizers.serialize(self.d_regularizer),
        }


def _uniform(seen):
    return seen / ops.sum(seen, axis=-1, keepdims=True)


def _at(items, table):
    batch, width = ops.shape(table)[0], table.shape[-1]
    row = ops.expand_dims(ops.arange(batch), axis=1) * width  # (batch, 1)
    return ops.take(ops.reshape(table, (-1,)), row + items)
