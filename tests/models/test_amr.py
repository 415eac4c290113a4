"""AMR's perturbation against automatic differentiation and by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.baselines import BPRMF
from keras_ganrec.baselines import VBPR
from keras_ganrec.models import AMR
from keras_ganrec.pairwise import bpr

FEATURES = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")
# Item 1 is liked by one user and a negative of two; item 5 is not there.
BATCH = {
    "user_id": np.array([0, 2, 0, 1]),
    "item_id": np.array([1, 0, 3, 4]),
    "negative_ids": np.array([[0, 2], [1, 2], [4, 2], [1, 3]]),
}


def build(**kwargs):
    recommender = VBPR(
        3, 6, FEATURES, embedding_dim=4, feature_embedding_dim=2, l2=0.1
    )
    for seed, weight in enumerate(recommender.trainable_weights):
        weight.assign(keras.random.normal(weight.shape, seed=seed))
    return AMR(recommender, **kwargs)


def loss_of(recommender, features):
    """BPR with these features, by `call`'s way to the scores."""
    users = recommender.user_embeddings(BATCH["user_id"])
    content = tf.matmul(features, recommender.feature_kernel())
    bias = recommender.item_bias.value[:, None]
    items = tf.concat([recommender.item_table.value, content, bias], axis=1)
    x = tf.matmul(users, items, transpose_b=True)
    margins = tf.gather(x, BATCH["item_id"], axis=1, batch_dims=1)[:, None]
    margins -= tf.gather(x, BATCH["negative_ids"], axis=1, batch_dims=1)
    return tf.reduce_mean(bpr(margins))


def steepest(model):
    """The features of all items, and how they change in the paper."""
    features = tf.constant(FEATURES)
    with tf.GradientTape() as tape:
        tape.watch(features)
        loss = loss_of(model.recommender, features)
    gradient = tape.gradient(loss, features).numpy()
    length = np.linalg.norm(gradient, axis=1, keepdims=True)
    return model.epsilon * gradient / np.where(length == 0, 1, length)


def test_perturbation_follows_the_gradient_of_the_features():
    model = build(epsilon=0.3)
    pairs = model.recommender.pairs(BATCH)
    perturbed = model.perturb(pairs, BATCH)
    changes = steepest(model) @ np.asarray(model.recommender.feature_kernel())
    assert np.abs(changes[:5]).min() > 0
    expected = np.pad(changes, ((0, 0), (4, 0)))
    for name, ids in (
        ("item", BATCH["item_id"]),
        ("negatives", BATCH["negative_ids"]),
    ):
        change = getattr(perturbed, name) - getattr(pairs, name)
        np.testing.assert_allclose(change, expected[ids], atol=1e-5)
    np.testing.assert_array_equal(perturbed.user, pairs.user)


def test_loss_and_its_gradient_by_hand():
    """The perturbation is a constant: no gradient goes through it."""
    model = build(epsilon=0.3, adversarial_weight=2.0)
    recommender = model.recommender
    worse = FEATURES + steepest(model)
    weights = [w.value for w in recommender.trainable_weights]
    with tf.GradientTape() as tape:
        loss = model.training_loss(BATCH)
    gradients = tape.gradient(loss, weights)
    with tf.GradientTape() as tape:
        expected_loss = (
            loss_of(recommender, FEATURES)
            + 2.0 * loss_of(recommender, worse)
            + recommender.pairs(BATCH).penalty
        )
    expected = tape.gradient(expected_loss, weights)
    assert float(loss) == pytest.approx(float(expected_loss), rel=1e-5)
    for one, other in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(
            tf.convert_to_tensor(one), tf.convert_to_tensor(other), atol=1e-5
        )


def test_no_other_step_of_that_length_is_worse():
    model = build(epsilon=0.01)
    generator = np.random.default_rng(1)
    worst = float(loss_of(model.recommender, FEATURES + steepest(model)))
    pairs = model.recommender.pairs(BATCH)
    found = np.mean(bpr(model.perturb(pairs, BATCH).margins()))
    assert found == pytest.approx(worst, rel=1e-5)
    for _ in range(50):
        step = generator.normal(size=FEATURES.shape)
        step *= 0.01 / np.linalg.norm(step, axis=1, keepdims=True)
        other = FEATURES + step.astype("float32")
        assert float(loss_of(model.recommender, other)) < found


@pytest.mark.parametrize("arguments", [{"adversarial_weight": 0.0}])
def test_without_weight_it_is_the_recommender_alone(arguments):
    model = build(**arguments)
    assert float(model.training_loss(BATCH)) == pytest.approx(
        float(model.recommender.training_loss(BATCH)), rel=1e-6
    )


def test_features_that_do_not_count_break_nothing():
    model = build()
    model.recommender.feature_table.assign(0 * model.recommender.feature_table)
    weights = [w.value for w in model.recommender.trainable_weights]
    with tf.GradientTape() as tape:
        loss = model.training_loss(BATCH)
    for gradient in tape.gradient(loss, weights):
        assert np.isfinite(tf.convert_to_tensor(gradient)).all()


def test_the_perturbation_makes_nothing_of_the_size_of_the_catalog():
    model = AMR(VBPR(3, 4999, np.ones((4999, 2))))
    step = tf.function(
        lambda: model.perturb(model.recommender.pairs(BATCH), BATCH)
    )
    operations = step.get_concrete_function().graph.get_operations()
    made = {
        operation.type
        for operation in operations
        for tensor in operation.outputs
        if 4999 in tensor.shape
    }
    assert made == {"ReadVariableOp", "Reshape"}  # of the tables, no copies


def test_starts_from_a_trained_vbpr():
    trained = build().recommender
    model = AMR(
        VBPR(3, 6, 0 * FEATURES, embedding_dim=4, feature_embedding_dim=2)
    )
    model.start_from(trained)
    user = {"user_id": np.array([1])}
    np.testing.assert_array_equal(model(user), trained(user))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epsilon": -0.1}, "`epsilon` must not be negative"),
        ({"adversarial_weight": -1}, "`adversarial_weight` must not be"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)


def test_a_recommender_without_features_is_refused():
    with pytest.raises(ValueError, match="must look at features of items"):
        AMR(BPRMF(3, 6))
