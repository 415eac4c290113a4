import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.sampling import gumbel_softmax
from keras_ganrec.sampling import sample_items
from keras_ganrec.sampling import sample_subset
from keras_ganrec.sampling import sample_unseen


@pytest.fixture
def seen():
    random = np.random.default_rng(0)
    return (random.random((400, 500)) < 0.2).astype("float32")


def test_draws_are_unseen_and_uniform(seen):
    ratio = 0.3
    drawn = sample_unseen(seen, ratio, keras.random.SeedGenerator(0)).numpy()
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert not np.any(drawn * seen)
    # Of each item, and of each user: binomial counts of the unseen entries.
    for axis in (0, 1):
        trials = np.sum(1 - seen, axis=axis)
        counts = drawn.sum(axis=axis)
        statistic = np.sum(
            (counts - ratio * trials) ** 2 / (ratio * (1 - ratio) * trials)
        )
        # A chi-square of n degrees of freedom lies within n +- 4 sqrt(2 n).
        assert abs(statistic - trials.size) < 4 * np.sqrt(2 * trials.size)


@pytest.mark.parametrize("ratio", [0.0, 1.0])
def test_none_and_all(seen, ratio):
    drawn = sample_unseen(seen, ratio, keras.random.SeedGenerator(0))
    np.testing.assert_array_equal(drawn, ratio * (1 - seen))


def test_two_draws_are_independent(seen):
    # CFGAN draws two sets of items; the reference code drew one set twice.
    seed = keras.random.SeedGenerator(0)
    first, second = (sample_unseen(seen, 0.5, seed).numpy() for _ in range(2))
    unseen = seen == 0
    correlation = np.corrcoef(first[unseen], second[unseen])[0, 1]
    assert abs(correlation) < 4 / np.sqrt(unseen.sum())


def test_each_call_of_a_graph_draws_anew_and_the_seed_repeats_it(seen):
    def two_draws():
        seed = keras.random.SeedGenerator(3)
        draw = tf.function(lambda: sample_unseen(seen, 0.5, seed))
        return draw().numpy(), draw().numpy()

    first, second = two_draws()
    assert np.any(first != second)
    np.testing.assert_array_equal((first, second), two_draws())


@pytest.mark.parametrize("dtype", ["float16", "float32", "int32"])
def test_keeps_the_dtype(dtype):
    seen = tf.constant([[0, 1, 0]], dtype)
    drawn = sample_unseen(seen, 1.0, keras.random.SeedGenerator(0))
    assert drawn.dtype == dtype
    np.testing.assert_array_equal(drawn, [[1, 0, 1]])


def test_items_are_drawn_in_proportion_to_their_weights():
    weights = np.float32([[0, 3, 0, 1, 5, 0.5, 0], [2, 0, 2, 2, 0, 0, 8]])
    drawn = sample_items(weights, 40_000, keras.random.SeedGenerator(0))
    assert drawn.shape == (2, 40_000)
    for row, items in zip(weights, drawn.numpy(), strict=True):
        counts = np.bincount(items, minlength=7)
        assert not counts[row == 0].any()
        expected = 40_000 * row[row > 0] / row.sum()
        statistic = np.sum((counts[row > 0] - expected) ** 2 / expected)
        assert statistic < 18.5  # 0.1 % of a chi-square of at most 4 degrees


@pytest.mark.parametrize("width", [1, 2, 3, 8, 9])
def test_a_single_item_with_weight_is_always_drawn(width):
    drawn = sample_items(np.eye(width), 50, keras.random.SeedGenerator(0))
    np.testing.assert_array_equal(
        drawn, np.repeat(np.arange(width)[:, None], 50, axis=1)
    )


def test_draws_of_rows_and_within_a_row_are_independent():
    seed = keras.random.SeedGenerator(0)
    weights = np.ones((200, 2), "float16")
    first, second = (sample_items(weights, 100, seed).numpy() for _ in "ab")
    assert first.dtype == np.int32
    for one, other in (
        (first, second),
        (first[:100], first[100:]),
        (first[:, :50], first[:, 50:]),
    ):
        correlation = np.corrcoef(one.ravel(), other.ravel())[0, 1]
        assert abs(correlation) < 4 / np.sqrt(one.size)


def test_compiled_draws_are_exact():
    seed = keras.random.SeedGenerator(0)
    draw = tf.function(
        lambda weights: sample_items(weights, 50, seed), jit_compile=True
    )
    np.testing.assert_array_equal(
        draw(tf.eye(5)), np.repeat(np.arange(5)[:, None], 50, axis=1)
    )


P = np.array([0.5, 0.0, 0.3, 0.15, 0.05])
with np.errstate(divide="ignore"):
    LOG_P = np.float32(np.log(P))


@pytest.mark.parametrize("temperature", [0.1, 5.0])
def test_the_largest_gumbel_entry_is_drawn_by_the_softmax(temperature):
    # The softmax does not see the 2 that is added.
    logits = np.tile(LOG_P + 2, (20_000, 1))
    seed = keras.random.SeedGenerator(0)
    drawn = gumbel_softmax(logits, temperature, seed).numpy()
    np.testing.assert_allclose(drawn.sum(axis=1), 1, rtol=1e-5)
    assert not drawn[:, P == 0].any()
    counts = np.bincount(drawn.argmax(axis=1), minlength=5)[P > 0]
    expected = 20_000 * P[P > 0]
    statistic = np.sum((counts - expected) ** 2 / expected)
    assert statistic < 16.3  # 0.1 % of a chi-square of 3 degrees of freedom


def test_temperature_relaxes_gumbel_draws():
    def largest(temperature):
        seed = keras.random.SeedGenerator(0)
        logits = np.zeros((2000, 2), "float16")
        return gumbel_softmax(logits, temperature, seed).numpy().max(axis=1)

    # The difference of two Gumbel draws is logistic: its sigmoid is uniform.
    at_one = np.sort(largest(1.0))
    uniform = np.linspace(0.5, 1.0, 2000)
    assert abs(at_one - uniform).max() < 1.95 * 0.5 / np.sqrt(2000)
    assert largest(0.01).mean() > 0.99
    assert largest(100.0).mean() < 0.51


def test_gumbel_draws_have_the_gradient_of_their_softmax():
    logits = tf.constant([[0.3, -1.0, 0.8]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        drawn = gumbel_softmax(logits, 0.5, keras.random.SeedGenerator(0))
        first = drawn[0, 0]
    y = drawn.numpy()[0]
    np.testing.assert_allclose(
        tape.gradient(first, logits)[0],
        y[0] * (np.array([1.0, 0.0, 0.0]) - y) / 0.5,
        rtol=1e-4,
    )


def test_gumbel_draws_differ_and_the_seed_repeats_them():
    def two_draws():
        seed = keras.random.SeedGenerator(3)
        draw = tf.function(lambda: gumbel_softmax(np.zeros((3, 4)), 1.0, seed))
        return draw().numpy(), draw().numpy()

    first, second = two_draws()
    assert np.all(first != second)
    np.testing.assert_array_equal((first, second), two_draws())


@pytest.mark.parametrize("jit_compile", [False, True])
def test_subsets_are_as_large_as_asked_for(jit_compile):
    logits = np.tile(LOG_P, (500, 1))
    sizes = np.arange(500) % 5  # up to all that can be drawn
    seed = keras.random.SeedGenerator(0)
    draw = tf.function(
        lambda: sample_subset(logits, sizes, seed), jit_compile=jit_compile
    )
    drawn = draw().numpy()
    np.testing.assert_array_equal(drawn.sum(axis=1), sizes)
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert not drawn[:, P == 0].any()


def test_subsets_are_drawn_item_by_item():
    logits = np.tile(LOG_P + 2, (40_000, 1))
    drawn = sample_subset(
        logits, np.full(40_000, 2), keras.random.SeedGenerator(0)
    ).numpy()
    # First i, then j by what is left: P_i P_j / (1 - P_i), in either order.
    first = P[:, None] * P[None, :] / (1 - P[:, None])
    pairs = np.triu(first + first.T, 1)
    counted = np.triu(drawn.T @ drawn, 1) / len(drawn)
    np.testing.assert_allclose(counted, pairs, atol=0.008)


def test_of_nothing_nothing_is_drawn():
    logits = np.float32([[-np.inf] * 3, [0.0, -np.inf, 0.0]])
    drawn = sample_subset(logits, [0, 2], keras.random.SeedGenerator(0))
    np.testing.assert_array_equal(drawn, [[0, 0, 0], [1, 0, 1]])
