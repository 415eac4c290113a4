"""VBPR's scores and loss by NumPy, and what its file holds."""

import keras
import numpy as np
import pytest

from keras_ganrec.baselines import VBPR

FEATURES = np.float32([[1, 0, 0], [0, 2, 0], [0, 1, 1], [0.5, 0, 3]])
BATCH = {
    "user_id": np.array([1, 0]),
    "item_id": np.array([3, 0]),
    "negative_ids": np.array([[0, 2], [1, 2]]),
}


def build(**arguments):
    sizes = {"embedding_dim": 2, "feature_embedding_dim": 5}
    model = VBPR(2, 4, FEATURES, **{**sizes, **arguments})
    for seed, weight in enumerate(model.trainable_weights):
        weight.assign(keras.random.normal(weight.shape, seed=seed))
    return model


def scores(model):
    p, q, w, table, b = (np.asarray(v) for v in model.trainable_weights)
    projection, for_all = table[:, :-1], table[:, -1]
    return p @ q.T + w @ (FEATURES @ projection).T + FEATURES @ for_all + b


def test_scores_by_hand():
    model = build()
    np.testing.assert_allclose(
        model({"user_id": np.array([1, 0])}), scores(model)[[1, 0]], rtol=1e-4
    )


def test_loss_by_hand():
    model = build(l2=0.1, feature_l2=0.01)
    x = scores(model)
    margins = x[[[1], [0]], [[3], [0]]] - x[[[1], [0]], BATCH["negative_ids"]]
    p, q, w, table, _ = (np.asarray(v) for v in model.trainable_weights)
    expected = np.log1p(np.exp(-margins)).mean()
    expected += 0.01 * np.sum(table**2)
    for rows in (p, w, q[[3, 0]]):
        expected += 0.1 * np.sum(rows**2) / 2
    expected += 0.1 * np.sum(q[BATCH["negative_ids"]] ** 2) / 4
    assert float(model.training_loss(BATCH)) == pytest.approx(
        expected, rel=1e-5
    )


def test_the_last_columns_of_pairs_are_projected_features():
    model = build()
    pairs, kernel = model.pairs(BATCH), model.feature_kernel()
    projected = FEATURES @ np.asarray(kernel)
    assert kernel.shape == (3, 6)
    np.testing.assert_allclose(pairs.item[:, -6:], projected[[3, 0]], rtol=1e-5)
    np.testing.assert_allclose(
        pairs.negatives[..., -6:], projected[BATCH["negative_ids"]], rtol=1e-5
    )
    np.testing.assert_array_equal(pairs.user[:, -1], 1.0)


def test_training_leaves_the_features_alone():
    model = build()
    model.compile(optimizer="adam")
    before = model.get_weights()
    model.train_on_batch(BATCH)
    after = model.get_weights()
    np.testing.assert_array_equal(model.item_features, FEATURES)
    moved = [np.any(a != b) for a, b in zip(before, after, strict=True)]
    assert moved == [True] * 5 + [False]


def test_features_travel_in_the_file(tmp_path):
    model = build()
    model.compile(optimizer="adam")
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.item_features, FEATURES)
    user = {"user_id": np.array([0, 1])}
    np.testing.assert_array_equal(loaded(user), model(user))


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (FEATURES[:3], r"one row of numbers per item.*\(3, 3\).*\(4, dim\)"),
        (FEATURES[:, 0], r"shape=\(4,\)"),
        (FEATURES * np.nan, "not finite"),
    ],
)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        VBPR(2, 4, features)
