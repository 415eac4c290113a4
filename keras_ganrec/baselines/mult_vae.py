"""Mult-VAE: a variational autoencoder with a multinomial likelihood.

[Liang et al., WWW 2018](https://arxiv.org/abs/1802.05814)

x_u         profile, (num_items,), ones and zeros
m, s        encoder(dropout(x_u / |x_u|)): mean and log variance of the code
z_u         ~ Normal(m, exp(s)) while training; m when scoring
pi(z_u)     softmax(decoder(z_u))
k           weight of the KL term: rises in a straight line from 0 to
            `kl_weight` over the first `annealing_steps` steps, then stays

    minimize  E_u  -sum_i x_ui log pi_i(z_u)
                   + k KL(Normal(m, exp(s)) | Normal(0, 1))

Scores are the logits of pi.
"""

import keras
from keras import ops

from keras_ganrec.layers import perceptron
from keras_ganrec.layers import unit_profiles
from keras_ganrec.recommender import Recommender


@keras.saving.register_keras_serializable(package="keras_ganrec")
class MultVAE(Recommender):
    """Scores profiles; needs no user ids.

    When to use it: for profiles, also of new users, and recommendations from
    more of the catalog than those of linear models.

    When not to: where accuracy alone counts: on MovieLens EASE and IALS are
    ahead.

    Args:
        num_items: int. Size of the catalog.
        hidden_dims: Widths of the encoder's hidden layers; the decoder
            mirrors them.
        latent_dim: int. Size of the code.
        dropout: float in [0, 1). Share of the input that is dropped.
        kl_weight: float. Weight of the KL term after annealing; 1 is the
            evidence lower bound, less is better for ranking.
        annealing_steps: int. Training steps until `kl_weight` is reached.
        seed: Optional int. Seeds dropout and codes. Weights are drawn by
            their initializers: `keras.utils.set_random_seed`.

    Raises:
        ValueError: If `dropout` or `annealing_steps` is out of range.

    Example:

    >>> model = MultVAE(num_items=train.num_items)
    >>> model.compile(optimizer=keras.optimizers.Adam(0.001))
    >>> model.fit(keras_ganrec.data.user_profiles(train), epochs=50)

    References:
        - [Liang et al., 2018](https://arxiv.org/abs/1802.05814)
    """

    paper = "https://arxiv.org/abs/1802.05814"
    year = 2018
    has_normal_prior = True  # of its codes

    def __init__(
        self,
        num_items,
        hidden_dims=(600,),
        latent_dim=200,
        dropout=0.5,
        kl_weight=0.2,
        annealing_steps=2000,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not 0 <= dropout < 1:
            raise ValueError(
                "`dropout` must be at least 0 and less than 1. "
                f"Received: dropout={dropout}"
            )
        if annealing_steps < 1:
            raise ValueError(
                "`annealing_steps` must be a positive integer. "
                f"Received: annealing_steps={annealing_steps}"
            )
        self.num_items = num_items
        self.hidden_dims = tuple(hidden_dims)
        self.latent_dim = latent_dim
        self.dropout = dropout
        self.kl_weight = kl_weight
        self.annealing_steps = annealing_steps
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.kl_schedule = keras.optimizers.schedules.PolynomialDecay(
            0.0, annealing_steps, end_learning_rate=kl_weight
        )
        self.encoder = self._mlp(num_items, self.hidden_dims, 2 * latent_dim)
        self.decoder = self._mlp(latent_dim, self.hidden_dims[::-1], num_items)
        self.built = True

    def call(self, inputs):
        return self.score_profiles(inputs["seen"])

    def score_profiles(self, seen):
        mean, _ = self.encode(seen)
        return self.decoder(mean)  # (batch, num_items)

    def encode(self, seen, training=False):
        """Returns mean and log variance of the code, `(batch, latent_dim)`."""
        profile = unit_profiles(seen)
        if training:
            profile = keras.random.dropout(
                profile, self.dropout, seed=self.seed_generator
            )
        return ops.split(self.encoder(profile), 2, axis=-1)

    def training_loss(self, batch):
        x_u = batch["seen"]
        mean, log_variance = self.encode(x_u, training=True)
        noise = keras.random.normal(
            ops.shape(mean), dtype=mean.dtype, seed=self.seed_generator
        )
        z_u = mean + ops.exp(0.5 * log_variance) * noise
        log_pi = ops.log_softmax(self.decoder(z_u), axis=-1)
        reconstruction = -ops.sum(x_u * log_pi, axis=-1)  # (batch,)
        kl = 0.5 * ops.sum(
            ops.exp(log_variance) + ops.square(mean) - 1.0 - log_variance,
            axis=-1,
        )  # (batch,)
        kl_weight = self.kl_schedule(self.optimizer.iterations)
        return ops.mean(reconstruction + kl_weight * kl)

    def _mlp(self, input_dim, hidden_dims, output_dim):
        return perceptron(
            input_dim, hidden_dims, output_dim, "tanh", self.dtype_policy
        )

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "hidden_dims": self.hidden_dims,
            "latent_dim": self.latent_dim,
            "dropout": self.dropout,
            "kl_weight": self.kl_weight,
            "annealing_steps": self.annealing_steps,
            "seed": self.seed,
        }
