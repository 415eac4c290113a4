"""What was measured. `ganrec benchmark` writes it, nothing else does.

`results.json` holds a row per recipe; beside it lies, for each of them,
`per_user/RECIPE.npy` with one value per test user of each metric that the row
names as `per_user`, so that two recipes of the same split can be compared user
by user.
"""

import json
import os
import pathlib
from collections.abc import Mapping

import numpy as np

from keras_ganrec.data import writers
from keras_ganrec.evaluation import paired_p_values
from keras_ganrec.recipes import zoo
from keras_ganrec.recipes.base import Recipe

# By this models are compared, on the whole and user by user.
COMPARED_BY = "ndcg_at_20"
PATH = pathlib.Path(__file__).with_name("results.json")
# Of a range that is searched, what is at its end: a share of its length.
EDGE = 0.05


def read(path: str | os.PathLike = PATH) -> list[dict]:
    """Returns the results in the order of their recipes' names.

    Raises:
        ValueError: If the file is no list of results.
    """
    path = pathlib.Path(path)
    if not path.exists():
        return []
    try:
        results = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(
            f"`{path}` is no JSON ({error}). Restore it, or delete it and "
            "run `ganrec benchmark` again."
        ) from error
    if not isinstance(results, list) or not all(
        isinstance(result, dict) and "recipe" in result for result in results
    ):
        raise ValueError(
            f"`{path}` is no list of results. Name a file that `ganrec "
            "benchmark` has written."
        )
    return results


def write(
    result: dict, per_user: np.ndarray, path: str | os.PathLike = PATH
) -> None:
    """Puts one result in the place of the former one of its recipe.

    Args:
        result: What `benchmark` returns first.
        per_user: What it returns second, float32 `(metrics, users)`.
        path: Path of the results.
    """
    path = pathlib.Path(path)
    values = _values_path(path, result["recipe"])
    values.parent.mkdir(exist_ok=True)
    with writers.beside(values) as (partial,), open(partial, "wb") as file:
        np.save(file, per_user.astype("float32"))
    put(result, path)


def put(result: dict, path: str | os.PathLike) -> None:
    """As `write`, of a result without values of users."""
    path = pathlib.Path(path)
    results = {former["recipe"]: former for former in read(path)}
    results[result["recipe"]] = result
    ordered = [results[name] for name in sorted(results)]
    with writers.beside(path) as (partial,):
        partial.write_text(json.dumps(ordered, indent=1) + "\n")


def read_per_user(
    row: dict, path: str | os.PathLike = PATH, metric: str = COMPARED_BY
) -> np.ndarray | None:
    """Returns the values `(users,)` of a row; `None` if there are none."""
    values = _values_path(pathlib.Path(path), row["recipe"])
    # Rows that do not name their metrics have this one.
    kept = row.get("per_user", [COMPARED_BY])
    if metric not in kept or not values.exists():
        return None
    return np.atleast_2d(np.load(values))[kept.index(metric)]


def _values_path(path, recipe):
    return path.parent / "per_user" / f"{recipe}.npy"


def table(
    recipes: Mapping[str, Recipe], path: str | os.PathLike = PATH
) -> list[dict]:
    """The results with what the recipes say of them today.

    Args:
        recipes: dict from names to recipes.
        path: Path of the results.

    Returns:
        The results, each with `published`, `replicated` and `reference` of
        its recipe, and `stale`: whether the recipe has changed since, or is
        gone. `at_edge` lists the settings of which the lowest or the highest
        value of the grid or the space was chosen (of a range, what lies in
        the twentieth at its end), with `epochs` where there were no more to
        train before the `patience` was at its end. `best_baseline` names the
        recipe of the best baseline on the same split, and `p_value` says
        whether the difference from it may be chance: Wilcoxon's test over the
        users, Holm-corrected over all recipes of the split; `None` for that
        baseline itself. Of a recipe that `ablates` another one the difference
        from that one is meant, and the correction is over the ablations of the
        split; `monitor_p_value` is the same for the recipe's `monitor`.
    """
    rows = [
        {**result, **_of_today(result, recipes.get(result["recipe"]))}
        for result in read(path)
    ]
    whole = [row for row in rows if not row["ablates"]]
    for place in {place_of(row) for row in whole}:
        _compare([row for row in whole if place_of(row) == place], path)
    ablations = [row for row in rows if row["ablates"]]
    for place in {place_of(row) for row in ablations}:
        _compare_with_wholes(
            [row for row in ablations if place_of(row) == place],
            {row["recipe"]: row for row in whole},
            path,
        )
    return rows


def place_of(row: dict) -> tuple[str, str]:
    """Where a result was measured; what else was, is comparable."""
    return row["dataset"], row["split"]


def _compare(rows, path):
    families = {entry["name"]: entry["family"] for entry in zoo.entries()}
    best = max(
        (row for row in rows if families.get(row["model"]) == "baseline"),
        key=lambda row: row["metrics"][COMPARED_BY]["mean"],
        default=None,
    )
    values = {row["recipe"]: read_per_user(row, path) for row in rows}
    values = {name: v for name, v in values.items() if v is not None}
    p_values = {}
    if best is not None and best["recipe"] in values:
        reference = values.pop(best["recipe"])
        p_values = paired_p_values(values, reference)
    for row in rows:
        row["best_baseline"] = best and best["recipe"]
        row["p_value"] = p_values.get(row["recipe"])


def _compare_with_wholes(rows, wholes, path):
    for row in rows:
        row["best_baseline"] = None
    by_monitor = [row["monitor"] for row in rows]
    by_all = [COMPARED_BY] * len(rows)
    for name, metrics in (
        ("p_value", by_all),
        ("monitor_p_value", by_monitor),
    ):
        found = _p_values_of_ablations(rows, metrics, wholes, path)
        for row in rows:
            row[name] = found.get(row["recipe"])


def _p_values_of_ablations(rows, metrics, wholes, path):
    differences = {}
    for row, metric in zip(rows, metrics, strict=True):
        whole = wholes.get(row["ablates"])
        own = read_per_user(row, path, metric)
        other = whole and read_per_user(whole, path, metric)
        if own is not None and other is not None:
            differences[row["recipe"]] = own - other
    if not differences:
        return {}
    users = len(next(iter(differences.values())))
    return paired_p_values(differences, np.zeros(users))


def _of_today(result, recipe):
    if recipe is None:
        said = {"published": {}, "replicated": {}, "reference": ""}
        nothing = {"ablates": "", "ablation": "", "at_edge": [], "monitor": ""}
        return {**said, **nothing, "stale": True}
    return {
        "at_edge": _at_edge(recipe, result["chosen"]),
        "ablates": recipe.ablates,
        "ablation": recipe.ablation,
        "monitor": recipe.monitor,
        "published": dict(recipe.published),
        "replicated": dict(recipe.replicated),
        "reference": recipe.reference,
        "stale": recipe.fingerprint != result["fingerprint"],
    }


def _at_edge(recipe, chosen):
    searched = {**recipe.grid, **recipe.space}
    edges = [
        setting
        for setting, values in searched.items()
        if setting in chosen and _is_edge(values, chosen[setting])
    ]
    if recipe.patience is not None and "epochs" in chosen:
        # Training was cut off before the patience was at its end.
        if chosen["epochs"] + recipe.patience > recipe.epochs:
            edges.append("epochs")
    return edges


def _is_edge(values, value):
    if not hasattr(values, "keys"):
        if len(values) < 2 or any(type(v) not in (int, float) for v in values):
            return False
        return value in (min(values), max(values))
    low, high = values["low"], values["high"]
    if values.get("log"):
        low, high, value = np.log([low, high, value])
    return min(value - low, high - value) <= EDGE * (high - low)
