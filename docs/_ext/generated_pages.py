"""Pages that are written at each build: a card per model, the notebooks.

A card is made of the header of the model's file, its docstring and what was
measured. Nothing of it is written twice.
"""

import inspect
import pathlib
import re
import sys

from docstrings import LINK
from docstrings import advice

from keras_ganrec.recipes import GENERATORS
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import page_parts
from keras_ganrec.recipes import report
from keras_ganrec.recipes import results
from keras_ganrec.recipes import synthesis_report
from keras_ganrec.recipes import zoo

DOCS = pathlib.Path(__file__).parents[1]
NOTEBOOKS = DOCS.parent / "notebooks"
FAMILIES = {
    "collaborative": "Recommenders",
    "synthesis": "Generators of users and of tables",
    "content": "Arrays of any kind",
    "baseline": "Baselines of recommenders",
    "synthesis baseline": "Baselines of generators",
}
# Where else there may be something to read on a model.
PAGES = (
    "reproductions",
    "imputation",
    "generator_gap",
    "ganrs",
    "cold_users",
    "synthetic",
    "tables",
)
PREFORMATTED = re.compile(r"^\s|\S {2,}\S|\A\S+ = ", re.MULTILINE)
DEPARTURES = re.compile(
    r"^Departures? from (?:the paper|the book|those)", re.MULTILINE
)
INDEX = """\
# The zoo

Each model has a card: what it is for, the equations of its paper, where it
departs from them, what others published, and what was measured here. All
models side by side, split by split: [measured results](../zoo.md) and
[measured generators](../synthesis.md).

Where models rank, the last column is NDCG@20 on the test part, and in brackets
that of the best baseline of the same split.
"""


def setup(app):
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True}


def _write(app):
    pages = {f"models/{name}": text for name, text in cards().items()}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        # Their links are right in the repository; here they lie elsewhere.
        pages[f"notebooks/{path.name}"] = path.read_text().replace(
            "](../docs/", "](../"
        )
    for folder in ("models", "notebooks"):
        (DOCS / folder).mkdir(exist_ok=True)
        for path in (DOCS / folder).iterdir():
            if f"{folder}/{path.name}" not in pages:
                path.unlink()
    for name, text in pages.items():
        path = DOCS / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def cards():
    """All pages of the zoo, by the names of their files."""
    rows = results.table(RECIPES)
    made = synthesis_report.table(GENERATORS, synthesis_report.path_beside())
    models = zoo.classes()
    pages = {
        f"{stem(model)}.md": card(name, model, rows, made)
        for name, model in models.items()
    }
    return {"index.md": _index(models, rows), **pages}


def stem(model):
    return model.__module__.rpartition(".")[2]


def card(name, model, rows, made):
    """The page of one model."""
    lead, method, departures = header(model)
    path = f"{model.__module__.replace('.', '/')}.py"
    said = advice(model)
    package = model.__module__.split(".")[1]
    parts = [
        f"# {name}",
        lead,
        f"**When to use it:** {said['When to use it']}",
        f"**When not to:** {said['When not to']}",
        f"From {model.year}, in `{path}`.",
        "## Method",
        method,
        *departures,
        "## Measured",
        *_measured(model, name, rows, made),
        "## Use",
        f"```{{eval-rst}}\n.. autoclass:: keras_ganrec.{package}.{name}\n"
        "   :members:\n   :show-inheritance:\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def header(model):
    """Lead, method and departures of the docstring of a model's file."""
    title, _, rest = inspect.getdoc(sys.modules[model.__module__]).partition(
        "\n"
    )
    lead = title.partition(": ")[2]
    lead = lead[:1].upper() + lead[1:]
    match = DEPARTURES.search(rest)
    if match is None:
        return lead, _flowing(rest), []
    method, others = rest[: match.start()], rest[match.end() :]
    more, _, others = others.partition(":")
    departures = [
        f"## {match.group()}",
        f"{match.group()}{more}:" if more else "",
        _flowing(others),
    ]
    return lead, _flowing(method), departures


def _flowing(text):
    """Prose as Markdown; symbols and equations as they stand in the file."""
    parts, equations = [], []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if PREFORMATTED.search(block) and not block.lstrip().startswith("- "):
            equations.append(block)
            continue
        parts += [*_equations(equations), _links(block)]
        equations = []
    return "\n\n".join([*parts, *_equations(equations)])


def _equations(blocks):
    if blocks:
        yield "\n".join(("```", "\n\n".join(blocks), "```"))


def _links(text):
    return LINK.sub(lambda m: f"[{' '.join(m[1].split())}]({m[2]})", text)


def _measured(model, name, rows, made):
    whole = [row for row in rows if row["model"] == name and not row["ablates"]]
    names = {row["recipe"] for row in whole}
    parts = [
        *_beside_baselines(whole, {row["recipe"]: row for row in rows}),
        *_beside_published(whole),
        *_without_adversary([row for row in rows if row["ablates"] in names]),
        *_generated(name, made),
    ]
    pages = [page for page in PAGES if _mentions(page, name)]
    links = ", ".join(f"[{_title(page)}](../{page}.md)" for page in pages)
    if not parts:
        parts = ["No recipe of it is among the [results](../zoo.md)."]
    return [*parts, f"More on it: {links}." if links else ""]


def _beside_baselines(whole, by_name):
    """NDCG@20 of the model and of the best baseline, on each split."""
    lines = []
    for row in sorted(whole, key=results.place_of):
        best = by_name.get(row["best_baseline"])
        lines.append(
            [
                "{}, split {}".format(*results.place_of(row)),
                f"`{row['recipe']}`" + (" (stale)" if row["stale"] else ""),
                _ndcg(row),
                f"`{best['recipe']}` {_ndcg(best)}" if best else "",
                report.p_value(row),
                f"{row['cpu_seconds']:.0f}",
            ]
        )
    if lines:
        yield (
            "`ganrec benchmark RECIPE` makes a row again. The numbers are "
            "NDCG@20 on the test part, mean and standard deviation over the "
            "seeds; `p` is the chance of so large a difference from the best "
            "baseline if there were none."
        )
        heads = ("data", "recipe", "this model", "best baseline", "p", "cpu-s")
        yield page_parts.table(heads, lines)


def _beside_published(whole):
    lines = [
        [
            f"`{row['recipe']}`",
            metric,
            *(
                f"{row[source][metric]:.4f}" if metric in row[source] else ""
                for source in ("published", "replicated")
            ),
            f"{row['metrics'][metric]['mean']:.4f}",
        ]
        for row in whole
        for metric in {**row["published"], **row["replicated"]}
    ]
    if lines:
        yield "### Published and measured"
        heads = ("recipe", "metric", "published", "authors' code", "measured")
        yield page_parts.table(heads, lines)
        for row in whole:
            if row["published"] or row["replicated"]:
                yield f"`{row['recipe']}`: {row['reference']}."


def _without_adversary(ablations):
    if ablations:
        yield "### Without its adversary"
        yield (
            "The same recipe with a part taken away, tuned alike; NDCG@20. "
            "What the words mean: [measured results](../zoo.md)."
        )
        yield page_parts.table(
            ("recipe", "taken away", "what is left"),
            [
                [f"`{row['ablates']}`", row["ablation"], _ndcg(row)]
                for row in ablations
            ],
        )


def _generated(name, made):
    rows = [row for row in made if row["model"] == name]
    if rows:
        yield (
            "Users made by it, beside real ones (the row `real_users`). What "
            "the columns mean: [measured generators](../synthesis.md)."
        )
        real = [
            row
            for row in made
            if row["recipe"] == "real_users" and row not in rows
        ]
        lines = [synthesis_report.cells(row) for row in (*rows, *real)]
        yield page_parts.table(lines[0], [line.values() for line in lines])


def _ndcg(row):
    value = row["metrics"][results.COMPARED_BY]
    spread = (
        f"\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{value['std']:.4f}"
        if len(row["seeds"]) > 1
        else ""
    )
    return f"{value['mean']:.4f}{spread}"


def _mentions(page, name):
    text = (DOCS / f"{page}.md").read_text()
    return re.search(rf"\b{name}\b", text) is not None


def _title(page):
    first, _, _ = (DOCS / f"{page}.md").read_text().partition("\n")
    return first.removeprefix("# ")


def _index(models, rows):
    by_name = {row["recipe"]: row for row in rows}
    parts = [INDEX]
    for family, title in FAMILIES.items():
        lines = [
            [
                f"[{name}]({stem(model)}.md)",
                str(model.year),
                header(model)[0],
                best(name, rows, by_name),
            ]
            for name, model in models.items()
            if zoo.family(model) == family
        ]
        heads = ("model", "year", "what it is", "measured")
        shown = 4 if any(line[3] for line in lines) else 3
        lines = [line[:shown] for line in lines]
        parts += [f"## {title}", page_parts.table(heads[:shown], lines)]
    files = "\n".join(stem(model) for model in models.values())
    return "\n\n".join(
        [*parts, f"```{{toctree}}\n:hidden:\n\n{files}\n```", ""]
    )


def best(name, rows, by_name):
    """The model's best recipe on each split, beside the best baseline."""
    best = {}
    for row in rows:
        if row["model"] == name and not row["ablates"]:
            best.setdefault(results.place_of(row), []).append(row)
    texts = []
    for place, found in sorted(best.items()):
        row = max(
            found, key=lambda r: r["metrics"][results.COMPARED_BY]["mean"]
        )
        shown = (row, by_name.get(row["best_baseline"]))
        value, *beside = (
            f"{r['metrics'][results.COMPARED_BY]['mean']:.3f}"
            for r in shown
            if r is not None
        )
        texts.append(
            "{}, {}: ".format(*place)
            + value
            + "".join(f" ({baseline})" for baseline in beside)
        )
    return "; ".join(texts)
