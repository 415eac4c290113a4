"""APL: a pairwise game in which the fake item is a differentiable draw.

[Sun et al., ESWA 2019](https://doi.org/10.1016/j.eswa.2018.10.024)

g, f     scores of G and of D for an item of user u, p_u . q_i + b_i each
R_u      items that u has seen
p        softmax of g over the whole catalog
t, p_t   temperature, and the softmax of g / t: D's fakes
l, p_l   share of R_u, and (1 - l) p + l uniform(R_u): G's fakes
y        relaxed one-hot vector, softmax of (log p_t + Gumbel noise) / h for
         D, of (log p_l + Gumbel noise) / h for G
f_y      sum_k y_k f_k: D's score of the mixed embedding sum_k y_k q_k

J_D = E_{i in R_u, y} L(f_i - f_y)
J_G = - J_D

L(x) is log(1 + exp(-x)), max(0, 1 - x), or, with D's weights clipped, -x.
G's gradient goes through y: there is no REINFORCE. The expectation is a mean
over `num_samples` seen items and one y, for all users of a batch. G ranks.

Departures from the paper, as far as the authors' code shows it:
- Users count alike; in the code, each of their items does.
- Each player takes its steps on one batch, before the next batch; the code
  makes whole passes over the data in turns.
- L2 falls on all weights alike, not on those of each example.
"""

import keras
from keras import ops

from keras_ganrec import losses
from keras_ganrec.factor_gan import FactorGAN
from keras_ganrec.factor_gan import uniform
from keras_ganrec.sampling import gumbel_softmax

LOSSES = ("relativistic", "relativistic_hinge", "wasserstein")


@keras.saving.register_keras_serializable(package="keras_ganrec")
class APL(FactorGAN):
    """APL, adversarial pairwise learning (Sun et al., 2019).

    Train it on `keras_ganrec.data.user_profiles(train)`, best from a trained
    factor model: `start_from`.

    When to use it: to refine a trained factor model by a game without
    REINFORCE.

    When not to: from random weights; after hard negatives that were tuned well,
    to which it adds nothing; or on large catalogs: each user's softmax is over
    all items.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings of both players.
        num_samples: int. Seen items drawn for each user.
        loss: `"relativistic"`, the paper's log, `"relativistic_hinge"`, or
            `"wasserstein"`, which needs a `d_constraint`.
        temperature: float. t above; below 1 G's favourites are D's fakes.
        seen_ratio: float in [0, 1). l above.
        gumbel_temperature: float. h above; near 0 a y is one item, and its
            gradient vanishes.
        **kwargs: `initializer`, `g_regularizer`, `d_regularizer` and
            `d_constraint` of the players' weights; `d_steps`, `g_steps`,
            `seed` and the arguments of `keras.Model`.

    Raises:
        ValueError: If `loss` is another one, if the Wasserstein loss has no
            `d_constraint`, or if a number is out of range.

    References:
        - [Sun et al., 2019](https://doi.org/10.1016/j.eswa.2018.10.024)
    """

    paper = "https://doi.org/10.1016/j.eswa.2018.10.024"
    year = 2019

    def __init__(
        self,
        num_users,
        num_items,
        embedding_dim=20,
        num_samples=64,
        loss="relativistic",
        temperature=0.2,
        seen_ratio=0.2,
        gumbel_temperature=0.2,
        **kwargs,
    ):
        super().__init__(
            num_users, num_items, embedding_dim, num_samples, **kwargs
        )
        if loss not in LOSSES:
            raise ValueError(
                f"`loss` must be one of {LOSSES}. Received: loss={loss!r}"
            )
        if loss == "wasserstein" and self.d_constraint is None:
            raise ValueError(
                "The Wasserstein loss has no bound where D's weights have "
                "none. Expected a `d_constraint`. Received: None. Pass "
                "`d_constraint=keras_ganrec.penalties.WeightClipping(0.05)`."
            )
        for name, value in (
            ("temperature", temperature),
            ("gumbel_temperature", gumbel_temperature),
        ):
            if not value > 0:
                raise ValueError(
                    f"`{name}` must be positive. Received: {name}={value}"
                )
        if not 0 <= seen_ratio < 1:
            raise ValueError(
                "`seen_ratio` must be at least 0 and less than 1. "
                f"Received: seen_ratio={seen_ratio}"
            )
        self.loss_name = loss
        self.adversarial_loss = losses.get(loss)
        self.temperature = temperature
        self.seen_ratio = seen_ratio
        self.gumbel_temperature = gumbel_temperature

    def discriminator_loss(self, batch):
        scores = self.generator(batch["user_id"])  # (batch, num_items)
        return self._loss(batch, scores / self.temperature)

    def fake_weights(self, batch):
        scores = self.generator(batch["user_id"])  # (batch, num_items)
        return ops.softmax(scores / self.temperature, axis=-1)

    def generator_loss(self, batch):
        log_p = ops.log_softmax(self.generator(batch["user_id"]), axis=-1)
        log_p_l = ops.logaddexp(
            log_p + ops.log(1.0 - self.seen_ratio),
            ops.log(self.seen_ratio * uniform(batch["seen"])),
        )  # (batch, num_items)
        return -self._loss(batch, log_p_l)

    def _loss(self, batch, logits):
        user_id = batch["user_id"]
        y = gumbel_softmax(
            logits, self.gumbel_temperature, self.seed_generator
        )  # (batch, num_items)
        fake_logits = ops.sum(
            y * self.discriminator(user_id), axis=-1, keepdims=True
        )  # (batch, 1)
        real_logits = self.discriminator.score(
            user_id, self.draw(batch["seen"])
        )  # (batch, num_samples)
        # One fake for all that the user has seen.
        fake_logits = ops.broadcast_to(fake_logits, ops.shape(real_logits))
        return self.adversarial_loss.discriminator(real_logits, fake_logits)

    def get_config(self):
        return {
            **super().get_config(),
            "loss": self.loss_name,
            "temperature": self.temperature,
            "seen_ratio": self.seen_ratio,
            "gumbel_temperature": self.gumbel_temperature,
        }
