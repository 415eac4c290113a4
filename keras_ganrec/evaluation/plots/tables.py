"""Plots of a synthetic table beside the real one.

Each function takes two `Interactions`. The real table is solid and in the ink,
the synthetic one dashed or hatched and in the accent.
"""

from typing import TYPE_CHECKING

import numpy as np

from keras_ganrec.evaluation import fidelity
from keras_ganrec.evaluation.plots.look import ACCENT
from keras_ganrec.evaluation.plots.look import DASHED
from keras_ganrec.evaluation.plots.look import POINTS_SHOWN
from keras_ganrec.evaluation.plots.look import legend
from keras_ganrec.evaluation.plots.look import logarithmic
from keras_ganrec.evaluation.plots.look import one_panel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SECONDS_PER_HOUR = 3_600


def popularity_curve(real, synthetic) -> "Figure":
    """Share of all interactions that the item of each rank has."""
    figure, axes, ink = one_panel("rank of the item", "share of interactions")
    for table, style in _both(real, synthetic, ink):
        counts = np.sort(fidelity.degrees(table)[1])[::-1]
        ranks = np.arange(1, len(counts) + 1)
        axes.plot(ranks, counts / counts.sum(), **style)
    logarithmic(axes)
    legend(axes)
    return figure


def user_degrees(real, synthetic) -> "Figure":
    """Share of the users who have at least so many items."""
    figure, axes, ink = one_panel("items of a user, at least", "share of users")
    for table, style in _both(real, synthetic, ink):
        counts = np.sort(fidelity.degrees(table)[0])
        share = 1.0 - np.arange(len(counts)) / len(counts)
        axes.plot(counts, share, **style)
    logarithmic(axes)
    legend(axes)
    return figure


def ratings(real, synthetic) -> "Figure":
    """Share of each rating; of more than 20 values, in 20 bins.

    Raises:
        ValueError: A table has no ratings.
    """
    values = [_required(table, "rating") for table in (real, synthetic)]
    figure, axes, ink = one_panel("rating", "share of ratings")
    distinct = np.unique(np.concatenate(values))
    if len(distinct) > 20:
        edges = np.linspace(distinct[0], distinct[-1], 21)
        places = (edges[1:] + edges[:-1]) / 2
        width = edges[1] - edges[0]
        counts = [np.histogram(v, edges)[0] for v in values]
    else:
        places = distinct
        width = np.diff(distinct).min() if len(distinct) > 1 else 1.0
        counts = [(v[:, None] == distinct).sum(axis=0) for v in values]
    looks = (
        {"label": "real", "facecolor": ink},
        {"label": "synthetic", "facecolor": "none", "hatch": "////"},
    )
    for side, (count, look) in enumerate(zip(counts, looks, strict=True)):
        axes.bar(
            places + (side - 0.5) * 0.4 * width,
            count / count.sum(),
            0.4 * width,
            edgecolor=ink if side == 0 else ACCENT,
            **look,
        )
    if len(distinct) <= 10:
        axes.set_xticks(distinct)
    legend(axes)
    return figure


def co_occurrence(real, synthetic) -> "Figure":
    """How many times more than by chance pairs of items occur together.

    Pairs of the real table's most popular items, one point each; of many, a
    regular sample. On the line both tables agree.
    """
    figure, axes, ink = one_panel("lift, real", "lift, synthetic")
    items = fidelity.top_items(real)
    lifts = [
        (observed + 1.0) / (expected + 1.0)
        for observed, expected in (
            fidelity.co_occurrence(table, items) for table in (real, synthetic)
        )
    ]
    every = -(-len(lifts[0]) // POINTS_SHOWN)
    shown = [lift[::every] for lift in lifts]
    axes.plot(*shown, ".", color=ACCENT, markersize=2.5, alpha=0.6)
    ends = [np.min(shown), np.max(shown)]
    axes.plot(ends, ends, color=ink, linewidth=1)
    logarithmic(axes)
    return figure


def time_of_day(real, synthetic) -> "Figure":
    """Share of the interactions in each hour of the day, UTC.

    Raises:
        ValueError: A table has no times.
    """
    figure, axes, ink = one_panel(
        "hour of the day, UTC", "share of interactions"
    )
    for table, style in _both(real, synthetic, ink):
        hours = _required(table, "timestamp") // SECONDS_PER_HOUR % 24
        share = np.bincount(hours, minlength=24) / len(hours)
        axes.stairs(share, np.arange(25), baseline=None, **style)
    axes.set_xticks(np.arange(0, 25, 6))
    axes.set_ylim(bottom=0)
    legend(axes)
    return figure


def _both(real, synthetic, ink):
    return (
        (real, {"label": "real", "color": ink, "linewidth": 1.5}),
        (
            synthetic,
            {
                "label": "synthetic",
                "color": ACCENT,
                "linestyle": DASHED,
                "linewidth": 2,
            },
        ),
    )


def _required(table, column):
    values = getattr(table, column)
    if values is None:
        raise ValueError(
            f"A table has no {column}s to draw. Expected two tables that "
            "have them. Name the column when reading the data."
        )
    return values
