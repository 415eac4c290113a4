import keras
import numpy as np
import pytest
import tensorflow as tf

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
