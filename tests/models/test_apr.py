"""APR's perturbation against automatic differentiation and by hand."""

import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.baselines import BPRMF
from keras_ganrec.baselines import VBPR
from keras_ganrec.models import APR
from keras_ganrec.models import GANMF
from keras_ganrec.pairwise import Pairs
from keras_ganrec.pairwise import bpr

BATCH = {
    "user_id": np.array([0, 2, 0, 1]),
    "item_id": np.array([1, 0, 3, 4]),
    "negative_ids": np.array([[0, 2], [1, 2], [4, 2], [0, 3]]),
}
TABLES = ("user", "item", "negatives")


def build(use_bias=True, **kwargs):
    keras.utils.set_random_seed(3)
    recommender = BPRMF(3, 5, embedding_dim=4, use_bias=use_bias, l2=0.1)
    for weight in recommender.weights:
        weight.assign(keras.random.normal(weight.shape, seed=1))
    return APR(recommender, **kwargs)


def changes(model, batch=BATCH):
    """The perturbation of each embedding, as NumPy arrays."""
    pairs = model.recommender.pairs(batch)
    perturbed = model.perturb(pairs, batch["user_id"])
    return [
        np.asarray(getattr(perturbed, name) - getattr(pairs, name))
        for name in TABLES
    ]


@pytest.mark.parametrize("use_bias", [True, False])
def test_perturbation_follows_the_gradient(use_bias):
    model = build(use_bias, epsilon=0.3)
    pairs = model.recommender.pairs(BATCH)
    embeddings = [tf.constant(getattr(pairs, name)) for name in TABLES]
    with tf.GradientTape() as tape:
        tape.watch(embeddings)
        moving = pairs._replace(**dict(zip(TABLES, embeddings, strict=True)))
        loss = tf.reduce_mean(bpr(moving.margins()))
    gradients = tape.gradient(loss, embeddings)
    for change, gradient in zip(changes(model), gradients, strict=True):
        length = np.linalg.norm(gradient, axis=-1, keepdims=True)
        np.testing.assert_allclose(change, 0.3 * gradient / length, atol=1e-6)


@pytest.mark.parametrize("magnitudes", ["uniform", "pamacf", "vat"])
def test_lengths_by_hand(magnitudes):
    model = build(epsilon=0.3, magnitudes=magnitudes)
    pairs = model.recommender.pairs(BATCH)
    if magnitudes == "uniform":
        expected = np.full(4, 0.3)
    else:
        if magnitudes == "pamacf":
            squares = np.sum(np.square(pairs.user), axis=-1)
            ratio = squares / np.mean(squares)
        else:
            a, b, c, d = np.log1p(np.exp(-np.asarray(pairs.margins()))).mean(1)
            # Rows 0 and 2 are of the same user.
            of_users = np.array([a + c, b, a + c, d])
            ratio = (a + b + c + d) / 3 / of_users
        expected = 0.3 * 2 / (1 + np.exp(1 - ratio))
    of_user, of_item, of_negatives = changes(model)
    for change in (of_user, of_item, of_negatives[:, 0], of_negatives[:, 1]):
        np.testing.assert_allclose(
            np.linalg.norm(change, axis=-1), expected, rtol=1e-5
        )


def test_loss_and_its_gradient_by_hand():
    """The perturbation is a constant: no gradient goes through it."""
    model = build(epsilon=0.3, adversarial_weight=2.0)
    of_user, of_item, of_negatives = changes(model)
    recommender = model.recommender
    weights = [w.value for w in recommender.weights]
    with tf.GradientTape() as tape:
        loss = model.training_loss(BATCH)
    gradients = tape.gradient(loss, weights)
    with tf.GradientTape() as tape:
        pairs = recommender.pairs(BATCH)
        perturbed = pairs._replace(
            user=pairs.user + of_user,
            item=pairs.item + of_item,
            negatives=pairs.negatives + of_negatives,
        )
        expected_loss = (
            tf.reduce_mean(bpr(pairs.margins()))
            + 2.0 * tf.reduce_mean(bpr(perturbed.margins()))
            + pairs.penalty
        )
    expected = tape.gradient(expected_loss, weights)
    assert float(loss) == pytest.approx(float(expected_loss), rel=1e-6)
    for one, other in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(
            tf.convert_to_tensor(one), tf.convert_to_tensor(other), atol=1e-6
        )


def test_no_other_step_of_that_length_is_worse():
    model = build(epsilon=0.01)
    pairs = model.recommender.pairs(BATCH)
    generator = np.random.default_rng(0)

    def loss(pairs):
        return float(np.mean(bpr(pairs.margins())))

    worst = loss(model.perturb(pairs, BATCH["user_id"]))
    for _ in range(50):
        steps = {}
        for name in TABLES:
            step = generator.normal(size=getattr(pairs, name).shape)
            step *= 0.01 / np.linalg.norm(step, axis=-1, keepdims=True)
            steps[name] = getattr(pairs, name) + step.astype("float32")
        assert loss(pairs._replace(**steps)) < worst


def test_margins_of_biases_stay():
    zeros = np.zeros((1, 2), "float32")
    pairs = Pairs(
        zeros, zeros, zeros[:, None], np.array([2.0]), np.array([[0.5]])
    )
    perturbed = build(epsilon=1.0).perturb(pairs, np.array([0]))
    assert float(perturbed.margins()[0, 0]) == 1.5


def test_users_without_any_loss_do_not_break_it():
    model = build(epsilon=0.3, magnitudes="vat")
    model.recommender.item_bias.assign([0.0, 300.0, 0.0, 300.0, 300.0])
    batch = {
        "user_id": np.array([0, 1]),
        "item_id": np.array([1, 3]),
        "negative_ids": np.array([[0], [2]]),
    }
    assert np.all(bpr(model.recommender.pairs(batch).margins()) == 0)
    for change in changes(model, batch):
        assert np.isfinite(change).all()


def test_without_weight_it_is_the_recommender_alone():
    model = build(adversarial_weight=0.0)
    assert float(model.training_loss(BATCH)) == pytest.approx(
        float(model.recommender.training_loss(BATCH)), rel=1e-6
    )


def test_weight_follows_its_schedule(tmp_path):
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay(
        [1], [0.0, 1.0]
    )
    model = build(epsilon=0.3, adversarial_weight=schedule)
    model.compile(optimizer=keras.optimizers.SGD(0.0))
    without, still_without, with_it = (
        model.train_on_batch(BATCH) for _ in range(3)
    )
    assert without == still_without < with_it
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    assert loaded.train_on_batch(BATCH) == with_it


@pytest.mark.parametrize("magnitudes", ["uniform", "pamacf", "vat"])
def test_embeddings_that_vanish(magnitudes):
    model = build(magnitudes=magnitudes)
    model.recommender.user_table.assign(0 * model.recommender.user_table)
    assert all(np.isfinite(change).all() for change in changes(model))


def test_step_moves_the_embeddings_of_the_batch_alone():
    model = build(use_bias=False)
    model.compile(optimizer=keras.optimizers.SGD(0.1))
    before = model.get_weights()
    model.train_on_batch(
        {
            "user_id": np.array([0]),
            "item_id": np.array([1]),
            "negative_ids": np.array([[3]]),
        }
    )
    users, items = (
        np.flatnonzero(np.any(b != a, axis=-1)).tolist()
        for a, b in zip(before, model.get_weights(), strict=True)
    )
    assert users == [0]
    assert items == [1, 3]


class OtherMF(BPRMF):
    """Another model with the weights of BPRMF."""


def test_starts_from_a_trained_recommender():
    trained = build().recommender
    model = APR(BPRMF(3, 5, embedding_dim=4))
    model.start_from(trained)
    user = {"user_id": np.array([1])}
    np.testing.assert_array_equal(model(user), trained(user))
    trained.user_table.assign(0 * trained.user_table)
    assert np.any(model(user) != trained(user))
    for other in (
        BPRMF(3, 5, embedding_dim=3),
        OtherMF(3, 5, embedding_dim=4),
        BPRMF(3, 5, embedding_dim=4, use_bias=False),
        GANMF(3, 5, embedding_dim=4),
    ):
        with pytest.raises(ValueError, match="same class and sizes"):
            model.start_from(other)


def test_the_file_holds_the_catalog_once(planted, tmp_path):
    train = planted.train
    model = APR(BPRMF(train.num_users, train.num_items, embedding_dim=2))
    model.compile(optimizer="sgd")
    model.remember(train)
    model.save(tmp_path / "model.keras")
    names = zipfile.ZipFile(tmp_path / "model.keras").namelist()
    assert sum("catalog" in name for name in names) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epsilon": -0.1}, "`epsilon` must not be negative"),
        ({"adversarial_weight": -1}, "`adversarial_weight` must not be neg"),
        ({"magnitudes": "loss"}, "`magnitudes` must be one of"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)


def test_a_recommender_that_does_not_learn_from_pairs():
    with pytest.raises(ValueError, match="factor model that learns from pairs"):
        APR(GANMF(3, 5))


def test_features_are_for_amr():
    # A column of its embeddings is the constant one beside v . f_i.
    with pytest.raises(ValueError, match="features.*Use `AMR`"):
        APR(VBPR(3, 5, np.ones((5, 2))))
