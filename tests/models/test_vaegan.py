"""VAEGAN's objectives by NumPy, and the moments of what it draws."""

import keras
import numpy as np
import pytest

from keras_ganrec.models import VAEGAN

PROFILES = np.float32([[1, 1, 0, 0], [0, 0, 1, 0]])
LENGTHS = np.float32([[2**0.5], [1.0]])
# (batch, num_noises, latent_dim)
NOISE = np.random.default_rng(3).normal(size=(2, 2, 3)).astype("float32")
NORMAL = np.random.default_rng(4).normal(size=(2, 3)).astype("float32")


def build(noise=None, dropout=0.0, **arguments):
    """All networks linear, and the noise what it is said to be."""
    model = VAEGAN(
        num_items=4,
        hidden_dims=(),
        latent_dim=3,
        num_noises=2,
        noise_dim=2,
        d_hidden_dims=(),
        dropout=dropout,
        seed=0,
        **arguments,
    )
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    model.compile(d_optimizer="sgd", g_optimizer="sgd")
    if noise is not None:
        model._noise = lambda size: noise[:size]
    return model


def parts(model):
    """Mean, variance and shape of the codes of `PROFILES` with `NOISE`."""
    kernel, bias = model.encoder.get_weights()
    mean, *scales = np.split(PROFILES / LENGTHS @ kernel + bias, 3, axis=1)
    variance = sum(a**2 for a in scales) + 1e-6
    shape = sum(a * NOISE[:, i] for i, a in enumerate(scales))
    return mean, variance, shape / np.sqrt(variance)


def logits(model, shape):
    kernel, bias = model.discriminator.get_weights()
    pairs = np.concatenate([PROFILES / LENGTHS, shape], axis=1)
    return (pairs @ kernel + bias)[:, 0]


@pytest.mark.parametrize("w", [0.0, 1.0, 3.0])
@pytest.mark.parametrize(("step", "k"), [(0, 0.0), (5, 0.2), (10, 0.4)])
def test_generator_loss_by_hand(step, k, w):
    model = build(
        NOISE, kl_weight=0.4, annealing_steps=10, adversarial_weight=w
    )
    model.g_optimizer.iterations.assign(step)
    mean, variance, shape = parts(model)
    kernel, bias = model.decoder.get_weights()
    scores = (mean + np.sqrt(variance) * shape) @ kernel + bias
    log_pi = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    kl = 0.5 * (variance + mean**2 - 1 - np.log(variance)).sum(axis=1)
    kl -= w * logits(model, shape)
    expected = np.mean(-(PROFILES * log_pi).sum(axis=1) + k * kl)
    loss = model.generator_loss({"seen": PROFILES})
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_discriminator_tells_normal_noise_from_codes(monkeypatch):
    model = build(NOISE)
    monkeypatch.setattr(keras.random, "normal", lambda *_, **__: NORMAL)
    real = logits(model, NORMAL)
    fake = logits(model, parts(model)[2])
    expected = np.mean(np.log1p(np.exp(-real)) + np.log1p(np.exp(fake)))
    loss = model.discriminator_loss({"seen": PROFILES})
    assert float(loss) == pytest.approx(expected, rel=1e-5)
    for ours, right in zip(
        model.realness({"seen": PROFILES}), (real, fake), strict=True
    ):
        np.testing.assert_allclose(ours, right, rtol=1e-4)


def test_noises_are_standardized_and_independent():
    model = build()
    noise = np.asarray(model._noise(20_000))
    assert noise.shape == (20_000, 2, 3)
    np.testing.assert_allclose(noise.mean(axis=0), 0, atol=0.02)
    np.testing.assert_allclose(noise.var(axis=0), 1, atol=0.02)
    between = np.corrcoef(noise[:, 0].T, noise[:, 1].T)[:3, 3:]
    np.testing.assert_allclose(between, 0, atol=0.03)
    # One user alone has a variance, too.
    assert np.ptp(np.concatenate([model._noise(1) for _ in range(9)])) > 0.5


def test_codes_have_the_moments_that_the_loss_takes():
    model = build()
    profile, mean, variance, shape = map(
        np.asarray, model.encode(np.repeat(PROFILES, 20_000, axis=0))
    )
    expected_mean, expected_variance, _ = parts(model)
    for user in (0, 1):
        rows = slice(20_000 * user, 20_000 * (user + 1))
        np.testing.assert_allclose(
            profile[rows][0], (PROFILES / LENGTHS)[user], rtol=1e-5
        )
        np.testing.assert_allclose(mean[rows][0], expected_mean[user], 1e-4)
        np.testing.assert_allclose(
            variance[rows][0], expected_variance[user], 1e-4
        )
        np.testing.assert_allclose(shape[rows].mean(axis=0), 0, atol=0.03)
        np.testing.assert_allclose(shape[rows].var(axis=0), 1, atol=0.03)


def test_dropout_only_while_training():
    model = build(dropout=0.5)
    profile, *_ = model.encode(np.ones((400, 4), "float32"))
    assert set(np.unique(np.round(profile, 5))) == {0.0, 1.0}  # twice a half
    assert np.mean(profile) == pytest.approx(0.5, abs=0.05)
    mean, *_ = parts(model)
    kernel, bias = model.decoder.get_weights()
    for scores in (model({"seen": PROFILES}), model.score_profiles(PROFILES)):
        np.testing.assert_allclose(scores, mean @ kernel + bias, rtol=1e-4)


def test_the_adversary_shapes_noise_and_scales():
    """It moves what makes the shape of a code, and not its mean."""
    model = build(kl_weight=1.0, annealing_steps=1)
    decoder = [np.zeros(w.shape) for w in model.decoder.get_weights()]
    model.decoder.set_weights(decoder)
    model.g_optimizer.iterations.assign(1)
    before = [w.copy() for w in model.noise_network.get_weights()]
    model.g_step({"seen": PROFILES})
    for a, b in zip(before, model.noise_network.get_weights(), strict=True):
        assert not np.array_equal(a, b)


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_empty_profiles_are_finite(dtype):
    model = build(dtype=dtype)
    for network in (model.encoder, model.decoder):
        weights = network.get_weights()
        network.set_weights([*weights[:-1], np.zeros_like(weights[-1])])
    empty = {"seen": np.zeros((2, 4), "float32")}
    assert np.isfinite(model(empty)).all()
    assert np.isfinite(float(model.generator_loss(empty)))
    assert np.isfinite(float(model.discriminator_loss(empty)))
    model.g_step(empty)
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1"),
        ({"annealing_steps": 0}, "`annealing_steps` must be a positive"),
        (
            {"num_noises": 2, "noise_dim": 99},
            "do not fill codes.*Raise `noise_dim`",
        ),
        ({"kl_weight": -1.0}, "`kl_weight` must not be negative"),
        (
            {"adversarial_weight": -0.1},
            "`adversarial_weight` must not be negative",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        VAEGAN(num_items=5, **arguments)
