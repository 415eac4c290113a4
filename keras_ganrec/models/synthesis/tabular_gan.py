"""TabularGAN: new rows of a table of features, such as those of users.

[Xu et al., NeurIPS 2019](https://arxiv.org/abs/1907.00503) (CTGAN)

x     a row: per column one choice d, one-hot; before the choice of a mode of
      a number the place a in it, in [-1, 1] (`keras_ganrec.mode_encoding`)
c     the condition: one-hot, one value of one column of categories
z     noise, N(0, I), shape (noise_dim,)
G     z, c -> h_1 = [z, c], h_l+1 = [h_l, relu(BN(W_l h_l))], and from the last
      a = tanh(.), d = gumbel_softmax(., temperature)
D     `pac` rows and their conditions at once -> a number

J_D = E[D(G(z, c), c)] - E[D(x, c)] + gradient_penalty_weight E[(|g| - 1)^2],
      g the gradient of D for `pac` rows between real and generated ones
J_G = - E[D(G(z, c), c)] + E[cross entropy of c and G's choice in its column]

In training the column of c is drawn evenly, its value by log(1 + rows) and x
among the rows that have it; to generate, the value by its share of the rows.

Departures from the paper:
- A missing cell is a choice of its column, one more category or mode.
- Numbers of at most `max_modes` different values are categories.
- log(1 + rows), not log(rows), which never draws what is in one row.
- Asked for a condition of several columns, G is given the rarest of its
  values. Rows that do not have all values asked for are drawn anew.
- G generates with the moving averages of its batch normalization.
"""

import functools

import keras
from keras import ops

from keras_ganrec import losses
from keras_ganrec import penalties
from keras_ganrec import sampling
from keras_ganrec.gan import GAN
from keras_ganrec.synthesis.table_synthesizer import TableSynthesizer


@keras.saving.register_keras_serializable(package="keras_ganrec")
class TabularGAN(TableSynthesizer, GAN):
    """TabularGAN (the CTGAN of Xu et al., 2019).

    Train it on `keras_ganrec.data.conditional_rows(table, batch_size=500)`.

    When to use it: to make new rows of a table of features, such as users with
    age and gender, with wished values where needed.

    When not to: for interactions (ProfileGAN), ids and free text; for a short
    table, such as the 943 users of ML-100K, of whose pairs of columns it
    learned little; or where there is little time: it takes thousands of steps.

    Args:
        num_choices: Sequence of int. Choices per column,
            `rows.encoding.num_choices`.
        has_place: Sequence of bool. Whether a column is one of modes,
            `rows.encoding.has_place`.
        noise_dim: int. Size of z.
        g_hidden_dims: Sequence of int. Widths of G's hidden layers.
        d_hidden_dims: Sequence of int. The same of D.
        pac: int. Rows that D judges together; divides the batch.
        temperature: float. Temperature of the Gumbel-softmax.
        gradient_penalty_weight: float. Weight of the penalty.
        dropout: float. Share of D's units that are dropped.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If a size is not positive, the temperature is not, the
            weight is negative or `dropout` is no rate; in `fit()`, if the
            table has other columns, or `pac` does not divide the batch.

    Example:

    >>> users = interactions.user_features[["age", "gender", "occupation"]]
    >>> rows = conditional_rows(users, batch_size=500)
    >>> gan = TabularGAN(rows.encoding.num_choices, rows.encoding.has_place)
    >>> gan.compile(d_optimizer=keras.optimizers.Adam(2e-4, 0.5, 0.9),
    ...             g_optimizer=keras.optimizers.Adam(2e-4, 0.5, 0.9))
    >>> gan.fit(rows, epochs=300)
    >>> students = gan.generate(50, {"occupation": "student"}, seed=0)

    References:
        - [Xu et al., 2019](https://arxiv.org/abs/1907.00503)
    """

    paper = "https://arxiv.org/abs/1907.00503"
    year = 2019

    def __init__(
        self,
        num_choices,
        has_place,
        noise_dim=128,
        g_hidden_dims=(256, 256),
        d_hidden_dims=(256, 256),
        pac=10,
        temperature=0.2,
        gradient_penalty_weight=10.0,
        dropout=0.5,
        **kwargs,
    ):
        super().__init__(**kwargs)
        num_choices, has_place = tuple(num_choices), tuple(has_place)
        g_dims, d_dims = tuple(g_hidden_dims), tuple(d_hidden_dims)
        if min(noise_dim, pac, *g_dims, *d_dims, *num_choices) < 1:
            raise ValueError(
                "Sizes must be at least 1. Received: "
                f"num_choices={num_choices}, noise_dim={noise_dim}, "
                f"g_hidden_dims={g_dims}, d_hidden_dims={d_dims}, pac={pac}"
            )
        if not num_choices or len(num_choices) != len(has_place):
            raise ValueError(
                "`num_choices` and `has_place` must have a value for each "
                f"column. Received: {num_choices} and {has_place}"
            )
        if not temperature > 0:
            raise ValueError(
                "`temperature` must be positive. "
                f"Received: temperature={temperature}"
            )
        if gradient_penalty_weight < 0 or not 0 <= dropout < 1:
            raise ValueError(
                "Expected a `gradient_penalty_weight` of at least 0 and a "
                "`dropout` in [0, 1). Received: "
                f"gradient_penalty_weight={gradient_penalty_weight}, "
                f"dropout={dropout}"
            )
        self.num_choices = num_choices
        self.has_place = has_place
        self.noise_dim = noise_dim
        self.g_hidden_dims = g_dims
        self.d_hidden_dims = d_dims
        self.pac = pac
        self.temperature = temperature
        self.gradient_penalty_weight = gradient_penalty_weight
        self.dropout = dropout

        self.num_features = sum(num_choices) + sum(has_place)
        self.num_conditions = sum(
            size
            for size, place in zip(num_choices, has_place, strict=True)
            if not place
        )
        self.generator = self._make_generator()
        self.discriminator = self._make_discriminator()
        self.built = True

    def _make_generator(self):
        policy = self.dtype_policy
        x = inputs = keras.Input((self.noise_dim + self.num_conditions,))
        for dim in self.g_hidden_dims:
            y = keras.layers.Dense(dim, dtype=policy)(x)
            y = keras.layers.BatchNormalization(
                momentum=0.9, epsilon=1e-5, dtype=policy
            )(y)
            y = keras.layers.ReLU(dtype=policy)(y)
            x = keras.layers.Concatenate(dtype=policy)([x, y])
        outputs = keras.layers.Dense(self.num_features, dtype="float32")(x)
        return keras.Model(inputs, outputs, name="generator")

    def _make_discriminator(self):
        size = self.pac * (self.num_features + self.num_conditions)
        discriminator = keras.Sequential(
            [keras.Input((size,))], name="discriminator"
        )
        policy, seed = self.dtype_policy, self.seed
        for dim in self.d_hidden_dims:
            # The same seed would draw the same in each layer.
            seed = None if seed is None else seed + 1
            discriminator.add(keras.layers.Dense(dim, dtype=policy))
            discriminator.add(keras.layers.LeakyReLU(0.2, dtype=policy))
            discriminator.add(
                keras.layers.Dropout(self.dropout, seed=seed, dtype=policy)
            )
        discriminator.add(keras.layers.Dense(1, dtype="float32"))
        return discriminator

    def remember(self, rows):
        super().remember(rows)
        batch_size = rows.element_spec["row"].shape[0]
        if batch_size % self.pac:
            raise ValueError(
                f"Batches of {batch_size} rows cannot be cut into packs of "
                f"pac={self.pac}. Expected a multiple. Give another "
                "`batch_size` to `conditional_rows`, or another `pac`."
            )

    def call(self, inputs, training=False):
        # For serving: the probabilities of the choices, and nothing drawn.
        inputs = [inputs["noise"], inputs["condition"]]
        outputs = self.generator(ops.concatenate(inputs, -1), training=training)
        return self._rows(outputs, ops.softmax)

    def serving_inputs(self):
        sizes = {"noise": self.noise_dim, "condition": self.num_conditions}
        return {
            name: keras.InputSpec(shape=(None, size), dtype="float32")
            for name, size in sizes.items()
        }

    def discriminator_loss(self, batch):
        fake, _ = self._fake(batch["condition"])
        real, fake = self._packed(batch["row"]), self._packed(fake)
        judge = self._judge_given(batch["condition"])
        loss = losses.wasserstein_discriminator_loss(judge(real), judge(fake))
        return loss + self.gradient_penalty_weight * penalties.gradient_penalty(
            judge, real, fake, self.seed_generator
        )

    def generator_loss(self, batch):
        condition = ops.cast(batch["condition"], "float32")
        fake, outputs = self._fake(condition)
        logits = self._judge_given(condition)(self._packed(fake))
        loss = losses.wasserstein_generator_loss(logits)
        start = 0
        for span, place in self._spans():
            if not place:
                log_p = ops.log_softmax(outputs[:, span])
                # 0 but in the column of the condition.
                told = condition[:, start : start + log_p.shape[-1]]
                loss -= ops.mean(ops.sum(told * log_p, -1))
                start += log_p.shape[-1]
        return loss

    def realness(self, batch):
        """D's values of packs: `(batch / pac,)` each."""
        fake, _ = self._fake(batch["condition"])
        judge = self._judge_given(batch["condition"])
        return tuple(
            ops.squeeze(judge(self._packed(rows)), -1)
            for rows in (batch["row"], fake)
        )

    def sample(self, n, condition, seed_generator):
        return self._made(condition, seed_generator, training=False)[0]

    def _fake(self, condition):
        return self._made(condition, self.seed_generator, training=True)

    def _made(self, condition, seed_generator, training):
        """Generated rows, and G's outputs that they were drawn from."""
        shape = ops.shape(condition)[0], self.noise_dim
        noise = keras.random.normal(shape, seed=seed_generator)
        inputs = [noise, ops.cast(condition, "float32")]
        outputs = self.generator(ops.concatenate(inputs, -1), training=training)
        draw = functools.partial(
            sampling.gumbel_softmax,
            temperature=self.temperature,
            seed=seed_generator,
        )
        return self._rows(outputs, draw), outputs

    def _spans(self):
        """The slice of each column's choices; whether a place is before it."""
        start = 0
        for size, place in zip(self.num_choices, self.has_place, strict=True):
            start += place
            yield slice(start, start + size), place
            start += size

    def _rows(self, outputs, choose):
        parts = []
        for span, place in self._spans():
            if place:
                parts.append(ops.tanh(outputs[:, span.start - 1 : span.start]))
            logits = outputs[:, span]
            # Keras warns of a softmax over a single mode.
            parts.append(
                choose(logits)
                if logits.shape[-1] > 1
                else ops.ones_like(logits)
            )
        return ops.concatenate(parts, -1)

    def _packed(self, rows):
        rows = ops.cast(rows, "float32")
        packs = ops.shape(rows)[0] // self.pac
        return ops.reshape(rows, (packs, self.pac * rows.shape[-1]))

    def _judge_given(self, condition):
        condition = self._packed(condition)
        return lambda packs: self.discriminator(
            ops.concatenate([packs, condition], -1), training=True
        )

    def get_config(self):
        return {
            **super().get_config(),
            "num_choices": self.num_choices,
            "has_place": self.has_place,
            "noise_dim": self.noise_dim,
            "g_hidden_dims": self.g_hidden_dims,
            "d_hidden_dims": self.d_hidden_dims,
            "pac": self.pac,
            "temperature": self.temperature,
            "gradient_penalty_weight": self.gradient_penalty_weight,
            "dropout": self.dropout,
        }
