"""The comparison of a synthetic table with the real one, as one HTML file."""

import html
import math
from collections.abc import Mapping

import pandas as pd

from keras_ganrec.evaluation import plots
from keras_ganrec.evaluation.figures import DCR_NOTE
from keras_ganrec.evaluation.figures import spelled
from keras_ganrec.evaluation.page import drawing
from keras_ganrec.evaluation.page import listing
from keras_ganrec.evaluation.page import page

GROUPS = {
    "fidelity": "Fidelity: does the table look like the real one?",
    "features": "Features: are users the people they were?",
    "realism": "Realism: do whole users pass for real ones?",
    "diversity": "Diversity: are all kinds of users there?",
    "usefulness": "Usefulness: train on synthetic, test on real",
    "privacy": "Privacy: can it be told who was in the real table?",
}
DRAWN = (
    (plots.popularity_curve, None, "Long tail: how popular the items are"),
    (plots.user_degrees, None, "How many items users have"),
    (plots.co_occurrence, None, "Which items go together (top 200, by pairs)"),
    (plots.ratings, "rating", "Ratings"),
    (plots.time_of_day, "timestamp", "Time of day"),
)
NEAR, HALF = 0.1, 0.5
# Floor and null closer than this, in parts of the best value, tell nothing.
TELLS = 0.02
WORST_SHOWN = 5
PRIVACY = (
    f'<p class="warning">{html.escape(DCR_NOTE)} The attack here is the '
    "simplest one, by the most similar profile; one who knows the generator "
    "does better. A high value shows a leak, and a low one only that this "
    "attack fails. Nothing here is a guarantee: that would take training with "
    "differential privacy, which this generator was not.</p>"
)
HOW_TO_READ = """<h2>How to read the figures</h2>
<dl>
<dt>synthetic</dt><dd>The new users, beside real ones whom the generator has
not seen.</dd>
<dt>floor</dt><dd>Other real users in their place: the best that can be asked
for. Better than the floor is chance, or copying. It is no half of the real
table against the other half: the users that the generator learned from stand
beside those whom it has not seen, who are fewer, so that the floor is that of
the very comparison that the new users are put to.</dd>
<dt>null</dt><dd>The real table with its items shuffled among the users, and
each feature of theirs: who is how active, what is how popular, and how many are
of which kind, stay; taste is gone.</dd>
<dt>real</dt><dd>The figure of the real table itself, where it has one: of as
many of its users as there are others, since some grow with the users.</dd>
<dt>the bar</dt><dd>How far the synthetic table is on the way from the floor
(left) to the null (right). Without a bar the two do not differ.</dd>
</dl>"""


def verdicts(figures: pd.DataFrame) -> pd.DataFrame:
    """How far each figure is from its floor.

    Args:
        figures: Of `compare_tables`.

    Returns:
        A DataFrame of the same index: `way`, from 0 at the floor or better to
        1 at the null, not a number where the two do not differ; `off`, the
        same, but there in parts of the best value, not a number where nothing
        was measured; and `verdict`, `"at the floor"`, `"near the floor"`,
        `"between"`, `"far off"`, or `""`.
    """
    rows = [_verdict(row) for row in figures.itertuples()]
    return pd.DataFrame(rows, figures.index, ["way", "off", "verdict"])


def _verdict(row):
    if math.isnan(row.synthetic) or math.isnan(row.floor):
        return math.nan, math.nan, ""
    if row.best == "high":
        best = max(row.floor, row.synthetic)
    else:
        best = row.real if row.best == "real" else float(row.best)
    if math.isnan(best):
        return math.nan, math.nan, ""
    ours, floor, null = (
        abs(value - best) for value in (row.synthetic, row.floor, row.null)
    )
    excess, slack = max(0.0, ours - floor), TELLS * max(abs(best), 1.0)
    way, off = math.nan, excess / max(abs(best), 0.5)
    # Shuffled items give nobody away: for privacy they are no bad end.
    if row.group != "privacy" and null - floor > slack:
        way = off = excess / (null - floor)
    if not excess:
        return way, off, "at the floor"
    if excess <= slack or off <= NEAR:
        return way, off, "near the floor"
    return way, off, "between" if off <= HALF else "far off"


def fidelity_report(
    figures: pd.DataFrame, real, synthetic, facts: Mapping[str, str]
) -> str:
    """Returns the report: an HTML page without scripts, with all it needs.

    Args:
        figures: Of `compare_tables`.
        real: `Interactions` that the plots show.
        synthetic: `Interactions` that they show beside, with the same items.
        facts: dict from a label to a text: what was made from what, and how.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    figures = figures.join(verdicts(figures))
    measured = figures[figures["left_out"] == ""]
    sections = [
        _summary(measured),
        f"<h2>What was made from what</h2>{listing(facts)}",
        _worst(measured),
        _plots(real, synthetic),
        *(
            _group(title, measured[measured["group"] == group], group)
            for group, title in GROUPS.items()
        ),
        _left_out(figures),
        HOW_TO_READ,
    ]
    return page(
        "Synthetic interactions",
        "\n".join(filter(None, sections)),
        "ganrec synthesize",
    )


def _summary(figures):
    judged = figures[figures["group"] != "privacy"]["verdict"]
    near = judged.isin(["at the floor", "near the floor"]).sum()
    text = (
        f"<b>{near} of {(judged != '').sum()}</b> figures of likeness and use "
        f"are at or near their floor, {(judged == 'between').sum()} lie "
        f"between floor and null, {(judged == 'far off').sum()} are far off."
    )
    if "membership_auc" in figures.index:
        attack = figures.loc["membership_auc"]
        text += (
            " Who holds the new table can tell the people that it was learned "
            "from apart from strangers with an AUC of "
            f"<b>{attack['synthetic']:.2f}</b> (a coin: 0.50)."
        )
    return f'<p class="lead">{text}</p>'


def _worst(figures):
    judged = figures[figures["verdict"].isin(["between", "far off"])]
    judged = judged[judged["group"] != "privacy"]
    worst = judged.sort_values("off", ascending=False).head(WORST_SHOWN)
    title = "<h2>Where it betrays itself</h2>"
    if not len(worst):
        return f"{title}<p>No figure is far from its floor.</p>"
    rows = "".join(
        f"<li><b>{_name(row.Index)}</b>: {row.synthetic:.3g}, where other real "
        f"users have {row.floor:.3g} and shuffled items {row.null:.3g}. "
        f"{_sentence(row.meaning)}</li>"
        for row in worst.itertuples()
    )
    return (
        f"{title}<p>The figures that are farthest from their floor:</p>"
        f"<ol>{rows}</ol>"
    )


def _plots(real, synthetic):
    shown = [
        drawing(draw, real, synthetic, caption=title)
        for draw, column, title in DRAWN
        if column is None
        or all(getattr(t, column) is not None for t in (real, synthetic))
    ]
    return (
        "<h2>Beside one another</h2>"
        f'<div class="figures">{"".join(shown)}</div>'
    )


def _group(title, figures, group):
    if not len(figures):
        return ""
    cards = "".join(_card(row) for row in figures.itertuples())
    note = PRIVACY if group == "privacy" else ""
    return f'<h2>{title}</h2>{note}<div class="cards">{cards}</div>'


def _card(row):
    values = [("synthetic", row.synthetic), ("floor", row.floor)]
    values += [("null", row.null), ("real", row.real)]
    cells = "".join(
        f"<div><span>{label}</span>{_number(value)}</div>"
        for label, value in values
        if not math.isnan(value)
    )
    bar = ""
    if not math.isnan(row.way):
        place = min(row.way, 1.0)
        bar = f'<div class="way"><i style="left:{place:.0%}"></i></div>'
    verdict = ""
    if row.verdict:
        kind = row.verdict.split()[0]
        verdict = f'<span class="verdict {kind}">{row.verdict}</span>'
    return (
        f'<div class="card"><h3>{_name(row.Index)} {verdict}</h3>'
        f"<p>{_sentence(row.meaning)}</p>"
        f'<div class="values">{cells}</div>{bar}</div>'
    )


def _left_out(figures):
    reasons = figures["left_out"][figures["left_out"] != ""]
    if not len(reasons):
        return ""
    rows = "".join(
        f"<li>{_name(name)}: {html.escape(reason)}</li>"
        for name, reason in reasons.items()
    )
    return f"<h2>Not measured</h2><ul>{rows}</ul>"


def _name(figure):
    return html.escape(spelled(figure))


def _sentence(text):
    return html.escape(text[0].upper() + text[1:] + ".")


def _number(value):
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.4g}"
