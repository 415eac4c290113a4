import numpy as np
import pytest
import scipy.sparse

from keras_ganrec.baselines import BernoulliMixture
from keras_ganrec.data import Interactions


def test_finds_the_kinds_that_users_are_of():
    rng = np.random.default_rng(0)
    # The last item is for everybody, or users without any would be missing.
    theta = np.array([[0.8, 0.7, 0.1, 0.1, 0.98], [0.1, 0.2, 0.9, 0.3, 0.98]])
    kind = (rng.random(8000) < 0.25).astype(int)
    x = (rng.random((8000, 5)) < theta[kind]).astype("float32")
    table = Interactions.from_csr(scipy.sparse.csr_array(x))
    model = BernoulliMixture(5, num_components=2, num_iterations=200, seed=0)
    model.adapt(table)
    order = np.argsort(-np.asarray(model.shares))
    np.testing.assert_allclose(
        np.asarray(model.shares)[order], [0.75, 0.25], atol=0.03
    )
    np.testing.assert_allclose(
        np.asarray(model.probabilities)[order], theta, atol=0.05
    )


def test_one_kind_is_the_popularity_of_the_items(planted):
    model = BernoulliMixture(40, num_components=1, num_iterations=2)
    model.adapt(planted.train)
    share = np.bincount(planted.train.item_id, minlength=40) / 60
    np.testing.assert_allclose(model.probabilities[0], share, atol=1e-6)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"num_components": 0}, "`num_components` must be a positive"),
        ({"num_iterations": 1.5}, "`num_iterations` must be a positive"),
        ({"smoothing": 0.0}, "`smoothing` must be positive"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        BernoulliMixture(40, **arguments)


def test_more_kinds_than_users(planted):
    with pytest.raises(ValueError, match="has 60 users.*the 61 kinds"):
        BernoulliMixture(40, num_components=61).adapt(planted.train)
