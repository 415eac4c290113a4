"""VAEGAN: Mult-VAE whose codes may have any distribution.

[Yu et al., IJCAI 2019](https://doi.org/10.24963/ijcai.2019/584), by
adversarial variational Bayes,
[Mescheder et al., ICML 2017](https://arxiv.org/abs/1701.04722)

x_u      profile, shape (num_items,), ones and zeros
x'_u     x_u / |x_u| with some of its entries dropped out
m_u, a_u encoder(x'_u): mean of the code, and a scale for each noise v_i
v_i      noise_network(Normal(0, 1)), of mean 0 and variance 1
y_u      sum_i a_ui v_i / s_u, where s_u^2 = sum_i a_ui^2: the code's shape
z_u      m_u + s_u y_u, the code; q_u is its distribution, of no known density
pi(z_u)  softmax(decoder(z_u))
D(x, y)  whether y is a draw y_0 of Normal(0, 1) and not the y_u of x
k        weight of the KL term: rises in a straight line from 0 to
         `kl_weight` over the first `annealing_steps` steps, then stays
w        `adversarial_weight`; 1 is the evidence lower bound

J_D = - E_u  log D(x'_u, y_0) + log(1 - D(x'_u, y_u))
J_G =   E_u  - sum_i x_ui log pi_i(z_u)
             + k KL(Normal(m_u, s_u^2) | Normal(0, 1)) - w k logit D(x'_u, y_u)

The KL divergence of q_u from Normal(0, 1) is that of the normal distribution
with the moments of q_u, which is known, and that of q_u from it, which is
- E logit D of the best D (Mescheder's adaptive contrast). So D is asked for
what is not normal about the codes, and for nothing that is known without it.
Scores are the logits of pi(m_u).

Departures from the paper, of which neither the text nor a code was at hand:
- As it is known, it has a second discriminator, of what is decoded, and a
  contractive penalty; both are left out.
- Adaptive contrast and the sum of noises are Mescheder's; everything else is
  as in Mult-VAE.
"""

import keras
from keras import ops

from keras_ganrec import losses
from keras_ganrec.gan import GAN
from keras_ganrec.layers import perceptron
from keras_ganrec.layers import unit_profiles
from keras_ganrec.recommender import Recommender

# Beyond those of the batch: v_i gets its mean and variance from all of them.
EXTRA_DRAWS = 256


@keras.saving.register_keras_serializable(package="keras_ganrec")
class VAEGAN(GAN, Recommender):
    """VAEGAN for collaborative filtering (Yu et al., 2019). Scores profiles.

    Train it on `keras_ganrec.data.user_profiles(train)`.

    When to use it: to study codes of any distribution. It recommends from more
    of the catalog than most others on ML-100K.

    When not to: for more accuracy than MultVAE has: on ML-100K it is as good
    without its adversary.

    Args:
        num_items: int. Size of the catalog.
        hidden_dims: Widths of the encoder's hidden layers; the decoder
            mirrors them.
        latent_dim: int. Size of the code.
        num_noises: int. How many v_i make a code. All together they must
            have as many dimensions as the code.
        noise_dim: int. Size of the normal noise that a v_i is made of.
        d_hidden_dims: Widths of D's hidden layers.
        dropout: float in [0, 1). Share of the input that is dropped.
        kl_weight: float. k above, after annealing; 1 is the evidence lower
            bound, less is better for ranking.
        annealing_steps: int. Steps of G until `kl_weight` is reached.
        adversarial_weight: float. w above. At 0 the codes count as normal.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If `dropout`, `annealing_steps`, a weight or the size of
            the noise is out of range.

    Example:

    >>> model = VAEGAN(num_items=train.num_items)
    >>> model.compile(
    ...     d_optimizer=keras.optimizers.Adam(0.001),
    ...     g_optimizer=keras.optimizers.Adam(0.001),
    ... )
    >>> model.fit(keras_ganrec.data.user_profiles(train), epochs=50)

    References:
        - [Yu et al., 2019](https://doi.org/10.24963/ijcai.2019/584)
        - [Mescheder et al., 2017](https://arxiv.org/abs/1701.04722)
    """

    paper = "https://doi.org/10.24963/ijcai.2019/584"
    year = 2019

    def __init__(
        self,
        num_items,
        hidden_dims=(600,),
        latent_dim=200,
        num_noises=4,
        noise_dim=64,
        d_hidden_dims=(200,),
        dropout=0.5,
        kl_weight=0.2,
        annealing_steps=2000,
        adversarial_weight=1.0,
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
        for name, weight in (
            ("kl_weight", kl_weight),
            ("adversarial_weight", adversarial_weight),
        ):
            if weight < 0:
                raise ValueError(
                    f"`{name}` must not be negative: codes would flee the "
                    f"prior. Received: {name}={weight}"
                )
        if num_noises * noise_dim < latent_dim:
            raise ValueError(
                f"{num_noises} noises of size {noise_dim} do not fill codes "
                f"of size {latent_dim}, which then have no density. Expected "
                "`num_noises * noise_dim >= latent_dim`. Raise `noise_dim`."
            )
        self.num_items = num_items
        self.hidden_dims = tuple(hidden_dims)
        self.latent_dim = latent_dim
        self.num_noises = num_noises
        self.noise_dim = noise_dim
        self.d_hidden_dims = tuple(d_hidden_dims)
        self.dropout = dropout
        self.kl_weight = kl_weight
        self.annealing_steps = annealing_steps
        self.adversarial_weight = adversarial_weight
        self.kl_schedule = keras.optimizers.schedules.PolynomialDecay(
            0.0, annealing_steps, end_learning_rate=kl_weight
        )
        self.encoder = self._mlp(
            num_items, self.hidden_dims, (num_noises + 1) * latent_dim
        )
        self.decoder = self._mlp(latent_dim, self.hidden_dims[::-1], num_items)
        self.noise_network = self._noise_network()
        # Three networks are one player; they are called one by one.
        means = self.encoder.outputs[0][:, :latent_dim]
        self.generator = keras.Model(
            [*self.encoder.inputs, *self.noise_network.inputs],
            [self.decoder(means), *self.noise_network.outputs],
        )
        width = num_items + latent_dim
        self.discriminator = self._mlp(width, self.d_hidden_dims, 1)
        self.built = True

    def _mlp(self, input_dim, hidden_dims, output_dim):
        return perceptron(
            input_dim, hidden_dims, output_dim, "tanh", self.dtype_policy
        )

    def _noise_network(self):
        # A network of its own for each noise m.
        n, m = self.noise_dim, self.num_noises
        hidden = keras.layers.EinsumDense(
            "bmi,mij->bmj", (m, n), "tanh", "mj", dtype=self.dtype_policy
        )
        output = keras.layers.EinsumDense(
            "bmi,mij->bmj", (m, self.latent_dim), dtype="float32"
        )
        return keras.Sequential([keras.Input((m, n)), hidden, output])

    def call(self, inputs):
        return self.score_profiles(inputs["seen"])

    def score_profiles(self, seen):
        mean = self.encoder(unit_profiles(seen))[:, : self.latent_dim]
        return self.decoder(mean)  # (batch, num_items)

    def discriminator_loss(self, batch):
        return losses.minimax_discriminator_loss(*self.realness(batch))

    def generator_loss(self, batch):
        x_u = batch["seen"]
        profile, mean, variance, shape = self.encode(x_u)
        code = mean + ops.sqrt(variance) * shape
        log_pi = ops.log_softmax(self.decoder(code), axis=-1)
        reconstruction = -ops.sum(x_u * log_pi, axis=-1)  # (batch,)
        normal_kl = 0.5 * ops.sum(
            variance + ops.square(mean) - 1.0 - ops.log(variance), axis=-1
        )  # (batch,)
        other_kl = -self._judge(profile, shape)  # (batch,)
        kl_weight = self.kl_schedule(self.g_optimizer.iterations)
        return ops.mean(
            reconstruction
            + kl_weight * (normal_kl + self.adversarial_weight * other_kl)
        )

    def encode(self, seen):
        """Returns x', and m, s^2 and a draw of y, `(batch, latent_dim)`."""
        profile = unit_profiles(seen)
        if self.dropout > 0:
            profile = keras.random.dropout(
                profile, self.dropout, seed=self.seed_generator
            )
        mean, *scales = ops.split(
            self.encoder(profile), self.num_noises + 1, axis=-1
        )
        scales = ops.stack(scales, axis=1)  # (batch, num_noises, latent_dim)
        # An empty profile has no scales.
        variance = ops.sum(ops.square(scales), axis=1) + 1e-6
        noise = self._noise(ops.shape(seen)[0])
        shape = ops.sum(scales * noise, axis=1) / ops.sqrt(variance)
        return profile, mean, variance, shape

    def _noise(self, size):
        draws = keras.random.normal(
            (size + EXTRA_DRAWS, self.num_noises, self.noise_dim),
            seed=self.seed_generator,
        )
        noise = self.noise_network(draws)
        mean = ops.mean(noise, axis=0)
        deviation = ops.sqrt(ops.var(noise, axis=0) + 1e-6)
        return ((noise - mean) / deviation)[:size]

    def realness(self, batch):
        profile, _, _, shape = self.encode(batch["seen"])
        normal = keras.random.normal(ops.shape(shape), seed=self.seed_generator)
        return self._judge(profile, normal), self._judge(profile, shape)

    def _judge(self, profile, shape):
        pairs = ops.concatenate([profile, shape], axis=-1)
        return ops.squeeze(self.discriminator(pairs), -1)  # (batch,)

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "hidden_dims": self.hidden_dims,
            "latent_dim": self.latent_dim,
            "num_noises": self.num_noises,
            "noise_dim": self.noise_dim,
            "d_hidden_dims": self.d_hidden_dims,
            "dropout": self.dropout,
            "kl_weight": self.kl_weight,
            "annealing_steps": self.annealing_steps,
            "adversarial_weight": self.adversarial_weight,
        }
