"""Golden values: SDMetrics 0.32.0, on the same random numbers."""

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.evaluation import similarity


def test_ks_complement_is_that_of_sdmetrics():
    value = similarity.ks_complement(
        np.random.RandomState(1).exponential(size=1000),
        np.random.RandomState(2).exponential(1.2, 800),
    )
    assert value == pytest.approx(0.94, abs=1e-9)
    missing = [1.0, 2.0, np.nan, 3.0, np.nan], [1.0, np.nan, 2.0, 2.0]
    assert similarity.ks_complement(*missing) == pytest.approx(2 / 3)


def test_tv_complement_is_that_of_sdmetrics():
    value = similarity.tv_complement(
        np.random.RandomState(1).choice(
            list("12345"), 1000, p=[0.06, 0.11, 0.27, 0.34, 0.22]
        ),
        np.random.RandomState(2).choice(
            list("12345"), 800, p=[0.1, 0.1, 0.2, 0.4, 0.2]
        ),
    )
    assert value == pytest.approx(0.9255, abs=1e-9)
    missing = ["a", None, "b", None], ["a", "a", None]
    assert similarity.tv_complement(*missing) == pytest.approx(0.5)


def test_correlation_similarity_is_that_of_sdmetrics():
    random = np.random.RandomState(3)
    real = random.normal(size=(300, 2)) @ np.array([[1, 0.8], [0, 0.6]])
    other = random.normal(size=(200, 2)) @ np.array([[1, -0.3], [0, 0.9]])
    real, other = pd.DataFrame(real), pd.DataFrame(other)
    assert similarity.correlation_similarity(real, other) == pytest.approx(
        0.45071263444879517, abs=1e-12
    )
    assert similarity.correlation_similarity(
        real, other, "spearman"
    ) == pytest.approx(0.46076775339921505, abs=1e-12)
    real[0] = 1.0
    assert np.isnan(similarity.correlation_similarity(real, other))


def categories():
    random = np.random.RandomState(4)
    return (
        pd.DataFrame(
            {
                "a": random.choice(list("xyz"), 300),
                "b": random.choice(list("pq"), 300, p=[0.7, 0.3]),
            }
        ),
        pd.DataFrame(
            {
                "a": random.choice(list("xyzw"), 200),
                "b": random.choice(list("pq"), 200),
            }
        ),
    )


def test_contingency_similarity_is_that_of_sdmetrics():
    real, other = categories()
    assert similarity.contingency_similarity(real, other) == pytest.approx(
        0.695
    )
    real.loc[:20, "a"] = None
    assert similarity.contingency_similarity(real, other) == pytest.approx(
        0.6816666666666666
    )


def test_nothing_is_like_nothing_else():
    for measure in (similarity.ks_complement, similarity.tv_complement):
        assert measure([1, 1], [2, 2, 2]) == 0.0
        assert measure([1, 2], [2, 1, 1, 2]) == 1.0
        assert np.isnan(measure([1.0], [np.nan]))


def test_jensen_shannon_of_histograms():
    assert similarity.jensen_shannon([1, 0], [0, 5]) == pytest.approx(1.0)
    assert similarity.jensen_shannon([1, 3], [2, 6]) == pytest.approx(0.0)
    # Halves: H([.75, .25]) - (H([.5, .5]) + H([1, 0])) / 2.
    assert similarity.jensen_shannon([1, 1], [3, 0]) == pytest.approx(
        0.8112781 - 0.5, abs=1e-6
    )


def test_columns_are_compared_by_kind_and_in_pairs():
    real, other = categories()
    for table in (real, other):
        table["age"] = np.arange(len(table)) % 50
        table["income"] = table["age"] * 2.0
    found = similarity.compare_columns(real, other)
    measures = found.set_index(["first", "second"])["measure"].to_dict()
    assert measures == {
        ("a", ""): "tv_complement",
        ("b", ""): "tv_complement",
        ("age", ""): "ks_complement",
        ("income", ""): "ks_complement",
        ("a", "b"): "contingency_similarity",
        ("age", "income"): "correlation_similarity",
    }
    values = found.set_index(["first", "second"])["similarity"]
    assert values["a", "b"] == pytest.approx(0.695)
    assert values["age", "income"] == pytest.approx(1.0)
    with pytest.raises(ValueError, match=r"lacks the columns \['b'\]"):
        similarity.compare_columns(real, other.drop(columns="b"))
