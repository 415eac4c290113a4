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

J_G is REINFORCE: its gradient is that of - E_{k ~ p} r_k, but for what the
baseline takes from the draws it is made of (`policy`). Each expectation is a
mean over `num_samples` draws, for all users of a batch at once. G ranks.

Departures from the paper:
- The reward of the pointwise game is that of the authors' code; the paper
  prints log(1 + exp(f_k)).
- The pairwise game is that of the authors' code, too: pairs of a seen and a
  generated item, where the paper also has a third, unobserved one.
- Each player takes its steps on one batch, before the next batch; the authors'
  code makes whole passes over the data in turns.
- Every user of a batch has `num_samples` draws, new ones at each step. The
  authors' D has a pair for each seen item, with fakes that are drawn anew every
  five epochs, and their G draws twice as many items as a user has seen.
- L2 falls on all weights alike, not on those of each example.
"""

import keras
from keras import ops

from keras_ganrec import losses
from keras_ganrec.factor_gan import FactorGAN
from keras_ganrec.factor_gan import uniform
from keras_ganrec.policy import check_num_samples
from keras_ganrec.policy import entries
from keras_ganrec.policy import reinforce


@keras.saving.register_keras_serializable(package="keras_ganrec")
class IRGAN(FactorGAN):
    """IRGAN (Wang et al., 2017), pointwise and pairwise.

    Train it on `keras_ganrec.data.user_profiles(train)`, best from a model
    trained with hard negatives: `start_from`.

    When to use it: to refine a factor model that was trained with weak
    negatives, or to compare with the paper.

    When not to: from random weights, where it stays far below; or after hard
    negatives that were tuned well, to which it adds nothing.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings of both players.
        num_samples: int. Draws for each user and each expectation, at least 2.
        mode: `"pointwise"` or `"pairwise"`. What D judges.
        temperature: float. t above; below 1 G's favourites are the fakes.
        seen_ratio: float in [0, 1). l above.
        **kwargs: `initializer`, `g_regularizer`, `d_regularizer` and
            `d_constraint` of the players' weights; `d_steps`, `g_steps`,
            `seed` and the arguments of `keras.Model`.

    Raises:
        ValueError: If `mode`, `num_samples`, `temperature` or `seen_ratio` is
            out of range.

    Example:

    >>> start = keras_ganrec.baselines.BPRMF(
    ...     train.num_users, train.num_items, embedding_dim=5,
    ...     l2=0.05, hardest_negative=True,
    ... )
    >>> start.compile(optimizer=keras.optimizers.Adam(0.01))
    >>> start.fit(keras_ganrec.data.pairs(train, num_negatives=5), epochs=50)
    >>> model = IRGAN(train.num_users, train.num_items, d_steps=2)
    >>> model.start_from(start)
    >>> model.compile(
    ...     d_optimizer=keras.optimizers.Adam(0.02),
    ...     g_optimizer=keras.optimizers.SGD(1.0),
    ... )
    >>> model.fit(
    ...     keras_ganrec.data.user_profiles(train, batch_size=95), epochs=20
    ... )

    References:
        - [Wang et al., 2017](https://arxiv.org/abs/1705.10513)
    """

    paper = "https://arxiv.org/abs/1705.10513"
    year = 2017

    def __init__(
        self,
        num_users,
        num_items,
        embedding_dim=5,
        num_samples=64,
        mode="pointwise",
        temperature=0.2,
        seen_ratio=0.2,
        **kwargs,
    ):
        super().__init__(
            num_users, num_items, embedding_dim, num_samples, **kwargs
        )
        check_num_samples(num_samples)
        if mode not in ("pointwise", "pairwise"):
            raise ValueError(
                "`mode` must be 'pointwise' or 'pairwise'. "
                f"Received: mode={mode!r}"
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
        self.mode = mode
        self.temperature = temperature
        self.seen_ratio = seen_ratio
        self.adversarial_loss = losses.get(
            "minimax" if mode == "pointwise" else "relativistic"
        )

    def discriminator_loss(self, batch):
        real_logits, fake_logits = self.judge_draws(batch)
        return self.adversarial_loss.discriminator(real_logits, fake_logits)

    def fake_weights(self, batch):
        scores = self.generator(batch["user_id"])  # (batch, num_items)
        return ops.softmax(scores / self.temperature, axis=-1)

    def generator_loss(self, batch):
        log_p = ops.log_softmax(self.generator(batch["user_id"]), axis=-1)
        p = ops.exp(log_p)  # (batch, num_items)
        p_n = (1 - self.seen_ratio) * p
        p_n += self.seen_ratio * uniform(batch["seen"])
        picked = self.draw(p_n)  # (batch, num_samples)
        weights = entries(p, picked) / entries(p_n, picked)
        return reinforce(log_p, picked, self._reward(batch, picked), weights)

    def _reward(self, batch, picked):
        logits = self.discriminator.score(batch["user_id"], picked)
        if self.mode == "pointwise":
            return 2 * ops.sigmoid(logits) - 1
        real = self.draw(batch["seen"])  # (batch, num_samples)
        real_logits = self.discriminator.score(batch["user_id"], real)
        return ops.log_sigmoid(logits - real_logits)

    def get_config(self):
        return {
            **super().get_config(),
            "mode": self.mode,
            "temperature": self.temperature,
            "seen_ratio": self.seen_ratio,
        }
