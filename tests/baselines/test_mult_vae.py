import keras
import numpy as np
import pytest

from keras_ganrec.baselines import MultVAE

PROFILES = np.array([[1, 1, 0], [0, 0, 1]], "float32")


def linear_model(log_variance, **arguments):
    """Code = profile of length one, logits = twice the code."""
    model = MultVAE(num_items=3, hidden_dims=(), latent_dim=3, **arguments)
    model.compile(optimizer="sgd")
    encoder = np.concatenate([np.eye(3), np.zeros((3, 3))], axis=1)
    bias = np.repeat([0.0, log_variance], 3)
    model.encoder.set_weights([encoder, bias])
    model.decoder.set_weights([2 * np.eye(3), np.zeros(3)])
    return model


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


@pytest.mark.parametrize(
    ("step", "kl_weight"), [(0, 0.0), (5, 0.1), (10, 0.2), (99, 0.2)]
)
def test_loss_by_hand(step, kl_weight):
    model = linear_model(
        log_variance=-50.0, dropout=0.0, kl_weight=0.2, annealing_steps=10
    )
    model.optimizer.iterations.assign(step)
    code = PROFILES / np.array([[2**0.5], [1.0]])  # all but no noise
    log_pi = log_softmax(2 * code)
    reconstruction = [-log_pi[0, 0] - log_pi[0, 1], -log_pi[1, 2]]
    kl = 0.5 * (np.sum(code**2, axis=-1) + 3 * (np.exp(-50.0) - 1 + 50))
    expected = np.mean(reconstruction + kl_weight * kl)
    loss = model.training_loss({"seen": PROFILES})
    assert float(loss) == pytest.approx(expected, rel=1e-6)


def test_codes_are_drawn_with_their_variance():
    """E softplus-like reconstruction has no closed form; its sum here does."""
    model = linear_model(log_variance=np.log(0.25), dropout=0.0, seed=1)
    many = np.repeat(PROFILES[:1], 20000, axis=0)
    loss = float(model.training_loss({"seen": many}))
    rng = np.random.default_rng(0)
    code = PROFILES[0] / 2**0.5 + 0.5 * rng.normal(size=(200000, 3))
    expected = -np.mean(log_softmax(2 * code)[:, :2].sum(axis=-1))
    assert loss == pytest.approx(expected, rel=0.02)
    still = linear_model(log_variance=-50.0, dropout=0.0)
    assert abs(float(still.training_loss({"seen": many})) - expected) > 0.1


def test_dropout_only_while_training():
    model = linear_model(log_variance=0.0, dropout=0.5, seed=1)
    seen = np.ones((400, 3), "float32")
    mean, _ = model.encode(seen, training=True)
    kept = np.asarray(mean)[np.asarray(mean) != 0]
    np.testing.assert_allclose(kept, 2 / 3**0.5, rtol=1e-5)
    assert len(kept) / 1200 == pytest.approx(0.5, abs=0.05)
    mean, _ = model.encode(seen)
    np.testing.assert_allclose(mean, 1 / 3**0.5, rtol=1e-5)


def test_scores_are_logits_of_the_mean_code():
    model = linear_model(log_variance=3.0)
    code = PROFILES / np.array([[2**0.5], [1.0]])
    for scores in (model({"seen": PROFILES}), model.score_profiles(PROFILES)):
        np.testing.assert_allclose(scores, 2 * code, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_empty_profile_is_finite(dtype):
    model = linear_model(log_variance=0.0, dtype=dtype)
    empty = np.zeros((1, 3), "float32")
    assert np.isfinite(model({"seen": empty})).all()
    assert np.isfinite(float(model.training_loss({"seen": empty})))


def test_networks_mirror_each_other():
    model = MultVAE(num_items=7, hidden_dims=(5, 4), latent_dim=2)
    widths = [layer.units for layer in model.encoder.layers]
    assert widths == [5, 4, 4]  # two means and two log variances
    assert [layer.units for layer in model.decoder.layers] == [4, 5, 7]
    assert all(
        isinstance(layer, keras.layers.Dense) for layer in model.decoder.layers
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1"),
        ({"annealing_steps": 0}, "`annealing_steps` must be a positive"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        MultVAE(num_items=5, **arguments)
