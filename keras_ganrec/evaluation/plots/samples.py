"""Plots of what a generator makes, epoch by epoch."""

from typing import TYPE_CHECKING

import numpy as np

from keras_ganrec.evaluation.plots.look import ACCENT
from keras_ganrec.evaluation.plots.look import POINTS_SHOWN
from keras_ganrec.evaluation.plots.look import panels
from keras_ganrec.evaluation.plots.look import small_multiples
from keras_ganrec.evaluation.plots.look import title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IMAGE = 0.62  # inches
IMAGES_SHOWN = 10
STEPS = 15  # of brightness


def generated_samples(samples, real=None) -> "Figure":
    """What the generator makes, epoch by epoch.

    Images stand in a row per epoch, at most ten; with the same noise at each
    epoch (`model.generate(10, seed=0)`) a column shows how one of them came
    about. Points in the plane have a panel per epoch.

    Args:
        samples: dict from an epoch (int), or any name (str), to its samples:
            an array of shape `(n, 2)`, `(n, height, width)` or `(n, height,
            width, 3)`, for all epochs the same.
        real: Optional array of such samples of the data, for the last row of
            images, or behind the points.

    Raises:
        ValueError: If there are no samples, or of another shape.
    """
    if not samples:
        raise ValueError(
            "There are no samples to draw. Expected a dict from an epoch to "
            "an array, such as {1: model.generate(10, seed=0)}."
        )
    shown = {
        f"epoch {k}" if isinstance(k, int | np.integer) else str(k): v
        for k, v in samples.items()
    }
    shown = {name: np.asarray(array) for name, array in shown.items()}
    real = None if real is None else np.asarray(real)
    everything = [*shown.values(), *([] if real is None else [real])]
    shapes = {array.shape[1:] for array in everything}
    (shape, *others) = shapes
    is_image = len(shape) == 2 or (len(shape) == 3 and shape[-1] in (1, 3))
    if others or not (is_image or shape == (2,)):
        raise ValueError(
            f"Samples of the shapes {sorted(shapes)} cannot be drawn. "
            "Expected all to be points (2,), or all to be images (height, "
            "width) or (height, width, 3). Reshape them."
        )
    if shape == (2,):
        return _points(shown, real)
    if real is not None:
        shown["real"] = real
    return _images(shown)


def _points(shown, real):
    figure, axes, ink = small_multiples(
        len(shown), (2.6, 2.6), sharex=True, sharey=True
    )
    for panel, (name, points) in zip(axes, shown.items(), strict=True):
        if real is not None:
            panel.plot(
                *_some(real).T, ".", color=ink, markersize=2, label="real"
            )
        panel.plot(
            *_some(points).T,
            "x",
            color=ACCENT,
            markersize=3,
            alpha=0.7,
            label="generated",
        )
        panel.set_aspect("equal")
        title(panel, name)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", frameon=False, ncols=2
    )
    return figure


def _images(shown):
    columns = min(IMAGES_SHOWN, max(map(len, shown.values())))
    # A margin to the left of them for the names of the rows.
    size = 1.0 + columns * IMAGE, len(shown) * IMAGE
    figure, axes, _ = panels(len(shown), columns, size)
    low = min(array[:columns].min() for array in shown.values())
    high = max(array[:columns].max() for array in shown.values())
    for row, (name, images) in zip(axes, shown.items(), strict=True):
        for panel in row:
            panel.spines[:].set_visible(False)
            panel.set(xticks=[], yticks=[])
        for panel, image in zip(row, images, strict=False):
            scaled = (image - low) / max(high - low, 1e-12)
            panel.imshow(
                # In more than so many steps noise makes a large file.
                np.squeeze(np.round(scaled * STEPS) / STEPS),
                cmap="gray",
                interpolation="nearest",
                vmin=0,
                vmax=1,
            )
        row[0].set_ylabel(name, rotation=0, ha="right", va="center")
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)
    return figure


def _some(points):
    return points[:: -(-len(points) // POINTS_SHOWN)]
