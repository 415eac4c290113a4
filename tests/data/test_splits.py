import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import Interactions
from keras_ganrec.data import Split
from keras_ganrec.data import pipelines
from keras_ganrec.data import splits
from tests.data.conftest import pairs_of

ALL = {
    "ratio_split": splits.ratio_split,
    "leave_last_out": splits.leave_last_out,
    "temporal_split": splits.temporal_split,
    "user_split": splits.user_split,
}


def parts_of(split):
    parts = [split.train, split.validation, split.test, split.fold_in]
    return [part for part in parts if part is not None]


@pytest.mark.parametrize("name", ALL)
def test_parts_are_a_partition(market, name):
    split = ALL[name](market)
    parts = parts_of(split)
    assert sum(len(part) for part in parts) == len(market)
    assert set().union(*map(pairs_of, parts)) == pairs_of(market)
    for part in parts:
        assert part.user_vocabulary is market.user_vocabulary
        assert part.item_vocabulary is market.item_vocabulary
        assert part.item_features is market.item_features


@pytest.mark.parametrize("name", ALL)
def test_train_and_validation_is_the_union(market, name):
    split = ALL[name](market)
    union = split.train_and_validation
    assert pairs_of(split.train) < pairs_of(union)
    assert pairs_of(split.validation) < pairs_of(union)
    assert not pairs_of(split.test) & pairs_of(union)
    assert len(union) == len(union.timestamp) == len(union.rating)
    matrix = market.to_csr()
    assert union.to_csr().multiply(matrix).nnz == len(union)


@pytest.mark.parametrize("name", ["ratio_split", "user_split"])
def test_seed_decides(market, name):
    first, same, other = (ALL[name](market, seed=seed) for seed in (1, 1, 2))
    for a, b in zip(parts_of(first), parts_of(same), strict=True):
        np.testing.assert_array_equal(a.user_id, b.user_id)
        np.testing.assert_array_equal(a.item_id, b.item_id)
    assert pairs_of(first.test) != pairs_of(other.test)


def test_ratio_split_shares_per_user():
    sizes = [1, 2, 3, 5, 10, 100]
    rows = pd.DataFrame(
        [(user, item) for user, n in enumerate(sizes) for item in range(n)],
        columns=["user", "item"],
    )
    split = splits.ratio_split(Interactions.from_dataframe(rows), 0.2, 0.1)
    test = np.bincount(split.test.user_id, minlength=6)
    validation = np.bincount(split.validation.user_id, minlength=6)
    assert test.tolist() == [0, 0, 1, 1, 2, 20]
    assert validation.tolist() == [0, 0, 0, 1, 1, 10]
    facts = split.describe()
    assert facts["users_without_test_rows"] == 2
    assert facts["users_without_validation_rows"] == 3
    assert facts["test_users_without_train_rows"] == 0


def test_ratio_split_draws_every_row_equally_often():
    rows = pd.DataFrame({"user": [0] * 10, "item": range(10)})
    interactions = Interactions.from_dataframe(rows)
    counts = np.zeros(10)
    for seed in range(600):
        split = splits.ratio_split(interactions, 0.2, 0.0, seed)
        counts[split.test.item_id] += 1
    expected = 600 * 2 / 10
    # Drawn without repetition: the statistic is scaled by (10 - 1)/(10 - 2).
    chi_square = ((counts - expected) ** 2 / expected).sum() * 9 / 8
    assert chi_square < 27.9  # 99.9th percentile at 9 degrees of freedom


@pytest.mark.parametrize("ratios", [(0.9, 0.0), (0.5, 0.4), (0.3, 0.6)])
def test_ratio_split_keeps_a_train_row(ratios):
    rows = pd.DataFrame(
        [(user, item) for user in range(12) for item in range(user + 1)],
        columns=["user", "item"],
    )
    split = splits.ratio_split(Interactions.from_dataframe(rows), *ratios)
    assert (np.bincount(split.train.user_id, minlength=12) > 0).all()


def test_no_validation_is_none(market):
    split = splits.ratio_split(market, 0.2, 0.0)
    assert split.validation is None
    assert split.train_and_validation is split.train
    assert "validation_users" not in split.describe()


def test_leave_last_out_known_answer():
    rows = pd.DataFrame(
        {
            "user": [0, 0, 0, 0, 1, 1, 1, 2, 2],
            "item": [5, 6, 7, 8, 5, 6, 7, 5, 6],
            # User 0 out of order; user 1 ties: the later row is later.
            "t": [40, 10, 30, 20, 7, 7, 7, 1, 2],
        }
    )
    split = splits.leave_last_out(
        Interactions.from_dataframe(rows, timestamp="t")
    )
    assert pairs_of(split.test) == {(0, 5), (1, 7)}
    assert pairs_of(split.validation) == {(0, 7), (1, 6)}
    assert {(2, 5), (2, 6)} < pairs_of(split.train)
    assert split.describe()["users_without_test_rows"] == 1


def test_temporal_split_never_looks_ahead(market):
    split = splits.temporal_split(market, 0.2, 0.1)
    assert split.train.timestamp.max() < split.validation.timestamp.min()
    assert split.validation.timestamp.max() < split.test.timestamp.min()
    assert len(split.test) == pytest.approx(0.2 * len(market), abs=2)
    assert len(split.validation) == pytest.approx(0.1 * len(market), abs=2)


def test_temporal_split_keeps_equal_times_together_and_counts_the_new():
    rows = pd.DataFrame(
        {
            "user": [0, 0, 1, 1, 2, 2, 2, 3, 3, 3],
            "item": [0, 1, 0, 1, 0, 1, 2, 1, 2, 3],
            "t": [1, 1, 1, 2, 2, 3, 3, 3, 3, 3],
        }
    )
    split = splits.temporal_split(
        Interactions.from_dataframe(rows, timestamp="t"), 0.2, 0.2
    )
    assert set(split.test.timestamp) == {3}
    assert set(split.validation.timestamp) == {2}
    facts = split.describe()
    assert facts["test_interactions"] == 5
    assert facts["test_users_without_train_rows"] == 2  # users 2 and 3
    assert facts["test_items_without_train_rows"] == 2  # items 2 and 3
    assert facts["users_without_test_rows"] == 2


def test_user_split_is_strong_generalisation(market):
    split = splits.user_split(market, 0.2, 0.1, fold_in_ratio=0.75)
    train, validation, test, fold_in = (
        set(part.user_id.tolist()) for part in parts_of(split)
    )
    assert not train & (validation | test)
    assert not validation & test
    assert validation | test == fold_in
    assert (len(test), len(validation)) == (16, 8)
    rows = np.bincount(market.user_id)
    shown = np.bincount(split.fold_in.user_id, minlength=80)
    held = sorted(test | validation)
    assert np.abs(shown[held] - 0.75 * rows[held]).max() <= 0.5
    facts = split.describe()
    assert facts["test_users_without_train_rows"] == 16
    assert facts["test_users_without_fold_in_rows"] == 0
    # The refit sees validation users whole, and nothing of test users.
    refit = split.train_and_validation
    assert set(refit.user_id.tolist()) == train | validation
    whole = np.isin(refit.user_id, list(validation)).sum()
    assert whole == rows[list(validation)].sum()


def test_user_split_feeds_evaluation(market):
    split = splits.user_split(market)
    for inputs, held_out in pipelines.ranking_batches(
        split.fold_in, split.test
    ):
        assert (inputs["seen"].numpy().sum(axis=1) > 0).all()
        assert (held_out.numpy().sum(axis=1) > 0).all()
        assert (inputs["seen"].numpy() * held_out.numpy() == 0).all()


@pytest.mark.parametrize("fold_in_ratio", [0.01, 0.99])
def test_user_split_leaves_users_with_one_row_in_train(fold_in_ratio):
    rows = pd.DataFrame({"user": [0, 1, 2, 2], "item": [0, 0, 0, 1]})
    interactions = Interactions.from_dataframe(rows)
    for seed in range(5):
        split = splits.user_split(interactions, 0.6, 0.0, fold_in_ratio, seed)
        assert set(split.test.user_id) == {2}
        assert len(split.test) == len(split.fold_in) == 1


def test_user_split_takes_its_shares_of_those_that_can_be_cut():
    user = [*range(80), *np.repeat(np.arange(80, 100), 6)]
    rows = pd.DataFrame({"user": user, "item": np.arange(200) % 50})
    split = splits.user_split(Interactions.from_dataframe(rows), 0.2, 0.1)
    assert len(np.unique(split.test.user_id)) == 4
    assert len(np.unique(split.validation.user_id)) == 2
    assert (np.bincount(split.train.user_id) == 6).sum() == 14


@pytest.mark.parametrize("name", ALL)
def test_tables_too_small_to_split_are_refused(name):
    rows = pd.DataFrame({"user": [0], "item": [0], "timestamp": [1]})
    one = Interactions.from_dataframe(rows, timestamp="timestamp")
    with pytest.raises(ValueError, match="part has no rows"):
        ALL[name](one)


@pytest.mark.parametrize("name", ["leave_last_out", "temporal_split"])
def test_splits_by_time_need_times(name):
    rows = pd.DataFrame({"user": [0, 0, 0], "item": [0, 1, 2]})
    with pytest.raises(ValueError, match=f"`{name}` needs timestamps"):
        ALL[name](Interactions.from_dataframe(rows))


@pytest.mark.parametrize("ratios", [(0, 0.1), (1, 0), (0.6, 0.4), (0.2, -0.1)])
@pytest.mark.parametrize(
    "name", ["ratio_split", "temporal_split", "user_split"]
)
def test_ratios_are_checked(market, name, ratios):
    with pytest.raises(ValueError, match=f"test_ratio={ratios[0]}"):
        ALL[name](market, *ratios)
    with pytest.raises(ValueError, match="fold_in_ratio=1"):
        splits.user_split(market, fold_in_ratio=1)


def test_a_silently_empty_validation_is_refused():
    rows = pd.DataFrame({"user": [0] * 4, "item": range(4)})
    interactions = Interactions.from_dataframe(rows)
    with pytest.raises(ValueError, match="validation part has no rows"):
        splits.ratio_split(interactions, 0.5, 0.1)


def test_a_leaking_split_is_refused(market):
    rows = np.arange(len(market))
    with pytest.raises(ValueError, match=r"10 \(user, item\) pairs"):
        Split(market.select(rows < 110), None, market.select(rows >= 100))


def test_parts_of_other_vocabularies_are_refused(market):
    rows = pd.DataFrame({"user": ["user 1"], "item": ["item 1"]})
    with pytest.raises(ValueError, match="`test.user_vocabulary` differs"):
        Split(market, None, Interactions.from_dataframe(rows))
