"""GAIN's players by hand: what they are shown, and what they lose."""

import keras
import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from keras_ganrec.models import GAIN
from keras_ganrec.models.synthesis.gain import LEVELS


def batch(b=4, d=3, missing=0.4):
    random = np.random.default_rng(0)
    observed = (random.random((b, d)) > missing).astype("float32")
    values = random.random((b, d)).astype("float32") * observed
    return {"values": tf.constant(values), "observed": tf.constant(observed)}


def test_hints_tell_of_a_share_of_the_known_cells(monkeypatch):
    gain = GAIN(3, hint_rate=0.7, seed=0)
    seen = []
    monkeypatch.setattr(
        gain,
        "discriminator",
        lambda x: seen.append(x[:, 3:]) or tf.zeros((len(x), 3)),
    )
    cells = batch(20_000)
    gain.discriminator_loss(cells)
    hint, observed = seen[0].numpy(), cells["observed"].numpy()
    assert set(np.unique(hint)) == {0.0, 1.0}
    assert not hint[observed == 0].any()
    given = hint[observed == 1]
    assert given.mean() == pytest.approx(0.7, abs=0.01)
    # Cells of a row are drawn apart.
    whole = observed.all(axis=1)
    assert hint[whole].all(axis=1).mean() == pytest.approx(0.7**3, abs=0.03)


def test_hidden_cells_are_known_ones_and_whole_columns():
    gain = GAIN(4, column_sizes=(1, 3), hide_rate=0.3, seed=0)
    observed = np.ones((20_000, 4), "float32")
    observed[:5000, 0] = 0
    shown = gain._shown({"values": observed, "observed": observed}).numpy()
    assert not shown[:5000, 0].any()
    assert shown[5000:, 0].mean() == pytest.approx(0.7, abs=0.02)
    np.testing.assert_array_equal(shown[:, 1], shown[:, 2])
    np.testing.assert_array_equal(shown[:, 1], shown[:, 3])
    assert shown[:, 1].mean() == pytest.approx(0.7, abs=0.02)


def by_hand(gain, center, logits, monkeypatch):
    """Players that say the same whatever they are shown."""
    monkeypatch.setattr(
        gain, "generator", lambda x: tf.constant(center, "float32")
    )
    monkeypatch.setattr(
        gain, "discriminator", lambda x: tf.constant(logits, "float32")
    )


def test_losses_by_hand(monkeypatch):
    gain = GAIN(
        2,
        reconstruction_weight=10.0,
        adversarial_weight=3.0,
        output_activation=None,
    )
    by_hand(
        gain, [[0.5, 0.9]], [[np.log(3.0), 0.0]], monkeypatch
    )  # p = 3/4, 1/2
    cells = {
        "values": tf.constant([[0.3, 0.0]]),
        "observed": tf.constant([[1.0, 0.0]]),
    }
    assert float(gain.discriminator_loss(cells)) == pytest.approx(
        -(np.log(3 / 4) + np.log(1 / 2)) / 2, rel=1e-5
    )
    assert float(gain.generator_loss(cells)) == pytest.approx(
        3.0 * -np.log(1 / 2) / 2 + 10.0 * 0.2**2, rel=1e-5
    )
    real, fake = gain.realness(cells)
    assert float(real[0]) == pytest.approx(np.log(3))
    assert float(fake[0]) == 0


def test_only_hidden_cells_are_reconstructed(monkeypatch):
    gain = GAIN(
        2, hide_rate=0.5, adversarial_weight=0.0, output_activation=None
    )
    by_hand(gain, [[0.5, 0.9]], [[0.0, 0.0]], monkeypatch)
    monkeypatch.setattr(gain, "_shown", lambda batch: tf.constant([[1.0, 0.0]]))
    cells = {
        "values": tf.constant([[0.3, 0.7]]),
        "observed": tf.constant([[1.0, 1.0]]),
    }
    assert float(gain.generator_loss(cells)) == pytest.approx(
        100.0 * 0.2**2, rel=1e-4
    )


def test_without_adversary_the_discriminator_says_nothing():
    for weight, moved in ((0.0, False), (1.0, True)):
        losses = []
        for bias in (0.0, 5.0):
            keras.utils.set_random_seed(0)
            gain = GAIN(3, adversarial_weight=weight, seed=0)
            gain.discriminator.layers[-1].bias.assign([bias] * 3)
            losses.append(float(gain.generator_loss(batch())))
        assert (losses[0] != losses[1]) == moved


def test_quantiles_of_a_coin_and_an_even_draw(monkeypatch):
    gain = GAIN(2, hide_rate=0.5, quantile_weight=1.0, seed=0)
    # One cell is 0 or 1 with equal chance, the other even in [0, 1].
    coin = np.repeat([0.0, 1.0], 10)
    outputs = np.concatenate([[0.5, 0.5], coin, LEVELS]).astype("float32")
    gain.output_activation = None
    monkeypatch.setattr(
        gain, "generator", lambda x: tf.tile(outputs[None], (len(x), 1))
    )
    holes = np.zeros((20_000, 2), "float32")
    drawn = gain.complete(holes, holes, keras.random.SeedGenerator(0)).numpy()
    # Between the two sides of the coin is one part in twenty.
    assert np.mean(drawn[:, 0] == 0) == pytest.approx(0.475, abs=0.01)
    assert np.mean(drawn[:, 0] == 1) == pytest.approx(0.475, abs=0.01)
    assert scipy.stats.kstest(drawn[:, 1], "uniform").statistic < 0.035
    # The best guess is not drawn.
    assert np.all(gain.complete(holes, holes) == 0.5)


def test_the_loss_of_quantiles_by_hand(monkeypatch):
    gain = GAIN(
        1,
        hide_rate=0.5,
        reconstruction_weight=0.0,
        adversarial_weight=0.0,
        quantile_weight=3.0,
        output_activation=None,
    )
    by_hand(gain, [[0.0] + [0.4] * 20], [[0.0]], monkeypatch)
    monkeypatch.setattr(gain, "_shown", lambda batch: tf.zeros((1, 1)))
    for x in (0.5, 0.3):
        # The mean level is 1/2, over and under.
        cell = {"values": tf.constant([[x]]), "observed": tf.ones((1, 1))}
        assert float(gain.generator_loss(cell)) == pytest.approx(3.0 * 0.1 / 2)


def test_players_pull_in_opposite_directions():
    cells = batch(64)
    gain = GAIN(3, reconstruction_weight=0.0, hint_rate=0.0, seed=0)
    gain.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))

    def gap():
        real, fake = gain.realness(cells)
        return float(np.mean(real) - np.mean(fake))

    start = gap()
    for _ in range(30):
        gain.d_step(cells)
    apart = gap()
    for _ in range(30):
        gain.g_step(cells)
    assert gap() < apart > start
