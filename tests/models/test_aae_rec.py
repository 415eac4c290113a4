"""AAERec's objectives by NumPy; who hears of what; dropout."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.models import AAERec

PROFILES = np.float32([[1, 1, 0, 0], [0, 0, 1, 0]])
SHARES = np.float32([[0.5, 0.5, 0, 0], [0, 0, 1, 0]])
NORMAL = np.random.default_rng(4).normal(size=(2, 3)).astype("float32")


def build(dropout=0.0, **arguments):
    model = AAERec(
        num_items=4,
        hidden_dims=(5, 6),
        code_dim=3,
        d_hidden_dims=(7, 2),
        dropout=dropout,
        seed=0,
        **arguments,
    )
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


CONDITIONS = np.float32([[9, 9], [2, -1], [0.5, 3]])


def conditioned():
    """A model with conditions, and what users 2 and 1 score."""
    model = build(user_features=CONDITIONS)
    model.user_features.assign(CONDITIONS)
    codes = run(model.encoder, SHARES)
    given = np.concatenate([codes, CONDITIONS[[2, 1]]], axis=1)
    return model, codes, run(model.decoder, given)


def test_conditions_stand_by_the_code():
    model, codes, logits = conditioned()
    batch = {"user_id": np.array([2, 1]), "seen": PROFILES}
    np.testing.assert_allclose(model(batch), logits, rtol=1e-4)
    cross_entropy = (softplus(logits) - PROFILES * logits).sum(axis=1)
    fooled = softplus(-run(model.discriminator, codes))
    assert float(model.generator_loss(batch)) == pytest.approx(
        cross_entropy.mean() + fooled.mean(), rel=1e-5
    )


def test_new_users_have_conditions_of_zero():
    model, codes, _ = conditioned()
    given = np.concatenate([codes, np.zeros((2, 2))], axis=1)
    np.testing.assert_allclose(
        model.score_profiles(PROFILES), run(model.decoder, given), rtol=1e-4
    )


def test_conditions_are_of_the_users_of_the_data():
    assert conditioned()[0].num_users == 3


def test_conditions_are_saved_and_not_trained(tmp_path):
    model, _, logits = conditioned()
    assert all(w is not model.user_features for w in model.trainable_weights)
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    batch = {"user_id": np.array([2, 1]), "seen": PROFILES}
    np.testing.assert_allclose(restored(batch), logits, rtol=1e-4)


def run(network, x):
    kernels = network.get_weights()[::2]
    biases = network.get_weights()[1::2]
    for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
        x = np.maximum(x @ kernel + bias, 0)
    return x @ kernels[-1] + biases[-1]


def softplus(x):
    return np.log1p(np.exp(x))


@pytest.mark.parametrize("w", [0.0, 1.0, 20.0])
def test_generator_loss_by_hand(w):
    model = build(adversarial_weight=w)
    codes = run(model.encoder, SHARES)
    logits = run(model.decoder, codes)
    cross_entropy = (softplus(logits) - PROFILES * logits).sum(axis=1)
    fooled = softplus(-run(model.discriminator, codes))
    loss = model.generator_loss({"seen": PROFILES})
    expected = cross_entropy.mean() + w * fooled.mean()
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_discriminator_tells_the_prior_from_codes(monkeypatch):
    model = build(prior_scale=2.5)
    monkeypatch.setattr(
        keras.random, "normal", lambda *_, stddev, **__: stddev * NORMAL
    )
    real = run(model.discriminator, 2.5 * NORMAL)
    fake = run(model.discriminator, run(model.encoder, SHARES))
    loss = model.discriminator_loss({"seen": PROFILES})
    expected = np.mean(softplus(-real) + softplus(fake))
    assert float(loss) == pytest.approx(expected, rel=1e-5)
    for ours, right in zip(
        model.realness({"seen": PROFILES}), (real, fake), strict=True
    ):
        np.testing.assert_allclose(ours, right[:, 0], rtol=1e-4)


def test_the_adversary_moves_the_encoder_alone():
    gradients = []
    for w in (0.0, 2.0):
        model = build(adversarial_weight=w)
        players = [model.encoder, model.decoder]
        weights = [[v.value for v in p.trainable_variables] for p in players]
        with tf.GradientTape() as tape:
            loss = model.generator_loss({"seen": PROFILES})
        gradients.append(tape.gradient(loss, weights))
    (encoder, decoder), (drawn_encoder, same_decoder) = gradients
    for a, b in zip(decoder, same_decoder, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    assert all(
        np.abs(a - b).max() > 1e-3
        for a, b in zip(encoder, drawn_encoder, strict=True)
    )


def test_dropout_is_of_hidden_units_while_training():
    model = build(dropout=0.5)
    for network in (model.encoder, model.decoder, model.discriminator):
        weights = [np.zeros_like(w) for w in network.get_weights()]
        weights[1][:] = 1.0  # the first hidden layer is all ones
        weights[2][:] = 1.0
        weights[4][:] = 1.0
        network.set_weights(weights)
        rows = np.ones((4000, network.input_shape[-1]), "float32")
        first, second = (len(weights[i]) for i in (1, 3))
        whole = np.asarray(network(rows))
        np.testing.assert_allclose(whole, first * second)
        dropped = np.asarray(model._with_dropout(network, rows))
        # Each hidden unit is there half the time, then twice as large.
        assert dropped.mean() == pytest.approx(first * second, rel=0.05)
        moments = (first**2 + first) * (second**2 + second)
        assert np.square(dropped[:, 0]).mean() == pytest.approx(
            moments, rel=0.15
        )
    expected = run(model.decoder, run(model.encoder, SHARES))
    for scores in (model({"seen": PROFILES}), model.score_profiles(PROFILES)):
        np.testing.assert_allclose(scores, expected, rtol=1e-4)


def test_all_but_the_judged_encoder_drop_units():
    judged = []
    model = build(dropout=0.5)
    with_dropout = model._with_dropout
    model._with_dropout = lambda network, inputs: (
        judged.append((network, np.asarray(inputs)))
        or with_dropout(network, inputs)
    )
    model.discriminator_loss({"seen": PROFILES})
    assert [network for network, _ in judged] == [model.discriminator] * 2
    _, codes = judged[1]
    np.testing.assert_allclose(codes, run(model.encoder, SHARES), rtol=1e-4)
    judged.clear()
    model.generator_loss({"seen": PROFILES})
    players = [model.encoder, model.decoder, model.discriminator]
    assert [network for network, _ in judged] == players


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_empty_profiles_are_finite(dtype):
    model = build(dtype=dtype)
    empty = {"seen": np.zeros((2, 4), "float32")}
    assert np.isfinite(model(empty)).all()
    assert np.isfinite(float(model.generator_loss(empty)))
    assert np.isfinite(float(model.discriminator_loss(empty)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1"),
        ({"prior_scale": 0.0}, "`prior_scale` must be positive"),
        ({"user_features": [1.0, 2.0]}, "must be a matrix.*shape=\\(2,\\)"),
        ({"user_features": [[np.nan]]}, "must be a matrix of finite numbers"),
        (
            {"adversarial_weight": -1.0},
            "`adversarial_weight` must not be negative",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        AAERec(num_items=5, **arguments)
