"""MLPGAN: the plain generative adversarial net, of two MLPs, on any array.

[Goodfellow et al., NeurIPS 2014](https://arxiv.org/abs/1406.2661)

x        a real sample, of any shape
z        noise, N(0, I), shape (noise_dim,)
G, D     generator and discriminator, MLPs; D(x) is a logit
gamma_1, gamma_2    weights of the R1 and R2 penalties

J_D = E[softplus(-(D(x) - D(G(z))))] + gamma_1/2 E[|grad_x D(x)|^2]
                                     + gamma_2/2 E[|grad_x D(G(z))|^2]
J_G = E[softplus(-(D(G(z)) - D(x)))]

Departures from the paper:
- The default loss is the relativistic one with R1 and R2 above
  ([Huang et al., 2024](https://arxiv.org/abs/2501.05441)): it does not drop
  modes. The paper's is `loss="minimax"`, or `"non_saturating"`, without
  penalties (`r1_weight=0.0, r2_weight=0.0`).
- Leaky rectifiers in both players; no maxout, no dropout.
"""

import math

import keras
from keras import ops

from keras_ganrec import losses
from keras_ganrec import penalties
from keras_ganrec.gan import GAN


@keras.saving.register_keras_serializable(package="keras_ganrec")
class MLPGAN(GAN):
    """A GAN of MLPs: noise in, a vector, an image or any other array out.

    Train it on an array, `fit(samples, batch_size=128)`, or on a data set of
    `{"sample": (batch, *output_shape)}`. Bring the data to about unit scale,
    or to the range of `output_activation`. After `keras.utils.set_random_seed`
    Keras shuffles an array alike in each epoch, and a `tf.data` set as you say.

    When to use it: to learn what GANs do, to compare losses and penalties, or
    as a start for a GAN of your own on vectors and small images.

    When not to: to recommend: it knows no users and items. Nor for large
    images: it has no convolutions.

    Args:
        output_shape: Sequence of int, such as `(2,)` or `(28, 28)`. Shape of
            one sample.
        noise_dim: int. Size of z.
        g_hidden_dims: Sequence of int. Widths of G's hidden layers.
        d_hidden_dims: Sequence of int. Widths of D's hidden layers.
        loss: Name of the adversarial loss, see `keras_ganrec.losses`.
        r1_weight: float. gamma_1 above; 1 suits standardized vectors.
        r2_weight: float. gamma_2 above.
        gradient_penalty_weight: float. Weight of the gradient penalty between
            real and generated samples; 10 with `loss="wasserstein"`.
        activation: Activation of the hidden layers of both players.
        output_activation: Activation of G's output: `None` for data of any
            range, `"tanh"` for [-1, 1], `"sigmoid"` for [0, 1].
        batch_normalization: bool. In G, before each activation. D has none:
            the penalties need rows that do not see one another.
        g_initializer: Initializer of G's kernels.
        d_initializer: Initializer of D's kernels.
        g_regularizer: Optional regularizer of G's kernels.
        d_regularizer: Optional regularizer of D's kernels.
        d_constraint: Optional constraint of D's weights, such as
            `keras_ganrec.penalties.WeightClipping(0.01)`.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If a size is not positive, a weight is negative or the
            loss is unknown.

    Example:

    >>> gan = MLPGAN(output_shape=(28, 28), output_activation="sigmoid")
    >>> gan.compile(d_optimizer=Adam(2e-4, 0.0, 0.99),
    ...             g_optimizer=Adam(2e-4, 0.0, 0.99, use_ema=True))
    >>> gan.fit(images, batch_size=128, callbacks=[GeneratorEMA()])
    >>> gan.generate(16).shape
    (16, 28, 28)

    References:
        - [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661)
    """

    paper = "https://arxiv.org/abs/1406.2661"
    year = 2014

    def __init__(
        self,
        output_shape,
        noise_dim=100,
        g_hidden_dims=(256, 256, 256),
        d_hidden_dims=(256, 256, 256),
        loss="relativistic",
        r1_weight=1.0,
        r2_weight=1.0,
        gradient_penalty_weight=0.0,
        activation="leaky_relu",
        output_activation=None,
        batch_normalization=False,
        g_initializer="glorot_uniform",
        d_initializer="glorot_uniform",
        g_regularizer=None,
        d_regularizer=None,
        d_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        sizes = (*output_shape, noise_dim, *g_hidden_dims, *d_hidden_dims)
        if not output_shape or min(sizes) < 1:
            raise ValueError(
                "A network needs sizes of at least 1. Received: "
                f"output_shape={tuple(output_shape)}, noise_dim={noise_dim}, "
                f"g_hidden_dims={tuple(g_hidden_dims)}, "
                f"d_hidden_dims={tuple(d_hidden_dims)}"
            )
        weights = (r1_weight, r2_weight, gradient_penalty_weight)
        if min(weights) < 0:
            raise ValueError(
                "The weight of a penalty must not be negative. Received: "
                f"r1_weight={r1_weight}, r2_weight={r2_weight}, "
                f"gradient_penalty_weight={gradient_penalty_weight}"
            )
        self.output_shape = tuple(output_shape)
        self.noise_dim = noise_dim
        self.g_hidden_dims = tuple(g_hidden_dims)
        self.d_hidden_dims = tuple(d_hidden_dims)
        self.loss_name = loss
        self.adversarial_loss = losses.get(loss)
        self.r1_weight = r1_weight
        self.r2_weight = r2_weight
        self.gradient_penalty_weight = gradient_penalty_weight
        self.activation = activation
        self.output_activation = output_activation
        self.batch_normalization = batch_normalization
        self.g_initializer = keras.initializers.get(g_initializer)
        self.d_initializer = keras.initializers.get(d_initializer)
        self.g_regularizer = keras.regularizers.get(g_regularizer)
        self.d_regularizer = keras.regularizers.get(d_regularizer)
        self.d_constraint = keras.constraints.get(d_constraint)

        self.generator = self._make_generator()
        self.discriminator = self._make_discriminator()
        self.built = True

    def _make_generator(self):
        policy = self.dtype_policy

        def dense(dim, dtype=policy, **kwargs):
            return keras.layers.Dense(
                dim,
                kernel_initializer=self.g_initializer.clone(),
                kernel_regularizer=self.g_regularizer,
                dtype=dtype,
                **kwargs,
            )

        generator = keras.Sequential(
            [keras.Input((self.noise_dim,))], name="generator"
        )
        for dim in self.g_hidden_dims:
            # Batch normalization brings a bias of its own.
            generator.add(dense(dim, use_bias=not self.batch_normalization))
            if self.batch_normalization:
                generator.add(keras.layers.BatchNormalization(dtype=policy))
            generator.add(
                keras.layers.Activation(self.activation, dtype=policy)
            )
        generator.add(
            dense(
                math.prod(self.output_shape),
                activation=self.output_activation,
                dtype="float32",
            )
        )
        generator.add(keras.layers.Reshape(self.output_shape, dtype="float32"))
        return generator

    def _make_discriminator(self):
        policy = self.dtype_policy

        def dense(dim, dtype=policy, **kwargs):
            return keras.layers.Dense(
                dim,
                dtype=dtype,
                kernel_initializer=self.d_initializer.clone(),
                kernel_regularizer=self.d_regularizer,
                kernel_constraint=self.d_constraint,
                bias_constraint=self.d_constraint,
                **kwargs,
            )

        return keras.Sequential(
            [
                keras.Input(self.output_shape),
                keras.layers.Flatten(dtype=policy),
                *(
                    dense(dim, activation=self.activation)
                    for dim in self.d_hidden_dims
                ),
                dense(1, dtype="float32"),
            ],
            name="discriminator",
        )

    def call(self, noise, training=False):
        return self.generator(noise, training=training)

    def discriminator_loss(self, batch):
        real = self._real(batch)
        fake = self._fake(real)
        loss = self.adversarial_loss.discriminator(*self._judge(real, fake))
        if self.r1_weight > 0:
            loss += self.r1_weight * penalties.r1_penalty(
                self.discriminator, real
            )
        if self.r2_weight > 0:
            loss += self.r2_weight * penalties.r2_penalty(
                self.discriminator, fake
            )
        if self.gradient_penalty_weight > 0:
            loss += self.gradient_penalty_weight * penalties.gradient_penalty(
                self.discriminator, real, fake, self.seed_generator
            )
        return loss

    def generator_loss(self, batch):
        real = self._real(batch)
        real_logits, fake_logits = self._judge(real, self._fake(real))
        return self.adversarial_loss.generator(fake_logits, real_logits)

    def realness(self, batch):
        real = self._real(batch)
        logits = self._judge(real, self._fake(real))
        return tuple(ops.squeeze(x, -1) for x in logits)

    def sample(self, n, condition, seed_generator):
        if condition is not None:
            raise ValueError(
                f"`{type(self).__name__}` is not conditional: its samples "
                f"depend on noise alone. Expected no `condition`. Received: "
                f"condition={condition!r}. Leave it out."
            )
        return self.generator(self._noise(n, seed_generator), training=False)

    def _real(self, batch):
        real = batch["sample"] if isinstance(batch, dict) else batch
        return ops.cast(real, "float32")  # (batch, *output_shape)

    def _noise(self, n, seed_generator):
        return keras.random.normal((n, self.noise_dim), seed=seed_generator)

    def _fake(self, real):
        noise = self._noise(ops.shape(real)[0], self.seed_generator)
        return self.generator(noise, training=True)

    def _judge(self, real, fake):
        # One pass over both halves: twice the rows in each product.
        logits = self.discriminator(ops.concatenate([real, fake]))
        return ops.split(logits, 2)  # two of (batch, 1)

    def get_config(self):
        return {
            **super().get_config(),
            "output_shape": self.output_shape,
            "noise_dim": self.noise_dim,
            "g_hidden_dims": self.g_hidden_dims,
            "d_hidden_dims": self.d_hidden_dims,
            "loss": self.loss_name,
            "r1_weight": self.r1_weight,
            "r2_weight": self.r2_weight,
            "gradient_penalty_weight": self.gradient_penalty_weight,
            "activation": self.activation,
            "output_activation": self.output_activation,
            "batch_normalization": self.batch_normalization,
            "g_initializer": keras.initializers.serialize(self.g_initializer),
            "d_initializer": keras.initializers.serialize(self.d_initializer),
            "g_regularizer": keras.regularizers.serialize(self.g_regularizer),
            "d_regularizer": keras.regularizers.serialize(self.d_regularizer),
            "d_constraint": keras.constraints.serialize(self.d_constraint),
        }
