"""What this project aimed at in generated users, and what came of it."""

import dataclasses
from collections.abc import Iterator
from collections.abc import Sequence

import numpy as np

from keras_ganrec.evaluation.significance import paired_p_values
from keras_ganrec.recipes import page_parts

OURS = "ProfileGAN"
REAL = "real_users"
RIVALS = (
    "hydra",
    "bernoulli_mixture_20",
    "bernoulli_mixture_60",
    "mult_vae_prior_kl_0.2",
    "mult_vae_prior_kl_1",
)
HEAD = """\
### What was aimed at

The aims are this project's own, no published numbers. They are for the mean
over the splits, and all at once; in brackets is in how many splits an aim is
met.
"""
PLANE_HEAD = """
The last aim was to be ahead of the generators without a GAN in both, more
useful (NDCG@10) and leaking less (MIA). The differences from them, paired by
split, mean and standard deviation. `p` is that of Wilcoxon's test over the
{splits} splits, which cannot be below {least:.4f}; it is not corrected for the
number of tests.
"""


@dataclasses.dataclass(frozen=True)
class Aim:
    """A limit of one figure.

    Args:
        words: str. For the page.
        figure: str. Name of the metric.
        limit: float. The highest value allowed.
        sign: int. -1 where the limit is the lowest value allowed.
        above_real: bool. Whether it is for what is above the real users.
    """

    words: str
    figure: str
    limit: float
    sign: int = 1
    above_real: bool = False

    def values(self, row, real):
        values = _by_split(row, self.figure)
        return values - self.above_real * _by_split(real, self.figure)

    def met(self, value):
        return self.sign * value <= self.sign * self.limit


AIMS = (
    Aim("NDCG@10 at least 0.385", "ndcg_at_10", 0.385, sign=-1),
    Aim("recall at least 0.82", "prdc_recall", 0.82, sign=-1),
    Aim("C2ST at most 0.05 above `real_users`", "c2st_auc", 0.05, 1, True),
    Aim("KS users at most 0.07", "user_degree_ks", 0.07),
    Aim("KS items at most 0.10", "item_degree_ks", 0.10),
    Aim("MIA at most 0.60", "membership_auc", 0.60),
    Aim("TPR@1% at most 0.03", "membership_tpr_at_1_fpr", 0.03),
    Aim("no copies", "exact_copies", 0.0),
    Aim("no repeats", "repeated_pairs", 0.0),
    Aim("fit in at most 300 s", "fit_seconds", 300.0),
)


def markdown(rows: Sequence[dict]) -> Iterator[str]:
    """Yields the lines and tables of the page on rows of the same splits.

    Args:
        rows: Results of generators, as `synthesis_report.table` returns them.
    """
    figures = {aim.figure for aim in AIMS}
    rows = [row for row in rows if figures <= row["metrics"].keys()]
    by_name = {row["recipe"]: row for row in rows}
    ours = [row for row in rows if row["model"] == OURS]
    real = by_name.pop(REAL, None)
    if not ours or real is None:
        return
    yield HEAD
    yield _table(_values(ours, real))
    yield ""
    missed = {
        name: [a for a in AIMS if not a.met(a.values(row, real).mean())]
        for name, row in by_name.items()
    }
    whole = [name for name, aims in missed.items() if not aims]
    yield f"Met all at once: by {', '.join(whole) or 'nobody'}.\n"
    yield _table(_counts(missed))
    rivals = [by_name[name] for name in RIVALS if name in by_name]
    if rivals:
        splits = len(real["seeds"])
        yield PLANE_HEAD.format(splits=splits, least=2.0 ** (1 - splits))
        yield _table(_beside(o, r) for o in ours for r in rivals)
    yield ""


def _values(ours, real):
    for aim in AIMS:
        cells = {"aim": aim.words}
        for row in ours:
            values = aim.values(row, real)
            verdict = "met" if aim.met(values.mean()) else "missed"
            splits = f"{sum(map(aim.met, values))} of {len(values)}"
            spread = page_parts.spread(values, ".3f")
            cells[row["recipe"]] = f"{spread}: {verdict} ({splits})"
        yield cells


def _counts(missed):
    for name, aims in missed.items():
        yield {
            "generator": name,
            "met": f"{len(AIMS) - len(aims)} of {len(AIMS)}",
            "missed": "; ".join(aim.words for aim in aims),
        }


def _beside(own, rival):
    cells, words = {"generator": own["recipe"], "beside": rival["recipe"]}, []
    for head, figure, more, less in (
        ("NDCG@10", "ndcg_at_10", "more useful", "less useful"),
        ("MIA", "membership_auc", "leaks more", "leaks less"),
    ):
        values, others = _by_split(own, figure), _by_split(rival, figure)
        p = paired_p_values({"own": values}, others)["own"]
        difference = page_parts.spread(values - others, "+.3f")
        cells[head] = f"{difference} (p {p:.2g})"
        words.append(more if values.mean() > others.mean() else less)
    return cells | {"on average": ", ".join(words)}


def _by_split(row, figure):
    runs = dict(zip(row["seeds"], row["runs"], strict=True))
    return np.array([runs[seed][figure] for seed in sorted(runs)])


def _table(rows):
    rows = list(rows)
    return page_parts.table(rows[0], [row.values() for row in rows])
