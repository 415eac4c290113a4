import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec.data import Interactions
from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import measure
from keras_ganrec.evaluation import usefulness
from tests.evaluation.tables import table_of
from tests.evaluation.tables import tastes


def ease(table):
    model = baselines.EASE(table.num_items, l2=5.0)
    model.adapt(table)
    return model


def popularity(table):
    model = baselines.Popularity(table.num_items)
    model.adapt(table)
    return model


def test_a_fifth_of_the_items_is_to_be_found():
    table = tastes(100)
    known, wanted = usefulness.fold_in(table)
    both = known.toarray() + wanted.toarray()
    np.testing.assert_array_equal(both, table.to_csr().toarray())
    count, left = both.sum(axis=1), wanted.toarray().sum(axis=1)
    assert (np.abs(left - 0.2 * count) <= 0.5).all()
    again = usefulness.fold_in(table, seed=1)[1].toarray()
    assert (again != wanted.toarray()).any()
    # Which ones are shown does not depend on their ids.
    order = np.arange(60)
    shown_first = known.toarray() @ order / known.toarray().sum(axis=1)
    assert abs((shown_first - both @ order / count).mean()) < 1.0


def test_one_item_is_always_shown_and_one_to_be_found():
    known, wanted = usefulness.fold_in(
        table_of([[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 1]])
    )
    for part in (known, wanted):
        np.testing.assert_array_equal(part.toarray().sum(axis=1), [1, 1])
    with pytest.raises(ValueError, match="No held-out user has two items"):
        usefulness.fold_in(table_of([[1, 0, 0], [0, 1, 0]]))


def test_profiles_are_measured_as_users_are():
    model = ease(tastes(200, seed=1))
    known, wanted = usefulness.fold_in(tastes(300, seed=2))
    found = usefulness.measure_profiles(model, known, wanted)
    assert len(found) == 300
    batches = pipelines.ranking_batches(
        Interactions.from_csr(known), Interactions.from_csr(wanted)
    )
    expected = measure(model, batches, lengths=(10, 20))
    for name in ("ndcg_at_10", "recall_at_20"):
        assert found[name].mean() == pytest.approx(expected[name], abs=1e-6)


def test_taste_is_worth_more_than_popularity():
    known, wanted = usefulness.fold_in(tastes(150, seed=2))
    measured = usefulness.train_and_test(
        {"EASE": ease, "Popularity": popularity},
        tastes(200, seed=1),
        known,
        wanted,
    )
    means = {name: v["ndcg_at_10"].mean() for name, v in measured.items()}
    assert means["EASE"] > 1.2 * means["Popularity"]


def test_rank_agreement():
    assert usefulness.rank_agreement([1, 2, 3], [10, 20, 30]) == 1.0
    assert usefulness.rank_agreement([1, 2, 3], [3, 2, 1]) == -1.0
    # Five of six pairs in the same order.
    assert usefulness.rank_agreement([1, 2, 3, 4], [1, 3, 2, 4]) == (
        pytest.approx(4 / 6)
    )
