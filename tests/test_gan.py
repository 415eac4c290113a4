"""The turns of two players, each with a single weight, worked by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec import GAN
from keras_ganrec import gradients

L2 = 0.05
D_RATE, G_RATE = 0.1, 0.2
BATCHES = (3.0, -1.0)


class Duel(GAN):
    """D minimizes `x d - d g`, with `L2 d^2`; G minimizes `d g + g^2`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.generator = _player(1.0)
        self.discriminator = _player(2.0, keras.regularizers.L2(L2))
        self.built = True

    def weights_of_both(self):
        return (
            player.layers[0].kernel[0, 0]
            for player in (self.discriminator, self.generator)
        )

    def discriminator_loss(self, batch):
        d, g = self.weights_of_both()
        return batch["x"][0] * d - d * g

    def generator_loss(self, batch):
        d, g = self.weights_of_both()
        return d * g + g**2


def _player(weight, regularizer=None):
    layer = keras.layers.Dense(
        1,
        use_bias=False,
        kernel_initializer=keras.initializers.Constant(weight),
        kernel_regularizer=regularizer,
    )
    return keras.Sequential([keras.Input((1,)), layer])


def by_hand(d_steps, g_steps):
    """Weights after two batches, and the mean loss of each player."""
    d, g, d_losses, g_losses = 2.0, 1.0, [], []
    for x in BATCHES:
        for _ in range(d_steps):
            d_losses.append(x * d - d * g + L2 * d**2)
            d -= D_RATE * (x - g + 2 * L2 * d)
        for _ in range(g_steps):
            g_losses.append(d * g + g**2)
            g -= G_RATE * (d + 2 * g)
    return d, g, np.mean(d_losses), np.mean(g_losses)


@pytest.mark.parametrize("compiled_from", [1, 2**17], ids=["xla", "plain"])
@pytest.mark.parametrize(("d_steps", "g_steps"), [(1, 1), (3, 2)])
def test_turns_by_hand(d_steps, g_steps, compiled_from, monkeypatch):
    monkeypatch.setattr(gradients, "COMPILED_FROM", compiled_from)
    duel = Duel(d_steps=d_steps, g_steps=g_steps)
    duel.compile(
        d_optimizer=keras.optimizers.SGD(D_RATE),
        g_optimizer=keras.optimizers.SGD(G_RATE),
    )
    batches = tf.data.Dataset.from_tensor_slices({"x": list(BATCHES)}).batch(1)
    told = {}
    last_batch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: told.update(logs)
    )
    history = duel.fit(batches, callbacks=[last_batch], verbose=0).history
    weights = tuple(map(float, duel.weights_of_both()))
    expected = by_hand(d_steps, g_steps)
    of_epoch = history["d_loss"][-1], history["g_loss"][-1]
    assert (*weights, *of_epoch) == pytest.approx(expected, rel=1e-5)
    # What a callback is told after a batch: that a loss is NaN, and whose.
    of_batch = told["d_loss"], told["g_loss"]
    assert of_batch == pytest.approx(expected[2:], rel=1e-5)
    assert int(duel.d_optimizer.iterations) == 2 * d_steps
    assert int(duel.g_optimizer.iterations) == 2 * g_steps
