"""Plots of a training: its players and its ranking, over the epochs.

A history is what `fit()` returns, or a dict from the name of a log to its
value at each epoch, from the first one on.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from keras_ganrec.evaluation.figures import spelled
from keras_ganrec.evaluation.plots.look import ACCENT
from keras_ganrec.evaluation.plots.look import DASHED
from keras_ganrec.evaluation.plots.look import LINES
from keras_ganrec.evaluation.plots.look import MARKERS
from keras_ganrec.evaluation.plots.look import legend
from keras_ganrec.evaluation.plots.look import load_matplotlib
from keras_ganrec.evaluation.plots.look import one_panel
from keras_ganrec.evaluation.plots.look import panels
from keras_ganrec.evaluation.plots.look import title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, PANEL_HEIGHT = 5.0, 1.7  # inches
LOSSES = {
    "d_loss": "discriminator's loss",
    "g_loss": "generator's loss",
    "loss": "loss",
}


def players(history) -> "Figure":
    """Both players' losses over the epochs, and who is winning.

    Each loss has a panel and a scale of its own: they are not in one unit, and
    neither has to fall. Where `callbacks.BalanceMonitor` has logged the
    `balance`, the share of pairs of a real and a generated row that the
    discriminator tells apart, or `callbacks.CollapseMonitor` the `diversity`,
    they stand in a panel below. A model without players has its one loss.

    Args:
        history: A history.

    Raises:
        ValueError: If there is no epoch, or no loss, in the history.
    """
    epochs, logs = _read(history)
    losses = [
        name
        for name in logs
        if name.endswith("loss") and not name.startswith("val_")
    ]
    if not losses:
        raise _lacks("`d_loss` and `g_loss`, or `loss`", logs)
    watched = [name for name in ("balance", "diversity") if name in logs]
    number = len(losses) + bool(watched)
    size = WIDTH, 0.6 + number * PANEL_HEIGHT
    figure, axes, ink = panels(number, size=size, sharex=True)
    axes = axes[:, 0]
    looks = {"g_loss": {"color": ACCENT, "linestyle": DASHED}}
    dot = "." if len(epochs) == 1 else None  # a line of one point is unseen
    for panel, name in zip(axes[: len(losses)], losses, strict=True):
        look = looks.get(name, {"color": ink})
        panel.plot(epochs, logs[name], marker=dot, **look)
        panel.set_ylabel(LOSSES.get(name, name.replace("_", " ")))
    if watched:
        _watch(
            axes[-1], epochs, {name: logs[name] for name in watched}, ink, dot
        )
    title(
        axes[0], "Training of two players" if "d_loss" in logs else "Training"
    )
    _count_epochs(axes[-1])
    return figure


def _watch(panel, epochs, logs, ink, dot):
    looks = {
        "balance": (
            {"color": ink, "label": "balance (0.5: cannot tell)"},
            0.5,
        ),
        "diversity": (
            {
                "color": ACCENT,
                "linestyle": DASHED,
                "label": "diversity (1: as the data)",
            },
            1.0,
        ),
    }
    for name, values in logs.items():
        look, ideal = looks[name]
        panel.axhline(ideal, color=look["color"], linewidth=0.6, zorder=0)
        panel.plot(epochs, values, marker=dot, **look)
    panel.set_ylabel(" and ".join(logs))
    panel.set_ylim(bottom=-0.05, top=max(1.05, panel.get_ylim()[1]))
    legend(panel, fontsize="small", ncols=2, loc="best")


def ranking_quality(
    histories, baselines=None, metric: str | None = None
) -> "Figure":
    """A metric of the validation part over the epochs, beside baselines.

    The best epoch of each model is marked. Baselines, which have no epochs,
    are lines across; measure them on the same part, with the same list length.

    Args:
        histories: A history, or a dict from the name of a model to one.
        baselines: Optional dict from a name to a value, or DataFrame of
            `evaluation.compare`.
        metric: Optional str, such as `"ndcg_at_10"`. May be left out where
            only one was logged.

    Raises:
        ValueError: If there is no epoch in a history, or no such metric.
    """
    if not _is_dict_of_histories(histories):
        histories = {"model": histories}
    metric = _metric(histories, metric)
    figure, axes, ink = one_panel("epoch", f"{spelled(metric)}, validation")
    for number, (name, history) in enumerate(histories.items()):
        epochs, logs = _read(history)
        values = logs[f"val_{metric}"]
        if np.isnan(values).all():
            raise ValueError(
                f"{spelled(metric)} of {name!r} is not a number at any epoch. "
                "Look at the losses: `plots.players(history)`."
            )
        best = np.nanargmax(values)
        axes.plot(
            epochs,
            values,
            color=ACCENT if number % 2 == 0 else ink,
            marker=MARKERS[number % len(MARKERS)],
            markersize=9,
            markevery=[best],
            markerfacecolor="none",
            markeredgewidth=1.5,
            linewidth=1.5,
            linestyle="-" if number < 2 else DASHED,
            label=f"{name}: {values[best]:.3f} at epoch {epochs[best]}",
        )
    ordered = sorted(
        _values(baselines, metric).items(), key=lambda pair: -pair[1]
    )
    for number, (name, value) in enumerate(ordered):
        look = {**LINES[(number + 1) % len(LINES)], "linewidth": 1.2}
        axes.axhline(value, color=ink, label=f"{name}: {value:.3f}", **look)
    _count_epochs(axes)
    title(axes, "Ranking quality, best epoch marked")
    figure.legend(loc="outside lower center", frameon=False, ncols=2)
    return figure


def _read(history):
    """Returns the epochs, from 1, and each log as an array."""
    logs = getattr(history, "history", history)
    if not isinstance(logs, Mapping):
        raise ValueError(
            f"A {type(history).__name__} is no history. Expected what `fit()` "
            "returns, or a dict from the name of a log to its values."
        )
    logs = {name: np.asarray(v, "float64") for name, v in logs.items()}
    lengths = {name: len(values) for name, values in logs.items()}
    number = max(lengths.values(), default=0)
    if not number:
        raise ValueError(
            "The history is empty: no epoch has ended. Expected one of at "
            "least one epoch. Train with `fit()` first."
        )
    if set(lengths.values()) != {number}:
        raise ValueError(
            "The logs of the history are of different lengths, so it is not "
            f"known which value is of which epoch. Received: {lengths}. "
            "Train without `validation_freq`."
        )
    epochs = [epoch + 1 for epoch in getattr(history, "epoch", range(number))]
    return epochs, logs


def _is_dict_of_histories(given):
    return isinstance(given, Mapping) and any(
        isinstance(each, Mapping) or hasattr(each, "history")
        for each in given.values()
    )


def _metric(histories, metric):
    """The metric to draw, without the `val_` in front, logged by all."""
    known = [_read(history)[1] for history in histories.values()]
    if metric is None:
        found = [
            name
            for name in known[0]
            if name.startswith("val_") and not name.endswith("loss")
        ]
        if len(found) > 1:
            raise ValueError(
                "More than one metric was logged. Expected `metric` to be one "
                f"of {', '.join(n.removeprefix('val_') for n in found)}."
            )
        metric = (found or ["a metric of the validation part"])[0]
    metric = metric.removeprefix("val_")
    for logs in known:
        if f"val_{metric}" not in logs:
            raise _lacks(
                f"`val_{metric}`, which `fit(validation_data=...)` logs of a "
                "model compiled with metrics",
                logs,
            )
    return metric


def _lacks(what, logs):
    return ValueError(
        f"The history has only {', '.join(logs)}. Expected it to have {what}."
    )


def _values(baselines, metric):
    if baselines is None:
        return {}
    if hasattr(baselines, "columns"):  # a DataFrame
        if metric not in baselines:
            raise ValueError(
                f"The table of baselines has no column {metric!r}. It has "
                f"{', '.join(map(str, baselines.columns))}. Measure them with "
                "that list length."
            )
        return baselines[metric].to_dict()
    return dict(baselines)


def _count_epochs(axes):
    """Names the axis of the epochs, and has whole ones alone on it."""
    ticker = load_matplotlib("matplotlib.ticker")
    axes.set_xlabel("epoch")
    whole = ticker.MaxNLocator(integer=True, min_n_ticks=1)
    axes.xaxis.set_major_locator(whole)
