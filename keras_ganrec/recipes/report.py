"""The measured results, for a terminal and as a page."""

from collections.abc import Sequence

from keras_ganrec.recipes import page_parts
from keras_ganrec.recipes import zoo
from keras_ganrec.recipes.results import COMPARED_BY
from keras_ganrec.recipes.results import place_of

FAMILIES = (
    *("precision", "recall", "ndcg", "mrr", "map"),
    *("coverage", "gini", "novelty"),
)
METRICS = ("precision_at_5", "ndcg_at_5", "recall_at_20", "ndcg_at_20")
HEAD = """\
# Measured results

Written by `ganrec zoo --markdown` from `keras_ganrec/recipes/results.json`,
which only `ganrec benchmark` writes. Do not edit it by hand.

Each number is the mean over the seeds of a recipe, with the standard
deviation behind it, on the test part of a split: that of a publication, or
`leave_last_out`, which is made here. The whole catalog is ranked, without what
the user has already seen. Recipes are tuned on the validation part alone and
trained again on train and validation. Seconds are those of the processors for
one training, memory is the peak of the process. `p` is the chance of so large
a difference from the best baseline of the split if there were none: Wilcoxon's
test over the users' NDCG@20, Holm-corrected over the recipes of the split.

`trials` counts the settings that were tried on the validation part: 1 where
only the number of epochs was looked for, 0 where nothing was; what was tried
by hand before is not counted. A `*` behind it: of some setting the lowest or
the highest value tried was the best (of a range, one in the twentieth at its
end), or the epochs ran out before training had ceased to get better; something
better may lie beyond.
"""
# What has to be said with every number of a split.
NOTES = {
    ("ml-1m", "leave_last_out"): "Measured on ratings whose times are rebuilt: "
    "29.8 % of them are interpolated, not original; within a user their order "
    "is true.",
}
ABLATIONS_HEAD = """
## What the adversary is worth

NDCG@20 of each adversarial recommender, and of the same recipe without its
adversary's term, with an adversary that stays as it was drawn, with that term
alone, or without the trained model that it starts from. Each is tuned on the
validation part as the whole is, in so many `trials`; those of
`aae_rec_ml_100k_liked` by dropout and weight decay, at the best of what the
search for the whole found. Here `p` is for the difference between the two,
Holm-corrected over the ablations of the split. To read it:

- In IRGAN, CoFiGAN, APL and GraphGAN all of the loss is the adversary's. Off,
  the start is left; alone, there is none: `no start`. Frozen, the first three
  chose one epoch, the least there is, and so are their start. That of IRGAN is
  `dns_ml_100k`, with more L2 than is best, as its authors have it, so that much
  is left to gain.
- In APR, AMR and ACAE the adversary is a step up the loss: nothing to freeze.
- Alone is a million times its weight in APR, AMR, ACAE, AAERec and VAEGAN,
  whose other terms have none; the L2 of APR and AMR grows with it. AAERec then
  has an encoder that learns from D alone, and a decoder that makes of the codes
  what it can. VAEGAN's D sees the shape of the noise in a code, not its mean,
  by which items are ranked: the layers below learn from D alone, the mean still
  from the profiles.
- In CAAE what is left of two terms counts twice as much, and the L2 of G with
  it; so does that of G', whose loss stays as it was.
- CFGAN cannot do without D: only zeros are asked of G then. Nor can there be
  PURE's adversary alone, since D, which ranks, would meet no observed pair; nor
  AdvInfoNCE's, which weighs the negatives of a loss that would be gone.
"""
MONITORED_HEAD = """
Those that are tuned by another metric, by that one; with `p` where it was kept
for each user:
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
        "p": p_value(row),
        "coverage_at_20": f"{row['metrics']['coverage_at_20']['mean']:.2f}",
        "cpu_seconds": f"{row['cpu_seconds']:.0f}",
        "memory": f"{row['peak_memory_mb']:.0f} MB",
        "trials": _trials(row),
    }


def _trials(row):
    return f"{len(row['trials'])}{'*' if row['at_edge'] else ''}"


def p_value(row: dict) -> str:
    """The `p_value` of a row of `results.table` as text."""
    if row["recipe"] == row["best_baseline"]:
        return "best baseline"
    return _chance(row["p_value"])


def _chance(p_value):
    if p_value is None:
        return ""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def markdown(rows: Sequence[dict]) -> str:
    """Renders `results.table` as a page: splits, then ablations."""
    whole = [row for row in rows if not row["ablates"]]
    places = sorted({place_of(row) for row in whole})
    sections = [
        _section([row for row in whole if place_of(row) == place])
        for place in places
    ]
    return "".join([HEAD, *(sections or [NONE_YET]), _ablations(rows)])


def _section(rows):
    rows = sorted(rows, key=lambda row: -row["metrics"][COMPARED_BY]["mean"])
    shown = [cells(row) for row in rows]
    place = place_of(rows[0])
    lines = [
        "\n## {}, split {}\n".format(*place),
        *([f"{NOTES[place]}\n"] if place in NOTES else ()),
        page_parts.table(shown[0], [row.values() for row in shown]),
    ]
    abouts = (
        _against_the_best_baseline(rows),
        _elsewhere(rows),
        *(_at_length(rows, k) for k in _lengths(rows)),
    )
    for about in abouts:
        if about:
            lines += ["", *about]
    return "\n".join(lines) + "\n"


def _lengths(rows):
    """The list lengths at which all of them were measured."""
    measured = set.intersection(*(set(row["metrics"]) for row in rows))
    lengths = {int(name.rpartition("_")[2]) for name in measured}
    return sorted(lengths)


def _at_length(rows, k):
    """All metrics of lists of `k` items, a table that is opened on demand."""
    head = ["recipe", *(f"{family} at {k}" for family in FAMILIES)]
    return [
        f"<details><summary>All metrics of lists of {k} items</summary>",
        "",
        page_parts.table(
            head,
            [
                [
                    row["recipe"],
                    *(
                        f"{row['metrics'][f'{family}_at_{k}']['mean']:.4f}"
                        for family in FAMILIES
                    ),
                ]
                for row in rows
            ],
        ),
        "",
        "</details>",
    ]


def _ablations(rows):
    """What is left of each model without its adversary, or of it alone."""
    by_name = {row["recipe"]: row for row in rows}
    pairs = [
        (by_name[row["ablates"]], row)
        for row in rows
        if row["ablates"] in by_name
    ]
    if not pairs:
        return ""
    head = ["recipe", "whole", "ablation", "what is left", "difference", "p"]
    parts = [
        ABLATIONS_HEAD,
        page_parts.table(
            [*head, "trials"],
            [
                [*_pair(*pair, COMPARED_BY), p_value(pair[1]), _trials(pair[1])]
                for pair in pairs
            ],
        ),
    ]
    monitored = [
        [
            row["monitor"],
            *_pair(whole, row, row["monitor"]),
            _chance(row["monitor_p_value"]),
        ]
        for whole, row in pairs
        if row["monitor"] != COMPARED_BY
    ]
    if monitored:
        parts += [
            MONITORED_HEAD,
            page_parts.table(["metric", *head], monitored),
        ]
    return "\n".join([*parts, ""])


def _pair(whole, row, metric):
    values = [r["metrics"][metric] for r in (whole, row)]
    return [
        row["ablates"],
        f"{values[0]['mean']:.4f} ± {values[0]['std']:.4f}",
        row["ablation"],
        f"{values[1]['mean']:.4f} ± {values[1]['std']:.4f}",
        f"{values[0]['mean'] - values[1]['mean']:+.4f}",
    ]


def _against_the_best_baseline(rows):
    """Says of each model that is no baseline how it does beside the best."""
    families = {entry["name"]: entry["family"] for entry in zoo.entries()}
    best = [row for row in rows if row["recipe"] == row["best_baseline"]]
    sentences = []
    for row in rows if best else []:
        if families.get(row["model"]) in ("baseline", None):
            continue
        ours, theirs = (r["metrics"][COMPARED_BY]["mean"] for r in (row, *best))
        verb = "beats" if ours > theirs else "loses to"
        sentences.append(
            f"- `{row['recipe']}` {verb} `{row['best_baseline']}` by "
            f"{abs(ours - theirs):.4f} {COMPARED_BY}."
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
