"""IRGAN's objectives by NumPy, and its sampled gradient against the exact."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec import factor_gan
from keras_ganrec.baselines import BPRMF
from keras_ganrec.models import IRGAN
from keras_ganrec.sampling import sample_items

# User 2 has seen item 0, user 0 has seen item 3.
BATCH = {
    "user_id": np.array([2, 0]),
    "seen": np.float32([[1, 0, 0, 0], [0, 0, 0, 1]]),
}
# What D says of the four items: of users 2 and 0.
LOGITS = np.array([[1.0, -2.0, 0.5, 0.0], [0.0, 0.3, 2.0, -1.0]])


def build(picks=None, **arguments):
    """A model whose D says `LOGITS` and whose G is sure of `picks`."""
    model = IRGAN(3, 4, embedding_dim=4, **arguments)
    users = np.zeros((3, 4))
    users[[2, 0]] = LOGITS
    model.discriminator.user_table.assign(users)
    model.discriminator.item_table.assign(np.eye(4))
    if picks is not None:
        users[[2, 0]] = 200 * np.eye(4)[picks]
        model.generator.user_table.assign(users)
        model.generator.item_table.assign(np.eye(4))
    return model


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


REAL = np.array([1.0, -1.0])  # of items 0 and 3
FAKE = np.array([0.5, 0.3])  # of items 2 and 1


def test_pointwise_discriminator_by_hand():
    loss = build(picks=[2, 1]).discriminator_loss(BATCH)
    expected = -np.log(sigmoid(REAL)) - np.log(1 - sigmoid(FAKE))
    assert float(loss) == pytest.approx(expected.mean(), rel=1e-5)


def test_pairwise_discriminator_by_hand():
    loss = build(picks=[2, 1], mode="pairwise").discriminator_loss(BATCH)
    expected = -np.log(sigmoid(REAL - FAKE))
    assert float(loss) == pytest.approx(expected.mean(), rel=1e-5)


def test_all_seen_items_are_real_and_alike():
    model = build(picks=[2, 1], mode="pairwise", num_samples=20_000, seed=0)
    seen = np.float32([[1, 1, 0, 1], [0, 1, 0, 1]])
    loss = model.discriminator_loss({**BATCH, "seen": seen})
    losses = np.log1p(np.exp(FAKE[:, None] - LOGITS))
    expected = np.mean(np.sum(seen * losses, axis=1) / seen.sum(axis=1))
    assert float(loss) == pytest.approx(expected, abs=0.01)


def test_fakes_are_drawn_at_the_temperature():
    model = build(temperature=0.5, num_samples=20_000, seed=0)
    model.generator.user_table.assign(np.zeros((3, 4)))
    model.generator.item_bias.assign([0.0, np.log(3) / 2, -200.0, -200.0])
    p_t = np.array([0.25, 0.75, 0.0, 0.0])
    loss = model.discriminator_loss(BATCH)
    expected = np.log1p(np.exp(LOGITS)) @ p_t - np.log(sigmoid(REAL))
    assert float(loss) == pytest.approx(expected.mean(), abs=0.01)
    real, fake = model.realness(BATCH)
    np.testing.assert_allclose(real, REAL, rtol=1e-5)
    np.testing.assert_allclose(fake, LOGITS @ p_t, rtol=1e-5)


REWARDS = {
    "pointwise": 2 * sigmoid(LOGITS) - 1,
    "pairwise": np.log(sigmoid(LOGITS - REAL[:, None])),
}


def gradients(model, objective):
    variables = [v.value for v in model.generator.trainable_variables]
    with tf.GradientTape() as tape:
        loss = objective()
    return [
        tf.convert_to_tensor(g).numpy() for g in tape.gradient(loss, variables)
    ]


@pytest.mark.parametrize("mode", REWARDS)
@pytest.mark.parametrize("seen_ratio", [0.0, 0.2])
def test_reinforce_has_the_exact_gradient(mode, seen_ratio):
    model = build(mode=mode, seen_ratio=seen_ratio, num_samples=20_000, seed=0)
    model.generator.item_bias.assign([0.5, 1.0, 0.0, -0.5])

    def exact():
        p = keras.ops.softmax(model.generator(BATCH["user_id"]))
        return -keras.ops.mean(keras.ops.sum(p * REWARDS[mode], axis=-1))

    for ours, right in zip(
        gradients(model, lambda: model.generator_loss(BATCH)),
        gradients(model, exact),
        strict=True,
    ):
        np.testing.assert_allclose(ours, right, atol=0.02 * abs(right).max())


def test_the_generator_learns_from_seen_items_too(monkeypatch):
    drawn_from = []

    def spy(weights, num_samples, seed):
        drawn_from.append(weights.numpy())
        return sample_items(weights, num_samples, seed)

    monkeypatch.setattr(factor_gan, "sample_items", spy)
    seen = np.float32([[1, 0, 1, 0], [0, 0, 0, 1]])
    build(picks=[1, 2], seen_ratio=0.2).generator_loss({**BATCH, "seen": seen})
    (p_n,) = drawn_from
    np.testing.assert_allclose(
        p_n, [[0.1, 0.8, 0.1, 0.0], [0.0, 0.0, 0.8, 0.2]], rtol=1e-5
    )


@pytest.mark.parametrize("mode", REWARDS)
@pytest.mark.parametrize("seen_ratio", [0.0, 0.5])
def test_equal_rewards_teach_nothing(mode, seen_ratio):
    model = build(mode=mode, seen_ratio=seen_ratio, num_samples=5)
    model.discriminator.user_table.assign(np.zeros((3, 4)))
    model.discriminator.item_bias.assign([3.0] * 4)
    for gradient in gradients(model, lambda: model.generator_loss(BATCH)):
        np.testing.assert_allclose(gradient, 0, atol=1e-6)


def test_starts_from_a_trained_model():
    model, other = IRGAN(3, 4), BPRMF(3, 4, embedding_dim=5)
    other.item_bias.assign([1.0, 2.0, 3.0, 4.0])
    before = model.discriminator.get_weights()
    model.start_from(other)
    inputs = {"user_id": np.array([0, 2])}
    np.testing.assert_allclose(model(inputs), other(inputs), atol=1e-6)
    for a, b in zip(before, model.discriminator.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "other",
    [
        BPRMF(3, 4, embedding_dim=6),
        BPRMF(4, 4, embedding_dim=5),
        BPRMF(3, 4, embedding_dim=5, use_bias=False),
        keras.Sequential(),
    ],
    ids=["dim", "users", "no bias", "another model"],
)
def test_a_start_that_does_not_fit_is_refused(other):
    with pytest.raises(ValueError, match="is no start.*the same sizes"):
        IRGAN(3, 4).start_from(other)


def test_regularizers_fall_on_their_players():
    model = IRGAN(
        3, 4, g_regularizer=keras.regularizers.L2(0.5), d_regularizer="l1"
    )
    for player, kind in (
        (model.generator, keras.regularizers.L2),
        (model.discriminator, keras.regularizers.L1),
    ):
        assert all(isinstance(v.regularizer, kind) for v in player.weights)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "listwise"}, "must be 'pointwise' or 'pairwise'"),
        ({"temperature": 0}, "`temperature` must be positive"),
        ({"seen_ratio": 1.0}, "at least 0 and less than 1"),
        ({"num_samples": 0}, "`num_samples` must be a positive integer"),
        ({"num_samples": 1}, "`num_samples` .* at least 2: a single draw"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        IRGAN(3, 4, **arguments)
