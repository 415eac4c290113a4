"""A training as one HTML page: settings, curves, comparison, warnings."""

import html
import re
import types
from collections.abc import Mapping

from keras_ganrec.evaluation import plots
from keras_ganrec.evaluation.figures import spelled
from keras_ganrec.evaluation.page import drawing
from keras_ganrec.evaluation.page import listing
from keras_ganrec.evaluation.page import page
from keras_ganrec.evaluation.training_record import FORMAT
from keras_ganrec.evaluation.training_record import VERSION

COLUMNS = ("ndcg", "recall", "precision", "coverage", "gini")
CHANCE = 2.0  # standard errors
CODE = re.compile(r"`([^`]+)`")
CHECKED = (
    "losses that are not finite, a discriminator that has won, a generator "
    "that collapsed, a ranking below every baseline or still getting better "
    "at the end, lists that are the same for everybody, test interactions "
    "that a model knows or that are older than what it was trained on"
)


def training_report(record: Mapping) -> str:
    """Returns the report: an HTML page without scripts, with all it needs.

    Args:
        record: dict of `training_record`, or what `json.load` made of one.

    Raises:
        ValueError: It is no such record, or one of a newer version.
        ImportError: If matplotlib is not installed.
    """
    _check(record)
    try:
        sections = [
            _summary(record),
            _warnings(record),
            _facts(record),
            _curves(record),
            _comparison(record),
            _lists(record),
            _more(record),
        ]
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(
            "The record of the training is damaged "
            f"({type(error).__name__}: {error}). Expected one as "
            "`training_record` makes it. Train again."
        ) from error
    return page(
        f"Training of {record['model']}",
        "\n".join(filter(None, sections)),
        "ganrec report",
    )


def _check(record):
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise ValueError(
            "This is no record of a training. Expected what `ganrec train` "
            "writes beside the model, or `evaluation.training_record` makes."
        )
    if record.get("version") != VERSION:
        raise ValueError(
            f"The record is of version {record.get('version')}. This release "
            f"of keras_ganrec reads version {VERSION}. Use the release that "
            "the model was trained with, or a newer one."
        )


def _summary(record):
    name, by = record["model"], record["by"]
    rows = {row["model"]: row for row in record["results"]}
    own = rows.pop(name)
    text = (
        f"On the test part {html.escape(name)} has {html.escape(spelled(by))} "
        f"<b>{own[by]:.3f}</b>."
    )
    if rows:
        best = max(rows.values(), key=lambda row: row[by])
        difference, error = -best["difference"], best["standard_error"]
        than = html.escape(best["model"])
        text += (
            f" The best baseline, {than}, has <b>{best[by]:.3f}</b>. User by "
            f"user, {html.escape(name)} is {abs(difference):.4f} "
            f"{'above' if difference >= 0 else 'below'} it, with a standard "
            f"error of {error:.4f}: "
        )
        # The error of a single user is not a number.
        beyond = abs(difference) >= CHANCE * error and difference
        text += "more than chance." if beyond else "that may well be chance."
    return f'<p class="lead">{text}</p>'


def _warnings(record):
    shown = "".join(
        f'<p class="warning">{html.escape(text)}</p>'
        for text in record["warnings"]
    )
    shown = CODE.sub(r"<code>\1</code>", shown)
    number = len(record["warnings"])
    if not number:
        shown = f"<p>None. Looked for: {CHECKED}.</p>"
    return f"<h2>Warnings{f': {number}' if number else ''}</h2>{shown}"


def _facts(record):
    split = record["split"]
    parts = [
        f"{split[f'{part}_interactions']:,} interactions of "
        f"{split[f'{part}_users']:,} users {purpose}"
        for part, purpose in (
            ("train", "to train on"),
            ("validation", "to tune on"),
            ("test", "to test on"),
        )
        if f"{part}_interactions" in split
    ]
    simple = {
        spelled(label): text
        for label, text in record["about"].items()
        if not isinstance(text, Mapping) and text is not None
    }
    facts = {
        **simple,
        "Parts": "; ".join(parts) + f" (fingerprint {split['fingerprint']})",
    }
    return f"<h2>What was trained on what</h2>{listing(facts)}"


def _curves(record):
    history = types.SimpleNamespace(
        history=record["history"],
        epoch=[epoch - 1 for epoch in record["epochs"]],
    )
    logged, by = f"val_{record['by']}", record["by"]
    shown = []
    if any(v is not None for v in record["history"].get(logged, [])):
        shown.append(
            drawing(
                plots.ranking_quality,
                {record["model"]: history},
                record["baselines"],
                by,
                caption="The validation part over the epochs; lines across "
                "are baselines",
            )
        )
    if any(name.endswith("loss") for name in record["history"]):
        shown.append(
            drawing(
                plots.players,
                history,
                caption="Losses over the epochs; balance is the share of "
                "pairs of a real and a generated row that the discriminator "
                "tells apart"
                if "balance" in record["history"]
                else "The loss over the epochs",
            )
        )
    return f"<h2>Curves</h2>{_figures(shown)}" if shown else ""


def _comparison(record):
    name, by = record["model"], record["by"]
    k = by.rpartition("_")[2]
    compared = html.escape(spelled(by))
    others = [f"{family}_at_{k}" for family in COLUMNS]
    others = [column for column in others if column != by]
    head = "".join(
        f"<th>{html.escape(spelled(column))}</th>" for column in others
    )
    rows = "".join(
        f"<tr{' class=own' if row['model'] == name else ''}>"
        f"<th>{html.escape(row['model'])}</th>"
        + f"<td>{row[by]:.3f}</td><td>{_difference(row, name)}</td>"
        + "".join(f"<td>{row[column]:.3f}</td>" for column in others)
        + "</tr>"
        for row in record["results"]
    )
    return (
        "<h2>Beside baselines, on the test part</h2>"
        f'<div class="wide"><table><tr><th></th><th>{compared}</th>'
        f"<th>minus {html.escape(name)}</th>{head}</tr>{rows}</table></div>"
        f"<p>The second column is the mean difference in {compared}, user "
        "by user, and its standard error; less than two of them may well be "
        "chance. Coverage is the share of the catalog that is recommended to "
        "anybody; the Gini coefficient is 0 where all items are recommended "
        "equally often, and near 1 where a few are.</p>"
    )


def _difference(row, name):
    if row["model"] == name:
        return ""
    said = f"{row['difference']:+.4f} ± {row['standard_error']:.4f}"
    return said.replace("-", "−")


def _lists(record):
    name, by, users = record["model"], record["by"], record["users"]
    listed = {
        each: record["listed"][each] for each in [name, *record["listed"]]
    }
    popularity = record["popularity"]
    shown = [
        drawing(
            plots.coverage,
            listed,
            popularity,
            caption="Which share of the recommendations goes to which share "
            "of the catalog",
        ),
        drawing(
            plots.long_tail,
            {name: listed[name]},
            popularity,
            caption="Items, by how popular they are and how often "
            f"{html.escape(name)} recommends them; on the line as often as "
            "they are popular",
        ),
    ]
    others = [row for row in record["results"] if row["model"] != name]
    if others and len(users[name]) > 1:
        best = max(others, key=lambda row: row[by])["model"]
        shown.insert(
            0,
            drawing(
                plots.user_differences,
                {name: users[name]},
                users[best],
                best,
                spelled(by),
                caption="What each user gains and loses; dashed: the mean, "
                "with two standard errors to each side",
            ),
        )
    return f"<h2>For whom, and what</h2>{_figures(shown)}"


def _more(record):
    """Settings, versions and all else that has parts."""
    return "".join(
        f"<h2>{html.escape(spelled(label))}</h2>{listing(_flat(parts), 'long')}"
        for label, parts in record["about"].items()
        if isinstance(parts, Mapping)
    )


def _flat(tree, path=""):
    """Leaves by their path: `{"optimizers.d_optimizer": "Adam(...)", ...}`."""
    leaves = {}
    for key, value in tree.items():
        if isinstance(value, Mapping) and {*value} == {"class_name", "config"}:
            config = ", ".join(f"{k}={v}" for k, v in value["config"].items())
            leaves[f"{path}{key}"] = f"{value['class_name']}({config})"
        elif isinstance(value, Mapping) and value:
            leaves |= _flat(value, f"{path}{key}.")
        else:
            leaves[f"{path}{key}"] = value
    return leaves


def _figures(shown):
    return f'<div class="figures">{"".join(shown)}</div>'
