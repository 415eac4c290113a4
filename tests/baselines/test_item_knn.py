import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from keras_ganrec import neighbors
from keras_ganrec.baselines import ItemKNN
from tests.baselines.tables import SEEN
from tests.baselines.tables import interactions_of
from tests.baselines.tables import random_seen


def fitted(seen, **arguments):
    model = ItemKNN(num_items=seen.shape[1], **arguments)
    model.adapt(interactions_of(seen))
    return model


@pytest.mark.parametrize("items_at_once", [1024, 2])
def test_two_neighbors_by_hand(monkeypatch, items_at_once):
    monkeypatch.setattr(neighbors, "ITEMS_AT_ONCE", items_at_once)
    model = fitted(SEEN, num_neighbors=2)
    a, b, c = 2 / 6**0.5, 1 / 3**0.5, 1 / 2**0.5
    # Item 0 is only the third best of item 2's neighbors, 1 and 3 come first.
    expected = [
        [0, a, 0, 0, 0],  # who has seen item 0
        [a, 0, a, b, 0],  # item 1
        [1 / 2, a, 0, c, 0],  # item 2
        [1 / 2, 2 * a, 0, c, 0],  # items 0 and 2
    ]
    profiles = np.array(
        [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [1, 0, 1, 0, 0]]
    )
    np.testing.assert_allclose(
        model({"seen": profiles}), expected, rtol=1e-6, atol=1e-7
    )


@pytest.mark.parametrize("similarity", ["cosine", "tversky"])
@pytest.mark.parametrize("target_weight", [0.5, 0.1])
@pytest.mark.parametrize("shrinkage", [0.0, 3.0])
def test_similarities_one_pair_at_a_time(similarity, target_weight, shrinkage):
    seen = random_seen(num_users=30, num_items=6)
    model = fitted(
        seen,
        similarity=similarity,
        target_weight=target_weight,
        shrinkage=shrinkage,
    )
    scores = np.asarray(model({"seen": np.eye(6)}))
    for i in range(6):
        for j in range(6):
            c = seen[:, i] @ seen[:, j]
            n_i, n_j = seen[:, i].sum(), seen[:, j].sum()
            if similarity == "cosine":
                total = n_i ** (1 - target_weight) * n_j**target_weight
            else:
                total = c + 2 * (1 - target_weight) * (n_i - c)
                total += 2 * target_weight * (n_j - c)
            expected = 0.0 if i == j else c / (total + shrinkage)
            assert scores[i, j] == pytest.approx(expected, rel=1e-5)


def test_default_is_the_cosine():
    seen = random_seen(num_users=30, num_items=6)
    expected = cosine_similarity(seen.T)
    np.fill_diagonal(expected, 0.0)
    np.testing.assert_allclose(
        fitted(seen)({"seen": np.eye(6)}), expected, rtol=1e-6, atol=1e-7
    )


def test_keeps_what_was_asked_for_and_no_more():
    seen = random_seen(num_users=30, num_items=6)
    assert fitted(seen, num_neighbors=2).neighbor_weights.shape == (2, 6)
    assert fitted(seen, num_neighbors=100).neighbor_weights.shape == (6, 6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_neighbors": 0}, "`num_neighbors` must be a positive"),
        ({"similarity": "cosin"}, "`similarity` must be one of.*'cosin'"),
        ({"target_weight": 1.5}, "`target_weight` must be between 0 and 1"),
        ({"shrinkage": -1.0}, "`shrinkage` must not be negative"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ItemKNN(num_items=5, **arguments)
