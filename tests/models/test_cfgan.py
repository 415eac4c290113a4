"""CFGAN's two objectives, by NumPy, and what its masks let through."""

import keras
import numpy as np
import pytest

from keras_ganrec.models import CFGAN

SEEN = np.array([[1, 0, 1, 0, 0], [0, 1, 1, 1, 0]], "float32")
BATCH = {"user_id": np.array([2, 0]), "seen": SEEN}


def build(**arguments):
    arguments = {"g_hidden_dims": (3,), "d_hidden_dims": (2,), **arguments}
    return CFGAN(5, **arguments)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def parts(model):
    w1, b1, w2, b2 = model.generator.get_weights()
    generated = sigmoid(SEEN @ w1 + b1) @ w2 + b2
    v1, c1, v2, c2 = model.discriminator.get_weights()

    def log_odds(condition, profile):
        both = np.concatenate([condition, profile], axis=1)
        return sigmoid(both @ v1 + c1) @ v2 + c2

    return generated, log_odds


def test_losses_of_zero_reconstruction_by_hand():
    # Every unseen item is drawn: nothing is left to chance.
    model = build(zr_ratio=1.0, zr_weight=0.5, pm_ratio=0.0)
    generated, log_odds = parts(model)
    fake = log_odds(SEEN, generated * SEEN)
    real = log_odds(SEEN, SEEN)
    d_loss = -np.mean(np.log(sigmoid(real))) - np.mean(
        np.log(1 - sigmoid(fake))
    )
    zeros = np.mean(np.sum(((1 - SEEN) * generated) ** 2, axis=1))
    g_loss = -np.mean(np.log(sigmoid(fake))) + 0.5 * zeros
    assert float(model.discriminator_loss(BATCH)) == pytest.approx(
        d_loss, rel=1e-5
    )
    assert float(model.generator_loss(BATCH)) == pytest.approx(g_loss, rel=1e-5)


def test_losses_of_partial_masking_by_hand():
    # Every unseen item passes the mask: D sees the whole generated vector.
    model = build(zr_ratio=0.0, pm_ratio=1.0)
    generated, log_odds = parts(model)
    fake = log_odds(SEEN, generated)
    assert float(model.generator_loss(BATCH)) == pytest.approx(
        -np.mean(np.log(sigmoid(fake))), rel=1e-5
    )


def test_partial_masking_draws_its_share():
    model = build(zr_ratio=0.0, pm_ratio=0.3, seed=0)
    seen = np.zeros((4000, 5), "float32")
    seen[:, 0] = 1
    mask = np.asarray(model._mask(np.ones_like(seen), seen))
    assert (mask[:, 0] == 1).all()
    assert mask[:, 1:].mean() == pytest.approx(0.3, abs=0.015)


def test_draws_of_both_masks_differ():
    model = build(zr_ratio=0.5, pm_ratio=0.5, seed=0)
    seen = np.zeros((50, 5), "float32")
    first, second = (
        np.asarray(model._mask(np.ones_like(seen), seen)) for _ in range(2)
    )
    assert not np.array_equal(first, second)


def test_minimax_is_as_printed():
    model = build(zr_ratio=0.0, pm_ratio=1.0, loss="minimax")
    generated, log_odds = parts(model)
    fake = log_odds(SEEN, generated)
    assert float(model.generator_loss(BATCH)) == pytest.approx(
        np.mean(np.log(1 - sigmoid(fake))), rel=1e-5
    )


def test_relativistic_generator_is_judged_against_real_rows():
    model = build(zr_ratio=0.0, pm_ratio=1.0, loss="relativistic")
    generated, log_odds = parts(model)
    difference = log_odds(SEEN, generated) - log_odds(SEEN, SEEN)
    assert float(model.generator_loss(BATCH)) == pytest.approx(
        -np.mean(np.log(sigmoid(difference))), rel=1e-5
    )


def test_empty_profile_does_no_harm():
    model = build()
    batch = {"seen": np.zeros((1, 5), "float32")}
    assert np.isfinite(model.discriminator_loss(batch))
    assert np.isfinite(model.generator_loss(batch))


def test_learning_rate_schedule_of_each_player_survives_the_file(tmp_path):
    model = build()
    model.compile(
        keras.optimizers.Adam(
            keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
        ),
        keras.optimizers.SGD(0.25),
    )
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert float(loaded.d_optimizer.learning_rate) == pytest.approx(0.1)
    for _ in range(10):
        loaded.d_step(BATCH)
    assert float(loaded.d_optimizer.learning_rate) == pytest.approx(0.05)
    assert float(loaded.g_optimizer.learning_rate) == pytest.approx(0.25)


def test_one_optimizer_for_both_is_refused():
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="the same object"):
        build().compile(adam, adam)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"zr_ratio": 1.2}, "`zr_ratio` must be between 0 and 1"),
        ({"pm_ratio": -0.1}, "`pm_ratio` must be between 0 and 1"),
        ({"zr_ratio": 0, "pm_ratio": 0}, "give 1 for every item"),
        ({"mode": "item"}, "together with `num_users`"),
        (
            {"mode": "item", "num_users": 3, "g_hidden_dims": ()},
            "at least one width in `g_hidden_dims`",
        ),
        ({"loss": "best"}, "no adversarial loss 'best'"),
        ({"g_steps": 1.5}, "`g_steps` must be a positive integer"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)
