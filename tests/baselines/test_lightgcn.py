"""LightGCN against dense matrices."""

import keras
import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf

from keras_ganrec import export_saved_model
from keras_ganrec import metrics
from keras_ganrec.baselines import LightGCN
from keras_ganrec.data import Interactions
from keras_ganrec.data import pipelines
from keras_ganrec.models import APR

# User 3 has met nothing, item 4 nobody.
SEEN = np.array(
    [[1, 1, 0, 0, 0], [0, 1, 1, 1, 0], [1, 0, 0, 1, 0], [0, 0, 0, 0, 0]]
)
BATCH = {
    "user_id": np.array([0, 2, 0]),
    "item_id": np.array([1, 0, 0]),
    "negative_ids": np.array([[2, 3], [1, 4], [3, 4]]),
}


def interactions(seen=SEEN):
    return Interactions.from_csr(scipy.sparse.csr_matrix(seen))


def build(seen=SEEN, **kwargs):
    keras.utils.set_random_seed(2)
    model = LightGCN(*seen.shape, embedding_dim=3, **kwargs)
    model.compile(
        optimizer=keras.optimizers.SGD(1.0), metrics=[metrics.NDCGAtK(3)]
    )
    model.remember(interactions(seen))
    return model


def averaged(user_table, item_table, num_layers, seen=SEEN):
    """The embeddings by the paper's matrices."""
    num_users = len(seen)
    adjacency = np.block(
        [
            [np.zeros((num_users, num_users)), seen],
            [seen.T, np.zeros((seen.shape[1], seen.shape[1]))],
        ]
    )
    scale = np.diag(1 / np.sqrt(np.maximum(adjacency.sum(1), 1)))
    step = (scale @ adjacency @ scale).astype("float32")
    layers = [tf.concat([user_table, item_table], axis=0)]
    for _ in range(num_layers):
        layers.append(step @ layers[-1])
    table = tf.add_n(layers) / len(layers)
    return table[:num_users], table[num_users:]


def loss(user_table, item_table, num_layers, l2):
    users, items = averaged(user_table, item_table, num_layers)
    e_u, e_i, e_j = (
        tf.gather(users, BATCH["user_id"]),
        tf.gather(items, BATCH["item_id"]),
        tf.gather(items, BATCH["negative_ids"]),
    )
    x_ui = tf.reduce_sum(e_u * e_i, axis=-1)
    x_uj = tf.reduce_sum(e_u[:, None] * e_j, axis=-1)
    penalty = sum(
        tf.reduce_mean(tf.reduce_sum(tf.gather(table, ids) ** 2, axis=-1))
        for table, ids in (
            (user_table, BATCH["user_id"]),
            (item_table, BATCH["item_id"]),
            (item_table, BATCH["negative_ids"]),
        )
    )
    bpr = tf.reduce_mean(tf.math.softplus(x_uj - x_ui[:, None]))
    return bpr + l2 * penalty


@pytest.mark.parametrize("num_layers", [0, 1, 3])
def test_embeddings_by_dense_matrices(num_layers):
    model = build(num_layers=num_layers)
    users, items = averaged(*model.get_weights(), num_layers)
    np.testing.assert_allclose(
        model.user_embeddings(np.array([1, 3])),
        users.numpy()[[1, 3]],
        atol=1e-6,
    )
    np.testing.assert_allclose(model.item_embeddings(), items, atol=1e-6)
    np.testing.assert_allclose(
        model({"user_id": np.arange(4)}), users @ tf.transpose(items), atol=1e-6
    )


def test_loss_and_its_gradient_by_dense_matrices():
    model = build(num_layers=3, l2=0.1)
    tables = [tf.constant(10 * w) for w in model.get_weights()]
    model.set_weights(tables)
    with tf.GradientTape() as tape:
        tape.watch(tables)
        expected = loss(*tables, num_layers=3, l2=0.1)
    gradients = tape.gradient(expected, tables)
    # A step of plain descent shows the gradient of the model's own loss.
    assert model.train_on_batch(BATCH) == pytest.approx(float(expected))
    for before, after, gradient in zip(
        tables, model.get_weights(), gradients, strict=True
    ):
        np.testing.assert_allclose(
            before - after, tf.convert_to_tensor(gradient), atol=1e-5
        )


def held_out():
    wanted = np.zeros_like(SEEN)
    wanted[[0, 1, 2], [2, 0, 1]] = 1
    return pipelines.ranking_batches(
        interactions(), interactions(wanted), batch_size=1
    )


def test_evaluation_propagates_once(monkeypatch):
    model = build()
    calls = []
    propagate = model.propagate
    monkeypatch.setattr(
        model, "propagate", lambda: calls.append(1) or propagate()
    )
    model.evaluate(held_out(), verbose=0)
    model.evaluate(held_out(), verbose=0)
    assert len(calls) == 2
    model.predict({"user_id": np.arange(4)}, batch_size=1, verbose=0)
    assert len(calls) == 3
    model.recommend([0, 1, 2], k=2, batch_size=1)
    assert len(calls) == 4


def test_what_is_ranked_is_what_was_trained():
    """What one evaluation has kept is not read by the next one."""
    model = build()
    everyone = {"user_id": np.arange(4)}
    for _ in range(3):
        kept = model.predict(everyone, verbose=0)
        np.testing.assert_allclose(kept, model(everyone), atol=1e-6)
        model.train_on_batch(BATCH)
        assert np.abs(model(everyone) - kept).max() > 1e-3
    batch = next(iter(held_out()))
    other = build()
    other.set_weights(model.get_weights())
    assert model.test_on_batch(*batch) == other.test_on_batch(*batch)
    np.testing.assert_allclose(
        model.predict_on_batch(everyone), other(everyone), atol=1e-6
    )


def test_other_interactions_are_another_graph():
    model = build()
    before = model({"user_id": np.array([3])})
    seen = SEEN.copy()
    seen[3, 0] = 1
    model.remember(interactions(seen))
    users, items = averaged(*model.get_weights(), 3, seen)
    after = model({"user_id": np.array([3])})
    np.testing.assert_allclose(
        after, users[3:] @ tf.transpose(items), atol=1e-6
    )
    assert np.abs(after - before).max() > 1e-4


@pytest.mark.parametrize("trained_by", ["itself", "APR"])
def test_training_goes_on_over_the_graph_of_other_interactions(trained_by):
    def trainer(seen):
        model = build(seen)
        if trained_by == "APR":
            model = APR(model)
            model.compile(optimizer=keras.optimizers.SGD(1.0))
            model.remember(interactions(seen))
        return model

    other_seen = 1 - SEEN
    model, other = trainer(SEEN), trainer(other_seen)
    other.set_weights(model.get_weights())
    start = model.get_weights()
    model.train_on_batch(BATCH)
    step = model.train_function
    model.remember(interactions(SEEN))
    assert model.train_function is step  # Of the same graph, traced once.
    model.set_weights(start)
    model.remember(interactions(other_seen))
    assert model.train_on_batch(BATCH) == other.train_on_batch(BATCH)


def test_only_the_weights_are_weights():
    model = build()
    model.evaluate(held_out(), verbose=0)
    assert [w.name for w in model.weights] == ["user_table", "item_table"]


def test_served_embeddings_are_ready(tmp_path):
    """Neither the weights of layer 0 nor the graph is served."""
    model = build()
    export_saved_model(model, tmp_path / "served")
    served = tf.saved_model.load(str(tmp_path / "served"))
    answer = served.signatures["recommend"](
        user_id=tf.constant([0, 2], tf.int64), k=tf.constant(2)
    )
    table = model.recommend([0, 2], k=2)
    assert answer["item_id"].numpy().ravel().tolist() == list(table["item"])
    np.testing.assert_allclose(
        answer["score"].numpy().ravel(), table["score"], atol=1e-6
    )
    graph = served.signatures["recommend"].graph.as_graph_def()
    functions = graph.library.function
    ops = {n.op for f in functions for n in f.node_def}
    assert not any(op.startswith("SparseSegment") for op in ops)
    variables = str(tmp_path / "served" / "variables" / "variables")
    shapes = sorted(shape for _, shape in tf.train.list_variables(variables))
    assert shapes.count([4, 3]) == shapes.count([5, 3]) == 1


def test_without_a_graph():
    model = LightGCN(2, 3)
    with pytest.raises(ValueError, match="Train it with `fit"):
        model({"user_id": np.array([0])})


def test_bad_arguments():
    with pytest.raises(ValueError, match="`num_layers` must not be negative"):
        LightGCN(2, 3, num_layers=-1)
