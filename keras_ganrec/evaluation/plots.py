"""Plots of a synthetic table beside the real one.

Each function takes `Interactions` and returns a `matplotlib.figure.Figure`,
to be shown in a notebook or saved. The real table is a solid line, the
synthetic one dashed or hatched, so that both can be told apart in black and
white. Lines that say "real" are in the colour of the text.
"""

import numpy as np

from keras_ganrec import extras
from keras_ganrec.evaluation import fidelity

SIZE = (5.0, 3.4)  # inches
ACCENT = "#d1603d"  # 3:1 and more on white and on black
POINTS_SHOWN = 1500
SECONDS_PER_HOUR = 3_600


def popularity_curve(real, synthetic):
    """Share of all interactions that the item of each rank has."""
    figure, axes, ink = _axes("rank of the item", "share of interactions")
    for table, style in _both(real, synthetic, ink):
        counts = np.sort(fidelity.degrees(table)[1])[::-1]
        ranks = np.arange(1, len(counts) + 1)
        axes.plot(ranks, counts / counts.sum(), **style)
    _logarithmic(axes)
    axes.legend(frameon=False)
    return figure


def user_degrees(real, synthetic):
    """Share of the users who have at least so many items."""
    figure, axes, ink = _axes("items of a user, at least", "share of users")
    for table, style in _both(real, synthetic, ink):
        counts = np.sort(fidelity.degrees(table)[0])
        share = 1.0 - np.arange(len(counts)) / len(counts)
        axes.plot(counts, share, **style)
    _logarithmic(axes)
    axes.legend(frameon=False)
    return figure


def ratings(real, synthetic):
    """Share of each rating; of more than 20 values, in 20 bins.

    Raises:
        ValueError: A table has no ratings.
    """
    values = [_required(table, "rating") for table in (real, synthetic)]
    figure, axes, ink = _axes("rating", "share of ratings")
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
    axes.legend(frameon=False)
    return figure


def co_occurrence(real, synthetic):
    """How many times more than by chance pairs of items occur together.

    Pairs of the real table's most popular items, one point each; of many, a
    regular sample. On the line both tables agree.
    """
    figure, axes, ink = _axes("lift, real", "lift, synthetic")
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
    _logarithmic(axes)
    return figure


def time_of_day(real, synthetic):
    """Share of the interactions in each hour of the day, UTC.

    Raises:
        ValueError: A table has no times.
    """
    figure, axes, ink = _axes("hour of the day, UTC", "share of interactions")
    for table, style in _both(real, synthetic, ink):
        hours = _required(table, "timestamp") // SECONDS_PER_HOUR % 24
        share = np.bincount(hours, minlength=24) / len(hours)
        axes.stairs(share, np.arange(25), baseline=None, **style)
    axes.set_xticks(np.arange(0, 25, 6))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure


def load_matplotlib(part="matplotlib"):
    """Returns matplotlib or a part of it; an ImportError says what to do."""
    return extras.load(part, "matplotlib", "plots", "Plots are drawn with")


def _axes(x, y):
    matplotlib = load_matplotlib()
    figure = load_matplotlib("matplotlib.figure").Figure(
        figsize=SIZE, layout="constrained"
    )
    axes = figure.subplots()
    axes.set(xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes, matplotlib.rcParams["text.color"]


def _logarithmic(axes):
    """Both axes, with plain numbers at 1, 2 and 5 where there is room."""
    ticker = load_matplotlib("matplotlib.ticker")
    axes.set(xscale="log", yscale="log")
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        steps = (1, 2, 5) if high < 100 * low else (1,)
        axis.set_major_locator(ticker.LogLocator(subs=steps))
        axis.set_major_formatter(ticker.FormatStrFormatter("%g"))
        axis.set_minor_formatter(ticker.NullFormatter())


def _both(real, synthetic, ink):
    return (
        (real, {"label": "real", "color": ink, "linewidth": 1.5}),
        (
            synthetic,
            {
                "label": "synthetic",
                "color": ACCENT,
                "linestyle": (0, (4, 2)),
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
