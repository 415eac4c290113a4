import dataclasses

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from keras_ganrec.data import Interactions
from tests.data.conftest import pairs_of


def test_ids_follow_the_sorted_raw_ids(table):
    result = Interactions.from_dataframe(table, duplicates="first")
    assert result.user_vocabulary.tolist() == ["al", "bo", "cy", "di"]
    assert result.item_vocabulary.tolist() == [10, 20, 30]
    assert result.user_id.tolist() == [1, 0, 2, 0, 3]
    assert result.item_id.tolist() == [2, 0, 1, 1, 0]
    assert result.user_id.dtype == result.item_id.dtype == np.int32
    assert result.item_vocabulary.dtype == np.int64
    assert result.user_vocabulary.dtype.kind == "U"
    assert (len(result), result.num_users, result.num_items) == (5, 4, 3)
    assert repr(result) == "Interactions(5 of 4 users x 3 items)"


def test_to_csr_is_binary_and_sorted(table):
    matrix = Interactions.from_dataframe(table).to_csr()
    assert matrix.dtype == np.float32
    assert matrix.has_sorted_indices
    np.testing.assert_array_equal(
        matrix.toarray(), [[1, 1, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
    )


def test_to_csr_counts_a_repeated_pair_once():
    twice = Interactions(
        user_id=np.array([0, 0], np.int32),
        item_id=np.array([1, 1], np.int32),
        user_vocabulary=np.array([7]),
        item_vocabulary=np.array([8, 9]),
    )
    assert twice.to_csr().toarray().tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize(
    ("duplicates", "timestamp", "kept"),
    [
        ("last", None, 5.0),
        ("first", None, 2.0),
        ("last", "timestamp", 2.0),  # the earlier row has the later time
        ("first", "timestamp", 5.0),
    ],
)
def test_duplicates_go_by_time_else_by_row(table, duplicates, timestamp, kept):
    result = Interactions.from_dataframe(
        table, rating="rating", timestamp=timestamp, duplicates=duplicates
    )
    assert len(result) == 5
    assert result.dropped == {"duplicates": 1}
    assert result.rating[result.user_id == 1].tolist() == [kept]


@pytest.mark.parametrize(
    ("duplicates", "kept"), [("last", 3.0), ("first", 1.0)]
)
def test_equal_times_of_a_pair_go_by_row(duplicates, kept):
    table = pd.DataFrame(
        {"user": [1] * 3, "item": [1] * 3, "rating": [1.0, 2, 3], "t": [5] * 3}
    )
    result = Interactions.from_dataframe(
        table, rating="rating", timestamp="t", duplicates=duplicates
    )
    assert result.rating.tolist() == [kept]


def test_duplicates_against_a_slow_oracle():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        rng.integers(0, 12, (2000, 3)), columns=["user", "item", "timestamp"]
    )
    table["rating"] = np.arange(2000.0)
    latest = {}
    for row in table.itertuples():
        best = latest.get((row.user, row.item))
        if best is None or row.timestamp >= best[0]:
            latest[row.user, row.item] = (row.timestamp, row.rating)
    result = Interactions.from_dataframe(
        table, rating="rating", timestamp="timestamp"
    )
    assert sorted(result.rating) == sorted(r for _, r in latest.values())


def test_min_rating_applies_after_duplicates_and_is_counted(table):
    result = Interactions.from_dataframe(
        table, rating="rating", timestamp="timestamp", min_rating=4
    )
    # bo's last opinion of 30 is a 2; al's of 20 a 1; di's of 10 a 3.
    assert pairs_of(result) == {("al", 10), ("cy", 20)}
    assert result.user_vocabulary.tolist() == ["al", "cy"]
    assert result.dropped == {
        "duplicates": 1,
        "below_min_rating": 3,
        "users_below_min_rating": 2,
        "items_below_min_rating": 1,
    }
    assert result.describe()["dropped_below_min_rating"] == 3


@pytest.mark.parametrize(
    "written, known",
    [
        (["7", "12", "-3"], [-3, 7, 12]),
        ([" 7", "12", "3"], [3, 7, 12]),
        (["7.0", "12.0", "3.0"], [3, 7, 12]),
        (["007", "7", "12"], ["007", "12", "7"]),
        (["7.0", "7", "12"], ["12", "7", "7.0"]),
        (["12e3", "12000", "3"], ["12000", "12e3", "3"]),
        (["9" * 25, "7", "12"], ["12", "7", "9" * 25]),
    ],
)
def test_ids_of_a_csv_are_told_apart_as_they_are_written(
    written, known, tmp_path
):
    lines = [f"{user},{item}" for item, user in enumerate(written)]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["user,item", *lines]))
    read = Interactions.from_csv(path)
    assert read.user_vocabulary.tolist() == known
    assert len(read) == 3


def test_words_for_nothing_are_ids(tmp_path):
    (tmp_path / "a.csv").write_text("user,item\nnull,NA\nann,US\nann,NA\n")
    result = Interactions.from_csv(tmp_path / "a.csv")
    assert result.user_vocabulary.tolist() == ["ann", "null"]
    assert result.item_vocabulary.tolist() == ["NA", "US"]
    (tmp_path / "b.csv").write_text("user,item\n1,NA\n2,\n3,US\n")
    with pytest.raises(ValueError, match="1 of 3 ids in column 'item'"):
        Interactions.from_csv(tmp_path / "b.csv")


def test_times_of_a_csv_may_be_text(tmp_path):
    (tmp_path / "a.csv").write_text(
        "user,item,t\na,x,1970-01-02 00:00:07\nb,y,1970-01-01 00:00:00\n"
    )
    result = Interactions.from_csv(tmp_path / "a.csv", timestamp="t")
    assert result.timestamp.tolist() == [86_407, 0]


def test_round_trip_through_files(table, tmp_path):
    kwargs = {"rating": "rating", "timestamp": "timestamp"}
    expected = Interactions.from_dataframe(table, **kwargs)
    table.to_csv(tmp_path / "rows.csv", index=False)
    table.to_csv(tmp_path / "rows.csv.gz", index=False)
    table.to_parquet(tmp_path / "rows.parquet")
    for result in (
        Interactions.from_csv(tmp_path / "rows.csv", **kwargs),
        Interactions.from_csv(str(tmp_path / "rows.csv.gz"), **kwargs),
        Interactions.from_parquet(tmp_path / "rows.parquet", **kwargs),
    ):
        for field in dataclasses.fields(Interactions):
            left, right = (getattr(x, field.name) for x in (result, expected))
            if isinstance(left, np.ndarray):
                np.testing.assert_array_equal(left, right)
                assert left.dtype == right.dtype
            else:
                assert left == right


def test_to_dataframe_is_what_was_read(table):
    read = Interactions.from_dataframe(
        table, rating="rating", timestamp="timestamp"
    )
    again = read.to_dataframe()
    columns = list(again.columns)
    assert columns == ["user", "item", "rating", "timestamp"]
    kept = table[columns].drop(index=4)  # an earlier row of the same pair
    pd.testing.assert_frame_equal(
        again, kept.reset_index(drop=True), check_dtype=False
    )
    assert list(Interactions.from_dataframe(table).to_dataframe()) == [
        "user",
        "item",
    ]


def test_round_trip_through_csr():
    matrix = scipy.sparse.random(
        30, 20, 0.2, format="csr", random_state=0, dtype=np.float64
    )
    matrix.data[:] = 1
    result = Interactions.from_csr(matrix)
    assert result.rating is None
    assert (result.num_users, result.num_items) == (30, 20)
    np.testing.assert_array_equal(result.to_csr().toarray(), matrix.toarray())


def test_csr_values_become_ratings_and_zeros_are_no_interactions():
    matrix = scipy.sparse.csr_array(np.array([[0.0, 4.0], [2.0, 0.0]]))
    matrix.data[0] = 0.0
    result = Interactions.from_csr(matrix)
    assert (result.user_id.tolist(), result.item_id.tolist()) == ([1], [0])
    assert result.rating.tolist() == [2.0]
    assert matrix.nnz == 2, "the caller's matrix must not change"


def test_datetimes_become_unix_seconds():
    times = pd.to_datetime(["1970-01-01 00:00:05", "1970-01-02 00:00:00"])
    table = pd.DataFrame({"user": [1, 2], "item": [1, 2], "when": times})
    for column in (table["when"], table["when"].dt.tz_localize("UTC")):
        result = Interactions.from_dataframe(
            table.assign(when=column), timestamp="when"
        )
        assert result.timestamp.tolist() == [5, 86_400]


def test_features_are_aligned_to_ids_and_gaps_counted(table):
    users = pd.DataFrame(
        {"user": ["di", "al", "nobody"], "age": [40, 20, 99]},
        index=[5, 6, 7],
    )
    result = Interactions.from_dataframe(table, user_features=users)
    assert list(result.user_features.columns) == ["age"]
    assert result.user_features.index.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(
        result.user_features["age"], [20, np.nan, np.nan, 40]
    )
    assert result.describe()["users_without_features"] == 2


def test_select_keeps_vocabularies(table):
    whole = Interactions.from_dataframe(table, rating="rating")
    part = whole.select(whole.rating > 4)
    assert part.user_vocabulary is whole.user_vocabulary
    assert part.rating.tolist() == [5.0, 5.0]
    assert pairs_of(part) == {("al", 10), ("bo", 30)}
    assert pairs_of(whole.select(np.array([0]))) == {("al", 10)}


def test_with_rows_keeps_vocabularies(table):
    whole = Interactions.from_dataframe(
        table, rating="rating", timestamp="timestamp"
    )
    rows = pd.DataFrame(
        {"user_id": [3, 0], "item_id": [1, 2], "rating": [2.5, 1.0]}
    )
    more = whole.with_rows(rows)
    assert more.item_vocabulary is whole.item_vocabulary
    assert pairs_of(more) == pairs_of(whole) | {("di", 20), ("al", 30)}
    assert more.rating.tolist() == [*whole.rating, 2.5, 1.0]
    assert more.timestamp is None
    assert {x.dtype.name for x in (more.user_id, more.item_id)} == {"int32"}
    assert whole.with_rows(rows[["user_id", "item_id"]]).rating is None


def test_with_rows_refuses_what_does_not_fit(table):
    whole = Interactions.from_dataframe(table)
    for rows, message in (
        ({"user_id": [0], "item_id": [0]}, "1 of the 1 rows repeat"),
        ({"user_id": [0], "item_id": [3]}, r"\[0, 3\)"),
        ({"user_id": [0]}, "no column 'item_id'"),
    ):
        with pytest.raises(ValueError, match=message):
            whole.with_rows(pd.DataFrame(rows))


def test_describe_known_answers():
    # Item popularity 8, 1, 1; users 4, 3, 3.
    table = pd.DataFrame(
        {
            "user": [0, 1, 2, 3, 4, 5, 6, 7, 0, 1],
            "item": ["a"] * 8 + ["b", "c"],
            "t": [86_400 * day for day in range(10)],
        }
    )
    facts = Interactions.from_dataframe(table, timestamp="t").describe()
    assert facts["num_interactions"] == 10
    assert (facts["num_users"], facts["num_items"]) == (8, 3)
    assert facts["density"] == pytest.approx(10 / 24)
    assert facts["top_10_percent_items_share"] == pytest.approx(0.8)
    # 2 (1*1 + 2*1 + 3*8) / (3 * 10) - 4/3
    assert facts["item_gini"] == pytest.approx(54 / 30 - 4 / 3)
    assert facts["median_interactions_per_user"] == 1.0
    assert facts["median_interactions_per_item"] == 1.0
    assert facts["first_time"] == "1970-01-01T00:00:00+00:00"
    assert facts["days"] == 9.0
    assert facts["dropped_duplicates"] == 0


def test_one_user_and_one_item_are_a_table():
    result = Interactions.from_dataframe(
        pd.DataFrame({"user": ["u"], "item": ["i"]})
    )
    facts = result.describe()
    assert (facts["density"], facts["item_gini"]) == (1.0, 0.0)


def test_inconsistent_columns_are_refused(market):
    with pytest.raises(ValueError, match="same length"):
        dataclasses.replace(market, item_id=market.item_id[:-1])
    with pytest.raises(ValueError, match=r"`user_id` must lie in \[0, 80\)"):
        dataclasses.replace(market, user_id=market.user_id + 1)
    with pytest.raises(ValueError, match="one row per item"):
        dataclasses.replace(market, item_features=market.user_features)
