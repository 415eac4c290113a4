import keras
import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec import metrics
from keras_ganrec import models
from keras_ganrec.data import Interactions
from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import compare
from keras_ganrec.evaluation import count_listed
from keras_ganrec.evaluation import measure
from keras_ganrec.recommender import Recommender


class Fixed(Recommender):
    """Gives the scores it was made with."""

    def __init__(self, scores):
        super().__init__()
        self.scores = np.array(scores, "float32")
        self.built = True

    def call(self, inputs):
        return keras.ops.take(self.scores, inputs["user_id"], axis=0)


@pytest.fixture(scope="module")
def batches():
    """Three users, four items; each is to be shown another one."""
    seen = Interactions.from_csr(_csr([[1, 0, 0, 0]] * 3))
    held_out = Interactions.from_csr(
        _csr([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    )
    return pipelines.ranking_batches(seen, held_out, batch_size=2)


def _csr(rows):
    import scipy.sparse

    return scipy.sparse.csr_array(np.array(rows, "float32"))


RIGHT = Fixed([[0, 9, 1, 1], [0, 1, 9, 1], [0, 1, 1, 9]])
# Second place for the first user, first for the others.
ALMOST = Fixed([[0, 1, 9, 0], [0, 1, 9, 1], [0, 1, 1, 9]])
# Third place for all.
WRONG = Fixed([[0, 1, 8, 9], [0, 9, 1, 8], [0, 9, 8, 1]])


def test_the_best_comes_first(batches):
    made = {"wrong": WRONG, "right": RIGHT, "almost": ALMOST}
    table = compare(made, batches, lengths=(2, 3), by="ndcg_at_3")
    assert list(table.index) == ["right", "almost", "wrong"]
    assert list(table["hit_rate_at_2"]) == [1.0, 1.0, 0.0]
    second = 1 / np.log2(3)
    np.testing.assert_allclose(
        table["ndcg_at_3"], [1.0, (second + 2) / 3, 0.5], rtol=1e-6
    )


def test_differences_are_paired_by_user(batches):
    made = {"right": RIGHT, "almost": ALMOST, "wrong": WRONG}
    table = compare(made, batches, lengths=(3,), by="ndcg_at_3")
    lost = 1 - 1 / np.log2(3)
    np.testing.assert_allclose(table["difference"], [0, -lost / 3, -0.5])
    # Losing the same to each user is sure; losing to one of three is not.
    expected = np.std([-lost, 0, 0], ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(
        table["standard_error"], [0, expected, 0], atol=1e-7
    )


def test_the_other_side_of_the_difference_can_be_named(batches):
    made = {"right": RIGHT, "almost": ALMOST, "wrong": WRONG}
    table = compare(
        made, batches, lengths=(3,), by="ndcg_at_3", against="almost"
    )
    second = 1 / np.log2(3)
    np.testing.assert_allclose(
        table["difference"],
        [(1 - second) / 3, 0, 0.5 - (second + 2) / 3],
        atol=1e-7,
    )
    # The others are the same for each user; all the spread is of this one.
    spread = np.std([second, 1, 1], ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(
        table["standard_error"], [spread, 0, spread], atol=1e-7
    )


def test_measure_equals_evaluate(planted):
    model = baselines.EASE(planted.train.num_items, l2=5.0)
    model.adapt(planted.train)
    batches = pipelines.ranking_batches(
        planted.train, planted.test, batch_size=16
    )
    model.compile(
        metrics=[
            metrics.NDCGAtK(10),
            metrics.RecallAtK(5),
            metrics.Novelty(20),
            metrics.Gini(5),
        ]
    )
    evaluated = model.evaluate(batches, verbose=0, return_dict=True)
    measured = measure(model, batches)
    assert {name: measured[name] for name in evaluated} == pytest.approx(
        evaluated, abs=1e-6
    )


def test_measuring_leaves_the_optimizers_alone(planted):
    model = models.GANMF(
        planted.train.num_users,
        planted.train.num_items,
        embedding_dim=4,
        code_dim=4,
    )
    model.compile(metrics=[metrics.NDCGAtK(10)])
    model.fit(pipelines.user_profiles(planted.train), epochs=2, verbose=0)
    before = [v.numpy() for v in model.g_optimizer.variables]
    measure(model, pipelines.ranking_batches(planted.train, planted.test))
    after = [v.numpy() for v in model.g_optimizer.variables]
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("made", "options", "message"),
    [
        ({}, {}, "needs models"),
        ({"right": RIGHT}, {"against": "left"}, "against='left'"),
        ({"right": RIGHT}, {"by": "coverage_at_3"}, "one value per user"),
        ({"right": RIGHT}, {"by": "ndcg_at_7"}, "ndcg_at_7"),
        ({"right": RIGHT}, {"lengths": (3, 5)}, "k=5"),
    ],
)
def test_bad_input(batches, made, options, message):
    options = {"lengths": (3,), "by": "ndcg_at_3", **options}
    with pytest.raises(ValueError, match=message):
        compare(made, batches, **options)


def test_lists_are_counted_for_each_item(batches):
    # Second places: item 2 or 3 for the first, 1 or 3, 1 or 2; ties by id.
    # Item 0 is seen by all.
    np.testing.assert_array_equal(count_listed(RIGHT, batches, 1), [0, 1, 1, 1])
    np.testing.assert_array_equal(count_listed(RIGHT, batches, 2), [0, 3, 2, 1])
    np.testing.assert_array_equal(count_listed(WRONG, batches, 1), [0, 2, 0, 1])


def test_coverage_is_made_of_the_same_counts(batches):
    measured = measure(ALMOST, batches, lengths=(1, 2))
    for k in (1, 2):
        listed = count_listed(ALMOST, batches, k)
        assert listed.sum() == 3 * k
        assert measured[f"coverage_at_{k}"] == np.mean(listed > 0)
