"""CAAE's objectives by NumPy, and its draws of what is taken for disliked."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.models import CAAE

BATCH = {
    "user_id": np.array([2, 0]),
    "seen": np.float32([[1, 0, 0, 0], [0, 0, 1, 1]]),
}
SEEN = BATCH["seen"] / BATCH["seen"].sum(axis=1, keepdims=True)
# What D says of the four items, of users 2 and 0; and what G and G' make of
# any profile.
D = np.array([[1.0, -2.0, 0.5, 0.0], [0.0, 0.3, 2.0, -1.0]])
LIKED = np.array([0.9, 0.2, 0.4, 0.6])
DISLIKED = np.array([0.1, 0.9, 0.3, 0.7])


def build(num_samples=20_000, **arguments):
    model = CAAE(
        3,
        4,
        hidden_dims=(5,),
        disliked_hidden_dims=(5,),
        embedding_dim=4,
        num_samples=num_samples,
        seed=0,
        **arguments,
    )
    users = np.zeros((3, 4))
    users[BATCH["user_id"]] = D
    model.discriminator.user_table.assign(users)
    model.discriminator.item_table.assign(np.eye(4))
    for network, generated in (
        (model.liked, LIKED),
        (model.disliked, DISLIKED),
    ):
        output = network.layers[-1]
        output.kernel.assign(np.zeros((5, 4)))
        output.bias.assign(np.log(generated / (1 - generated)))
    return model


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


P, P_PRIME = softmax(LIKED), softmax(DISLIKED)
R = -np.log1p(np.exp(1 - D))
R_PRIME = -np.log1p(np.exp(D - 1))


def test_discriminator_by_hand():
    losses = np.log1p(np.exp(-(D[:, :, None] - D[:, None, :])))
    expected = sum(
        np.einsum("ui,k,uik->u", SEEN, p, losses).mean() for p in (P, P_PRIME)
    )
    loss = build().discriminator_loss(BATCH)
    assert float(loss) == pytest.approx(expected, abs=0.02)


def test_generators_by_hand():
    def policy_loss(p, rewards):
        advantage = rewards - (rewards @ p)[:, None]
        return -np.mean(np.sum(p * advantage * np.log(p), axis=1))

    squares = (BATCH["seen"] - LIKED) ** 2
    expected = (
        0.3 * policy_loss(P, R)
        + 0.7 * squares.sum(axis=1).mean()
        + policy_loss(P_PRIME, R_PRIME)
    )
    model = build(adversarial_weight=0.3, zero_ratio=1.0)
    assert float(model.generator_loss(BATCH)) == pytest.approx(
        expected, abs=0.01
    )


def gradients(model, objective):
    weights = [n.layers[-1].bias.value for n in (model.liked, model.disliked)]
    with tf.GradientTape() as tape:
        loss = objective()
    return [np.array(g) for g in tape.gradient(loss, weights)]


def test_generators_climb_what_they_are_paid():
    model = build(adversarial_weight=1.0)

    def exact():
        generated = model.generator(BATCH["seen"])
        p, p_prime = (keras.ops.softmax(g, axis=-1) for g in generated)
        return -keras.ops.mean(
            keras.ops.sum(p * R + p_prime * R_PRIME, axis=-1)
        )

    for ours, right in zip(
        gradients(model, lambda: model.generator_loss(BATCH)),
        gradients(model, exact),
        strict=True,
    ):
        np.testing.assert_allclose(ours, right, atol=0.03 * abs(right).max())


def draw_zeros(model, seen, times=1):
    seen = np.repeat(np.float32(seen), times, axis=0)
    log_p = np.tile(np.float32(np.log(P_PRIME)), (len(seen), 1))
    return np.array(model._draw_zeros(seen, log_p))


@pytest.mark.parametrize(("ratio", "sizes"), [(0, 0), (0.7, 2), (1, 3)])
def test_as_many_zeros_as_asked_for(ratio, sizes):
    zeros = draw_zeros(build(zero_ratio=ratio), BATCH["seen"][:1], times=50)
    assert np.all(zeros.sum(axis=1) == sizes)
    assert not zeros[:, 0].any()


def test_one_who_has_seen_everything_has_no_zeros():
    assert not draw_zeros(build(zero_ratio=1.0), [[1, 1, 1, 1]]).any()


def test_zeros_are_drawn_by_the_other_generator():
    model = build(zero_ratio=1 / 3)
    zeros = draw_zeros(model, BATCH["seen"][:1], times=20_000)
    unseen = np.where(BATCH["seen"][0] == 1, 0.0, P_PRIME)
    np.testing.assert_allclose(
        zeros.mean(axis=0), unseen / unseen.sum(), atol=0.015
    )


def test_seen_items_and_drawn_zeros_are_reconstructed():
    model = build(num_samples=2, adversarial_weight=0.0, zero_ratio=0.4)
    # Equal rewards: all that is left is the reconstruction.
    model.discriminator.user_table.assign(np.zeros((3, 4)))
    batch = {k: np.repeat(v, 5000, axis=0) for k, v in BATCH.items()}
    seen = BATCH["seen"]  # 3 and 2 unseen items, of which 1 is drawn
    drawn = (1 - seen) * P_PRIME / ((1 - seen) @ P_PRIME)[:, None]
    expected = np.sum((seen + drawn) * (seen - LIKED) ** 2, axis=1).mean()
    assert float(model.generator_loss(batch)) == pytest.approx(
        expected, abs=0.004
    )


def test_zeros_teach_the_other_generator_nothing():
    model = build(adversarial_weight=0.0, zero_ratio=0.7)
    # Equal rewards: all that is left is the reconstruction.
    model.discriminator.user_table.assign(np.zeros((3, 4)))
    liked, disliked = gradients(model, lambda: model.generator_loss(BATCH))
    assert np.abs(liked).max() > 0.01
    np.testing.assert_allclose(disliked, 0, atol=1e-6)


def test_realness_is_what_the_discriminator_expects():
    real, fake = build().realness(BATCH)
    np.testing.assert_allclose(real, np.sum(SEEN * D, axis=1), rtol=1e-5)
    np.testing.assert_allclose(fake, D @ P, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"zero_ratio": 1.2}, "`zero_ratio` must be between 0 and 1"),
        ({"adversarial_weight": -0.1}, "`adversarial_weight` must be between"),
        ({"num_samples": 2.0}, "`num_samples` must be an integer"),
        ({"num_samples": 1}, "`num_samples` .* at least 2: a single draw"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)
