import keras
import numpy as np

from keras_ganrec.baselines import Popularity
from tests.baselines.tables import SEEN
from tests.baselines.tables import interactions_of

NUM_SEEN_BY = [2, 3, 2, 1, 0]


def test_scores_are_the_numbers_of_users():
    model = Popularity(num_items=5)
    model.adapt(interactions_of(SEEN))
    for inputs in ({"user_id": np.arange(4)}, {"seen": SEEN}):
        np.testing.assert_array_equal(model(inputs), [NUM_SEEN_BY] * 4)
    np.testing.assert_array_equal(model.score_profiles(SEEN), [NUM_SEEN_BY] * 4)


def test_counts_are_exact_under_mixed_precision():
    """Half precision has no odd numbers beyond 2,048."""
    seen = np.ones((2050, 2), "float32")
    seen[0, 0] = 0.0
    model = Popularity(num_items=2, dtype="mixed_float16")
    model.adapt(interactions_of(seen))
    np.testing.assert_array_equal(model({"seen": seen[:1]}), [[2049, 2050]])
    assert keras.backend.standardize_dtype(model.popularity.dtype) == "float32"
