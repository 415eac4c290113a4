"""APL's game by NumPy: what each player is shown, and what it pays."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.models import APL
from keras_ganrec.models.collaborative import apl
from keras_ganrec.penalties import WeightClipping
from keras_ganrec.sampling import gumbel_softmax

BATCH = {
    "user_id": np.array([2, 0]),
    "seen": np.float32([[1, 0, 0, 0], [0, 0, 0, 1]]),
}
# What G and D say of the four items: of users 2 and 0.
G = np.array([[-1.0, 0.5, 3.0, 0.0], [0.0, 2.0, 0.7, -1.0]])
D = np.array([[1.0, -2.0, 0.5, 0.0], [0.0, 0.3, 2.0, -1.0]])
REAL = np.array([1.0, -1.0])  # of items 0 and 3
CLIPPED = {"loss": "wasserstein", "d_constraint": WeightClipping(0.05)}


def build(**arguments):
    model = APL(3, 4, embedding_dim=4, **arguments)
    for player, scores in ((model.generator, G), (model.discriminator, D)):
        users = np.zeros((3, 4))
        users[BATCH["user_id"]] = scores
        player.user_table.assign(users)
        player.item_table.assign(np.eye(4))
    return model


@pytest.fixture
def shown(monkeypatch):
    """The logits and temperatures of all relaxed draws, and the draws."""
    calls = []

    def spy(logits, temperature, seed):
        drawn = gumbel_softmax(logits, temperature, seed)
        calls.append((np.array(logits), temperature, np.array(drawn)))
        return drawn

    monkeypatch.setattr(apl, "gumbel_softmax", spy)
    return calls


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


MARGIN_LOSSES = {
    "relativistic": lambda x: np.log1p(np.exp(-x)),
    "relativistic_hinge": lambda x: np.maximum(0, 1 - x),
    "wasserstein": lambda x: -x,
}


@pytest.mark.parametrize("loss", MARGIN_LOSSES)
def test_players_pay_for_the_margins_by_hand(loss, shown):
    model = build(**(CLIPPED if loss == "wasserstein" else {"loss": loss}))
    d_loss = float(model.discriminator_loss(BATCH))
    g_loss = float(model.generator_loss(BATCH))
    (_, _, d_fakes), (_, _, g_fakes) = shown
    for value, sign, y in ((d_loss, 1, d_fakes), (g_loss, -1, g_fakes)):
        margins = REAL - np.sum(y * D, axis=1)
        expected = sign * MARGIN_LOSSES[loss](margins).mean()
        assert value == pytest.approx(expected, rel=1e-4)


def test_fakes_of_each_player(shown):
    model = build(temperature=0.5, seen_ratio=0.3, gumbel_temperature=0.7)
    model.discriminator_loss(BATCH)
    model.generator_loss(BATCH)
    (d_logits, d_heat, _), (g_logits, g_heat, _) = shown
    assert d_heat == g_heat == 0.7
    np.testing.assert_allclose(softmax(d_logits), softmax(G / 0.5), rtol=1e-5)
    np.testing.assert_allclose(
        softmax(g_logits), 0.7 * softmax(G) + 0.3 * BATCH["seen"], rtol=1e-5
    )


def test_all_seen_items_are_real():
    model = build(num_samples=20_000, gumbel_temperature=1e-3, seed=0)
    model.generator.item_bias.assign([-500.0, 0.0, -500.0, -500.0])
    seen = np.float32([[1, 0, 1, 0], [0, 1, 0, 1]])
    loss = model.discriminator_loss({**BATCH, "seen": seen})
    losses = np.log1p(np.exp(D[:, 1:2] - D))  # the fake is item 1
    assert float(loss) == pytest.approx(
        np.mean(np.sum(seen * losses, axis=1) / 2), abs=0.01
    )


@pytest.mark.parametrize("seen_ratio", [0.0, 0.2])
def test_gradients_are_finite_where_the_generator_is_sure(seen_ratio):
    model = build(seen_ratio=seen_ratio)
    model.generator.item_bias.assign([0.0, 500.0, -500.0, 0.0])
    weights = [v.value for v in model.generator.trainable_variables]
    with tf.GradientTape() as tape:
        loss = model.generator_loss(BATCH)
    for gradient in tape.gradient(loss, weights):
        assert np.isfinite(tf.convert_to_tensor(gradient)).all()


def test_the_generator_learns_what_the_discriminator_likes():
    model = build(gumbel_temperature=1.0, seen_ratio=0.0, seed=0)
    model.generator.user_table.assign(np.zeros((3, 4)))
    model.compile(
        d_optimizer=keras.optimizers.SGD(0.0),
        g_optimizer=keras.optimizers.Adam(0.1),
    )
    for _ in range(60):
        model.g_step(BATCH)
    best = np.argmax(model.generator(BATCH["user_id"]), axis=1)
    assert best.tolist() == [0, 2]


def test_wasserstein_clips_the_discriminator_alone():
    model = build(**CLIPPED)
    model.compile(d_optimizer="sgd", g_optimizer="sgd")
    model.d_step(BATCH)
    model.g_step(BATCH)
    for weight in model.discriminator.get_weights():
        assert abs(weight).max() <= 0.05 + 1e-7
    assert abs(model.generator.user_table.numpy()).max() > 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "minimax"}, "must be one of .*'relativistic_hinge'"),
        ({"loss": "wasserstein"}, "has no bound.*WeightClipping"),
        ({"temperature": 0.0}, "`temperature` must be positive"),
        ({"gumbel_temperature": -1.0}, "`gumbel_temperature` must be positive"),
        ({"seen_ratio": 1.0}, "at least 0 and less than 1"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)
