"""GAN: two players, two optimizers, one `fit()`."""

import keras
import numpy as np
from keras import ops

from keras_ganrec.gradients import Descent
from keras_ganrec.reproducible import ReproducibleModel
from keras_ganrec.whole_numbers import check_positive


class GAN(ReproducibleModel):
    """Base of all adversarial models: trains two networks in turns.

    A subclass sets `self.generator` and `self.discriminator`, with all their
    weights, in its constructor and writes the paper's two objectives. For
    each batch, D takes `d_steps` descent steps on `discriminator_loss`, then
    G takes `g_steps` on `generator_loss`; a player's own regularizers
    (`kernel_regularizer=` of its layers) are added to its loss. A paper whose
    algorithm is not "D then G" overrides `train_step` in its own file.

    A subclass writes:

    - `discriminator_loss(batch)`, `generator_loss(batch)`: scalars.
    - `realness(batch)`: two tensors `(batch,)`, how real the real and the
      generated rows look to D; higher is more real. For monitoring.
    - `sample(n, condition, seed_generator)`: `n` generated samples, where
      the model generates.

    Args:
        d_steps: int. Discriminator updates per batch.
        g_steps: int. Generator updates per batch.
        seed: Optional int. Seeds every draw made while training. Weights are
            drawn by their initializers: `keras.utils.set_random_seed`.

    Raises:
        ValueError: If a number of steps is not a positive integer.
    """

    def __init__(self, d_steps=1, g_steps=1, seed=None, **kwargs):
        super().__init__(**kwargs)
        check_positive(d_steps=d_steps, g_steps=g_steps)
        self.d_steps = d_steps
        self.g_steps = g_steps
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
        self.g_loss_tracker = keras.metrics.Mean(name="g_loss")

    def discriminator_loss(self, batch):
        raise NotImplementedError(
            f"`{type(self).__name__}` must write `discriminator_loss(batch)`."
        )

    def generator_loss(self, batch):
        raise NotImplementedError(
            f"`{type(self).__name__}` must write `generator_loss(batch)`."
        )

    def compile(
        self,
        d_optimizer="adam",
        g_optimizer="adam",
        jit_compile=False,
        **kwargs,
    ):
        """Sets one optimizer per player, each with a schedule of its own.

        There is no single optimizer: `model.optimizer` stays `None`, so that
        a callback that looks for one fails loudly instead of moving a third
        optimizer that trains nothing. Learning-rate schedules
        (`keras.optimizers.schedules`) go into each optimizer.

        Args:
            d_optimizer: Name or `keras.optimizers.Optimizer` of D.
            g_optimizer: Name or `keras.optimizers.Optimizer` of G. Another
                object than `d_optimizer`.
            jit_compile: bool. XLA. Off unless asked for: it changes the
                random stream and does not pay on CPU.
            **kwargs: As in `keras.Model.compile`: `steps_per_execution`,
                `run_eagerly`; and `metrics`, of a ranking GAN.

        Raises:
            ValueError: If one `optimizer` is named, both players are given
                the same optimizer object, or a player has no weights yet.
        """
        if "optimizer" in kwargs:
            raise ValueError(
                "A GAN has two optimizers, `d_optimizer` and `g_optimizer`. "
                f"Received: optimizer={kwargs['optimizer']!r}. "
                "Write for example `compile(d_optimizer=Adam(1e-4), "
                "g_optimizer=Adam(1e-3))`."
            )
        self._check_players()
        d_optimizer = keras.optimizers.get(d_optimizer)
        g_optimizer = keras.optimizers.get(g_optimizer)
        if d_optimizer is g_optimizer:
            raise ValueError(
                "`d_optimizer` and `g_optimizer` are the same object, but "
                "each player needs its own state. Create two: "
                "`compile(d_optimizer=Adam(1e-4), g_optimizer=Adam(1e-4))`."
            )
        super().compile(
            optimizer=None,
            jit_compile=jit_compile,
            auto_scale_loss=False,
            **kwargs,
        )
        self.keep_compile_config(
            d_optimizer=d_optimizer,
            g_optimizer=g_optimizer,
            jit_compile=jit_compile,
            **kwargs,
        )
        self.d_optimizer = self._scaled(d_optimizer)
        self.g_optimizer = self._scaled(g_optimizer)
        compiled = not self.run_eagerly
        self._d_descent = Descent(
            self.discriminator, self.d_optimizer, compiled
        )
        self._g_descent = Descent(self.generator, self.g_optimizer, compiled)

    def _check_players(self):
        for name in ("discriminator", "generator"):
            player = getattr(self, name, None)
            if player is None or not player.trainable_variables:
                raise ValueError(
                    f"`{type(self).__name__}` has no `{name}` with weights to "
                    f"train. Set `self.{name}` in the constructor to a network "
                    "that is built: begin it with `keras.Input(shape)`."
                )

    def _scaled(self, optimizer):
        if self.dtype_policy.name == "mixed_float16" and not isinstance(
            optimizer, keras.optimizers.LossScaleOptimizer
        ):
            return keras.optimizers.LossScaleOptimizer(optimizer)
        return optimizer

    @property
    def metrics(self):
        return [self.d_loss_tracker, self.g_loss_tracker, *super().metrics]

    def train_step(self, data):
        batch, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        for _ in range(self.d_steps):
            self.d_step(batch)
        for _ in range(self.g_steps):
            self.g_step(batch)
        return {
            "d_loss": self.d_loss_tracker.result(),
            "g_loss": self.g_loss_tracker.result(),
        }

    def d_step(self, batch):
        """Moves the discriminator once. The generator stays."""
        self.d_loss_tracker.update_state(
            self._d_descent.step(
                lambda: self.discriminator_loss(batch),
                self.distribute_strategy.num_replicas_in_sync,
            )
        )

    def g_step(self, batch):
        """Moves the generator once. The discriminator stays."""
        self.g_loss_tracker.update_state(
            self._g_descent.step(
                lambda: self.generator_loss(batch),
                self.distribute_strategy.num_replicas_in_sync,
            )
        )

    def sample(self, n, condition, seed_generator):
        raise TypeError(
            f"`{type(self).__name__}` does not generate samples: it has no "
            "`sample(n, condition, seed_generator)`. A model that ranks items "
            "has `recommend()`."
        )

    def generate(
        self,
        n: int,
        condition: np.ndarray | None = None,
        seed: int | None = None,
        batch_size: int = 1024,
    ) -> np.ndarray:
        """Draws `n` samples from the generator.

        Args:
            n: int. Number of samples, at least 1.
            condition: Array of `n` rows for a conditional model, else
                `None`.
            seed: Optional int. The same seed gives the same samples.
            batch_size: int. Samples made at once.

        Returns:
            A NumPy array of shape `(n, ...)`.
        """
        check_positive(n=n)
        seed_generator = keras.random.SeedGenerator(seed)
        parts = []
        for start in range(0, n, batch_size):
            size = min(batch_size, n - start)
            rows = (
                None if condition is None else condition[start : start + size]
            )
            part = self.sample(size, rows, seed_generator)
            parts.append(ops.convert_to_numpy(part))
        return np.concatenate(parts)

    def get_config(self):
        return {
            **super().get_config(),
            "d_steps": self.d_steps,
            "g_steps": self.g_steps,
            "seed": self.seed,
        }
