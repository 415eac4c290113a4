"""RecVAE: Mult-VAE with a better encoder, a better prior and alternation.

[Shenbin et al., WSDM 2020](https://arxiv.org/abs/1912.11160)

x_u         profile, (num_items,), ones and zeros
m, s        encoder(dropout(x_u / |x_u|)): mean and log variance of the code
q(z | x_u)  Normal(m, exp(s))
q'(z | x_u) the same by the encoder as it was at the start of the epoch,
            without dropout
pi(z)       softmax(z W + b), the decoder: a single layer
g           `kl_weight`; a user with more items is held more

    p(z | x_u) = a Normal(0, 1) + b q'(z | x_u) + c Normal(0, exp(10))

    minimize  E_u E_q  -sum_i x_ui log pi_i(z)
                       + g sum_i x_ui  (log q(z | x_u) - log p(z | x_u))

in turns: the encoder takes `encoder_steps` on dropped-out profiles, with the
decoder fixed, then the decoder takes one, on whole profiles. The second part
of the prior keeps the encoder from forgetting what it knew; the third, wide
one lets codes go far at a small price. Scores are the logits of pi(m).

Departures from the paper:
- The turns are taken at each batch; the paper makes whole passes of the
  encoder over the data and then one of the decoder.
- Both players share one optimizer; so its schedule, and the bias correction
  of Adam, count the steps of both.
- The prior is a mixture in each coordinate of the code, and has a third part,
  as in the authors' code.
"""

import math

import keras
from keras import ops

from keras_ganrec.gradients import Descent
from keras_ganrec.layers import unit_profiles
from keras_ganrec.recommender import Recommender
from keras_ganrec.whole_numbers import check_positive

HIDDEN_LAYERS = 5
WIDE_LOG_VARIANCE = 10.0


@keras.saving.register_keras_serializable(package="keras_ganrec")
class RecVAE(Recommender):
    """Scores profiles; needs no user ids.

    When to use it: in the place of MultVAE where there is time: it is ahead of
    it on ML-100K, for several times the seconds.

    When not to: where accuracy alone counts: on ML-100K EASE and IALS are
    ahead.

    Args:
        num_items: int. Size of the catalog.
        hidden_dim: int. Width of the encoder's five hidden layers, each of
            which also sees the outputs of all before it.
        latent_dim: int. Size of the code.
        dropout: float in [0, 1). Share of the input that is dropped.
        kl_weight: float. Weight of the KL term per item of the user (gamma
            in the paper, 0.0035 to 0.01 there).
        prior_weights: Three positive floats that add up to one: a, b and c
            above.
        encoder_steps: int. Updates of the encoder per batch.
        seed: Optional int. Seeds dropout and codes. Weights are drawn by
            their initializers: `keras.utils.set_random_seed`.

    Raises:
        ValueError: If an argument is out of range.

    Example:

    >>> model = RecVAE(num_items=train.num_items)
    >>> model.compile(optimizer=keras.optimizers.Adam(0.0005))
    >>> model.fit(keras_ganrec.data.user_profiles(train), epochs=50)

    References:
        - [Shenbin et al., 2020](https://arxiv.org/abs/1912.11160)
    """

    paper = "https://arxiv.org/abs/1912.11160"
    year = 2020

    def __init__(
        self,
        num_items,
        hidden_dim=600,
        latent_dim=200,
        dropout=0.5,
        kl_weight=0.005,
        prior_weights=(0.15, 0.75, 0.1),
        encoder_steps=3,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not 0 <= dropout < 1:
            raise ValueError(
                "`dropout` must be at least 0 and less than 1. "
                f"Received: dropout={dropout}"
            )
        check_positive(encoder_steps=encoder_steps)
        if (
            len(prior_weights) != 3
            or min(prior_weights) <= 0
            or not math.isclose(sum(prior_weights), 1.0)
        ):
            raise ValueError(
                "`prior_weights` must be three positive numbers that add up "
                f"to one. Received: prior_weights={prior_weights}"
            )
        self.num_items = num_items
        self.hidden_dim = hidden_dim
        self.latent_dim = latent_dim
        self.dropout = dropout
        self.kl_weight = kl_weight
        self.prior_weights = tuple(prior_weights)
        self.encoder_steps = encoder_steps
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.encoder = self._encoder("encoder")
        self.former_encoder = self._encoder("former_encoder")
        self.former_encoder.trainable = False
        # Code and logits stay in float32, also under mixed precision.
        self.decoder = keras.Sequential(
            [
                keras.Input((latent_dim,)),
                keras.layers.Dense(num_items, dtype="float32"),
            ],
            name="decoder",
        )
        self.built = True

    def _encoder(self, name):
        code = inputs = keras.Input((self.num_items,))
        before = None
        for _ in range(HIDDEN_LAYERS):
            dense = keras.layers.Dense(self.hidden_dim, dtype=self.dtype_policy)
            norm = keras.layers.LayerNormalization(
                epsilon=0.1, dtype=self.dtype_policy
            )
            value = dense(code)
            code = norm(ops.silu(value if before is None else value + before))
            # One sum that grows: gradients of longer ones are added up in an
            # order that differs from run to run.
            before = code if before is None else before + code
        outputs = keras.layers.Dense(2 * self.latent_dim, dtype="float32")
        return keras.Model(inputs, outputs(code), name=name)

    def call(self, inputs):
        return self.score_profiles(inputs["seen"])

    def score_profiles(self, seen):
        mean, _ = ops.split(self.encoder(unit_profiles(seen)), 2, axis=-1)
        return self.decoder(mean)  # (batch, num_items)

    def training_loss(self, batch):
        """The objective of the encoder's steps."""
        x_u = batch["seen"]
        reconstruction, code, mean, log_variance = self._draw(x_u, self.dropout)
        log_q = _log_normal(code, mean, log_variance)
        log_ratio = ops.sum(log_q - self._log_prior(x_u, code), axis=-1)
        kl_weight = self.kl_weight * ops.sum(x_u, axis=-1)  # (batch,)
        return ops.mean(reconstruction + kl_weight * log_ratio)

    def decoder_loss(self, batch):
        """The objective of the decoder's step."""
        reconstruction, *_ = self._draw(batch["seen"], dropout=0.0)
        return ops.mean(reconstruction)

    def _draw(self, x_u, dropout):
        profile = unit_profiles(x_u)
        if dropout > 0:
            profile = keras.random.dropout(
                profile, dropout, seed=self.seed_generator
            )
        mean, log_variance = ops.split(self.encoder(profile), 2, axis=-1)
        noise = keras.random.normal(
            ops.shape(mean), dtype=mean.dtype, seed=self.seed_generator
        )
        code = mean + ops.exp(0.5 * log_variance) * noise
        log_pi = ops.log_softmax(self.decoder(code), axis=-1)
        reconstruction = -ops.sum(x_u * log_pi, axis=-1)  # (batch,)
        return reconstruction, code, mean, log_variance

    def _log_prior(self, x_u, code):
        former = ops.split(self.former_encoder(unit_profiles(x_u)), 2, axis=-1)
        parts = [
            _log_normal(code, 0.0, 0.0),
            _log_normal(code, *former),
            _log_normal(code, 0.0, WIDE_LOG_VARIANCE),
        ]
        parts = [
            part + math.log(weight)
            for part, weight in zip(parts, self.prior_weights, strict=True)
        ]
        # (3, batch, latent_dim) -> (batch, latent_dim)
        return ops.logsumexp(ops.stack(parts), axis=0)

    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)
        if self.optimizer is not None:
            compiled = not self.run_eagerly
            self._encoder_descent, self._decoder_descent = (
                Descent(player, self.optimizer, compiled)
                for player in (self.encoder, self.decoder)
            )

    def fit(self, x=None, *args, callbacks=None, **kwargs):
        remember = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: self.update_prior()
        )
        callbacks = [remember, *keras.tree.flatten(callbacks or [])]
        return super().fit(x, *args, callbacks=callbacks, **kwargs)

    def update_prior(self):
        """The encoder as it is now becomes part of the prior."""
        self.former_encoder.set_weights(self.encoder.get_weights())

    def train_step(self, data):
        self.check_optimizer()
        batch, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        num_replicas = self.distribute_strategy.num_replicas_in_sync
        for _ in range(self.encoder_steps):
            loss = self._encoder_descent.step(
                lambda: self.training_loss(batch), num_replicas
            )
            self.loss_tracker.update_state(loss)
        self._decoder_descent.step(
            lambda: self.decoder_loss(batch), num_replicas
        )
        return {"loss": self.loss_tracker.result()}

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "hidden_dim": self.hidden_dim,
            "latent_dim": self.latent_dim,
            "dropout": self.dropout,
            "kl_weight": self.kl_weight,
            "prior_weights": self.prior_weights,
            "encoder_steps": self.encoder_steps,
            "seed": self.seed,
        }


def _log_normal(code, mean, log_variance):
    return -0.5 * (
        log_variance
        + math.log(2 * math.pi)
        + ops.square(code - mean) / ops.exp(log_variance)
    )
