import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.ranking import mask_seen
from keras_ganrec.ranking import multi_hot
from keras_ganrec.ranking import rank
from keras_ganrec.ranking import top_k_in_blocks
from keras_ganrec.ranking import top_k_items


def lexsorted(scores, k):
    """The documented rule in NumPy: by score, then by the lower id."""
    ids = np.broadcast_to(np.arange(scores.shape[-1]), scores.shape)
    return np.lexsort((ids, -scores), axis=-1)[:, :k]


def test_mask_seen_keeps_the_rest():
    masked = mask_seen(np.float32([[1, 2, 3]]), np.float32([[0, 1, 0]]))
    np.testing.assert_array_equal(masked, [[1, -np.inf, 3]])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_mask_seen_keeps_the_dtype(dtype):
    masked = mask_seen(tf.ones((1, 2), dtype), np.array([[True, False]]))
    assert masked.dtype == dtype
    assert float(masked[0, 0]) == -np.inf


@pytest.mark.parametrize("num_levels", [3, 10_000])
def test_equal_scores_are_ordered_by_item_id(num_levels):
    random = np.random.default_rng(0)
    scores = random.integers(num_levels, size=(50, 200)).astype("float32")
    best, item_ids = top_k_items(scores, 30)
    np.testing.assert_array_equal(item_ids, lexsorted(scores, 30))
    np.testing.assert_array_equal(
        best, np.take_along_axis(scores, item_ids.numpy(), axis=-1)
    )


def test_seen_items_come_last_and_say_so():
    scores, item_ids = top_k_items(
        np.float32([[5, 4, 3]]), 3, seen=np.float32([[1, 0, 0]])
    )
    np.testing.assert_array_equal(item_ids, [[1, 2, 0]])
    np.testing.assert_array_equal(scores, [[4, 3, -np.inf]])


@pytest.mark.parametrize("k", [0, 4])
def test_k_outside_of_the_catalog(k):
    scores = np.zeros((1, 3), "float32")
    with pytest.raises(ValueError, match=f"k={k} .* catalog of 3.*up to 3"):
        top_k_items(scores, k)
    with pytest.raises(ValueError, match=f"k={k} .* catalog of 3"):
        rank(scores, scores, k)
    with pytest.raises(ValueError, match=f"k={k} .* catalog of 3"):
        top_k_in_blocks(np.ones((1, 2)), np.ones((3, 2)), k)


def test_k_may_be_a_tensor():
    @tf.function(input_signature=[tf.TensorSpec((), "int32")])
    def serve(k):
        return top_k_items(tf.constant([[1.0, 3.0, 2.0]]), k)[1]

    np.testing.assert_array_equal(serve(2), [[1, 2]])


def test_rank_by_hand():
    ranking = rank(
        scores=np.float32([[9, 8, 7, 6], [1, 2, 3, 4]]),
        held_out=np.float32([[0, 1, 0, 1], [1, 0, 0, 0]]),
        k=2,
        seen=np.float32([[1, 0, 0, 0], [0, 1, 1, 1]]),
    )
    # The second user has one item left: its second place is empty.
    np.testing.assert_array_equal(ranking.item_ids, [[1, 2], [0, -1]])
    np.testing.assert_array_equal(ranking.hits, [[1, 0], [1, 0]])
    np.testing.assert_array_equal(ranking.num_held_out, [2, 1])
    assert ranking.num_items == 4


def test_seen_items_are_no_hits_even_where_they_are_held_out():
    both = np.float32([[1, 0]])
    ranking = rank(np.float32([[2, 1]]), both, k=2, seen=both)
    np.testing.assert_array_equal(ranking.hits, [[0, 0]])
    np.testing.assert_array_equal(ranking.num_held_out, [1])


def test_multi_hot_drops_what_is_outside():
    hot = multi_hot(np.int32([[0, 2, 2, -1], [3, 1, -5, 9]]), 3)
    np.testing.assert_array_equal(hot, [[1, 0, 1], [0, 1, 0]])


@pytest.mark.parametrize("block_size", [1, 7, 20, 50, 60, 61, 1000])
@pytest.mark.parametrize("in_graph", [False, True])
@pytest.mark.parametrize("k", [1, 20, 60])
def test_blocks_equal_the_dense_ranking_with_ties(block_size, in_graph, k):
    random = np.random.default_rng(1)
    num_users, num_items = 12, 60
    # Small integers: products are exact and most scores are tied.
    users = random.integers(-1, 2, size=(num_users, 3)).astype("float32")
    items = random.integers(-1, 2, size=(num_items, 3)).astype("float32")
    lengths = random.integers(0, 55, size=num_users)
    lengths[0] = 0
    seen_ids = [random.permutation(num_items)[:n] for n in lengths]
    padded = np.full((num_users, 55), -1)
    dense = np.zeros((num_users, num_items), "float32")
    for row, ids in enumerate(seen_ids):
        padded[row, : len(ids)] = ids
        dense[row, ids] = 1
    scores, item_ids = top_k_items(users @ items.T, k, dense)
    ragged = tf.ragged.constant([list(ids) for ids in seen_ids], "int64")
    blocks = tf.function(top_k_in_blocks) if in_graph else top_k_in_blocks
    for seen in (padded, ragged):
        in_blocks = blocks(
            tf.constant(users), tf.constant(items), k, seen, block_size
        )
        np.testing.assert_array_equal(in_blocks[0], scores)
        np.testing.assert_array_equal(in_blocks[1], item_ids)


def test_blocks_without_seen():
    random = np.random.default_rng(2)
    users = random.normal(size=(5, 8)).astype("float32")
    items = random.normal(size=(301, 8)).astype("float32")
    scores, item_ids = top_k_in_blocks(users, items, 10, block_size=64)
    np.testing.assert_array_equal(item_ids, lexsorted(users @ items.T, 10))
    assert item_ids.dtype == "int32"
    assert scores.shape == (5, 10)


def test_empty_block():
    with pytest.raises(ValueError, match="`block_size` to be a positive"):
        top_k_in_blocks(np.ones((1, 2)), np.ones((3, 2)), 1, block_size=0)
