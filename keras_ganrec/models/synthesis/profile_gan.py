"""ProfileGAN: new users, from a GAN on the codes of real ones. Ours.

d_u, l_u     number of items of user u; its logarithm, standardized
c_u          encoder(x'_u), the code of the user's profile with dropout
f_ui         decoder(c, l)_i, the logarithm of the rate of item i
J_A          objective of the autoencoder: `synthesis/profile_autoencoder.py`
h_u          conditions: ones and zeros, one for each value of a feature
G            generator of codes, from noise z ~ Normal(0, I) and y = (l, h)
D            discriminator of packs: `pack` rows [c, y] side by side
g            `gradient_weight`

J_D = E[softplus(-D(c, y))] + E[softplus(D(G(z, y), y))]
           + g/2 E[|grad D(c, y)|^2] + g/2 E[|grad D(G(z, y), y)|^2]
J_G = E[softplus(-D(G(z, y), y))]

The autoencoder is trained first, for `autoencoder_steps`; then the two players,
on its codes. A new user draws h and d as `synthesis/user_kinds.py` says, then a
code, then d items, none twice, in proportion to exp f.

What it is made of: an autoencoder of profiles ([Liang et al., 2018](
https://arxiv.org/abs/1802.05814)) that decodes rates of clocks instead of
shares of a multinomial; packs of rows against dropped modes ([Lin et al.,
2018](https://arxiv.org/abs/1712.04086)); gradient penalties at real and at
generated rows ([Huang et al., 2024](https://arxiv.org/abs/2501.05441)).
"""

import keras
from keras import ops

from keras_ganrec import losses
from keras_ganrec import penalties
from keras_ganrec.gan import GAN
from keras_ganrec.gradients import Descent
from keras_ganrec.gradients import step_by_phase
from keras_ganrec.layers import perceptron
from keras_ganrec.synthesis.profile_autoencoder import ProfileAutoencoder
from keras_ganrec.synthesis.profile_synthesizer import ProfileSynthesizer
from keras_ganrec.whole_numbers import check_positive


@keras.saving.register_keras_serializable(package="keras_ganrec")
class ProfileGAN(ProfileSynthesizer, GAN):
    """Generates users by a GAN on the codes of an autoencoder of profiles.

    Train it on `keras_ganrec.data.user_profiles(train)`, in large batches, and
    generate with averaged weights of G. Times are as in
    `synthesis/visits.py`; ratings, without `rating_values`, as in
    `synthesis/statistical.py`.

    When to use it: to make new users under your items' ids, with ratings, times
    and wished features. On ML-100K a classifier has more trouble to tell them
    from real users than those of any other generator here.

    When not to: where a table must be there in seconds (BernoulliMixture,
    HyDRA); where it must leak little: on ML-100K HyDRA's users are as useful to
    a recommender, and tell less of who was among the real ones; or where
    privacy must be guaranteed: nothing here guarantees it.

    Args:
        num_items: int. Size of the catalog.
        code_dim: int. Size of c and of z.
        hidden_dim: int. Width of the hidden layer of encoder and decoder.
        dropout: float in [0, 1). Share of a profile that is not encoded.
        rating_values: Optional sequence of float, ascending. What a rating can
            be, to rate by taste. Train on `rated_profiles(train)`.
        autoencoder_steps: int. Steps before the players begin. More give
            sharper tastes, and remember more of the real users.
        conditions: Optional dict from columns of the users' features to their
            values, or to ranges of numbers: `condition_values(train, names)`.
            Train on `conditioned(profiles, conditions)`.
        player_dims: Sequence of int. Widths of the hidden layers of G and D.
        pack: int. Rows that D sees at once.
        loss: Name of the adversarial loss, see `keras_ganrec.losses`.
        gradient_weight: float. g above.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If an argument is out of range.

    Example:

    >>> model = ProfileGAN(num_items=train.num_items)
    >>> model.compile(d_optimizer=Adam(1e-3, 0.0, 0.99),
    ...               g_optimizer=Adam(2e-4, 0.0, 0.99, use_ema=True,
    ...                                ema_momentum=0.999))
    >>> profiles = keras_ganrec.data.user_profiles(train, batch_size=220)
    >>> model.fit(profiles, epochs=1300, callbacks=[GeneratorEMA()])
    >>> model.generate(1000, seed=0).interactions
    """

    paper = None
    year = 2026

    def __init__(
        self,
        num_items,
        code_dim=32,
        hidden_dim=200,
        dropout=0.5,
        rating_values=None,
        conditions=None,
        autoencoder_steps=550,
        player_dims=(256, 256, 256),
        pack=4,
        loss="non_saturating",
        gradient_weight=0.1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive(autoencoder_steps=autoencoder_steps, pack=pack)
        if gradient_weight < 0:
            raise ValueError(
                "A penalty must not be negative. "
                f"Received: gradient_weight={gradient_weight}"
            )
        self.num_items = num_items
        self.code_dim = code_dim
        self.hidden_dim = hidden_dim
        self.dropout = dropout
        self.rating_values = (
            None if rating_values is None else tuple(rating_values)
        )
        self.conditions = {k: list(v) for k, v in (conditions or {}).items()}
        self.condition_columns = tuple(self.conditions)
        self.autoencoder_steps = autoencoder_steps
        self.player_dims = tuple(player_dims)
        self.pack = pack
        self.loss_name = loss
        self.adversarial_loss = losses.get(loss)
        self.gradient_weight = gradient_weight

        self.autoencoder = ProfileAutoencoder(
            num_items,
            code_dim,
            hidden_dim,
            dropout,
            self.rating_values,
            dtype=self.dtype_policy,
        )
        known_dim = 1 + sum(map(len, self.conditions.values()))
        row_dim, like = code_dim + known_dim, ("leaky_relu", self.dtype_policy)
        self.generator = perceptron(
            code_dim + known_dim, self.player_dims, code_dim, *like
        )
        self.discriminator = perceptron(
            pack * row_dim, self.player_dims, 1, *like
        )
        self.reconstruction_tracker = keras.metrics.Mean("reconstruction_loss")
        self.built = True

    def compile(
        self,
        d_optimizer="adam",
        g_optimizer="adam",
        autoencoder_optimizer="adam",
        **kwargs,
    ):
        """`GAN.compile`, with one more optimizer, of the autoencoder."""
        optimizer = keras.optimizers.get(autoencoder_optimizer)
        if optimizer in (d_optimizer, g_optimizer):
            raise ValueError(
                "`autoencoder_optimizer` is the object of a player, but each "
                "network needs its own state. Create three optimizers."
            )
        super().compile(d_optimizer, g_optimizer, **kwargs)
        self.keep_compile_config(
            d_optimizer=self.d_optimizer,
            g_optimizer=self.g_optimizer,
            autoencoder_optimizer=optimizer,
            **kwargs,
        )
        optimizer = self.autoencoder_optimizer = self._scaled(optimizer)
        self._autoencoder_descent = Descent(
            self.autoencoder, optimizer, compiled=not self.run_eagerly
        )

    @property
    def metrics(self):
        return [self.reconstruction_tracker, *super().metrics]

    def call(self, inputs, training=False):
        # For serving: the logarithms of the rates of items, nothing drawn.
        lengths = self.autoencoder.standardized_length(inputs["degree"])
        known = [lengths, *([inputs["condition"]] if self.conditions else [])]
        codes = self.generator(
            ops.concatenate([inputs["noise"], *known], axis=-1)
        )
        return self.autoencoder.decode(codes, lengths)

    def serving_inputs(self):
        sizes = {"noise": self.code_dim, "degree": 1}
        if self.conditions:
            sizes["condition"] = sum(map(len, self.conditions.values()))
        return {
            name: keras.InputSpec(shape=(None, size), dtype="float32")
            for name, size in sizes.items()
        }

    def train_step(self, data):
        batch, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        if self.conditions and "condition" not in batch:
            # Within the phase Keras would wrap it into a text of its own.
            raise KeyError("condition")
        step_by_phase(
            self.autoencoder_optimizer.iterations < self.autoencoder_steps,
            lambda: self.autoencoder_step(batch),
            lambda: self.players_step(batch),
        )
        return {metric.name: metric.result() for metric in self.metrics}

    def autoencoder_step(self, batch):
        self.reconstruction_tracker.update_state(
            self._autoencoder_descent.step(
                lambda: self.autoencoder.loss(batch, self.seed_generator),
                self.distribute_strategy.num_replicas_in_sync,
            )
        )
        return 0

    def players_step(self, batch):
        super().train_step(batch)
        return 0

    def discriminator_loss(self, batch):
        real, fake = self._packs(batch)
        logits = ops.split(self.discriminator(ops.concatenate([real, fake])), 2)
        loss = self.adversarial_loss.discriminator(*logits)
        if self.gradient_weight > 0:
            loss += self.gradient_weight * (
                penalties.r1_penalty(self.discriminator, real)
                + penalties.r2_penalty(self.discriminator, fake)
            )
        return loss

    def generator_loss(self, batch):
        real_logits, fake_logits = self.realness(batch)
        return self.adversarial_loss.generator(fake_logits, real_logits)

    def realness(self, batch):
        # One after the other: a loss that knows no real rows encodes none.
        return [
            ops.squeeze(self.discriminator(rows), -1)  # (packs,)
            for rows in self._packs(batch)
        ]

    def _packs(self, batch):
        # The first rows again, where the last pack is not full.
        size = ops.shape(batch["seen"])[0]
        rows = ops.arange(-(-size // self.pack) * self.pack) % size
        batch = {k: ops.take(v, rows, axis=0) for k, v in batch.items()}
        known = self.autoencoder.length(batch["seen"])
        if self.conditions:
            known = ops.concatenate([known, batch["condition"]], axis=-1)
        codes = self.autoencoder.encode(batch, self.seed_generator)
        real = self._pack(ops.stop_gradient(codes), known)
        fake = self._pack(self.codes(known, self.seed_generator), known)
        return real, fake

    def _pack(self, codes, known):
        rows = ops.concatenate([codes, known], axis=-1)
        return ops.reshape(rows, (-1, self.pack * rows.shape[-1]))

    def codes(self, known, seed_generator):
        """Returns G(z, y), codes of new users, `(n, code_dim)`.

        Args:
            known: y, of shape `(n, 1 + values)`.
            seed_generator: `keras.random.SeedGenerator`, of z.
        """
        noise = keras.random.normal(
            (ops.shape(known)[0], self.code_dim), seed=seed_generator
        )
        return self.generator(ops.concatenate([noise, known], axis=-1))

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "code_dim": self.code_dim,
            "hidden_dim": self.hidden_dim,
            "dropout": self.dropout,
            "rating_values": self.rating_values,
            "conditions": self.conditions,
            "autoencoder_steps": self.autoencoder_steps,
            "player_dims": self.player_dims,
            "pack": self.pack,
            "loss": self.loss_name,
            "gradient_weight": self.gradient_weight,
        }
