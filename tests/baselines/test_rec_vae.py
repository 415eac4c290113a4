import keras
import numpy as np
import pytest

from keras_ganrec.baselines import RecVAE
from keras_ganrec.data import pipelines

PROFILES = np.array([[1, 1, 0, 1], [0, 0, 1, 0]], "float32")


def build(**arguments):
    arguments = {"dropout": 0.0, "seed": 3, **arguments}
    model = RecVAE(num_items=4, hidden_dim=6, latent_dim=2, **arguments)
    for weight in model.weights:  # biases, too, and both encoders
        weight.assign(weight + keras.random.normal(weight.shape, stddev=0.3))
    return model


def encode(weights, profiles):
    """Mean and log variance: five layers, each sees all before it."""
    layers = [weights[i : i + 4] for i in range(0, 20, 4)]
    value = profiles / np.linalg.norm(profiles, axis=1, keepdims=True)
    hidden = []
    for kernel, bias, scale, shift in layers:
        value = value @ kernel + bias + sum(hidden)
        value = value / (1 + np.exp(-value))
        value -= value.mean(axis=1, keepdims=True)
        value /= np.sqrt(value.var(axis=1, keepdims=True) + 0.1)
        value = value * scale + shift
        hidden.append(value)
    return np.split(value @ weights[20] + weights[21], 2, axis=1)


def decode(model, code):
    kernel, bias = model.decoder.get_weights()
    return code @ kernel + bias


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def normal(x, mean, variance):
    return np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(
        2 * np.pi * variance
    )


def parts(model, seed=3):
    """Reconstruction and log ratio of each user, by NumPy."""
    mean, log_variance = encode(model.encoder.get_weights(), PROFILES)
    noise = keras.random.normal(
        mean.shape, seed=keras.random.SeedGenerator(seed)
    )
    code = mean + np.exp(log_variance / 2) * np.asarray(noise)
    former_mean, former_log_variance = encode(
        model.former_encoder.get_weights(), PROFILES
    )
    a, b, c = model.prior_weights
    prior = (
        a * normal(code, 0, 1)
        + b * normal(code, former_mean, np.exp(former_log_variance))
        + c * normal(code, 0, np.exp(10))
    )
    posterior = normal(code, mean, np.exp(log_variance))
    log_ratio = np.sum(np.log(posterior) - np.log(prior), axis=1)
    log_pi = log_softmax(decode(model, code))
    return -np.sum(PROFILES * log_pi, axis=1), log_ratio


def test_scores_are_logits_of_the_mean_code():
    model = build(dropout=0.5)
    mean, _ = encode(model.encoder.get_weights(), PROFILES)
    for scores in (model({"seen": PROFILES}), model.score_profiles(PROFILES)):
        np.testing.assert_allclose(scores, decode(model, mean), rtol=1e-4)


@pytest.mark.parametrize("prior_weights", [(0.15, 0.75, 0.1), (0.6, 0.3, 0.1)])
def test_loss_by_hand(prior_weights):
    model = build(kl_weight=0.3, prior_weights=prior_weights)
    reconstruction, log_ratio = parts(model)
    weight = 0.3 * np.array([3, 1])  # a user with three items, one with one
    expected = np.mean(reconstruction + weight * log_ratio)
    loss = float(model.training_loss({"seen": PROFILES}))
    assert loss == pytest.approx(expected, rel=1e-4)


def test_decoder_sees_whole_profiles():
    model = build(dropout=0.9)
    reconstruction, _ = parts(model)
    loss = float(model.decoder_loss({"seen": PROFILES}))
    assert loss == pytest.approx(np.mean(reconstruction), rel=1e-4)


def test_encoder_sees_parts_of_profiles():
    many = np.repeat(PROFILES[:1], 200, axis=0)
    whole, dropped = (
        np.asarray(build(dropout=d)._draw(many, d)[2]) for d in (0.0, 0.5)
    )
    assert whole.std(axis=0).max() < 1e-5
    assert dropped.std(axis=0).min() > 1e-3


def test_encoder_and_decoder_take_turns():
    model = build(encoder_steps=2)
    model.compile(optimizer=keras.optimizers.SGD(0.1))
    turns = []
    for name in ("encoder", "decoder"):
        descent = getattr(model, f"_{name}_descent")
        step, player = descent.step, descent.player

        def watched(*args, name=name, step=step, player=player):
            before = [w.numpy() for w in model.trainable_weights]
            step(*args)
            own = {id(w) for w in player.trainable_weights}
            for weight, old in zip(
                model.trainable_weights, before, strict=True
            ):
                moved = not np.array_equal(weight, old)
                assert moved == (id(weight) in own)
            turns.append(name)
            return 0.0

        descent.step = watched
    model.train_step({"seen": PROFILES})
    assert turns == ["encoder", "encoder", "decoder"]


def test_prior_holds_the_encoder_of_the_start_of_the_epoch(planted):
    model = RecVAE(40, 8, 4, encoder_steps=1, seed=0)
    model.compile(optimizer="adam")
    starts = []
    remember = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: starts.append(
            model.encoder.get_weights()
        )
    )
    model.fit(
        pipelines.user_profiles(planted.train),
        epochs=3,
        callbacks=[remember],
        verbose=0,
    )
    for former, start in zip(
        model.former_encoder.get_weights(), starts[-1], strict=True
    ):
        np.testing.assert_array_equal(former, start)
    assert not np.array_equal(starts[-1][0], model.encoder.get_weights()[0])


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_empty_profile_is_finite(dtype):
    model = build(dtype=dtype)
    empty = np.zeros((1, 4), "float32")
    assert np.isfinite(model({"seen": empty})).all()
    assert np.isfinite(float(model.training_loss({"seen": empty})))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1"),
        ({"encoder_steps": 0}, "`encoder_steps` must be a positive integer"),
        ({"prior_weights": (0.5, 0.5)}, "`prior_weights` must be three"),
        ({"prior_weights": (0.5, 0.5, 0.1)}, "`prior_weights` must be three"),
        ({"prior_weights": (0.5, 0.5, 0.0)}, "`prior_weights` must be three"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)
