"""Callbacks that Keras lacks for two players.

Keras' own (`EarlyStopping`, `ModelCheckpoint`, `BackupAndRestore`,
`TensorBoard`, ...) work as they are. A ranking metric grows: give them
`mode="max"`.
"""

import math
import types
import warnings

import keras
import numpy as np
from keras import ops

WON = 0.99  # balance, above which the generator has no gradient to follow
COLLAPSED = 0.2  # diversity


class DataEpoch(keras.callbacks.Callback):
    """Tells a pipeline of `keras_ganrec.data` which epoch it is.

    `fit()` adds it by itself for data sets that have an `epoch`.

    Args:
        epoch: `tf.Variable` of dtype int64. The one the pipeline reads.
    """

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch.assign(epoch)


class StopAtNonFiniteLoss(keras.callbacks.Callback):
    """Stops at the first loss that is NaN or infinite and undoes the damage.

    Puts back the weights, and what the optimizers remember, of the last epoch
    whose losses were all finite (or of the start) and warns with the name of
    the loss and the step. `fit()` adds it by itself;
    `EarlyStopping(restore_best_weights=True)` has the last word on the weights
    where it is used.
    """

    def on_train_begin(self, logs=None):
        self._keep("the start of training")
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        broken = self._non_finite(logs)
        if broken:
            self.model.stop_training = True
            self._put_back()
            warnings.warn(
                f"Training stopped: {' and '.join(broken)} not finite at "
                f"epoch {self.epoch + 1}, step {batch + 1}. The weights of "
                f"{self.good_epoch} are back in place. Lower that player's "
                "learning rate, add a gradient penalty or clip its gradients "
                "(`clipnorm=1.0` of the optimizer).",
                RuntimeWarning,
                stacklevel=2,
            )

    def on_epoch_end(self, epoch, logs=None):
        if not self._non_finite(logs):
            self._keep(f"epoch {epoch + 1}")

    def _keep(self, epoch):
        self.good_epoch = epoch
        self.good_weights = self.model.get_weights()
        # An average of weights, or a moment, would bring the damage back.
        self.good_slots = [
            (slot, ops.convert_to_numpy(slot))
            for optimizer in vars(self.model).values()
            if isinstance(optimizer, keras.optimizers.Optimizer)
            for slot in optimizer.variables
        ]

    def _put_back(self):
        self.model.set_weights(self.good_weights)
        for slot, value in self.good_slots:
            slot.assign(value)

    def _non_finite(self, logs):
        return [
            name
            for name, value in (logs or {}).items()
            if name.endswith("loss")
            and not name.startswith("val_")
            and not math.isfinite(float(value))
        ]


class GeneratorEMA(keras.callbacks.SwapEMAWeights):
    """Evaluates, and ends training, with averaged generator weights.

    The average itself is Keras': `Adam(..., use_ema=True,
    ema_momentum=0.999)` as `g_optimizer` keeps it in the graph and in the
    saved file, so that a resumed run goes on exactly. This callback swaps it
    in for each evaluation and, for good, at the end of training.

    At the end of an epoch the weights are those that go on training. So
    `EarlyStopping(restore_best_weights=True)` restores them, and not the
    average that was measured: stop without it.

    Raises:
        ValueError: At the start of training, when `g_optimizer` keeps no
            average.
    """

    def set_model(self, model):
        _expect(model, "g_optimizer", "GeneratorEMA")
        # Keras' callback looks for the one optimizer of a model.
        super().set_model(types.SimpleNamespace(optimizer=model.g_optimizer))

    def on_train_end(self, logs=None):
        self._swap_variables()
        self._finalize_ema_values()


class BalanceMonitor(keras.callbacks.Callback):
    """Logs how well the discriminator tells a fixed batch apart, and warns.

    The log `balance` is the probability that a real row looks more real to
    the discriminator than a generated one (ties count half): 0.5 when it
    cannot tell them apart, 1 when it always can and the generator has no
    gradient left to follow (under the saturating losses).

    Args:
        batch: A batch as the model is trained on. At least two rows.
        patience: int. Epochs in a row at more than `threshold` before it
            warns, once.
        threshold: float. Between 0.5 and 1.

    Raises:
        ValueError: If `batch` is a data set; or, at the start of training, if
            the model has no `realness(batch)`.
    """

    def __init__(self, batch, patience=5, threshold=WON):
        super().__init__()
        if hasattr(batch, "element_spec"):
            raise ValueError(
                "`batch` must be one batch, and is a data set of them. "
                "Take the first: `next(iter(dataset))`."
            )
        self.batch = batch
        self.patience = patience
        self.threshold = threshold

    def on_train_begin(self, logs=None):
        _expect(self.model, "realness", "BalanceMonitor")
        self.epochs_over = 0

    def on_epoch_end(self, epoch, logs=None):
        # A look moves nothing: neither what random draws come next, of the
        # model and of its layers, nor the averages of batch normalization.
        states = self.model.non_trainable_variables
        before = [ops.copy(state) for state in states]
        real, fake = self.model.realness(self.batch)
        for state, value in zip(states, before, strict=True):
            state.assign(value)
        difference = ops.expand_dims(real, 1) - ops.expand_dims(fake, 0)
        balance = float(ops.mean((ops.sign(difference) + 1.0) / 2.0))
        if logs is not None:
            logs["balance"] = balance
        self.epochs_over = (
            self.epochs_over + 1 if balance > self.threshold else 0
        )
        if self.epochs_over == self.patience:
            warnings.warn(
                f"The discriminator told real from generated rows in "
                f"{balance:.1%} of the pairs for {self.patience} epochs: it "
                "has won. Lower `d_steps` or its learning rate, add "
                "`r1_weight`, or use a relativistic or Wasserstein loss.",
                RuntimeWarning,
                stacklevel=2,
            )


class CollapseMonitor(keras.callbacks.Callback):
    """Logs the diversity of what the generator makes, and warns of collapse.

    The log `diversity` is the mean distance between two generated samples
    over the mean distance between two real ones: about 1 for a generator
    that covers its data, near 0 when every noise gives the same output.

    Args:
        real: Array of shape `(n, ...)`, a sample of the data, n >= 2.
        threshold: float. Warns, once, at the end of the first epoch whose
            diversity is below it.
        seed: int. Of the noise, the same at each epoch.

    Raises:
        ValueError: At the start of training, if the model is no GAN, or all
            rows of `real` are the same.
        TypeError: At the start of training, if it generates nothing.
    """

    def __init__(self, real, threshold=COLLAPSED, seed=0):
        super().__init__()
        self.real = real
        self.threshold = threshold
        self.seed = seed

    def on_train_begin(self, logs=None):
        _expect(self.model, "generate", "CollapseMonitor")
        self.model.generate(1, seed=self.seed)  # what cannot, says so now
        self.real_distance = _mean_distance(self.real)
        if not self.real_distance:
            raise ValueError(
                "All rows of `real` are the same. Expected a sample of the "
                "data that differs: how far apart is what is compared."
            )
        self.warned = False

    def on_epoch_end(self, epoch, logs=None):
        generated = self.model.generate(len(self.real), seed=self.seed)
        diversity = _mean_distance(generated) / self.real_distance
        if logs is not None:
            logs["diversity"] = diversity
        if diversity < self.threshold and not self.warned:
            self.warned = True
            warnings.warn(
                f"The generator collapses: at epoch {epoch + 1} its samples "
                f"lie {diversity:.0%} as far apart as the data. Use the "
                "relativistic loss with `r1_weight` and `r2_weight`, a lower "
                "learning rate, or larger batches.",
                RuntimeWarning,
                stacklevel=2,
            )


def _expect(model, name, callback):
    if not hasattr(model, name):
        raise ValueError(
            f"`{callback}` needs a model with `{name}`, as a GAN has. "
            f"Received: {type(model).__name__}. Leave the callback out."
        )


def _mean_distance(samples):
    rows = np.reshape(np.asarray(samples, dtype="float32"), (len(samples), -1))
    # Each row with its neighbour: n pairs stand for n^2. Shuffled, since data
    # often comes sorted, and then neighbours are alike.
    rows = np.random.default_rng(0).permutation(rows)
    return float(
        np.mean(np.linalg.norm(rows - np.roll(rows, 1, axis=0), axis=1))
    )
