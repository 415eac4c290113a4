"""ACAE's loss by NumPy, its noise against automatic differentiation."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.baselines import MultVAE
from keras_ganrec.models import ACAE

PROFILES = np.float32([[1, 1, 0, 0], [0, 0, 1, 0], [1, 0, 1, 1]])


def build(dropout=0.0, **arguments):
    model = ACAE(4, hidden_dim=3, dropout=dropout, seed=0, **arguments)
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.weights])
    return model


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def cross_entropy(w_1, b_1, w_2, b_2):
    p = sigmoid(sigmoid(PROFILES @ w_1 + b_1) @ w_2 + b_2)
    losses = PROFILES * np.log(p) + (1 - PROFILES) * np.log(1 - p)
    return -losses.sum(axis=1).mean()


def slope(weights, which):
    """Central differences of the loss by one of the four weights."""
    slopes = np.zeros(weights[which].shape)
    for place in np.ndindex(slopes.shape):
        sides = []
        for step in (1e-5, -1e-5):
            moved = [w.copy() for w in weights]
            moved[which][place] += step
            sides.append(cross_entropy(*moved))
        slopes[place] = (sides[0] - sides[1]) / 2e-5
    return slopes


@pytest.mark.parametrize(("w1", "w2"), [(0, 0), (0.3, 0), (0, 2.0), (0.3, 2.0)])
def test_loss_by_hand(w1, w2):
    model = build(epsilon=0.7, encoder_noise_weight=w1, decoder_noise_weight=w2)
    weights = [w.astype("float64") for w in model.get_weights()]
    expected = cross_entropy(*weights)
    for which, weight in ((0, w1), (2, w2)):
        noisy = [w.copy() for w in weights]
        gradient = slope(weights, which)
        noisy[which] += 0.7 * gradient / np.sqrt(np.sum(gradient**2))
        assert cross_entropy(*noisy) > cross_entropy(*weights) + 0.1
        expected += weight * cross_entropy(*noisy)
    loss = model.training_loss({"seen": PROFILES})
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_noise_goes_up_the_loss_of_what_was_dropped():
    model = build(epsilon=0.7)
    rows = np.repeat(PROFILES, 3, axis=0)
    dropped = rows * np.random.default_rng(0).choice([0.0, 2.0], rows.shape)
    dropped = dropped.astype("float32")
    kernels = [model.encoder.kernel.value, model.decoder.kernel.value]
    with tf.GradientTape() as tape:
        logits = model.decoder(model.encoder(dropped))
        loss = tf.nn.sigmoid_cross_entropy_with_logits(rows, logits)
        loss = tf.reduce_mean(tf.reduce_sum(loss, axis=-1))
    gradients = tape.gradient(loss, kernels)
    for noise, g in zip(model.noise(rows, dropped), gradients, strict=True):
        np.testing.assert_allclose(noise, 0.7 * g / tf.norm(g), atol=1e-6)


def test_noise_is_a_constant_to_the_gradient():
    model = build(encoder_noise_weight=0.5, decoder_noise_weight=2.0)
    d_1, d_2 = (d.numpy() for d in model.noise(PROFILES, PROFILES))
    variables = [w.value for w in model.trainable_variables]
    with tf.GradientTape(persistent=True) as tape:
        loss = model.training_loss({"seen": PROFILES})
        w_1, b_1, w_2, b_2 = variables
        expected = 0.0
        for weight, e_1, e_2 in ((1, 0, 0), (0.5, d_1, 0), (2.0, 0, d_2)):
            h = tf.sigmoid(PROFILES @ (w_1 + e_1) + b_1)
            losses = tf.nn.sigmoid_cross_entropy_with_logits(
                PROFILES, h @ (w_2 + e_2) + b_2
            )
            expected += weight * tf.reduce_mean(tf.reduce_sum(losses, -1))
    for ours, right in zip(
        tape.gradient(loss, variables),
        tape.gradient(expected, variables),
        strict=True,
    ):
        np.testing.assert_allclose(ours, right, atol=1e-5)


def test_dropout_only_while_training(monkeypatch):
    seen_by_encoder = []
    model = build(0.5, encoder_noise_weight=0, decoder_noise_weight=0)
    noise = model.noise

    def spy(profiles, dropped):
        seen_by_encoder.append(np.asarray(dropped))
        return noise(profiles, dropped)

    monkeypatch.setattr(model, "noise", spy)
    ones = np.ones((400, 4), "float32")
    loss = model.training_loss({"seen": ones})
    (dropped,) = seen_by_encoder
    assert set(np.unique(dropped)) == {0.0, 2.0}
    assert np.mean(dropped) == pytest.approx(1.0, abs=0.1)
    w_1, b_1, w_2, b_2 = model.get_weights()
    # What was dropped is asked for all the same.
    p = sigmoid(sigmoid(dropped @ w_1 + b_1) @ w_2 + b_2)
    expected = -np.log(p).sum(axis=1).mean()
    assert float(loss) == pytest.approx(expected, rel=1e-5)
    logits = sigmoid(PROFILES @ w_1 + b_1) @ w_2 + b_2
    for scores in (model({"seen": PROFILES}), model.score_profiles(PROFILES)):
        np.testing.assert_allclose(scores, logits, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_empty_profiles_are_finite(dtype):
    model = build(dtype=dtype)
    empty = {"seen": np.zeros((2, 4), "float32")}
    assert np.isfinite(model(empty)).all()
    assert np.isfinite(float(model.training_loss(empty)))


def test_starts_from_a_trained_autoencoder():
    cdae = build(encoder_noise_weight=0, decoder_noise_weight=0)
    model = ACAE(4, hidden_dim=3)
    model.start_from(cdae)
    for a, b in zip(model.get_weights(), cdae.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "other",
    [
        ACAE(4, hidden_dim=2),
        ACAE(5, hidden_dim=3),
        MultVAE(4),
        keras.Sequential(
            [
                keras.Input((4,)),
                keras.layers.Dense(3),
                keras.layers.Dense(4),
            ]
        ),
    ],
    ids=["dim", "items", "another model", "the same weights"],
)
def test_a_start_that_does_not_fit_is_refused(other):
    model = build()
    before = model.get_weights()
    with pytest.raises(ValueError, match="is no start.*the same sizes"):
        model.start_from(other)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_regularizer_falls_on_the_kernels():
    model = build(regularizer=keras.regularizers.L2(0.5))
    regularized = [w.path for w in model.weights if w.regularizer]
    assert len(regularized) == 2
    assert all(path.endswith("kernel") for path in regularized)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1"),
        ({"epsilon": -1.0}, "`epsilon` must not be negative"),
        (
            {"encoder_noise_weight": -0.1},
            "`encoder_noise_weight` must not be negative",
        ),
        (
            {"decoder_noise_weight": -0.1},
            "`decoder_noise_weight` must not be negative",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ACAE(4, **arguments)
