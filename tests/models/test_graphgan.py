"""The graph softmax by hand and by walks, and the gradient by enumeration.

user 0 - items 0, 1        tree of user 0: 0 - item 0 - user 1 - item 2
user 1 - items 0, 1, 2                         item 1     - item 3
user 2 - item 3, which user 1 has, too                        - user 2
user 3 - item 4, in a graph of its own
"""

import keras
import numpy as np
import pytest
import scipy.special
import scipy.stats
import tensorflow as tf

from keras_ganrec.baselines import BPRMF
from keras_ganrec.catalog import Catalog
from keras_ganrec.models import GraphGAN
from keras_ganrec.models.collaborative.graphgan import log_graph_softmax

SEEN = np.array(
    [[1, 1, 0, 0, 0], [1, 1, 1, 1, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]
)
FIRST_ITEM = 4
TREES = np.array(
    [
        [-1, 4, 7, -1, 0, 0, 1, 1, -1],
        [4, -1, 7, -1, 1, 1, 1, 1, -1],
        [4, 7, -1, -1, 1, 1, 1, 2, -1],
        [-1, -1, -1, -1, -1, -1, -1, -1, 3],
    ]
)
BATCH = {
    "user_id": np.array([2, 0, 3]),
    "seen": np.float32(SEEN[[2, 0, 3]]),
}


def build(**arguments):
    model = GraphGAN(4, 5, embedding_dim=3, seed=0, **arguments)
    rng = np.random.default_rng(0)
    for player in (model.generator, model.discriminator):
        for weight in player.trainable_variables:
            weight.assign(rng.normal(size=weight.shape))
    model.catalog = Catalog(list("abcd"), list("vwxyz"), SEEN)
    return model


def walk(root, scores, parents):
    """p by the paper's definition, vertex by vertex: {vertex: p}."""

    def step(vertex):
        near = [v for v in range(len(parents)) if parents[v] == vertex]
        near += [parents[vertex]] if vertex != root else []
        return dict(
            zip(near, scipy.special.softmax(scores[vertex, near]), strict=True)
        )

    found = {}

    def descend(vertex, reached):
        for near, q in step(vertex).items():
            if near == parents[vertex] and vertex != root:
                found[vertex] = reached * q
            else:
                descend(near, reached * q)

    descend(root, 1.0)
    return found


def scores_of(player):
    embeddings, biases = (np.array(x) for x in player.vertices())
    return embeddings @ embeddings.T + biases


def exact_p(model):
    scores = scores_of(model.generator)
    p = np.zeros((3, 9))
    for row, user in enumerate(BATCH["user_id"]):
        for vertex, value in walk(user, scores, TREES[user]).items():
            p[row, vertex] = value
    return p


def test_trees_are_those_drawn_by_hand():
    parents, depth = Catalog(list("abcd"), list("vwxyz"), SEEN).trees()
    np.testing.assert_array_equal(parents, TREES)
    assert depth == 4


def test_graph_softmax_of_a_small_tree_by_hand():
    # 0 - 1 - 3, 0 - 2, and 4 that is not reached. Relevances of the pairs:
    # 01: ln 2, 02: 0, 13: ln 3; vertex 3 has a bias of ln 5.
    embeddings = np.zeros((5, 3))
    embeddings[0, 0] = embeddings[1, 1] = 1.0
    embeddings[1, 0], embeddings[3, 1] = np.log(2), np.log(3)
    biases = np.array([0, 0, 0, np.log(5), 7.0])
    log_p = log_graph_softmax(
        np.float32(embeddings),
        np.float32(biases),
        np.int32([[-1, 0, 0, 1, -1]]),
        depth=2,
    )
    to_1, back_to_0 = 2 / 3, 2 / 17  # from 1: 2 to 0, 3 * 5 to 3
    expected = [0, to_1 * back_to_0, 1 / 3, to_1 * 15 / 17, 0]
    np.testing.assert_allclose(np.exp(log_p), [expected], rtol=1e-5)


def test_graph_softmax_is_where_walks_end():
    model = build()
    p = np.array(model.fake_weights(BATCH))
    np.testing.assert_allclose(p, exact_p(model), rtol=1e-4)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-5)
    assert (p[[0, 1, 2], BATCH["user_id"]] == 0).all()


def test_large_scores_do_not_overflow():
    model = build()
    model.generator.item_table.assign(100 * model.generator.item_table)
    p = np.array(model.fake_weights(BATCH))
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-4)
    np.testing.assert_allclose(p, exact_p(model), atol=1e-4)


def test_draws_follow_the_graph_softmax():
    model = build(num_samples=5_000)
    drawn = np.array(model.draw(model.fake_weights(BATCH)))
    # User 3 has but one vertex to walk to.
    assert (drawn[2] == 8).all()
    for row, p in zip(drawn[:2], exact_p(model)[:2], strict=True):
        counts = np.bincount(row, minlength=9)
        assert (counts[p == 0] == 0).all()
        expected = 5_000 * p[p > 0] / p.sum()
        assert scipy.stats.chisquare(counts[p > 0], expected).pvalue > 0.01


def test_discriminator_by_hand():
    model = build(num_samples=20_000)
    logits = scores_of(model.discriminator)[BATCH["user_id"]]
    real = BATCH["seen"] / BATCH["seen"].sum(axis=1, keepdims=True)
    losses = np.sum(real * np.log1p(np.exp(-logits[:, FIRST_ITEM:])), axis=1)
    losses += np.sum(exact_p(model) * np.log1p(np.exp(logits)), axis=1)
    loss = float(model.discriminator_loss(BATCH))
    assert loss == pytest.approx(losses.mean(), rel=0.02)
    looks = model.realness(BATCH)
    np.testing.assert_allclose(
        looks[0], np.sum(real * logits[:, FIRST_ITEM:], axis=1), atol=1e-4
    )
    np.testing.assert_allclose(
        looks[1], np.sum(exact_p(model) * logits, axis=1), atol=1e-4
    )


def gradients(model, objective):
    variables = [v.value for v in model.generator.trainable_variables]
    with tf.GradientTape() as tape:
        loss = objective()
    return [
        tf.convert_to_tensor(g).numpy() for g in tape.gradient(loss, variables)
    ]


def test_reinforce_has_the_exact_gradient():
    model = build(num_samples=500_000)
    logits = scores_of(model.discriminator)[BATCH["user_id"]]
    likely_fake = -np.log1p(np.exp(logits)).astype("float32")

    def expected():  # E log(1 - D) over all vertices
        p = model.fake_weights(BATCH)
        return keras.ops.mean(keras.ops.sum(p * likely_fake, axis=-1))

    for ours, right in zip(
        gradients(model, lambda: model.generator_loss(BATCH)),
        gradients(model, expected),
        strict=True,
    ):
        assert abs(right).max() > 1e-3
        np.testing.assert_allclose(ours, right, atol=0.05 * abs(right).max())


def test_both_players_start_from_a_trained_model():
    model, other = build(), BPRMF(4, 5, embedding_dim=3)
    model.start_from(other)
    scores = other({"user_id": BATCH["user_id"]})
    for player in (model.generator, model.discriminator):
        np.testing.assert_allclose(player(BATCH["user_id"]), scores, atol=1e-6)


def test_trees_that_take_too_much_are_refused():
    with pytest.raises(ValueError, match="29858 users .* 7.9 GiB.*IRGAN"):
        GraphGAN(29_858, 40_981)


def test_bad_arguments():
    with pytest.raises(ValueError, match="`num_samples` must be a positive"):
        build(num_samples=0)
    with pytest.raises(ValueError, match="at least 2: a single draw"):
        build(num_samples=1)
