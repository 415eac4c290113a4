"""PURE's risk and its game by NumPy, with fakes that are known."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.baselines import BPRMF
from keras_ganrec.models import PURE

BATCH = {
    "user_id": np.array([2, 0]),
    "item_id": np.array([1, 3]),
    "negative_ids": np.array([[0, 3], [2, 0]]),
}
USERS = np.array([[1.0, 0.0], [0.3, 0.3], [0.5, -1.0]])
ITEMS = np.array([[1.0, 1.0], [0.0, -2.0], [-1.0, 0.5], [2.0, 0.2]])
KERNEL, BIAS = np.array([1.0, 2.0]), 0.25
FAKE_USER, FAKE_ITEM = np.array([0.4, -0.2]), np.array([-0.5, 0.6])


def build(**arguments):
    """A model of known embeddings, whose G makes one user and one item."""
    model = PURE(3, 4, embedding_dim=2, seed=0, **arguments)
    player = model.discriminator
    player.user_table.assign(USERS)
    player.item_table.assign(ITEMS)
    player.kernel.assign(KERNEL)
    player.bias.assign(BIAS)
    for name, fake in (("user", FAKE_USER), ("item", FAKE_ITEM)):
        output = model.generator.get_layer(name)
        output.kernel.assign(0 * output.kernel)
        output.bias.assign(fake)
    return model


def logit(users, items):
    return np.sum(users * items * KERNEL, axis=-1) + BIAS


OBSERVED = logit(USERS[[2, 0]], ITEMS[[1, 3]])
UNLABELED = logit(USERS[[2, 0], None], ITEMS[[[0, 3], [2, 0]]])
FAKES = (
    logit(USERS[[2, 0]], FAKE_ITEM),
    logit(FAKE_USER, ITEMS[[[0, 3], [2, 0]]]),
)


def softplus(x):
    return np.log1p(np.exp(x))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def irrelevant_risk(prior):
    return softplus(UNLABELED).mean() - prior * softplus(OBSERVED).mean()


@pytest.mark.parametrize("prior", [1e-5, 0.3])
@pytest.mark.parametrize("fake_weight", [0.0, 0.5])
def test_discriminator_by_hand(prior, fake_weight):
    loss = build(class_prior=prior, fake_weight=fake_weight).discriminator_loss(
        BATCH
    )
    expected = prior * softplus(-OBSERVED).mean() + irrelevant_risk(prior)
    expected += fake_weight * sum(softplus(f).mean() for f in FAKES)
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_the_risk_is_that_of_known_labels():
    """Unlabeled pairs of which a share of the prior is like the observed."""
    prior, size = 0.25, 400
    generator = np.random.default_rng(0)
    relevant = generator.normal(2.0, 1.0, size)
    irrelevant = generator.normal(-1.0, 1.0, 3 * size)
    model = PURE(
        1, 5 * size, embedding_dim=1, class_prior=prior, fake_weight=0.0
    )
    player = model.discriminator
    player.user_table.assign([[1.0]])
    player.kernel.assign([1.0])
    logits = np.concatenate([relevant, irrelevant, relevant])
    player.item_table.assign(logits[:, None])
    risk = model.discriminator_loss(
        {
            "user_id": np.zeros(size, int),
            "item_id": np.arange(4 * size, 5 * size),
            "negative_ids": np.arange(4 * size).reshape(size, 4),
        }
    )
    known = prior * softplus(-relevant).mean()
    known += (1 - prior) * softplus(irrelevant).mean()
    assert float(risk) == pytest.approx(known, rel=1e-5)


@pytest.mark.parametrize("fake_weight", [0.0, 0.5])
@pytest.mark.parametrize("unlabeled_item", [[-4.0, 0.0], [4.0, 0.0]])
def test_below_zero_the_risk_turns_round(unlabeled_item, fake_weight):
    """As in the paper of the non-negative risk; fakes count all the same."""
    prior = 0.9
    model = build(class_prior=prior, non_negative=True, fake_weight=fake_weight)
    items = np.copy(ITEMS)
    items[2] = unlabeled_item
    model.discriminator.item_table.assign(items)
    batch = {**BATCH, "negative_ids": np.array([[2], [2]])}
    loss = model.discriminator_loss(batch)
    # Without noise, as `build` has it, fakes are the same at every draw.
    fakes = sum(
        softplus(np.asarray(f)).mean() for f in model._fakes(batch, seed=0)
    )

    irrelevant = softplus(logit(USERS[[2, 0]], unlabeled_item)).mean()
    irrelevant -= prior * softplus(OBSERVED).mean()
    assert (irrelevant < 0) == (unlabeled_item[0] < 0)
    expected = irrelevant + prior * softplus(-OBSERVED).mean()
    if irrelevant < 0:
        expected = -irrelevant
    expected += fake_weight * fakes
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_generator_by_hand():
    expected = sum(softplus(-f).mean() for f in FAKES)
    for fake_weight in (0.0, 2.0):
        loss = build(fake_weight=fake_weight).generator_loss(BATCH)
        assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_realness_by_hand():
    real, fake = build().realness(BATCH)
    np.testing.assert_allclose(real, OBSERVED, rtol=1e-5)
    of_items, of_users = FAKES
    expected = (of_items + of_users.mean(axis=1)) / 2
    np.testing.assert_allclose(fake, expected, rtol=1e-5)


def test_scores_are_the_logits_of_the_discriminator():
    scores = build()({"user_id": np.array([1, 2])})
    expected = logit(USERS[[1, 2]][:, None], ITEMS)
    np.testing.assert_allclose(scores, expected, rtol=1e-5)


def test_every_fake_has_a_noise_of_its_own():
    model = PURE(3, 4, embedding_dim=2, noise_stddev=0.1, seed=0)
    model.discriminator.kernel.assign([1.0, 1.0])
    same = {
        "user_id": np.array([1, 1]),
        "item_id": np.array([0, 0]),
        "negative_ids": np.array([[2, 2], [2, 2]]),
    }
    one, other = (
        model._fakes(same, seed=model.seed_generator) for _ in range(2)
    )
    for logits in one:
        values = np.ravel(logits)
        assert len(np.unique(values)) == len(values)
    for a, b in zip(one, other, strict=True):
        assert not np.any(np.asarray(a) == np.asarray(b))


def test_a_look_draws_nothing():
    model = PURE(3, 4, seed=0)
    before = np.array(model.seed_generator.state)
    for one, other in zip(
        model.realness(BATCH), model.realness(BATCH), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(model.seed_generator.state, before)


def test_noise_is_as_wide_as_asked_for():
    """The generator passes its noise on, D adds it up."""
    model = PURE(
        1, 1, embedding_dim=1, noise_dim=1, g_hidden_dims=(), noise_stddev=0.1
    )
    for weight in model.generator.trainable_variables:
        weight.assign(keras.ops.ones_like(weight))
    for weight in model.discriminator.trainable_variables:
        weight.assign(keras.ops.ones_like(weight))
    rows = np.zeros(20_000, "int32")
    batch = {"user_id": rows, "item_id": rows, "negative_ids": rows[:, None]}
    for logits in model._fakes(batch, seed=0):
        # Noise, the output's bias and D's.
        assert float(np.mean(logits)) == pytest.approx(2.0, abs=0.003)
        assert float(np.std(logits)) == pytest.approx(0.1, rel=0.02)


def test_gradient_of_the_bias_by_hand():
    """What D is off by, each part at its weight."""
    model = build(class_prior=0.3, fake_weight=0.5)
    bias = model.discriminator.bias.value
    with tf.GradientTape() as tape:
        loss = model.discriminator_loss(BATCH)
    expected = sigmoid(UNLABELED).mean() - 0.3
    expected += 0.5 * sum(sigmoid(f).mean() for f in FAKES)
    assert float(tape.gradient(loss, bias)) == pytest.approx(expected, rel=1e-5)


def test_starts_from_one_without_fakes():
    model, other = PURE(3, 4), PURE(3, 4, fake_weight=0.0, class_prior=0.1)
    generator = model.generator.get_weights()
    model.start_from(other)
    inputs = {"user_id": np.array([0, 2])}
    np.testing.assert_array_equal(model(inputs), other(inputs))
    for a, b in zip(generator, model.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "other",
    [
        PURE(3, 4, embedding_dim=5),
        PURE(3, 5),
        PURE(2, 4),
        BPRMF(3, 4, embedding_dim=16),
    ],
    ids=["dim", "items", "users", "another model"],
)
def test_a_start_that_does_not_fit_is_refused(other):
    with pytest.raises(ValueError, match="is no start.*the same sizes"):
        PURE(3, 4).start_from(other)


def test_the_regularizer_falls_on_the_discriminator():
    model = PURE(3, 4, d_regularizer="l1")
    *tables, bias = model.discriminator.trainable_variables
    assert len(tables) == 3
    for table in tables:
        assert isinstance(table.regularizer, keras.regularizers.L1)
    for free in (bias, *model.generator.trainable_variables):
        assert free.regularizer is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"class_prior": 0.0}, "greater than 0 and less than 1"),
        ({"class_prior": 1}, "greater than 0 and less than 1"),
        ({"fake_weight": -1.0}, "`fake_weight` must not be negative"),
        ({"noise_stddev": 0}, "without noise all fakes are one"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        PURE(3, 4, **arguments)
