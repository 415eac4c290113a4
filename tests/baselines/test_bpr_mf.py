import keras
import numpy as np
import pytest

from keras_ganrec.baselines import BPRMF


def build(**arguments):
    model = BPRMF(
        num_users=2, num_items=3, embedding_dim=2, l2=0.1, **arguments
    )
    model.user_table.assign([[1.0, 2.0], [0.0, -1.0]])
    model.item_table.assign([[1.0, 0.0], [0.5, 0.5], [0.0, 3.0]])
    model.item_bias.assign([0.0, 0.25, -1.0])
    return model


@pytest.fixture
def model():
    return build()


SCORES = [[1.0, 1.75, 5.0], [0.0, -0.25, -4.0]]


def test_loss_by_hand(model):
    loss = model.training_loss(
        {
            "user_id": np.array([0, 1]),
            "item_id": np.array([1, 0]),
            "negative_ids": np.array([[0, 2], [1, 2]]),
        }
    )
    margins = np.array([1.75 - 1.0, 1.75 - 5.0, 0.0 + 0.25, 0.0 + 4.0])
    # Squared norms: users 5, 1; items 1, 0.5, 9.
    penalty = (5 + 1) / 2 + (0.5 + 1) / 2 + (1 + 9 + 0.5 + 9) / 4
    expected = np.mean(np.log1p(np.exp(-margins))) + 0.1 * penalty
    assert float(loss) == pytest.approx(expected, rel=1e-6)


def test_loss_of_the_hardest_negative_by_hand():
    loss = build(hardest_negative=True).training_loss(
        {
            "user_id": np.array([0, 1]),
            "item_id": np.array([1, 0]),
            "negative_ids": np.array([[0, 2], [1, 2]]),
        }
    )
    # Item 2 for user 0 and item 1 for user 1; the others cost nothing.
    margins = np.array([1.75 - 5.0, 0.0 + 0.25])
    penalty = (5 + 1) / 2 + (0.5 + 1) / 2 + (9 + 0.5) / 2
    expected = np.mean(np.log1p(np.exp(-margins))) + 0.1 * penalty
    assert float(loss) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("bias", "hardest"), [(-4.0, 2), (-4.5, 1)])
def test_the_bias_counts_for_the_hardest_negative(bias, hardest):
    model = build(hardest_negative=True)
    model.item_bias.assign([0.0, 0.25, bias])  # 1, 1.75 and 6 + bias
    model.compile(optimizer=keras.optimizers.SGD(0.1))
    before = model.item_table.numpy()
    model.train_on_batch(
        {
            "user_id": np.array([0]),
            "item_id": np.array([0]),
            "negative_ids": np.array([[1, 2]]),
        }
    )
    moved = np.any(model.item_table.numpy() != before, axis=1)
    assert np.flatnonzero(moved).tolist() == [0, hardest]


def test_hardest_negative_survives_the_config():
    model = build(hardest_negative=True)
    assert BPRMF.from_config(model.get_config()).hardest_negative


def test_scores_by_hand(model):
    np.testing.assert_allclose(model({"user_id": np.array([0, 1])}), SCORES)


def test_bias_is_one_more_factor(model):
    np.testing.assert_allclose(
        np.asarray(model.user_embeddings(np.array([1, 0])))
        @ np.asarray(model.item_embeddings()).T,
        SCORES[::-1],
    )


def test_step_moves_the_embeddings_of_the_batch_alone(model):
    model.compile(optimizer=keras.optimizers.SGD(0.1))
    before = model.get_weights()
    model.train_on_batch(
        {
            "user_id": np.array([0]),
            "item_id": np.array([1]),
            "negative_ids": np.array([[0]]),
        }
    )
    users, items, bias = (
        np.any(np.atleast_2d(b - a) != 0, axis=-1)
        for a, b in zip(before, model.get_weights(), strict=True)
    )
    assert users.tolist() == [True, False]
    assert items.tolist() == [True, True, False]
    assert bias.any() and model.get_weights()[2][2] == before[2][2]


def test_without_biases(model):
    other = BPRMF(
        num_users=2, num_items=3, embedding_dim=2, l2=0.1, use_bias=False
    )
    other.set_weights(model.get_weights()[:2])
    assert len(other.weights) == 2
    user = {"user_id": np.array([0, 1])}
    np.testing.assert_allclose(
        other(user), np.array(SCORES) - [0.0, 0.25, -1.0]
    )
    np.testing.assert_allclose(
        np.asarray(other.user_embeddings(user["user_id"]))
        @ np.asarray(other.item_embeddings()).T,
        other(user),
    )
    batch = {
        "user_id": np.array([0]),
        "item_id": np.array([1]),
        "negative_ids": np.array([[2]]),
    }
    model.item_bias.assign([0.0, 0.0, 0.0])
    assert float(other.training_loss(batch)) == float(
        model.training_loss(batch)
    )
    assert BPRMF.from_config(other.get_config()).use_bias is False
