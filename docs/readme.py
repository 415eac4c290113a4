"""The picture and the table of the README, from what was measured.

`python docs/readme.py` writes both, the learning curves of `curves.py` and the
page of `checked.py`; tests say when they are stale.
"""

import pathlib
import re
import sys

DOCS = pathlib.Path(__file__).parent
sys.path[:0] = [str(DOCS.parent), str(DOCS), str(DOCS / "_ext")]

import checked  # noqa: E402
import curves  # noqa: E402
import generated_pages  # noqa: E402
import pictures  # noqa: E402

from keras_ganrec.evaluation.plots.look import ACCENT  # noqa: E402
from keras_ganrec.evaluation.plots.look import panels  # noqa: E402
from keras_ganrec.recipes import RECIPES  # noqa: E402
from keras_ganrec.recipes import page_parts  # noqa: E402
from keras_ganrec.recipes import results  # noqa: E402
from keras_ganrec.recipes import zoo  # noqa: E402

README = DOCS.parent / "README.md"
PICTURE = DOCS / "measured.svg"
SHOWN = ("ml-100k", "cfgan")  # where most models have been measured
TABLE = re.compile(r"(?<=<!-- measured -->\n).*(?=<!-- end -->)", re.DOTALL)


def table():
    """The adversarial recommenders and what was measured of each."""
    rows = results.table(RECIPES)
    by_name = {row["recipe"]: row for row in rows}
    lines = [
        [
            f"[{name}]({model.paper})",
            str(model.year),
            generated_pages.header(model)[0],
            generated_pages.best(name, rows, by_name),
        ]
        for name, model in zoo.classes().items()
        if zoo.family(model) == "collaborative"
    ]
    return page_parts.table(
        ("model", "year", "what it is", "NDCG@20 (best baseline)"), lines
    )


def picture():
    """The figure as SVG."""
    return pictures.svg(figure, label="Recipes by NDCG@20")


def figure():
    """NDCG@20 of all recipes on one split."""
    rows = [
        row
        for row in results.table(RECIPES)
        if results.place_of(row) == SHOWN and not row["ablates"]
    ]
    rows.sort(key=lambda row: row["metrics"][results.COMPARED_BY]["mean"])
    families = {entry["name"]: entry["family"] for entry in zoo.entries()}
    drawn, ((axes,),), ink = panels(size=(7.2, 0.23 * len(rows) + 1.0))
    for place, row in enumerate(rows):
        value = row["metrics"][results.COMPARED_BY]
        baseline = families[row["model"]] == "baseline"
        axes.errorbar(
            value["mean"],
            place,
            xerr=value["std"],
            marker="o",
            markersize=7,
            color=ink if baseline else ACCENT,
            markerfacecolor="none" if baseline else ACCENT,
            label="baseline" if baseline else "adversarial",
        )
        axes.annotate(
            f"{value['mean']:.3f}",
            (value["mean"] + value["std"], place),
            (8, 0),
            textcoords="offset points",
            verticalalignment="center",
            fontsize=8,
        )
    axes.set_yticks(
        range(len(rows)), [row["recipe"].rpartition("_ml")[0] for row in rows]
    )
    axes.tick_params("y", length=0)
    axes.grid(axis="y", linewidth=0.3)
    axes.set_axisbelow(True)
    axes.set_xlabel("NDCG@20 on the test part, MovieLens 100K, CFGAN's split")
    handles, labels = axes.get_legend_handles_labels()
    shown = dict(zip(labels, handles, strict=True))
    axes.legend(shown.values(), shown, frameon=False, loc="lower right")
    return drawn


def readme():
    """The README with the table of today."""
    return TABLE.sub(lambda match: table() + "\n", README.read_text())


if __name__ == "__main__":
    README.write_text(readme())
    PICTURE.write_text(picture())
    curves.write()
    checked.write()
