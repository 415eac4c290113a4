"""The measured generators, for a terminal and as a page."""

import os
import pathlib
from collections.abc import Mapping
from collections.abc import Sequence

from keras_ganrec.recipes import page_parts
from keras_ganrec.recipes import results
from keras_ganrec.recipes import synthesis_aims
from keras_ganrec.recipes.base import Recipe

COLUMNS = {
    "ndcg_at_10": "NDCG@10",
    "recall_at_20": "R@20",
    "lift_correlation": "lift",
    "user_degree_ks": "KS users",
    "item_degree_ks": "KS items",
    "prdc_recall": "recall",
    "c2st_auc": "C2ST",
    "membership_auc": "MIA",
    "membership_tpr_at_1_fpr": "TPR@1%",
    "exact_copies": "copies",
    "repeated_pairs": "repeats",
    "rating_tv": "rating TV",
    "item_gini": "item Gini",
    "bias_r2": "R2",
    "fit_seconds": "fit",
    "generate_seconds": "generate",
}
HEAD = """\
# Measured generators

Written by `ganrec zoo --generators --markdown` from
`keras_ganrec/recipes/synthesis_results.json`, which only `ganrec benchmark`
writes. Do not edit it by hand. `ganrec benchmark NAME` makes a row again.

Each row generates as many users as there are to generate from, for each of
its seeds from another split of the users, and is measured on users whom it has
not seen: `keras_ganrec/recipes/synthesis.py`. The mean over the seeds, with
the standard deviation behind it.

The settings of `profile_gan` were looked for on other random splits of the same
943 users, those of the others were not looked for: one or two sets of each are
shown. Some of its lead may be that search.

- **NDCG@10, R@20**: of EASE, trained on the generated users alone, for real
  ones (with `real_users`, what real data gives; with `popularity`, what the
  most popular items give).
- **lift**: correlation of how much more often than by chance two popular items
  go together. **KS**: distance of the numbers of items per user, and of users
  per item. The best that can be had stands in the row of `real_users`.
- **recall**: share of real users near a generated one (PRDC). **C2ST**: how
  well a classifier tells generated from real users; the floor is not 0.5 but
  that of `real_users`.
- **MIA, TPR@1%**: how well the nearest generated user tells who was among those
  generated from; 0.5 and 0.01 if not at all. It is the simplest attack there
  is: a high figure shows a leak, a low one does not show that there is none.
  **copies**: share of generated users who are a real one. `real_users` and
  `bootstrap` leak by construction.
- **repeats**: share of repeated pairs. **rating TV**: share of the ratings that
  would have to change. **item Gini**: how unequally popular items are. **R2**:
  share of the ratings' variance that user and item alone explain.
- **fit, generate**: seconds.
"""
NONE_YET = "\nNothing has been measured yet: run `ganrec benchmark`.\n"


def path_beside(path: str | os.PathLike = results.PATH) -> pathlib.Path:
    """Where the generators' results are: beside those of the recommenders."""
    path = pathlib.Path(path)
    return path.with_name(f"synthesis_{path.name}")


def table(recipes: Mapping[str, Recipe], path: str | os.PathLike) -> list[dict]:
    """The results in the order of the recipes, each with whether it is stale.

    Args:
        recipes: dict from names to recipes.
        path: Path of the results.
    """
    rows = results.read(path)
    for row in rows:
        recipe = recipes.get(row["recipe"])
        row["stale"] = recipe is None or (
            recipe.fingerprint != row["fingerprint"]
        )
    order = {name: place for place, name in enumerate(recipes)}
    return sorted(rows, key=lambda row: order.get(row["recipe"], len(order)))


def cells(row: dict) -> dict:
    """One row of `table` as the text of its columns."""
    texts = {"generator": row["recipe"] + (" (stale)" if row["stale"] else "")}
    for name, head in COLUMNS.items():
        value = row["metrics"].get(name)
        digits = 1 if name.endswith("_seconds") else 3
        texts[head] = "" if value is None else f"{value['mean']:.{digits}f}"
        if value is not None and digits == 3:
            texts[head] += f" ± {value['std']:.3f}"
    return texts


def markdown(rows: Sequence[dict]) -> str:
    """Renders `table` as a page."""
    if not rows:
        return HEAD + NONE_YET
    lines = [HEAD]
    for place in sorted({results.place_of(row) for row in rows}):
        here = [row for row in rows if results.place_of(row) == place]
        shown = [cells(row) for row in here]
        lines += [
            "## {}, split {}\n".format(*place),
            page_parts.table(shown[0], [row.values() for row in shown]),
            "",
            *synthesis_aims.markdown(here),
        ]
    return "\n".join(lines)
