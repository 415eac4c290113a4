"""AdvInfoNCE: a contrastive loss whose negatives are as hard as allowed.

[Zhang et al., NeurIPS 2023](https://arxiv.org/abs/2310.18700)

s(u, i)     cosine of the embeddings of u and i, over the temperature
N           negatives j drawn for each pair (u, i) of the batch
a_u, b_j    embeddings of the adversary
p_j         softmax over the N negatives of a_u . b_j
d_j         = log(N p_j), the hardness of a negative; all 0 is InfoNCE
eta         `max_hardness`
K           `negatives_weight`

    L = E -log( e^s(u,i) / (e^s(u,i) + K sum_j e^(d_j + s(u,j))) )

The recommender goes down L; the adversary goes up L within

    KL(p | uniform) = sum_j p_j d_j <= eta           for each (u, i)

and so they are a player each, with its own optimizer. With `max_hardness=0`
there is no adversary, and L is InfoNCE.

Departures from the paper:
- Both players step on each batch, from the same weights; the authors train
  the adversary alone, for a whole epoch now and then.
- The bound holds: a row of the batch that is at eta asks the adversary for
  less divergence, not for more loss. The authors bound it by the number of the
  adversary's epochs, and report the divergence that this comes to.
- The adversary begins at d = 0; the authors' begins near to it.
"""

import math

import keras
from keras import ops

from keras_ganrec.gradients import Descent
from keras_ganrec.pairwise import RecommenderTrainer


@keras.saving.register_keras_serializable(package="keras_ganrec")
class AdvInfoNCE(RecommenderTrainer):
    """Trains a factor model by InfoNCE with learned hardness of negatives.

    The trained model ranks by cosines. Logs of `fit()`: `loss` is L, and
    `hardness` the mean divergence, at most about `max_hardness`.

    When to use it: to train a factor model, such as LightGCN, on sampled
    negatives, where many of them may be liked after all. The catalog may be
    large.

    When not to: before ItemKNN has been tried: on Gowalla it is ahead, in a
    fraction of the time. There are two learning rates to tune; and on ML-100K
    its loss is as good without the adversary.

    Args:
        recommender: Factor model that learns from pairs and has no biases:
            `BPRMF(..., use_bias=False)` or `LightGCN`. Its own `l2` is part of
            the loss.
        temperature: float. Small ones look at the hardest negatives alone.
        max_hardness: float. eta above, in nats; 0 is plain InfoNCE.
        negatives_weight: float. K above.
        adversary_dim: int. Size of the adversary's embeddings.

    Raises:
        ValueError: If an argument is out of range, or `recommender` does not
            learn from pairs, has biases or learns from the hardest negative
            alone.

    Example:

    >>> model = AdvInfoNCE(LightGCN(train.num_users, train.num_items))
    >>> model.compile(
    ...     optimizer=keras.optimizers.Adam(0.001),
    ...     adversary_optimizer=keras.optimizers.Adam(0.0001),
    ... )
    >>> model.fit(keras_ganrec.data.pairs(train, num_negatives=64), epochs=50)

    References:
        - [Zhang et al., 2023](https://arxiv.org/abs/2310.18700)
    """

    paper = "https://arxiv.org/abs/2310.18700"
    year = 2023

    def __init__(
        self,
        recommender,
        temperature=0.2,
        max_hardness=0.1,
        negatives_weight=1.0,
        adversary_dim=64,
        **kwargs,
    ):
        super().__init__(recommender, **kwargs)
        for name, value in (
            ("temperature", temperature),
            ("negatives_weight", negatives_weight),
        ):
            if value <= 0:
                raise ValueError(
                    f"`{name}` must be positive. Received: {name}={value}"
                )
        if max_hardness < 0:
            raise ValueError(
                "`max_hardness` must not be negative; 0 is InfoNCE. "
                f"Received: max_hardness={max_hardness}"
            )
        if hasattr(recommender, "item_bias"):
            raise ValueError(
                "`recommender` must have no item biases: a cosine has no "
                "place for them. Expected `BPRMF(..., use_bias=False)` or "
                f"`LightGCN`. Received: recommender={recommender!r}"
            )
        if getattr(recommender, "hardest_negative", False):
            raise ValueError(
                "`recommender` must keep all negatives: the loss weighs them "
                "against one another. Build it with `hardest_negative=False`. "
                f"Received: recommender={recommender!r}"
            )
        self.temperature = temperature
        self.max_hardness = max_hardness
        self.negatives_weight = negatives_weight
        self.adversary_dim = adversary_dim
        self.hardness_tracker = keras.metrics.Mean(name="hardness")
        self.adversary = _Adversary(
            self.num_users, self.num_items, adversary_dim
        )
        self.built = True

    def call(self, inputs):
        users = self.user_embeddings(inputs["user_id"])
        return ops.matmul(users, ops.transpose(self.item_embeddings()))

    def user_embeddings(self, user_id):
        return ops.normalize(self.recommender.user_embeddings(user_id))

    def item_embeddings(self):
        return ops.normalize(self.recommender.item_embeddings())

    def compile(
        self,
        optimizer=None,
        adversary_optimizer="adam",
        metrics=None,
        jit_compile=False,
        **kwargs,
    ):
        """Sets one optimizer per player, and the ranking metrics.

        Args:
            optimizer: Name or `keras.optimizers.Optimizer` of the recommender.
            adversary_optimizer: The same of the adversary; another object.
            metrics: List of `keras_ganrec.metrics`.
            jit_compile: bool. XLA, off unless asked for.
            **kwargs: As in `keras.Model.compile`.

        Raises:
            ValueError: If both players are given the same optimizer object.
        """
        adversary_optimizer = keras.optimizers.get(adversary_optimizer)
        if adversary_optimizer is optimizer:
            raise ValueError(
                "`optimizer` and `adversary_optimizer` are the same object, "
                "but each player needs its own state. Create two."
            )
        super().compile(optimizer, metrics, jit_compile, **kwargs)
        self.keep_compile_config(
            optimizer=self.optimizer,
            adversary_optimizer=adversary_optimizer,
            metrics=self.ranking_metrics,
            jit_compile=jit_compile,
            **kwargs,
        )
        self.adversary_optimizer = adversary_optimizer
        self._adversary_descent = Descent(
            self.adversary, adversary_optimizer, compiled=not self.run_eagerly
        )

    @property
    def metrics(self):
        return [*super().metrics, self.hardness_tracker]

    def train_step(self, data):
        self.check_optimizer()
        batch, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        num_replicas = self.distribute_strategy.num_replicas_in_sync
        hardness, divergence = self.adversary(batch)
        self.hardness_tracker.update_state(ops.mean(divergence))
        made = []  # The similarities, made once for both players.

        def recommender_loss():
            pairs = self.recommender.pairs(batch)
            made.append(self.similarities(pairs))
            return ops.mean(self.info_nce(made[0], hardness)) + pairs.penalty

        loss = self._descent.step(recommender_loss, num_replicas)
        self.loss_tracker.update_state(loss)
        if self.max_hardness > 0:
            self._adversary_descent.step(
                lambda: self.adversary_loss(made[0], batch), num_replicas
            )
        return {
            "loss": self.loss_tracker.result(),
            "hardness": self.hardness_tracker.result(),
        }

    def similarities(self, pairs):
        """Returns s(u, i), then s(u, j): `(batch, 1 + num_negatives)`."""
        e_u, e_i, e_j = map(
            ops.normalize, (pairs.user, pairs.item, pairs.negatives)
        )
        s_ui = ops.sum(e_u * e_i, axis=-1, keepdims=True)
        s_uj = ops.einsum("bd,bnd->bn", e_u, e_j)
        return ops.concatenate([s_ui, s_uj], axis=-1) / self.temperature

    def info_nce(self, similarities, hardness):
        """Returns the loss of each pair, `(batch,)`.

        Args:
            similarities: Tensor of shape `(batch, 1 + num_negatives)`.
            hardness: d, tensor of shape `(batch, num_negatives)`.
        """
        weights = hardness + math.log(self.negatives_weight)
        logits = similarities + ops.pad(weights, ((0, 0), (1, 0)))
        return ops.logsumexp(logits, axis=-1) - logits[:, 0]

    def adversary_loss(self, similarities, batch):
        """Returns what the adversary goes down, a scalar."""
        hardness, divergence = self.adversary(batch)
        loss = self.info_nce(ops.stop_gradient(similarities), hardness)
        within = divergence < self.max_hardness  # (batch,)
        return ops.mean(ops.where(within, -loss, divergence))

    def get_config(self):
        return {
            **super().get_config(),
            "temperature": self.temperature,
            "max_hardness": self.max_hardness,
            "negatives_weight": self.negatives_weight,
            "adversary_dim": self.adversary_dim,
        }


class _Adversary(keras.Model):
    """Knows how hard an item is for a user, among others."""

    def __init__(self, num_users, num_items, dim):
        super().__init__(name="adversary")
        # One of the tables is zero, so that all are alike at first.
        self.user_table, self.item_table = (
            self.add_weight(
                shape=(size, dim),
                initializer=initializer,
                autocast=False,
                name=name,
            )
            for size, initializer, name in (
                (num_users, "zeros", "user_table"),
                (num_items, "glorot_normal", "item_table"),
            )
        )
        self.built = True

    def call(self, batch):
        """Returns d, `(batch, n)`, and KL(p | uniform), `(batch,)`."""
        a_u = ops.take(self.user_table, batch["user_id"], axis=0)
        b_j = ops.take(self.item_table, batch["negative_ids"], axis=0)
        log_p = ops.log_softmax(ops.einsum("bd,bnd->bn", a_u, b_j), axis=-1)
        hardness = log_p + math.log(b_j.shape[1])
        return hardness, ops.sum(ops.exp(log_p) * hardness, axis=-1)
