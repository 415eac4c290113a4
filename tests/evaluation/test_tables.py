import dataclasses

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.evaluation import FIGURES
from keras_ganrec.evaluation import compare_tables
from keras_ganrec.evaluation import fidelity
from keras_ganrec.evaluation import measures
from keras_ganrec.evaluation import shuffled_items
from keras_ganrec.evaluation.measures import num_users
from keras_ganrec.evaluation.measures import some_users
from keras_ganrec.inequality import gini
from tests.evaluation.tables import tastes
from tests.evaluation.test_usefulness import ease
from tests.evaluation.test_usefulness import popularity


def users_from(first, table):
    """The same table, its users named anew."""
    names = np.arange(first, first + table.num_users)
    return dataclasses.replace(table, user_vocabulary=names)


REAL = users_from(0, tastes(240, seed=1))
HELD_OUT = users_from(1000, tastes(160, seed=2))
THIRD = users_from(2000, tastes(120, seed=3))


def without_model(table):
    model = ease(table)
    model.item_weights.assign(-model.item_weights)
    return model


RECOMMENDERS = {"EASE": ease, "Popularity": popularity, "Worst": without_model}


@pytest.fixture(scope="module")
def copied():
    """The real table itself, as if it were synthetic."""
    return compare_tables(REAL, REAL, HELD_OUT, THIRD, RECOMMENDERS)


@pytest.fixture(scope="module")
def true():
    """New users of the same market: a perfect generator."""
    return compare_tables(REAL, tastes(240, seed=9), HELD_OUT, THIRD)


def test_every_figure_has_its_line(copied):
    names = {index.split(" (")[0] for index in copied.index}
    assert names == set(FIGURES)
    assert (copied["left_out"] == "").all()
    assert list(copied["group"].unique()) == [
        "fidelity",
        "features",
        "realism",
        "diversity",
        "usefulness",
        "privacy",
    ]
    for column in ("synthetic", "floor", "null"):
        assert copied[column].notna().all(), column
    levels = copied["best"].map(lambda best: best == "real")
    assert copied.loc[levels, "real"].notna().all()


def test_the_real_table_is_its_own_floor_and_levels(copied):
    rest = copied[copied["group"] != "privacy"]
    levels = rest["best"].map(lambda best: best == "real")
    np.testing.assert_array_equal(
        rest.loc[levels, "synthetic"], rest.loc[levels, "real"]
    )
    others = rest[~levels].drop(index="kendall_tau")
    np.testing.assert_array_equal(others["synthetic"], others["floor"])
    assert copied.loc["kendall_tau", "synthetic"] == 1.0


def test_levels_are_those_of_as_many_users(copied):
    # Half of the users reach fewer items, and look more alike.
    few = some_users(REAL, num_users(HELD_OUT), seed=0)
    assert num_users(few) < num_users(REAL)
    of_few = gini(fidelity.degrees(few)[1])
    assert of_few != gini(fidelity.degrees(REAL)[1])
    assert copied.loc["item_gini", "real"] == of_few
    assert copied.loc["item_gini", "synthetic"] == of_few


def test_copies_give_everybody_away(copied, true):
    leak = copied["synthetic"]
    assert leak["membership_auc"] > 0.99
    assert leak["membership_tpr_at_1_fpr"] > 0.9
    assert leak["exact_copies"] == 1.0
    # 160 of the 240 copied users are compared: the others look safe.
    assert leak["dcr_overfitting_protection"] < 0.5
    # Real users from whom nothing can leak.
    assert copied.loc["membership_auc", "floor"] == pytest.approx(0.5, abs=0.1)
    assert copied.loc["exact_copies", "floor"] < 0.05
    safe = true["synthetic"]
    assert safe["membership_auc"] == pytest.approx(0.5, abs=0.06)
    assert safe["membership_tpr_at_1_fpr"] < 0.05
    assert safe["exact_copies"] < 0.05
    assert safe["dcr_overfitting_protection"] > 0.85


def test_a_perfect_generator_reaches_the_floor(true):
    for figure, within in {
        "lift_correlation": 0.1,
        "popularity_correlation": 0.1,
        "user_popularity_ks": 0.1,
        "item_degree_ks": 0.1,
        "rating_tv": 0.05,
        "recall": 0.1,
        "c2st_auc": 0.12,
        "mode_js": 0.05,
        "column_similarity (age)": 0.1,
        "column_similarity (group)": 0.1,
        "pair_similarity (group, plan)": 0.1,
        "taste_auc (age)": 0.1,
        "taste_auc (plan)": 0.1,
    }.items():
        line = true.loc[figure]
        assert line["synthetic"] == pytest.approx(line["floor"], abs=within)
    assert true.loc["lift_sd", "synthetic"] == pytest.approx(
        true.loc["lift_sd", "real"], rel=0.15
    )


def test_the_null_keeps_degrees_and_loses_taste(copied):
    null, floor = copied["null"], copied["floor"]
    assert null["popularity_correlation"] > 0.8
    assert null["lift_correlation"] < floor["lift_correlation"] - 0.3
    assert null["c2st_auc"] > floor["c2st_auc"] + 0.15
    assert null["lift_ks"] > floor["lift_ks"] + 0.2
    assert null["bias_r2"] < copied.loc["bias_r2", "real"]
    assert null["ndcg_at_10 (EASE)"] < 0.9 * floor["ndcg_at_10 (EASE)"]
    assert null["repeated_pairs"] == 0.0


def test_features_stand_beside_their_floor_and_null(copied):
    lines = copied[copied["group"] == "features"]
    columns = ["group", "plan", "age", "income"]
    # A number and a value that is none are no pair.
    assert set(lines.index) == {
        *(f"column_similarity ({column})" for column in columns),
        *("pair_similarity (group, plan)", "pair_similarity (age, income)"),
        *(f"taste_auc ({column})" for column in columns),
    }
    null, floor = lines["null"], lines["floor"]
    for column in columns:
        # The values are the same ones, and tell nothing of their users.
        name = f"column_similarity ({column})"
        assert null[name] == pytest.approx(floor[name])
        assert floor[f"taste_auc ({column})"] > 0.8
        assert null[f"taste_auc ({column})"] < 0.65
    assert null["pair_similarity (age, income)"] < 0.65
    assert floor["pair_similarity (age, income)"] > 0.95
    assert null["pair_similarity (group, plan)"] < 0.8
    assert floor["pair_similarity (group, plan)"] > 0.85


def test_features_of_some_columns_with_missing_values():
    made = tastes(200, seed=5)
    age = made.user_features["age"].astype(object)
    age[::3] = None
    few = pd.DataFrame({"age": age, "other": "?"})
    table = compare_tables(
        REAL, dataclasses.replace(made, user_features=few), HELD_OUT, THIRD
    )
    lines = table[table["group"] == "features"]
    assert lines.index.tolist() == [
        *("column_similarity (age)", "pair_similarity", "taste_auc (age)")
    ]
    assert lines["left_out"].tolist() == [
        *("", "needs two features of users, both numbers or both none", "")
    ]
    assert lines.loc["column_similarity (age)", "synthetic"] > 0.85
    assert lines.loc["taste_auc (age)", "synthetic"] > 0.8


def test_what_is_not_there_is_left_out_and_said_so():
    made = tastes(100, seed=5)
    other_items = dataclasses.replace(
        made,
        item_vocabulary=np.arange(5000, 5060),
        rating=None,
        timestamp=None,
        user_features=None,
    )
    table = compare_tables(REAL, other_items, HELD_OUT, THIRD)
    reasons = table["left_out"].to_dict()
    assert reasons["item_gini"] == ""
    assert reasons["bias_r2"] == "needs ratings on both sides"
    assert reasons["gap_ks"] == "needs timestamps on both sides"
    assert reasons["membership_auc"] == "needs the items of the real table"
    assert (
        reasons["column_similarity"] == "needs features of users on both sides"
    )
    left_out = table["left_out"] != ""
    assert table.loc[left_out, "synthetic"].isna().all()
    assert table.loc[~left_out, "synthetic"].notna().all()
    assert table.loc["item_gini", "synthetic"] == pytest.approx(
        table.loc["item_gini", "real"], abs=0.05
    )


def test_of_a_large_table_some_users_are_given_to_the_attack(monkeypatch):
    attack = measures.Attack(REAL, HELD_OUT, shuffled_items(REAL), 0)
    monkeypatch.setattr(measures, "MAX_SYNTHETIC", 48)
    found = attack.figures(REAL)
    assert found["exact_copies"] == 1.0
    # A fifth of the members is recognized, at once; the others by chance.
    assert found["membership_tpr_at_1_fpr"] == pytest.approx(0.2, abs=0.05)


def test_shuffling_keeps_who_and_how_often():
    null = shuffled_items(REAL)
    assert null.num_items == REAL.num_items
    rows = np.bincount(null.user_id, minlength=240)
    before = np.bincount(REAL.user_id, minlength=240)
    assert (rows <= before).all()
    assert 0.6 * before.sum() < rows.sum() < before.sum()
    assert (shuffled_items(REAL).item_id == null.item_id).all()
    assert (
        len(shuffled_items(REAL, seed=1)) != len(null)
        or (shuffled_items(REAL, seed=1).item_id != null.item_id).any()
    )


def test_some_users_come_whole():
    few = measures.some_users(REAL, 10)
    users = np.unique(few.user_id)
    assert len(users) == 10
    assert len(few) == np.isin(REAL.user_id, users).sum()
    assert measures.some_users(REAL, 240) is REAL


def test_parts_must_be_of_one_table_and_share_nobody():
    with pytest.raises(ValueError, match="users are in more than one"):
        compare_tables(REAL, REAL, REAL, THIRD)
    others = dataclasses.replace(
        THIRD, item_vocabulary=THIRD.item_vocabulary + 1
    )
    with pytest.raises(ValueError, match="`third` has other items"):
        compare_tables(REAL, REAL, HELD_OUT, others)
