"""Whether a measured row comes out again, by the settings that it chose."""

import dataclasses
from collections.abc import Mapping
from collections.abc import Sequence

from keras_ganrec.recipes import report
from keras_ganrec.recipes import synthesis_report
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.benchmark import benchmark
from keras_ganrec.recipes.results import place_of
from keras_ganrec.recipes.synthesis import measure_generator

# Half a unit of the last digit that the pages show.
ROUNDING = 5e-5


def row_of(name: str, rows: Sequence[dict]) -> dict:
    """Returns the row that a recipe has among those of a table.

    Raises:
        ValueError: If there is none, or it is stale.
    """
    row = next((row for row in rows if row["recipe"] == name), None)
    if row is None or row["stale"]:
        why = "has changed since" if row else "has no result"
        raise ValueError(
            f"Recipe {name!r} {why}: there is nothing to check. Expected "
            f"recipes with a result of today. Run `ganrec benchmark {name}`."
        )
    return row


def check(
    recipe: Recipe, row: dict, rows: Sequence[dict], *how
) -> dict[str, object]:
    """Trains a recommender again, without tuning, and compares.

    Args:
        recipe: `Recipe`.
        row: dict. Its row.
        rows: All rows, to look up what one seed does not tell.
        *how: As in `benchmark`, from `data_dir` on.

    Returns:
        As `compare`.
    """
    chosen = recipe.with_settings(row["chosen"])
    again, _ = benchmark(dataclasses.replace(chosen, patience=None), *how)
    return compare(row, again, tolerances(recipe, row, rows))


def check_generator(recipe: Recipe, row: dict, *how) -> dict[str, object]:
    """As `check`, of a generator; of seconds nothing is expected."""
    names = [
        name
        for name in synthesis_report.COLUMNS
        if name in row["metrics"] and not name.endswith("_seconds")
    ]
    within = {name: _spread(row, name) for name in names}
    return compare(row, measure_generator(recipe, *how), within)


def tolerances(
    recipe: Recipe, row: dict, rows: Sequence[dict]
) -> dict[str, float]:
    """How far each of the main metrics may be from what is stored.

    The standard deviation that the row states. A row of one seed states none:
    where nothing is drawn it has to agree in all digits that are shown; where
    something is, it may differ as much as the widest stated spread of the
    same metric on its split.
    """
    of = [row]
    if len(row["seeds"]) == 1 and recipe.batches is not None:
        of = [other for other in rows if place_of(other) == place_of(row)]
    return {
        name: max(_spread(other, name) for other in of)
        for name in report.METRICS
    }


def _spread(row, name):
    return max(row["metrics"][name]["std"], ROUNDING)


def compare(
    row: dict, again: dict, within: Mapping[str, float]
) -> dict[str, object]:
    """Sets what came out again beside what is stored.

    Args:
        row: dict. What is stored.
        again: dict, as `benchmark` returns it.
        within: dict from a metric to the difference that is let pass.

    Returns:
        dict with `recipe`; `time` and `commit` of what is `stored` and of the
        check; of each of the `metrics` the stored `mean` and `std`, the mean
        that came out `again`, the `tolerance`, and whether it is `within`; and
        whether the row was `reproduced`.
    """
    metrics = {}
    for name, most in within.items():
        stored, mean = row["metrics"][name], again["metrics"][name]["mean"]
        metrics[name] = {
            **stored,
            "again": mean,
            "tolerance": most,
            "within": abs(mean - stored["mean"]) <= most,
        }
    return {
        "recipe": row["recipe"],
        "stored": {name: row.get(name) for name in ("time", "commit")},
        "checked": {name: again.get(name) for name in ("time", "commit")},
        "metrics": metrics,
        "reproduced": all(value["within"] for value in metrics.values()),
    }


def cells(checked: dict) -> list[dict]:
    """What `compare` returns as the text of columns, a line per metric."""
    return [
        {
            "recipe": checked["recipe"],
            "metric": name,
            "stored": f"{value['mean']:.4f} ± {value['std']:.4f}",
            "again": f"{value['again']:.4f}",
            "difference": f"{value['again'] - value['mean']:+.5f}",
            "tolerance": f"{value['tolerance']:.5f}",
            "within": "yes" if value["within"] else "NO",
        }
        for name, value in checked["metrics"].items()
    ]
