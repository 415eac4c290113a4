"""AAERec: an autoencoder whose codes an adversary holds to a prior.

[Galke et al., UMAP 2018](https://arxiv.org/abs/1907.12366) and
[Vagliano et al., RecSys Challenge 2018](
https://doi.org/10.1145/3267471.3267476), by adversarial autoencoders,
[Makhzani et al., 2015](https://arxiv.org/abs/1511.05644)

x_u      profile, shape (num_items,), ones and zeros
z_u      encoder(x_u / |x_u|_1), the code, shape (code_dim,)
c_u      conditions: features of the user, or none
p_u      sigmoid(decoder(z_u, c_u))
z        ~ Normal(0, prior_scale^2), the prior
D(z)     whether z is of the prior and not a code
w        `adversarial_weight`

J_D = - E  log D(z) + log(1 - D(z_u))
J_G =   E  sum_i cross-entropy(x_ui, p_ui) - w log D(z_u)

G is encoder and decoder; w moves the encoder alone. All three networks drop
hidden units while they train; but the codes that D learns from are made of a
whole encoder, as in the authors' code. Scores are the logits of p_u.

Departures from the paper:
- G takes one step down the sum of both its terms. The authors take one of the
  autoencoder, then D's, then one of the encoder against D, each with an
  optimizer of its own, so that they have no weight w.
- The cross-entropy is summed over the items, not averaged; w is to that scale.
- Conditions are numbers. The authors also learn embeddings of theirs, which
  are words and attributes of what a profile belongs to.
"""

import keras
import numpy as np
from keras import ops

from keras_ganrec import losses
from keras_ganrec.gan import GAN
from keras_ganrec.layers import perceptron
from keras_ganrec.recommender import Recommender


@keras.saving.register_keras_serializable(package="keras_ganrec")
class AAERec(GAN, Recommender):
    """AAERec (Galke et al., 2018). Scores profiles.

    Train it on `keras_ganrec.data.user_profiles(train)`. Users that were not
    there have conditions of 0.

    When to use it: for profiles, also of new users, and where something is
    known of the users (`user_features`). It trains in seconds on ML-100K.

    When not to: where accuracy alone counts: of all items of ML-100K IALS is
    ahead of it, of the liked ones level with it. Nor for the sake of its
    adversary: one that never learns is as good. Nor beyond some 100,000 items,
    the width of its input.

    Args:
        num_items: int. Size of the catalog.
        user_features: Optional float array of shape `(num_users, dim)`, the
            conditions, for example
            `keras_ganrec.data.feature_matrix(train.user_features)`. It is
            saved with the model.
        hidden_dims: Widths of the encoder's hidden layers; the decoder
            mirrors them.
        code_dim: int. Size of the code.
        d_hidden_dims: Widths of D's hidden layers.
        dropout: float in [0, 1). Share of the hidden units that are dropped
            in each layer of all networks.
        prior_scale: float. Standard deviation of the prior.
        adversarial_weight: float. w above. At 0 it is an autoencoder.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If `dropout`, `prior_scale` or `adversarial_weight` is
            out of range, or `user_features` is no finite matrix.

    Example:

    >>> model = AAERec(num_items=train.num_items)
    >>> model.compile(
    ...     d_optimizer=keras.optimizers.Adam(0.001),
    ...     g_optimizer=keras.optimizers.Adam(0.001),
    ... )
    >>> model.fit(keras_ganrec.data.user_profiles(train), epochs=100)

    References:
        - [Galke et al., 2018](https://arxiv.org/abs/1907.12366)
        - [Vagliano et al., 2018](https://doi.org/10.1145/3267471.3267476)
        - [Makhzani et al., 2015](https://arxiv.org/abs/1511.05644)
    """

    paper = "https://arxiv.org/abs/1907.12366"
    year = 2018

    def __init__(
        self,
        num_items,
        user_features=None,
        hidden_dims=(100, 100),
        code_dim=50,
        d_hidden_dims=(100, 100),
        dropout=0.2,
        prior_scale=1.0,
        adversarial_weight=1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not 0 <= dropout < 1:
            raise ValueError(
                "`dropout` must be at least 0 and less than 1. "
                f"Received: dropout={dropout}"
            )
        if not prior_scale > 0:
            raise ValueError(
                "`prior_scale` must be positive: codes of one point hold "
                f"nothing. Received: prior_scale={prior_scale}"
            )
        if adversarial_weight < 0:
            raise ValueError(
                "`adversarial_weight` must not be negative: codes would flee "
                f"the prior. Received: adversarial_weight={adversarial_weight}"
            )
        self.num_items = num_items
        self.hidden_dims = tuple(hidden_dims)
        self.code_dim = code_dim
        self.d_hidden_dims = tuple(d_hidden_dims)
        self.dropout = dropout
        self.prior_scale = prior_scale
        self.adversarial_weight = adversarial_weight
        self.user_features, condition_dim = None, 0
        if user_features is not None:
            self.user_features = self._kept(user_features)
            self.num_users = self.user_features.shape[0]
            condition_dim = self.user_features.shape[1]
        self.condition_dim = condition_dim
        self.encoder = self._mlp(num_items, self.hidden_dims, code_dim)
        self.decoder = self._mlp(
            code_dim + condition_dim, self.hidden_dims[::-1], num_items
        )
        # Two networks are one player; they are called one by one.
        conditions = keras.Input((condition_dim,))
        codes = self.encoder.outputs[0]
        self.generator = keras.Model(
            [*self.encoder.inputs, conditions],
            self.decoder(ops.concatenate([codes, conditions], axis=-1)),
            name="generator",
        )
        self.discriminator = self._mlp(code_dim, self.d_hidden_dims, 1)
        self.built = True

    def _kept(self, user_features):
        features = np.asarray(user_features, "float32")
        if features.ndim != 2 or not np.isfinite(features).all():
            raise ValueError(
                "`user_features` must be a matrix of finite numbers, a row of "
                f"each user. Received: shape={features.shape}. Fill in what "
                "is missing, for instance with 0."
            )
        table = self.add_weight(
            shape=features.shape,
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="user_features",
        )
        table.assign(features)
        return table

    def _mlp(self, input_dim, hidden_dims, output_dim):
        return perceptron(
            input_dim, hidden_dims, output_dim, "relu", self.dtype_policy
        )

    def call(self, inputs):
        profiles = _normalized(inputs["seen"])
        return self.generator([profiles, self._conditions_of(inputs)])

    def score_profiles(self, seen):
        profiles = _normalized(seen)
        return self.generator([profiles, self._no_conditions(profiles)])

    def _conditions_of(self, batch):
        if self.user_features is None:
            return self._no_conditions(batch["seen"])
        return ops.take(self.user_features, batch["user_id"], axis=0)

    def _no_conditions(self, profiles):
        return ops.zeros((ops.shape(profiles)[0], self.condition_dim))

    def discriminator_loss(self, batch):
        prior, codes = self._prior_and_codes(batch)
        return losses.minimax_discriminator_loss(
            real_logits=self._with_dropout(self.discriminator, prior),
            fake_logits=self._with_dropout(self.discriminator, codes),
        )

    def generator_loss(self, batch):
        x_u = batch["seen"]
        z_u = self._with_dropout(self.encoder, _normalized(x_u))
        given = ops.concatenate([z_u, self._conditions_of(batch)], axis=-1)
        logits = self._with_dropout(self.decoder, given)
        cross_entropy = ops.sum(ops.softplus(logits) - x_u * logits, axis=-1)
        fake_logits = self._with_dropout(self.discriminator, z_u)
        adversarial = losses.non_saturating_generator_loss(fake_logits)
        return ops.mean(cross_entropy) + self.adversarial_weight * adversarial

    def realness(self, batch):
        return tuple(
            ops.squeeze(self.discriminator(codes), -1)
            for codes in self._prior_and_codes(batch)
        )

    def _prior_and_codes(self, batch):
        codes = self.encoder(_normalized(batch["seen"]))  # (batch, code_dim)
        prior = keras.random.normal(
            ops.shape(codes), stddev=self.prior_scale, seed=self.seed_generator
        )
        return prior, codes

    def _with_dropout(self, network, inputs):
        *hidden, output = network.layers
        for layer in hidden:
            inputs = layer(inputs)
            if self.dropout > 0:
                inputs = keras.random.dropout(
                    inputs, self.dropout, seed=self.seed_generator
                )
        return output(inputs)

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            # The values are among the weights.
            "user_features": (
                None
                if self.user_features is None
                else tuple(self.user_features.shape)
            ),
            "hidden_dims": self.hidden_dims,
            "code_dim": self.code_dim,
            "d_hidden_dims": self.d_hidden_dims,
            "dropout": self.dropout,
            "prior_scale": self.prior_scale,
            "adversarial_weight": self.adversarial_weight,
        }

    @classmethod
    def from_config(cls, config):
        features = config["user_features"]
        if features is not None:
            features = np.zeros(features, "float32")
        return super().from_config({**config, "user_features": features})


def _normalized(seen):
    return ops.normalize(ops.cast(seen, "float32"), axis=-1, order=1)
