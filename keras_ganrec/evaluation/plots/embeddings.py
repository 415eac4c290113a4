"""Plots of embeddings: items in the plane."""

from typing import TYPE_CHECKING

import numpy as np

from keras_ganrec.evaluation.plots.look import ACCENT
from keras_ganrec.evaluation.plots.look import POINTS_SHOWN
from keras_ganrec.evaluation.plots.look import one_panel
from keras_ganrec.evaluation.plots.look import popularity_in
from keras_ganrec.evaluation.plots.look import title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LABELS_SHOWN = 6
SMALLEST, LARGEST = 6.0, 120.0  # areas of points, in points squared


def embedding_map(embeddings, interactions=None, labels=None) -> "Figure":
    """Items as points in the plane of the two directions they vary most in.

    The first two principal components of the embeddings. What lies together
    is recommended together; what share of the differences the plane shows is
    said at its axes. Of a large catalog a regular sample is shown.

    Args:
        embeddings: Array or tensor `(num_items, dim)`, such as
            `model.item_embeddings()`.
        interactions: Optional `Interactions`, or the number of users who have
            each item, `(num_items,)`. With it, popular items are larger.
        labels: Optional sequence `(num_items,)`, such as a column of
            `interactions.item_features`. Items with the same label look the
            same; of more than six, the rarer ones are drawn as "other".

    Raises:
        ValueError: If the embeddings are not a finite matrix of at least two
            items and two columns, or are of another catalog.
    """
    points = np.asarray(embeddings, "float64")
    if (
        points.ndim != 2
        or min(points.shape) < 2
        or not np.isfinite(points).all()
    ):
        raise ValueError(
            f"Embeddings of the shape {points.shape} have no map. Expected "
            "finite numbers (num_items, dim), of two items and two columns at "
            "least, as of `model.item_embeddings()`."
        )
    num_items = len(points)
    sizes = np.full(num_items, 14.0)
    if interactions is not None:
        popularity = popularity_in(
            interactions, "The table of embeddings", num_items
        )
        share = popularity / max(popularity.max(), 1)
        sizes = SMALLEST + (LARGEST - SMALLEST) * share
    if labels is not None and len(labels) != num_items:
        raise ValueError(
            f"There are {len(labels)} labels and {num_items} items. Expected "
            "one label per item, in the order of the item ids."
        )
    places, shares = _principal(points)
    figure, axes, ink = one_panel(
        f"first direction, {shares[0]:.0%} of the variance",
        f"second direction, {shares[1]:.0%} of the variance",
    )
    groups = [("", np.arange(num_items))] if labels is None else _groups(labels)
    every = -(-num_items // POINTS_SHOWN)
    for (label, rows), look in zip(groups, _looks(ink), strict=False):
        rows = rows[rows % every == 0]
        axes.scatter(*places[rows].T, s=sizes[rows], label=label, **look)
    axes.set_aspect("equal", "datalim")
    larger = "" if interactions is None else ", popular ones larger"
    title(axes, f"Map of the items{larger}")
    if labels is not None:
        named = figure.legend(
            loc="outside right upper",
            frameon=False,
            title=getattr(labels, "name", None),
        )
        for handle in named.legend_handles:
            handle.set_sizes([30])
    return figure


def _principal(points):
    """First two principal components, and each one's share of the variance."""
    centered = points - points.mean(axis=0)
    left, values, right = np.linalg.svd(centered, full_matrices=False)
    # The sign of a component is free: its largest weight is positive.
    largest = np.abs(right).argmax(axis=1)
    signs = np.sign(right[np.arange(len(right)), largest])
    variance = values**2
    shares = variance / max(variance.sum(), np.finfo("float64").tiny)
    return (left * values * signs)[:, :2], shares[:2]


def _groups(labels):
    """Row numbers of each label, the most frequent one first."""
    labels = np.array([str(label) for label in labels])
    names, inverse, counts = np.unique(
        labels, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")
    if len(order) <= LABELS_SHOWN:
        return [(names[i], np.flatnonzero(inverse == i)) for i in order]
    kept, others = np.split(order, [LABELS_SHOWN - 1])
    groups = [(names[i], np.flatnonzero(inverse == i)) for i in kept]
    return [*groups, ("other", np.flatnonzero(np.isin(inverse, others)))]


def _looks(ink):
    """Points that can be told apart in one colour, too."""
    return (
        {"marker": "o", "facecolor": ink, "alpha": 0.75, "linewidth": 0},
        {"marker": "s", "facecolor": "none", "edgecolor": ACCENT},
        {"marker": "^", "facecolor": ACCENT, "alpha": 0.75, "linewidth": 0},
        {"marker": "D", "facecolor": "none", "edgecolor": ink},
        {"marker": "x", "color": ACCENT},
        {"marker": "+", "color": ink, "alpha": 0.6},
    )
