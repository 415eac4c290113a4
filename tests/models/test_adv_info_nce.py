"""AdvInfoNCE's loss by hand, and its two players."""

import keras
import numpy as np
import pytest

from keras_ganrec.baselines import BPRMF
from keras_ganrec.baselines import VBPR
from keras_ganrec.models import GANMF
from keras_ganrec.models import AdvInfoNCE

BATCH = {
    "user_id": np.array([0, 2, 0, 1]),
    "item_id": np.array([1, 0, 3, 4]),
    "negative_ids": np.array([[0, 2, 4], [1, 2, 3], [4, 2, 0], [0, 3, 1]]),
}


def build(learning_rate=0.0, adversary_rate=0.0, l2=0.0, **kwargs):
    keras.utils.set_random_seed(3)
    model = AdvInfoNCE(
        BPRMF(3, 5, embedding_dim=4, use_bias=False, l2=l2),
        temperature=0.5,
        adversary_dim=4,
        **kwargs,
    )
    for weight in model.recommender.weights:
        weight.assign(keras.random.normal(weight.shape, seed=1))
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate),
        adversary_optimizer=keras.optimizers.SGD(adversary_rate),
    )
    return model


def with_hardness(model):
    """An adversary that is not where it begins."""
    model.adversary.user_table.assign(
        keras.random.normal(model.adversary.user_table.shape, seed=5)
    )
    return model


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def similarities(model):
    users, items = (unit(w) for w in model.recommender.get_weights())
    e_u = users[BATCH["user_id"]]
    s_ui = np.sum(e_u * items[BATCH["item_id"]], axis=-1) / 0.5
    negatives = items[BATCH["negative_ids"]]
    return s_ui, np.einsum("bd,bnd->bn", e_u, negatives) / 0.5


def hardness(model):
    users, items = model.adversary.get_weights()
    logits = np.einsum(
        "bd,bnd->bn", users[BATCH["user_id"]], items[BATCH["negative_ids"]]
    )
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.log(3 * p), np.sum(p * np.log(3 * p), axis=1)


def test_loss_by_hand():
    model = with_hardness(build(l2=0.1, negatives_weight=7.0))
    s_ui, s_uj = similarities(model)
    d, divergence = hardness(model)
    numerator = np.exp(s_ui)
    rows = -np.log(
        numerator / (numerator + 7 * np.sum(np.exp(d + s_uj), axis=1))
    )
    users, items = model.recommender.get_weights()
    penalty = sum(
        np.mean(np.sum(table**2, axis=-1))
        for table in (
            users[BATCH["user_id"]],
            items[BATCH["item_id"]],
            items[BATCH["negative_ids"]],
        )
    )
    logs = model.train_on_batch(BATCH, return_dict=True)
    assert logs["loss"] == pytest.approx(rows.mean() + 0.1 * penalty, rel=1e-5)
    assert logs["hardness"] == pytest.approx(divergence.mean(), rel=1e-5)


def test_it_begins_as_info_nce():
    model = build()
    logits = np.concatenate(
        [similarities(model)[0][:, None], similarities(model)[1]], axis=1
    )
    expected = keras.ops.mean(
        keras.losses.sparse_categorical_crossentropy(
            np.zeros(4), logits, from_logits=True
        )
    )
    logs = model.train_on_batch(BATCH, return_dict=True)
    assert logs["loss"] == pytest.approx(float(expected), rel=1e-5)
    assert logs["hardness"] == 0


def test_players_pull_in_opposite_directions():
    up = build(adversary_rate=1.0, max_hardness=10.0)
    down = build(learning_rate=0.1)
    for model, sign in ((up, 1), (down, -1)):
        losses = [model.train_on_batch(BATCH)[0] for _ in range(5)]
        assert np.all(sign * np.diff(losses) > 1e-4)


def test_each_optimizer_moves_one_player():
    for rates, moving in (((0.1, 0.0), 0), ((0.0, 0.1), 1)):
        model = with_hardness(build(*rates, max_hardness=10.0))
        players = [model.recommender, model.adversary]
        before = [player.get_weights() for player in players]
        model.train_on_batch(BATCH)
        for index, player in enumerate(players):
            for a, b in zip(before[index], player.get_weights(), strict=True):
                assert np.array_equal(a, b) == (index != moving)


def test_the_hardest_are_those_that_are_scored_highest():
    model = build(adversary_rate=1.0, max_hardness=10.0)
    for _ in range(30):
        model.train_on_batch(BATCH)
    d, _ = hardness(model)
    _, s_uj = similarities(model)
    np.testing.assert_array_equal(d.argmax(axis=1), s_uj.argmax(axis=1))


@pytest.mark.parametrize("max_hardness", [0.05, 0.3])
def test_hardness_is_bounded(max_hardness):
    model = build(adversary_rate=0.1, max_hardness=max_hardness)
    history = []
    for _ in range(600):
        model.train_on_batch(BATCH)
        history.append(hardness(model)[1])
    # It is reached, and passed by no more than a step of the adversary.
    history = np.array(history)[400:]
    assert np.all(history < 1.3 * max_hardness)
    assert np.all(history.mean(axis=0) > 0.5 * max_hardness)


def test_without_hardness_nothing_opposes():
    model = build(adversary_rate=10.0, max_hardness=0.0)
    before = model.adversary.get_weights()
    losses = [model.train_on_batch(BATCH)[0] for _ in range(3)]
    assert len(set(losses)) == 1
    for a, b in zip(before, model.adversary.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_ranks_by_cosines():
    model = build()
    users, items = (unit(w) for w in model.recommender.get_weights())
    np.testing.assert_allclose(
        model({"user_id": np.array([2, 0])}), users[[2, 0]] @ items.T, atol=1e-6
    )


def test_both_optimizers_are_in_the_file(tmp_path):
    model = AdvInfoNCE(
        BPRMF(3, 5, embedding_dim=4, use_bias=False), max_hardness=0.3
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        adversary_optimizer=keras.optimizers.Adam(0.02),
    )
    for _ in range(3):
        model.train_on_batch(BATCH)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    assert int(loaded.adversary_optimizer.iterations) == 3
    for one in (model, loaded):
        one.train_on_batch(BATCH)
    for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperature": 0.0}, "`temperature` must be positive"),
        ({"negatives_weight": 0.0}, "`negatives_weight` must be positive"),
        ({"max_hardness": -1.0}, "`max_hardness` must not be negative"),
    ],
)
def test_bad_arguments(arguments, message):
    recommender = BPRMF(3, 5, use_bias=False)
    with pytest.raises(ValueError, match=message):
        AdvInfoNCE(recommender, **arguments)


def test_recommenders_it_cannot_train():
    with pytest.raises(ValueError, match="use_bias=False"):
        AdvInfoNCE(BPRMF(3, 5))
    with pytest.raises(ValueError, match="must have no item biases"):
        AdvInfoNCE(VBPR(3, 5, np.ones((5, 2))))
    with pytest.raises(ValueError, match="`hardest_negative=False`"):
        AdvInfoNCE(BPRMF(3, 5, use_bias=False, hardest_negative=True))
    with pytest.raises(ValueError, match="learns from pairs"):
        AdvInfoNCE(GANMF(3, 5))


def test_one_optimizer_for_two_players():
    model = build()
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="are the same object"):
        model.compile(optimizer=adam, adversary_optimizer=adam)
