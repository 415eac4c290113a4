"""What was measured. `ganrec benchmark` writes it, nothing else does."""

import json
import os
import pathlib
from collections.abc import Mapping

from keras_ganrec.recipes.base import Recipe

PATH = pathlib.Path(__file__).with_name("results.json")


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
    return results


def write(result: dict, path: str | os.PathLike = PATH) -> None:
    """Puts one result in the place of the former one of its recipe."""
    path = pathlib.Path(path)
    results = {former["recipe"]: former for former in read(path)}
    results[result["recipe"]] = result
    ordered = [results[name] for name in sorted(results)]
    beside = path.with_name(f".partial-{os.getpid()}-{path.name}")
    try:
        beside.write_text(json.dumps(ordered, indent=1) + "\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


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
        gone.
    """
    return [
        {**result, **_of_today(result, recipes.get(result["recipe"]))}
        for result in read(path)
    ]


def _of_today(result, recipe):
    if recipe is None:
        said = {"published": {}, "replicated": {}, "reference": ""}
        return {**said, "stale": True}
    return {
        "published": dict(recipe.published),
        "replicated": dict(recipe.replicated),
        "reference": recipe.reference,
        "stale": recipe.fingerprint != result["fingerprint"],
    }
