"""How all plots look: one ink, one accent, and no colour without a shape.

The ink is the colour of text of the style in use, so that plots are readable
on dark ground, too; what is beside it is in the accent, and dashed, hatched or
of another marker, for who prints in black and white.
"""

import functools
import io
import math

import numpy as np

from keras_ganrec import extras
from keras_ganrec.evaluation import fidelity

SIZE = (5.0, 3.4)  # inches
ACCENT = "#d1603d"  # 3:1 and more on white and on black
DASHED = (0, (4, 2))
POINTS_SHOWN = 1500
# Of lines that are beside each other; the first is the one to look at.
MARKERS = "os^Dvx"
LINES = (
    {"linestyle": "-", "linewidth": 2},
    {"linestyle": DASHED, "linewidth": 2},
    {"linestyle": (0, (1, 1.2)), "linewidth": 2},
    {"linestyle": (0, (6, 2, 1, 2)), "linewidth": 2},
    {"linestyle": "-", "linewidth": 1},
    {"linestyle": DASHED, "linewidth": 1},
)


def load_matplotlib(part="matplotlib"):
    """Returns matplotlib or a part of it; an ImportError says what to do."""
    return extras.load(part, "matplotlib", "plots", "Plots are drawn with")


def panels(rows=1, columns=1, size=SIZE, **how):
    """Returns an empty figure, its axes `(rows, columns)`, and the ink.

    Args:
        rows: int.
        columns: int.
        size: Width and height of the figure in inches.
        **how: Of `Figure.subplots`.
    """
    matplotlib = load_matplotlib()
    figure = load_matplotlib("matplotlib.figure").Figure(
        figsize=size, layout="constrained"
    )
    axes = figure.subplots(rows, columns, squeeze=False, **how)
    for each in axes.flat:
        each.spines[["top", "right"]].set_visible(False)
    # A notebook shows a figure by itself only after `%matplotlib inline`.
    figure._repr_png_ = functools.partial(_png, figure)
    return figure, axes, matplotlib.rcParams["text.color"]


def _png(figure):
    file = io.BytesIO()
    figure.savefig(file, bbox_inches="tight")
    return file.getvalue()


def one_panel(x, y):
    """Returns a figure, its only axes with these labels, and the ink."""
    figure, ((axes,),), ink = panels()
    axes.set(xlabel=x, ylabel=y)
    return figure, axes, ink


def small_multiples(number, size=(3.2, 2.9), **how):
    """Returns a figure, `number` axes of one size in inches, and the ink."""
    columns = 2 if number == 4 else min(number, 3)
    rows = math.ceil(number / columns)
    width, height = SIZE if number == 1 else size
    figure, axes, ink = panels(
        rows, columns, (columns * width, rows * height), **how
    )
    for empty in axes.flat[number:]:
        empty.remove()
    shown = axes.flat[:number]
    for lowest in shown[-columns:]:
        lowest.tick_params(labelbottom=True)  # also above an empty place
    return figure, shown, ink


def title(axes, text):
    """What a panel shows, above it and to the left."""
    axes.set_title(text, loc="left", fontsize="medium")


def legend(axes, **how):
    """A legend without a frame."""
    axes.legend(frameon=False, **how)


def logarithmic(axes):
    """Both axes, with plain numbers at 1, 2 and 5 where there is room."""
    ticker = load_matplotlib("matplotlib.ticker")
    axes.set(xscale="log", yscale="log")
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        steps = (1, 2, 5) if high < 100 * low else (1,)
        axis.set_major_locator(ticker.LogLocator(subs=steps))
        axis.set_major_formatter(ticker.FormatStrFormatter("%g"))
        axis.set_minor_formatter(ticker.NullFormatter())


def popularity_in(known, name, number):
    """Number of users who have each item, `(num_items,)`.

    Args:
        known: `Interactions`, or such numbers.
        name: str. Of what is drawn beside.
        number: int. Of its items.

    Raises:
        ValueError: If there are as many items in neither.
    """
    popularity = np.asarray(
        fidelity.item_popularity(known) if hasattr(known, "to_csr") else known
    )
    if number != len(popularity):
        raise ValueError(
            f"{name} has {number} items, and the interactions have "
            f"{len(popularity)}. Expected the same catalog. Take both from "
            "one data set."
        )
    return popularity
