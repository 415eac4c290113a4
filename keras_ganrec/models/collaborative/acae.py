"""ACAE: a denoising autoencoder trained against noise on its weights.

[Yuan et al., 2018](https://arxiv.org/abs/1808.05361); with a weight of its
own for each layer's noise it is FG-ACAE,
[Yuan et al., SIGIR 2019](https://doi.org/10.1145/3331184.3331321).

x_u      profile, shape (num_items,), ones and zeros
x'_u     the profile with some of its entries dropped out
h_u      sigmoid(x'_u W1 + b1), the code
y_u      h_u W2 + b2, logits: the scores
L        E_u sum_i cross-entropy(x_ui, sigmoid(y_ui)), the loss of CDAE
D1, D2   noise of length epsilon up the loss, a constant to the gradient
w1, w2   `encoder_noise_weight`, `decoder_noise_weight`

    minimize  L(W1, W2) + w1 L(W1 + D1, W2) + w2 L(W1, W2 + D2)
    D = epsilon G / |G|,  |G| the Frobenius norm of the whole matrix

The gradients G need no second pass. With n users in the batch, their profiles
x, x', codes h and logits y as rows:

    R   = (sigmoid(y) - x) / n                    dL / dy
    G2  = h^T R                                   dL / dW2
    G1  = x'^T [(R W2^T) * h * (1 - h)]           dL / dW1

Departures from the paper:
- There is no user node, so users that were not there are scored as well; and
  neither noise on user nodes nor FG-ACAE's layer that mixes noise in.
- Items of the profile are dropped, as in CDAE; the authors' code drops hidden
  units.
"""

import keras
from keras import ops

from keras_ganrec.recommender import Recommender


@keras.saving.register_keras_serializable(package="keras_ganrec")
class ACAE(Recommender):
    """ACAE and FG-ACAE (Yuan et al., 2018 and 2019). Scores profiles.

    Train it on `keras_ganrec.data.user_profiles(train)`. The authors train
    the autoencoder first, without noise (both weights 0), and against noise
    from there: `start_from(other)`.

    Everything is float32, also under mixed precision: the noise is smaller
    than what half precision can tell apart.

    When to use it: for an autoencoder of profiles that comes close to the best
    linear models, also for new users.

    When not to: for the sake of its adversary: on ML-100K the same autoencoder
    without it is as good.

    Args:
        num_items: int. Size of the catalog.
        hidden_dim: int. Size of the code.
        dropout: float in [0, 1). Share of the profile that is dropped.
        epsilon: float. Length of the noise on a whole weight matrix.
        encoder_noise_weight: float. w1 above.
        decoder_noise_weight: float. w2 above.
        regularizer: Optional regularizer of W1 and W2.
        seed: Optional int. Seeds dropout. Weights are drawn by their
            initializers: `keras.utils.set_random_seed`.

    Raises:
        ValueError: If `dropout` is out of range, or `epsilon` or a weight is
            negative.

    Example:

    >>> cdae = ACAE(
    ...     train.num_items, encoder_noise_weight=0, decoder_noise_weight=0
    ... )
    >>> cdae.compile(optimizer=keras.optimizers.Adam(0.001))
    >>> cdae.fit(keras_ganrec.data.user_profiles(train), epochs=50)
    >>> model = ACAE(train.num_items, epsilon=1.0)
    >>> model.start_from(cdae)

    References:
        - [Yuan et al., 2018](https://arxiv.org/abs/1808.05361)
        - [Yuan et al., 2019](https://doi.org/10.1145/3331184.3331321)
    """

    paper = "https://arxiv.org/abs/1808.05361"
    year = 2018

    def __init__(
        self,
        num_items,
        hidden_dim=200,
        dropout=0.5,
        epsilon=1.0,
        encoder_noise_weight=1.0,
        decoder_noise_weight=1.0,
        regularizer=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not 0 <= dropout < 1:
            raise ValueError(
                "`dropout` must be at least 0 and less than 1. "
                f"Received: dropout={dropout}"
            )
        for name, value in (
            ("epsilon", epsilon),
            ("encoder_noise_weight", encoder_noise_weight),
            ("decoder_noise_weight", decoder_noise_weight),
        ):
            if value < 0:
                raise ValueError(
                    f"`{name}` must not be negative: noise would help the "
                    f"model. Received: {name}={value}"
                )
        self.num_items = num_items
        self.hidden_dim = hidden_dim
        self.dropout = dropout
        self.epsilon = epsilon
        self.encoder_noise_weight = encoder_noise_weight
        self.decoder_noise_weight = decoder_noise_weight
        self.regularizer = keras.regularizers.get(regularizer)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.encoder = self._dense(num_items, hidden_dim, "sigmoid")
        self.decoder = self._dense(hidden_dim, num_items, None)
        self.built = True

    def _dense(self, input_dim, units, activation):
        layer = keras.layers.Dense(
            units,
            activation,
            kernel_regularizer=self.regularizer,
            dtype="float32",
        )
        layer.build((None, input_dim))
        return layer

    def call(self, inputs):
        return self.score_profiles(inputs["seen"])

    def score_profiles(self, seen):
        return self.decoder(self.encoder(seen))  # (batch, num_items)

    def start_from(self, other):
        """Copies the weights of an autoencoder that was trained before.

        Args:
            other: `ACAE` of the same `num_items` and `hidden_dim`.

        Raises:
            ValueError: If it is no such model.
        """
        ours = [tuple(w.shape) for w in self.weights]
        theirs = [tuple(w.shape) for w in other.weights]
        if not isinstance(other, ACAE) or ours != theirs:
            raise ValueError(
                f"A `{type(other).__name__}` of weights {theirs} is no start "
                f"for an ACAE of weights {ours}. Expected an ACAE of the same "
                "`num_items` and `hidden_dim`. Give both the same sizes."
            )
        self.set_weights(other.get_weights())

    def training_loss(self, batch):
        x_u = batch["seen"]
        dropped = x_u
        if self.dropout > 0:
            dropped = keras.random.dropout(
                x_u, self.dropout, seed=self.seed_generator
            )
        h_u = self.encoder(dropped)  # (batch, hidden_dim)
        y_u = self.decoder(h_u)  # (batch, num_items)
        d_1, d_2 = self.noise(x_u, dropped)
        loss = _cross_entropy(x_u, y_u)
        if self.encoder_noise_weight > 0:
            noisy = ops.matmul(dropped, self.encoder.kernel + d_1)
            noisy_h_u = ops.sigmoid(noisy + self.encoder.bias)
            loss += self.encoder_noise_weight * _cross_entropy(
                x_u, self.decoder(noisy_h_u)
            )
        if self.decoder_noise_weight > 0:
            loss += self.decoder_noise_weight * _cross_entropy(
                x_u, y_u + ops.matmul(h_u, d_2)
            )
        return loss

    def noise(self, profiles, dropped):
        """Returns D1 `(num_items, hidden_dim)` and D2, of W2's shape.

        Args:
            profiles: Tensor of shape `(batch, num_items)`. x above.
            dropped: Tensor of the same shape, what the encoder sees. x' above.
        """
        h = self.encoder(dropped)
        residuals = ops.sigmoid(self.decoder(h)) - profiles
        back = ops.matmul(residuals, ops.transpose(self.decoder.kernel))
        g_1 = ops.matmul(ops.transpose(dropped), back * h * (1 - h))
        g_2 = ops.matmul(ops.transpose(h), residuals)
        return tuple(
            # Where there is no slope, no noise either, and not 0 / 0.
            ops.stop_gradient(self.epsilon * g / (ops.norm(g) + 1e-12))
            for g in (g_1, g_2)
        )

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "hidden_dim": self.hidden_dim,
            "dropout": self.dropout,
            "epsilon": self.epsilon,
            "encoder_noise_weight": self.encoder_noise_weight,
            "decoder_noise_weight": self.decoder_noise_weight,
            "regularizer": keras.regularizers.serialize(self.regularizer),
            "seed": self.seed,
        }


def _cross_entropy(profiles, logits):
    losses = ops.softplus(logits) - profiles * logits
    return ops.mean(ops.sum(losses, axis=-1))
