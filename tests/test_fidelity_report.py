"""The report and its plots say what the figures say."""

import math

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data.interactions import Interactions
from keras_ganrec.evaluation import plots
from keras_ganrec.evaluation.fidelity_report import fidelity_report
from keras_ganrec.evaluation.fidelity_report import verdicts
from tests.pages import text_of

NAN = math.nan


def figures(**rows):
    columns = "group synthetic floor null real best left_out".split()
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.assign(meaning="how the <table> differs")


@pytest.mark.parametrize(
    "row, way, verdict",
    [
        # Distances: from the floor to the null.
        (("fidelity", 0.05, 0.10, 0.50, NAN, 0.0), 0.0, "at the floor"),
        (("fidelity", 0.13, 0.10, 0.50, NAN, 0.0), 0.075, "near the floor"),
        (("fidelity", 0.20, 0.10, 0.50, NAN, 0.0), 0.25, "between"),
        (("fidelity", 0.50, 0.10, 0.50, NAN, 0.0), 1.0, "far off"),
        (("fidelity", 0.90, 0.10, 0.50, NAN, 0.0), 2.0, "far off"),
        # Similarities: the best value is 1.
        (("fidelity", 0.55, 0.90, 0.10, NAN, 1.0), 0.4375, "between"),
        # Levels: as far from the real one as other real users are.
        (("fidelity", 0.40, 0.62, 0.20, 0.60, "real"), 0.18 / 0.38, "between"),
        # A null that does not differ is no measure; the level itself is.
        (("fidelity", 0.23, 0.62, 0.63, 0.63, "real"), NAN, "far off"),
        # Usefulness: more than the real users give is no fault.
        (("usefulness", 0.46, 0.44, 0.10, NAN, "high"), 0.0, "at the floor"),
        (("usefulness", 0.27, 0.44, 0.10, NAN, "high"), 0.5, "between"),
        # Shuffled items give nobody away, so there is no way to go.
        (("privacy", 0.60, 0.50, 0.90, NAN, 0.5), NAN, "between"),
        (("privacy", 0.51, 0.50, 0.90, NAN, 0.5), NAN, "near the floor"),
        (("privacy", 0.90, 0.50, 0.50, NAN, 0.5), NAN, "far off"),
        # Not measured.
        (("fidelity", NAN, NAN, NAN, NAN, 0.0), NAN, ""),
        (("fidelity", 0.90, 0.10, 0.50, NAN, "real"), NAN, ""),
    ],
)
def test_verdicts(row, way, verdict):
    (found,) = verdicts(figures(x=(*row, ""))).itertuples()
    assert found.way == pytest.approx(way, nan_ok=True)
    assert found.verdict == verdict


@pytest.fixture(scope="module")
def tables():
    rng = np.random.default_rng(0)
    pair = rng.choice(40 * 20, 300, replace=False)
    real = Interactions.from_dataframe(
        pd.DataFrame(
            {
                "user": pair // 20,
                "item": pair % 20,
                "rating": rng.integers(1, 6, 300),
                "timestamp": 1_600_000_000 + rng.integers(0, 86_400, 300),
            }
        ),
        rating="rating",
        timestamp="timestamp",
    )
    return real, real.select(rng.permutation(300)[:250])


def test_the_report_is_one_page_that_says_what_was_measured(tables):
    page = fidelity_report(
        figures(
            lift_ks=("fidelity", 0.9, 0.1, 0.5, NAN, 0.0, ""),
            rating_tv=("fidelity", 0.3, 0.1, 0.5, NAN, 0.0, ""),
            user_degree_ks=("fidelity", 0.1, 0.1, 0.5, NAN, 0.0, ""),
            **{
                "taste_auc (age_group)": ("features", 0.8, 0.8, 0.5, NAN)
                + ("high", "")
            },
            gap_ks=("fidelity", NAN, NAN, NAN, NAN, 0.0, "needs times"),
            membership_auc=("privacy", 0.61, 0.5, 0.5, NAN, 0.5, ""),
            **{
                "ndcg_at_10 (EASE)": ("usefulness", 0.3, 0.4, 0.1, NAN)
                + ("high", "")
            },
        ),
        *tables,
        {"Data": "<my> data"},
    )
    text = text_of(page)
    assert page.count("<svg") == 5
    assert "&lt;my&gt; data" in text and "How the &lt;table&gt;" in text
    assert (
        "Features: are users the people they were? Taste AUC (age_group) at"
        in (" ".join(text.split()))
    )
    assert "2 of 5 figures of likeness and use are at or near" in text
    assert "with an AUC of 0.61" in text
    assert "can still be highly vulnerable" in text
    # The farthest first; the one at its floor is not among them.
    worst = text.partition("Where it betrays itself")[2]
    worst = worst.partition("Beside one another")[0]
    assert worst.index("Lift KS") < worst.index("Rating TV")
    assert worst.index("Rating TV") < worst.index("NDCG at 10 (EASE)")
    assert "User degree" not in worst and "Membership" not in worst
    assert "Gap KS: needs times" in text.partition("Not measured")[2]


def test_a_report_without_ratings_and_times_has_fewer_plots(tables):
    bare = [
        Interactions.from_csr(table.to_csr().astype(bool)) for table in tables
    ]
    row = ("fidelity", 0.9, 0.1, 0.5, NAN, 0.0, "")
    page = fidelity_report(figures(lift_ks=row), *bare, {})
    assert page.count("<svg") == 3


def test_plots_draw_the_numbers(tables):
    real, other = tables
    lines = plots.popularity_curve(real, other).axes[0].lines
    counts = np.sort(np.bincount(real.item_id))[::-1]
    np.testing.assert_allclose(lines[0].get_ydata(), counts / 300)

    lines = plots.user_degrees(real, other).axes[0].lines
    x, y = lines[1].get_data()
    degree = np.bincount(other.user_id)
    for least in np.unique(degree[degree > 0]):
        share = (degree >= least).sum() / (degree > 0).sum()
        assert y[x == least].max() == pytest.approx(share)

    bars = plots.ratings(real, other).axes[0].patches
    assert [bar.get_height() for bar in bars[:5]] == pytest.approx(
        (np.bincount(real.rating.astype(int))[1:] / 300).tolist()
    )
    (steps, _) = plots.time_of_day(real, other).axes[0].patches
    hours = real.timestamp // 3600 % 24
    np.testing.assert_allclose(
        steps.get_data().values, np.bincount(hours, minlength=24) / 300
    )
    points = plots.co_occurrence(real, real).axes[0].lines[0]
    np.testing.assert_array_equal(*points.get_data())


def test_the_two_tables_can_be_told_apart_without_colours(tables):
    for draw in (plots.popularity_curve, plots.user_degrees):
        first, second = draw(*tables).axes[0].lines
        assert first.get_linestyle() != second.get_linestyle()
    bars = plots.ratings(*tables).axes[0].patches
    assert bars[0].get_hatch() != bars[-1].get_hatch()


def test_plots_need_what_they_draw(tables):
    bare = Interactions.from_csr(tables[0].to_csr().astype(bool))
    with pytest.raises(ValueError, match="has no ratings to draw"):
        plots.ratings(tables[0], bare)
    with pytest.raises(ValueError, match="has no timestamps to draw"):
        plots.time_of_day(bare, tables[0])
