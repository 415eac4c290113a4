"""GANMF's two objectives, by NumPy."""

import keras
import numpy as np
import pytest

from keras_ganrec.models import GANMF

SEEN = np.array([[1, 0, 1, 0], [0, 1, 1, 1]], "float32")
BATCH = {"user_id": np.array([2, 0]), "seen": SEEN}


@pytest.fixture
def model():
    return GANMF(
        3,
        4,
        embedding_dim=2,
        code_dim=3,
        margin=5.0,
        feature_matching_weight=0.25,
    )


def parts(model):
    embeddings, columns = model.generator.get_weights()
    fake = embeddings[BATCH["user_id"]] @ columns
    w1, b1, w2, b2 = model.discriminator.get_weights()

    def code(x):
        return x @ w1 + b1

    def energy(x):
        return np.mean((code(x) @ w2 + b2 - x) ** 2)

    return fake, code, energy


@pytest.mark.parametrize("margin", [5.0, 0.1])
def test_discriminator_loss_by_hand(margin, model):
    model.margin = margin
    fake, _, energy = parts(model)
    expected = energy(SEEN) + max(0.0, margin * energy(SEEN) - energy(fake))
    assert float(model.discriminator_loss(BATCH)) == pytest.approx(
        expected, rel=1e-5
    )


def test_generator_loss_by_hand(model):
    fake, code, energy = parts(model)
    expected = 0.75 * energy(fake) + 0.25 * np.mean(
        (code(fake) - code(SEEN)) ** 2
    )
    assert float(model.generator_loss(BATCH)) == pytest.approx(
        expected, rel=1e-5
    )


def test_user_of_an_empty_profile_does_no_harm(model):
    batch = {"user_id": np.array([1]), "seen": np.zeros((1, 4), "float32")}
    assert np.isfinite(model.discriminator_loss(batch))
    assert np.isfinite(model.generator_loss(batch))


def test_fold_in_is_ridge_regression(model):
    items = np.asarray(model.item_embeddings())  # (4, 2)
    users = np.linalg.solve(items.T @ items + np.eye(2), items.T @ SEEN.T).T
    np.testing.assert_allclose(
        model.score_profiles(SEEN), users @ items.T, atol=1e-5
    )


def test_item_mode_is_user_mode_of_the_transpose(model):
    other = GANMF(4, 3, mode="item", embedding_dim=2, code_dim=3)
    other.generator.set_weights(model.generator.get_weights())
    np.testing.assert_allclose(
        other({"user_id": np.arange(4)}),
        np.transpose(model({"user_id": np.arange(3)})),
        atol=1e-6,
    )


def test_regularizers_of_each_player_are_part_of_its_loss(model):
    regularized = GANMF(
        3,
        4,
        embedding_dim=2,
        code_dim=3,
        margin=5.0,
        feature_matching_weight=0.25,
        g_regularizer=keras.regularizers.L2(0.5),
        d_regularizer="l1",
    )
    regularized.set_weights(model.get_weights())
    for one in (model, regularized):
        # Steps of no size: the losses are those of the same weights.
        one.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
        one.d_step(BATCH)
        one.g_step(BATCH)
    embeddings, columns = model.generator.get_weights()
    g_difference = 0.5 * (np.sum(embeddings**2) + np.sum(columns**2))
    d_kernels = model.discriminator.get_weights()[::2]
    d_difference = 0.01 * sum(np.sum(np.abs(kernel)) for kernel in d_kernels)
    for tracker, difference in (
        ("g_loss_tracker", g_difference),
        ("d_loss_tracker", d_difference),
    ):
        with_it = float(getattr(regularized, tracker).result())
        without = float(getattr(model, tracker).result())
        assert with_it - without == pytest.approx(difference, rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "users"}, "must be 'user' or 'item'"),
        ({"feature_matching_weight": 1.5}, "between 0 and 1"),
        ({"d_steps": 0}, "`d_steps` must be a positive integer"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        GANMF(3, 4, **arguments)
