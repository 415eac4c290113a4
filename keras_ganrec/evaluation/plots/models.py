"""Plots of trained recommenders: what is on their lists, and for whom.

`listed` is, here as there, a dict from the name of a model to
`evaluation.count_listed(model, dataset)`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from keras_ganrec.evaluation.plots.look import ACCENT
from keras_ganrec.evaluation.plots.look import DASHED
from keras_ganrec.evaluation.plots.look import LINES
from keras_ganrec.evaluation.plots.look import MARKERS
from keras_ganrec.evaluation.plots.look import POINTS_SHOWN
from keras_ganrec.evaluation.plots.look import legend
from keras_ganrec.evaluation.plots.look import one_panel
from keras_ganrec.evaluation.plots.look import popularity_in
from keras_ganrec.evaluation.plots.look import small_multiples
from keras_ganrec.evaluation.plots.look import title

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def long_tail(listed, interactions) -> "Figure":
    """How often each item is recommended, by how popular it is.

    A panel per model and a point per item; of a large catalog a regular
    sample, by popularity. On the line items are recommended as often as they
    are popular. Items that are on no list lie at the bottom.

    Args:
        listed: dict from the name of a model to its counts `(num_items,)`.
        interactions: `Interactions` that the models know; or the number of
            users who have each item, `(num_items,)`.

    Raises:
        ValueError: If there is no model, or one of another catalog.
    """
    listed, popularity = _checked(listed, interactions)
    order = np.argsort(-popularity, kind="stable")
    shown = order[:: -(-len(order) // POINTS_SHOWN)]
    figure, panels, ink = small_multiples(len(listed), sharex=True, sharey=True)
    for panel, (name, counts) in zip(panels, listed.items(), strict=True):
        panel.plot(
            popularity[shown],
            counts[shown],
            ".",
            color=ACCENT,
            markersize=6,
            alpha=0.6,
            markeredgewidth=0,
        )
        # As many recommendations, dealt by popularity.
        ends = np.array([max(popularity.min(), 1), max(popularity.max(), 1)])
        dealt = ends * counts.sum() / max(popularity.sum(), 1)
        panel.plot(ends, dealt, color=ink, linewidth=1, linestyle=DASHED)
        title(panel, f"{name}: {(counts > 0).sum():,} of {len(counts):,} items")
        panel.set_xscale("symlog", linthresh=1, linscale=0.5)
        panel.set_yscale("symlog", linthresh=1, linscale=0.5)
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_formatter("{x:g}")
    least = popularity.min()
    highest = max(counts.max() for counts in listed.values())
    panels[0].set_xlim(least / 1.5 if least else -0.3, popularity.max() * 1.5)
    panels[0].set_ylim(-0.3, max(highest, 1) * 1.5)
    figure.supxlabel("users who have the item", fontsize="medium")
    figure.supylabel("lists that the item is on", fontsize="medium")
    return figure


def coverage(listed, interactions) -> "Figure":
    """How much of the catalog is recommended, and how evenly.

    Items stand by how often they are recommended, the most often first: the
    share of all recommendations that the first ones have together. Where a
    line ends is the coverage: the items beyond are on nobody's list. The thin
    line is what users have themselves.

    Args:
        listed: dict from the name of a model to its counts `(num_items,)`.
        interactions: `Interactions` that the models know; or the number of
            users who have each item, `(num_items,)`.

    Raises:
        ValueError: If there is no model, or one of another catalog.
    """
    listed, own = _checked(listed, interactions)
    figure, axes, ink = one_panel(
        "share of the catalog, most recommended first",
        "share of recommendations",
    )
    axes.plot(
        *_concentration(own),
        color=ink,
        linewidth=0.8,
        label=f"users themselves: {np.mean(own > 0):.1%}",
    )
    for number, (name, counts) in enumerate(listed.items()):
        axes.plot(
            *_concentration(counts),
            color=ACCENT if number == 0 else ink,
            marker=MARKERS[number % len(MARKERS)],
            markersize=7,
            markevery=[-1],
            zorder=10 - number,
            label=f"{name}: {np.mean(counts > 0):.1%}",
            **LINES[number % len(LINES)],
        )
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda share, _: f"{share:.0%}")
    legend(axes, title="of the catalog covered", alignment="left")
    title(axes, "Coverage of the catalog")
    return figure


def user_differences(
    values, against, baseline: str = "baseline", metric: str = "NDCG at 10"
) -> "Figure":
    """What each user gains from a model, and loses, beside a baseline.

    A panel per model: the differences of all users, sorted, and their mean
    with two standard errors to each side. A mean that is less than that away
    from zero may well be chance.

    Args:
        values: dict from the name of a model to its metric for each user,
            float `(users,)`, of `evaluation.measure_users`.
        against: The same of the baseline.
        baseline: str. Its name.
        metric: str. The name of the metric.

    Raises:
        ValueError: If there is no model, fewer than two users, or the numbers
            of users differ.
    """
    against = np.asarray(against, "float64")
    if not values or any(
        np.shape(own) != against.shape for own in values.values()
    ):
        shapes = {name: np.shape(own) for name, own in values.items()}
        raise ValueError(
            "Expected a metric of the same users, in the same order, of at "
            f"least one model and of {baseline}. Received the shapes {shapes} "
            f"and {against.shape}. Measure all on one data set."
        )
    if against.ndim != 1 or len(against) < 2:
        raise ValueError(
            f"Differences of users were given as {against.shape}. Expected "
            "one value for each of at least two users."
        )
    figure, panels, ink = small_multiples(len(values), sharey=True)
    share = np.linspace(0, 1, len(against))
    for panel, (name, own) in zip(panels, values.items(), strict=True):
        difference = np.sort(np.asarray(own, "float64") - against)[::-1]
        mean = difference.mean()
        error = difference.std(ddof=1) / np.sqrt(len(difference))
        panel.fill_between(
            share,
            difference,
            step="mid",
            facecolor="none",
            edgecolor=ACCENT,
            hatch="////",
            linewidth=0,
        )
        panel.plot(share, difference, color=ACCENT, linewidth=1.5)
        panel.axhline(0, color=ink, linewidth=0.8)
        panel.axhspan(
            mean - 2 * error, mean + 2 * error, color=ink, alpha=0.25, lw=0
        )
        panel.axhline(mean, color=ink, linewidth=1.5, linestyle=DASHED)
        better, worse = np.mean(difference > 0), np.mean(difference < 0)
        said = f"{mean:+.4f} ± {error:.4f}".replace("-", "−")
        title(panel, f"{name}: mean {said}")
        panel.text(
            0.97,
            0.95,
            f"better for {better:.0%}\nworse for {worse:.0%}",
            transform=panel.transAxes,
            ha="right",
            va="top",
        )
        panel.set_xticks([0, 0.5, 1], ["0%", "50%", "100%"])
    figure.supxlabel("users, the largest gain first", fontsize="medium")
    figure.supylabel(f"{metric}, minus {baseline}", fontsize="medium")
    return figure


def _checked(listed, interactions):
    if not isinstance(listed, Mapping) or not listed:
        raise ValueError(
            "There is no model to draw. Expected a dict from a name to "
            "`evaluation.count_listed(model, dataset)`."
        )
    listed = {name: np.asarray(counts) for name, counts in listed.items()}
    for name, counts in listed.items():
        popularity = popularity_in(interactions, name, len(counts))
    return listed, popularity


def _concentration(counts):
    """Share of the items with counts, from 0, and their share of all counts."""
    ordered = np.sort(counts[counts > 0])[::-1]
    items = np.arange(len(ordered) + 1) / len(counts)
    return items, np.append(0, np.cumsum(ordered)) / max(ordered.sum(), 1)
