import json

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import conditional_rows
from keras_ganrec.mode_encoding import ModeEncoding
from keras_ganrec.mode_encoding import num_profiles

pytest.importorskip("sklearn")


def people(n=400, seed=0):
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "age": random.integers(18, 70, n),
            "income": np.exp(random.normal(10, 0.5, n)),
            "size": random.integers(30, 90, n).astype("float32"),
            "stars": random.choice([0.7, 1.1, 2.3], n),
            "member": random.random(n) < 0.4,
            "answer": random.choice(np.array([True, False, None]), n),
            "visits": pd.array(random.integers(0, 99, n), "Int64"),
            "job": random.choice(
                ["nurse", "cook", "clerk"], n, p=[0.7, 0.2, 0.1]
            ),
            "rank": pd.Categorical(
                random.choice(["low", "high"], n), ["low", "mid", "high"], True
            ),
        }
    )
    for name in ("size", "stars", "visits", "job", "rank"):
        table.loc[random.random(n) < 0.2, name] = None
    return table


def test_rows_come_back_in_their_own_types():
    table = people()
    encoding, rows = ModeEncoding.of(table)
    again = ModeEncoding.from_dict(json.loads(json.dumps(encoding.to_dict())))
    assert again == encoding
    for known in (encoding, again):
        pd.testing.assert_frame_equal(
            known.decode(rows), table, check_exact=False, rtol=1e-4
        )
    exact = ["age", "stars", "member", "answer", "visits", "job", "rank"]
    pd.testing.assert_frame_equal(encoding.decode(rows)[exact], table[exact])


def test_two_modes_are_found_and_places_lie_in_them():
    random = np.random.default_rng(0)
    known = np.concatenate(
        [random.normal(0, 1, 3000), random.normal(50, 2, 1000)]
    )
    encoding, rows = ModeEncoding.of(known[:, None])
    (choices,) = encoding.choices
    means, deviations = np.transpose(choices.modes)
    means = known.min() + means * np.ptp(known)
    assert encoding.num_choices == (2,)
    order = np.argsort(means)
    np.testing.assert_allclose(means[order], [0, 50], atol=0.2)
    # The prior of the mixture is wide: deviations come out larger.
    low, high = deviations[order] * np.ptp(known)
    assert 1 < low < 1.25
    assert 2 < high < 2.5
    np.testing.assert_allclose(np.take(choices.shares, order), [0.75, 0.25])
    # A place is in four deviations of the own mode.
    expected = np.where(known < 20, known / low, (known - 50) / high) / 4
    np.testing.assert_allclose(rows[:, 0], expected, atol=0.02)
    # A place that G may make, two deviations above the mean of the higher one.
    made = np.zeros((1, 3))
    made[0, 0], made[0, 1 + order[1]] = 0.5, 1
    assert encoding.decode(made)[0][0] == pytest.approx(50 + 2 * high, abs=0.2)


def test_a_mode_is_drawn_where_two_overlap():
    values = np.random.default_rng(0).normal(0, 1, 2000)
    values[::2] += 2.5
    encoding, rows = ModeEncoding.of(values[:, None])
    chosen = encoding.chosen(rows)[:, 0]
    assert len(encoding.choices[0].modes) >= 2
    # Sorted by value, neighbors near the middle are often of two modes.
    middle = chosen[np.argsort(values)][900:1100]
    assert (middle[1:] != middle[:-1]).mean() > 0.2


def test_numbers_stay_in_the_range_of_the_table():
    encoding, rows = ModeEncoding.of(people()[["age", "income"]])
    far = np.where(encoding.decode(rows)["age"].to_numpy()[:, None] > 40, 1, -1)
    made = rows.copy()
    made[:, [0, 1 + encoding.num_choices[0]]] = far
    table = people()
    for name in ("age", "income"):
        cells = encoding.decode(made)[name]
        assert cells.between(table[name].min(), table[name].max()).all()


def test_a_missing_cell_is_the_last_choice():
    table = people()[["job", "size", "age"]]
    encoding, rows = ModeEncoding.of(table)
    assert [c.missing for c in encoding.choices] == [True, True, False]
    chosen = encoding.chosen(rows)
    for index, name in enumerate(["job", "size"]):
        last = encoding.num_choices[index] - 1
        np.testing.assert_array_equal(
            chosen[:, index] == last, table[name].isna()
        )
        assert encoding.choices[index].shares[-1] == table[name].isna().mean()
    assert not rows[table["size"].isna(), encoding.num_choices[0]].any()


def test_values_of_conditions():
    encoding, rows = ModeEncoding.of(people())
    assert encoding.condition_columns == [
        "stars",
        "member",
        "answer",
        "job",
        "rank",
    ]
    assert encoding.values_of("job") == ["clerk", "cook", "nurse", None]
    assert encoding.values_of("stars") == [0.7, 1.1, 2.3, None]
    assert encoding.values_of("member") == [False, True]
    assert encoding.values_of("answer") == [False, True, None]
    with pytest.raises(ValueError, match="'age' is no condition.*'job'"):
        encoding.values_of("age")
    assert len(encoding.condition_features) == 4 + 2 + 3 + 4 + 3
    np.testing.assert_array_equal(
        rows[:, encoding.condition_features].sum(axis=1), 5
    )


def test_the_number_of_profiles():
    assert num_profiles(np.zeros((7, 2))) == 1
    assert num_profiles(np.array([[0, 1], [0, 2], [0, 1], [0, 2]])) == 2
    assert num_profiles(np.array([[1], [1], [1], [0]])) == 16 / 10


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([1.0] * 30, "is constant"),
        ([None] * 30, "is missing in all 30 rows"),
        ([f"user {i}" for i in range(30)], "30 different texts"),
        (pd.date_range("2020", periods=30), "of type datetime"),
        ([np.inf, *range(29)], "infinite"),
    ],
)
def test_bad_columns(column, message):
    table = pd.DataFrame({"ok": np.arange(30), "bad": column})
    with pytest.raises(ValueError, match=message):
        conditional_rows(table)


def test_bad_arguments():
    with pytest.raises(ValueError, match="`max_modes` must be .* max_modes=0"):
        conditional_rows(people(), max_modes=0)
    with pytest.raises(ValueError, match="`batch_size` must be"):
        conditional_rows(people(), batch_size=0)
    with pytest.raises(ValueError, match="`num_batches` must be"):
        conditional_rows(people(), num_batches=0)


def batches(dataset, epoch=0):
    dataset.epoch.assign(epoch)
    parts = [(b["row"].numpy(), b["condition"].numpy()) for b in dataset]
    assert len({len(rows) for rows, _ in parts}) == 1
    return [np.concatenate(x) for x in zip(*parts, strict=True)]


def test_rows_are_drawn_after_a_value_that_they_have():
    n = 20_000
    job = np.repeat(["cook", "nurse", "clerk"], [n - 100, 90, 10])
    table = pd.DataFrame({"job": job, "x": np.arange(n), "flag": job == "cook"})
    dataset = conditional_rows(table, batch_size=500, max_modes=2)
    assert len(dataset) == 40
    rows, conditions = batches(dataset)
    np.testing.assert_array_equal(conditions.sum(axis=1), 1)
    has = rows[:, dataset.encoding.condition_features]
    assert (has * conditions).sum(axis=1).all()
    logs = np.log1p([10, n - 100, 90])  # clerk, cook, nurse
    flags = np.log1p([100, n - 100])
    expected = np.concatenate([logs / logs.sum(), flags / flags.sum()]) / 2
    np.testing.assert_allclose(conditions.mean(axis=0), expected, atol=0.015)
    # All rows of a value are drawn alike.
    cooks = dataset.encoding.decode(rows)["x"][conditions[:, 1] == 1]
    assert cooks.mean() == pytest.approx(n / 2, rel=0.02)
    assert cooks.std() == pytest.approx(n / 12**0.5, rel=0.02)


def test_draws_are_of_seed_and_epoch():
    def made(epoch, seed=0):
        return batches(
            conditional_rows(people()[["job", "member"]], 100, seed=seed), epoch
        )

    for x, y in zip(made(1), made(1), strict=True):
        np.testing.assert_array_equal(x, y)
    for other in (made(2), made(1, seed=1)):
        assert (made(1)[0] != other[0]).any()


def test_a_table_without_categories_is_drawn_evenly():
    dataset = conditional_rows(np.arange(1000.0)[:, None], 500)
    rows, conditions = batches(dataset)
    assert conditions.shape == (1000, 0)
    drawn = dataset.encoding.decode(rows)[0]
    assert drawn.mean() == pytest.approx(500, abs=40)
    assert 550 < drawn.nunique() < 700  # 632 of 1000 drawn anew


def test_a_short_table_fills_a_batch():
    members = people(7)[["member"]]
    for num_batches, expected in ((None, 50), (3, 150)):
        dataset = conditional_rows(members, 50, num_batches=num_batches)
        assert len(batches(dataset)[0]) == expected
