"""The learning curves of the recipes that miss a published number.

`python docs/readme.py` draws them into `docs/curves.svg` and shows them in
`docs/reproductions.md`.
"""

import json
import pathlib
import re
import sys

DOCS = pathlib.Path(__file__).parent
sys.path[:0] = [str(DOCS.parent), str(DOCS / "_ext")]

import pictures  # noqa: E402

from keras_ganrec.evaluation.plots.look import ACCENT  # noqa: E402
from keras_ganrec.evaluation.plots.look import small_multiples  # noqa: E402
from keras_ganrec.evaluation.plots.look import title  # noqa: E402
from keras_ganrec.recipes import RECIPES  # noqa: E402
from keras_ganrec.recipes import results  # noqa: E402

PICTURE = DOCS / "curves.svg"
PAGE = DOCS / "reproductions.md"
SHOWN_IN = re.compile(r"(?<=<!-- curves -->\n).*(?=<!-- end -->)", re.DOTALL)
TEXT = """
## Learning curves

Of the first seed, epoch by epoch: the metric that a recipe is tuned by, on the
validation part, its best epoch marked; the loss where no such curve was kept.
IRGAN begins with a trained DNS. `benchmarks/learning_curves.py` makes those of
recipes whose epochs are fixed.

![Learning curves of {}](curves.svg)

"""
KEPT = DOCS.parent / "benchmarks" / "learning_curves.json"
SHOWN = (
    "ganmf_ml_1m",
    "cfgan_ml_100k",
    "irgan_ml_100k",
    "irgan_tuned_start_ml_100k",
)


def curves():
    """What is known of each recipe: `(name, metric, epochs, values)`.

    The monitored metric on the validation part, of the result or measured
    apart; the first loss where there is neither.
    """
    rows = {row["recipe"]: row for row in results.read()}
    apart = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    found = []
    for name in SHOWN:
        history = rows[name].get("history", {})
        monitored = f"val_{RECIPES[name].monitor}"
        kept = apart.get(name)
        if kept and kept["fingerprint"] == RECIPES[name].fingerprint:
            found.append((name, kept["metric"], kept["epochs"], kept["values"]))
        elif history:
            metric = monitored if monitored in history else min(history)
            values = history[metric]
            epochs = range(1, len(values) + 1)
            found.append((name, metric.removeprefix("val_"), epochs, values))
    return found


def figure():
    """A panel for each recipe, its best epoch marked."""
    found = curves()
    drawn, shown, ink = small_multiples(len(found))
    for axes, (name, metric, epochs, values) in zip(shown, found, strict=True):
        axes.plot(epochs, values, color=ink)
        title(axes, name)
        axes.set(xlabel="epoch", ylabel=metric)
        if "loss" not in metric:
            best = max(range(len(values)), key=values.__getitem__)
            axes.plot(epochs[best], values[best], "o", color=ACCENT)
            axes.set_xlabel(f"epoch; {values[best]:.4f} at {epochs[best]}")
    return drawn


def picture():
    """The figure as SVG."""
    return pictures.svg(figure, label="Learning curves")


def reproductions():
    """The page with the picture, once there is one."""
    names = ", ".join(name for name, *_ in curves())
    text = TEXT.format(names) if names else ""
    return SHOWN_IN.sub(lambda match: text, PAGE.read_text())


def write():
    """Draws what there is."""
    if curves():
        PICTURE.write_text(picture())
    PAGE.write_text(reproductions())
