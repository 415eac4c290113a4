"""GAIN: missing cells of a table filled by a generative adversarial net.

[Yoon, Jordon and van der Schaar, ICML 2018](https://arxiv.org/abs/1806.02920)

x     a row, d numbers in [0, 1], some unknown
m     its mask, 1 where the cell is known; the expectations are over cells
z     noise, uniform on [0, noise_scale]
x_G   G(m x + (1 - m) z, m), what the generator makes of the row
x^    m x + (1 - m) x_G, the filled row
h     m b, the hint: b is 1 with probability `hint_rate`, else nothing is said
p     D(x^, h), the discriminator's guess of m, cell by cell

J_D = -E[m log p + (1 - m) log(1 - p)]
J_G = -adversarial_weight E[(1 - m) log p]
      + reconstruction_weight E[m (x - x_G)^2] / E[m]

`hide_rate` hides known cells in each batch: m' stands in place of m, and the
reconstruction is over m - m', the known cells that G has not seen.

`quantile_weight` lets G name K quantiles q_k of each cell beside x_G, of the
levels t_k = (k - 1/2) / K, by the pinball loss over the same cells,

    max(t_k (x - q_k), (t_k - 1) (x - q_k)), a mean over k.

A missing cell is then drawn from them: a level at random, and the line between
the quantiles beside it.

Departures from the paper:
- Of the reference code: h is 0, not 1/2, where nothing is said; b is drawn
  for each cell; J_D is of all cells; the reconstruction is a mean.
- `hide_rate`, `quantile_weight` and `num_blocks` are ours, and 0 by default.
  As published, G has seen all that it reconstructs and learns in time to copy
  it, and its draws for a cell hardly differ from one another.
- Text and categories are a feature per category, known or hidden together;
  the code makes them numbers. All columns of whole numbers are rounded, the
  code rounds those of fewer than 20 values.
"""

import math
import operator

import keras
import numpy as np
from keras import ops

from keras_ganrec.gan import GAN
from keras_ganrec.imputer import Imputer

NUM_QUANTILES = 20  # K
LEVELS = (np.arange(NUM_QUANTILES, dtype="float32") + 0.5) / NUM_QUANTILES


@keras.saving.register_keras_serializable(package="keras_ganrec")
class GAIN(GAN, Imputer):
    """Fills the missing cells of tables: features of users, ratings, any.

    Train it on `keras_ganrec.data.table_rows(table)`, then `impute(table)`.

    When to use it: to fill missing cells of a table where several draws are
    wanted, which show how sure a guess is.

    When not to: for the smallest error: forests of trees are ahead on both
    tables measured, nearest neighbors on one.

    Args:
        num_features: int. Features per row, `rows.encoding.num_features`.
        column_sizes: Optional sequence of int. Features per column, known or
            missing together: `rows.encoding.column_sizes`. By default 1 each.
        g_hidden_dims: Optional sequence of int. Widths of G's hidden layers,
            by default twice `num_features`.
        d_hidden_dims: Optional sequence of int. The same of D.
        hint_rate: float. Share of the known cells that D is told of.
        noise_scale: float. Upper bound of z.
        reconstruction_weight: float. Weight of the squared error.
        adversarial_weight: float. Weight of what D says; 0 for an autoencoder.
        hide_rate: float. Share of the known cells that each batch hides.
        quantile_weight: float. Weight of the quantiles' loss; needs a
            `hide_rate`. With 0, G names none.
        num_blocks: int. Residual blocks of two layers, as wide as the last
            hidden layer of G and after it.
        output_activation: Activation of x_G. Wide nets on columns that are
            mostly 0 need `None`: a sigmoid gets stuck there.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If a size is not positive, a player is given no hidden
            layer, `column_sizes` do not add up, a rate is none, a weight is
            negative or a `hide_rate` is needed.

    Example:

    >>> users = interactions.user_features  # of MovieLens, some without age
    >>> rows = table_rows(users[["age", "gender", "occupation"]])
    >>> gain = GAIN(rows.encoding.num_features, rows.encoding.column_sizes,
    ...             g_hidden_dims=(64, 64), hide_rate=0.2, quantile_weight=20.0,
    ...             output_activation=None)
    >>> gain.compile(d_optimizer=Adam(1e-3), g_optimizer=Adam(1e-3))
    >>> gain.fit(rows, epochs=100)
    >>> best_guess = gain.impute(users[["age", "gender", "occupation"]])

    Ratings are a table with a column per item:

    >>> ratings = df.pivot(index="user", columns="item", values="rating")
    """

    paper = "https://arxiv.org/abs/1806.02920"
    year = 2018

    def __init__(
        self,
        num_features,
        column_sizes=None,
        g_hidden_dims=None,
        d_hidden_dims=None,
        hint_rate=0.9,
        noise_scale=0.01,
        reconstruction_weight=100.0,
        adversarial_weight=1.0,
        hide_rate=0.0,
        quantile_weight=0.0,
        num_blocks=0,
        output_activation="sigmoid",
        **kwargs,
    ):
        super().__init__(**kwargs)
        # From arrays, too; and Python's numbers, for the file.
        column_sizes, g_hidden_dims, d_hidden_dims = (
            None if sizes is None else tuple(map(operator.index, sizes))
            for sizes in (column_sizes, g_hidden_dims, d_hidden_dims)
        )
        g_dims, d_dims = (
            (num_features, num_features) if dims is None else dims
            for dims in (g_hidden_dims, d_hidden_dims)
        )
        sizes = (1,) * num_features if column_sizes is None else column_sizes
        layers = len(g_dims), len(d_dims)
        if min((num_features, *layers, *g_dims, *d_dims, *sizes)) < 1:
            raise ValueError(
                "A network needs a hidden layer, and sizes of at least 1. "
                "Received: "
                f"num_features={num_features}, column_sizes={column_sizes}, "
                f"g_hidden_dims={g_hidden_dims}, d_hidden_dims={d_hidden_dims}"
            )
        if sum(sizes) != num_features:
            raise ValueError(
                "`column_sizes` must add up to `num_features`. Received: "
                f"{column_sizes}, {num_features}"
            )
        for name, value, most in (
            ("hint_rate", hint_rate, 1),
            ("hide_rate", hide_rate, 1),
            ("noise_scale", noise_scale, 1),
            ("reconstruction_weight", reconstruction_weight, math.inf),
            ("adversarial_weight", adversarial_weight, math.inf),
            ("quantile_weight", quantile_weight, math.inf),
            ("num_blocks", num_blocks, math.inf),
        ):
            if not 0 <= value <= most:
                raise ValueError(
                    f"`{name}` must be in [0, {most}]. Received: {value}"
                )
        if quantile_weight and not hide_rate:
            raise ValueError(
                "A `quantile_weight` needs a `hide_rate`. Received: "
                f"quantile_weight={quantile_weight}, hide_rate={hide_rate}"
            )
        self.num_features = num_features
        self.column_sizes = column_sizes
        self.g_hidden_dims = g_hidden_dims
        self.d_hidden_dims = d_hidden_dims
        self.hint_rate = hint_rate
        self.noise_scale = noise_scale
        self.reconstruction_weight = reconstruction_weight
        self.adversarial_weight = adversarial_weight
        self.hide_rate = hide_rate
        self.quantile_weight = quantile_weight
        self.num_blocks = num_blocks
        self.output_activation = output_activation

        # (num_features,): the column that each feature belongs to.
        self._column_of = [
            column for column, size in enumerate(sizes) for _ in range(size)
        ]
        per_feature = 1 + NUM_QUANTILES if quantile_weight else 1
        self.generator = self._mlp(
            "generator", g_dims, num_blocks, num_features * per_feature
        )
        self.discriminator = self._mlp("discriminator", d_dims, 0, num_features)
        self.built = True

    def _mlp(self, name, hidden_dims, num_blocks, outputs):
        policy = self.dtype_policy

        def dense(dim, activation=None, dtype=policy):
            # N(0, 2 / inputs), as in the reference code.
            init = keras.initializers.VarianceScaling(
                2.0, "fan_in", "untruncated_normal"
            )
            return keras.layers.Dense(dim, activation, True, init, dtype=dtype)

        x = row = keras.Input((2 * self.num_features,))
        for dim in hidden_dims:
            x = dense(dim, "relu")(x)
        for _ in range(num_blocks):
            y = keras.layers.ReLU(dtype=policy)(x)
            y = dense(hidden_dims[-1], "relu")(y)
            # Begins as nothing at all.
            x += keras.layers.Dense(
                x.shape[-1], kernel_initializer="zeros", dtype=policy
            )(y)
        return keras.Model(row, dense(outputs, dtype="float32")(x), name=name)

    def call(self, inputs, training=False):
        inputs = {k: ops.cast(x, "float32") for k, x in inputs.items()}
        return self.complete(inputs["values"], inputs["observed"])

    def serving_inputs(self):
        spec = keras.InputSpec(shape=(None, self.num_features), dtype="float32")
        return {"values": spec, "observed": spec}

    def discriminator_loss(self, batch):
        shown = self._shown(batch)
        _, _, logits = self._play(batch["values"], shown)
        # softplus(-x) is -log sigma(x), x + softplus(-x) -log(1 - sigma(x)).
        return ops.mean(ops.softplus(-logits) + (1.0 - shown) * logits)

    def generator_loss(self, batch):
        values, shown = batch["values"], self._shown(batch)
        center, quantiles, logits = self._play(values, shown)
        asked = batch["observed"] - shown if self.hide_rate else shown
        fooling = ops.mean((1.0 - shown) * ops.softplus(-logits))
        error = _mean_over(asked, ops.square(values - center))
        loss = self.adversarial_weight * fooling
        loss += self.reconstruction_weight * error
        if self.quantile_weight:
            below = ops.expand_dims(values, -1) - quantiles
            # (batch, num_features, NUM_QUANTILES)
            pinball = ops.maximum(LEVELS * below, (LEVELS - 1.0) * below)
            pinball = _mean_over(asked, ops.mean(pinball, -1))
            loss += self.quantile_weight * pinball
        return loss

    def realness(self, batch):
        shown = self._shown(batch)
        _, _, logits = self._play(batch["values"], shown)
        return tuple(
            ops.sum(cells * logits, -1) / ops.maximum(ops.sum(cells, -1), 1.0)
            for cells in (shown, 1.0 - shown)
        )

    def complete(self, values, observed, seed_generator=None):
        if seed_generator is not None:
            return self._draw(values, observed, seed_generator)[0]
        noise = ops.full_like(values, self.noise_scale / 2)
        center, _ = self._cells(values, observed, noise)
        return _fill(values, observed, ops.clip(center, 0.0, 1.0))

    def sample(self, n, condition, seed_generator):
        raise TypeError(
            "`GAIN` completes rows and makes no new ones. Use "
            "`impute(table, seed=...)`."
        )

    def _cells(self, values, observed, noise):
        """Best guess of every cell, and its quantiles on a last axis more."""
        row = _fill(values, observed, noise)
        outputs = self.generator(ops.concatenate([row, observed], -1))
        outputs = keras.activations.get(self.output_activation)(outputs)
        if not self.quantile_weight:
            return outputs, None
        center = outputs[:, : self.num_features]
        quantiles = ops.reshape(
            outputs[:, self.num_features :],
            (-1, self.num_features, NUM_QUANTILES),
        )
        return center, quantiles

    def _draw(self, values, observed, seed_generator):
        """A filled row, and what `_cells` gives."""
        shape = ops.shape(values)
        noise = keras.random.uniform(
            shape, 0.0, self.noise_scale, seed=seed_generator
        )
        center, quantiles = self._cells(values, observed, noise)
        drawn = center
        if self.quantile_weight:
            level = keras.random.uniform((*shape, 1), seed=seed_generator)
            place = level * NUM_QUANTILES - 0.5
            place = ops.clip(place, 0.0, NUM_QUANTILES - 1.0)
            steps = ops.arange(NUM_QUANTILES, dtype="float32")
            near = ops.relu(1.0 - ops.abs(place - steps))
            drawn = ops.sum(near * quantiles, -1)
        drawn = ops.clip(drawn, 0.0, 1.0)
        return _fill(values, observed, drawn), center, quantiles

    def _shown(self, batch):
        observed = batch["observed"]
        if self.hide_rate:
            observed = observed * self._kept(observed, 1.0 - self.hide_rate)
        return observed

    def _kept(self, like, rate):
        """1 with probability `rate`, column by column: `(batch, features)`."""
        shape = ops.shape(like)[0], self._column_of[-1] + 1
        draws = keras.random.uniform(shape, seed=self.seed_generator)
        return ops.take(ops.cast(draws < rate, "float32"), self._column_of, -1)

    def _play(self, values, shown):
        filled, *cells = self._draw(values, shown, self.seed_generator)
        hint = shown * self._kept(values, self.hint_rate)
        logits = self.discriminator(ops.concatenate([filled, hint], -1))
        return *cells, logits

    def get_config(self):
        return {
            **super().get_config(),
            "num_features": self.num_features,
            "column_sizes": self.column_sizes,
            "g_hidden_dims": self.g_hidden_dims,
            "d_hidden_dims": self.d_hidden_dims,
            "hint_rate": self.hint_rate,
            "noise_scale": self.noise_scale,
            "reconstruction_weight": self.reconstruction_weight,
            "adversarial_weight": self.adversarial_weight,
            "hide_rate": self.hide_rate,
            "quantile_weight": self.quantile_weight,
            "num_blocks": self.num_blocks,
            "output_activation": self.output_activation,
        }


def _fill(values, observed, others):
    return observed * values + (1.0 - observed) * others


def _mean_over(cells, x):
    # A batch may have none.
    return ops.sum(cells * x) / ops.maximum(ops.sum(cells), 1.0)
