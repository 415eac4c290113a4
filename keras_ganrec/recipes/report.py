"""The measured results, for a terminal and as a page."""

from collections.abc import Sequence

from keras_ganrec.recipes import zoo

METRICS = ("precision_at_5", "ndcg_at_5", "recall_at_20", "ndcg_at_20")
SORTED_BY = "ndcg_at_20"
HEAD = """\
# Measured results

Written by `ganrec zoo --markdown` from `keras_ganrec/recipes/results.json`,
which only `ganrec benchmark` writes. Do not edit it by hand.

Each number is the mean over the seeds of a recipe, with the standard
deviation behind it, on the test part of a published split. The whole catalog
is ranked, without what the user has already seen. Recipes are tuned on the
validation part alone and trained again on train and validation. Seconds are
those of the processors for one training, memory is the peak of the process.
"""
NONE_YET = "\nNothing has been measured yet: run `ganrec benchmark`.\n"


def cells(row: dict) -> dict:
    """One row of `results.table` as the text of its columns."""
    spread = len(row["seeds"]) > 1
    measured = {name: row["metrics"][name] for name in METRICS}
    return {
        "recipe": row["recipe"] + (" (stale)" if row["stale"] else ""),
        **{
            name: f"{value['mean']:.4f}"
            + (f" ± {value['std']:.4f}" if spread else "")
            for name, value in measured.items()
        },
        "coverage_at_20": f"{row['metrics']['coverage_at_20']['mean']:.2f}",
        "cpu_seconds": f"{row['cpu_seconds']:.0f}",
        "memory": f"{row['peak_memory_mb']:.0f} MB",
    }


def markdown(rows: Sequence[dict]) -> str:
    """Renders `results.table` as a page, one section per split."""
    places = sorted({_place(row) for row in rows})
    sections = [
        _section([row for row in rows if _place(row) == place])
        for place in places
    ]
    return "".join([HEAD, *(sections or [NONE_YET])])


def _place(row):
    return f"{row['dataset']}, split {row['split']}"


def _section(rows):
    rows = sorted(rows, key=lambda row: -row["metrics"][SORTED_BY]["mean"])
    table = [cells(row) for row in rows]
    lines = [
        f"\n## {_place(rows[0])}\n",
        _line(table[0]),
        _line(["---"] * len(table[0])),
        *(_line(row.values()) for row in table),
    ]
    for about in (_against_the_best_baseline(rows), _elsewhere(rows)):
        if about:
            lines += ["", *about]
    return "\n".join(lines) + "\n"


def _line(texts):
    return f"| {' | '.join(texts)} |"


def _against_the_best_baseline(rows):
    """Says of each model that is no baseline how it does beside the best."""
    families = {entry["name"]: entry["family"] for entry in zoo.entries()}
    baselines = [r for r in rows if families.get(r["model"]) == "baseline"]
    if not baselines:
        return []
    best = baselines[0]  # they are sorted
    sentences = []
    for row in rows:
        if families.get(row["model"]) in ("baseline", None):
            continue
        ours, theirs = (r["metrics"][SORTED_BY]["mean"] for r in (row, best))
        verb = "beats" if ours > theirs else "loses to"
        sentences.append(
            f"- `{row['recipe']}` {verb} `{best['recipe']}` by "
            f"{abs(ours - theirs):.4f} {SORTED_BY}."
        )
    return sentences


def _elsewhere(rows):
    """Published numbers, and those of the authors' code run by others."""
    return [
        f"- `{row['recipe']}` {whose}: "
        + ", ".join(f"{name} {value:.4f}" for name, value in numbers.items())
        + f". {row['reference']}."
        for row in rows
        for whose, numbers in (
            ("as published", row["published"]),
            ("by the authors' code", row["replicated"]),
        )
        if numbers
    ]
