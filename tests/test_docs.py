"""What the README and the docs show must run as it is pasted."""

import pathlib
import re
import runpy

import pytest

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import results

REPOSITORY = pathlib.Path(__file__).parents[1]
PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "CONTRIBUTING.md",
    *sorted((REPOSITORY / "docs").glob("*.md")),
]
BLOCK = re.compile(r"^```(.*?)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples(page):
    """The code of a page, but for what is marked `no-run`."""
    blocks = BLOCK.findall(page.read_text())
    return "\n".join(code for kind, code in blocks if kind == "python")


@pytest.mark.parametrize(
    "page", [*filter(examples, PAGES)], ids=lambda page: page.name
)
def test_examples_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # One namespace: later blocks of a page go on from the earlier ones.
    exec(examples(page), {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    text = BLOCK.sub("", page.read_text())
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


def test_the_readme_shows_what_is_measured():
    readme = runpy.run_path(str(REPOSITORY / "docs" / "readme.py"))
    assert (REPOSITORY / "README.md").read_text() == readme["readme"](), (
        "run `python docs/readme.py`"
    )
    shown = (REPOSITORY / "docs" / "measured.svg").read_text()
    values = r">(0\.\d{3})</text>"
    assert re.findall(values, shown) == re.findall(values, readme["picture"]())


def test_the_learning_curves_are_those_of_the_results():
    curves = runpy.run_path(str(REPOSITORY / "docs" / "curves.py"))
    shown = curves["PICTURE"].exists()
    assert shown == bool(curves["curves"]()), "run `python docs/readme.py`"
    assert curves["PAGE"].read_text() == curves["reproductions"]()
    if shown:
        values = r">([^<>]+)</text>"
        texts = re.findall(values, curves["PICTURE"].read_text())
        assert texts == re.findall(values, curves["picture"]())


def test_the_readme_says_who_wins():
    rows = [row for row in results.table(RECIPES) if not row["ablates"]]
    best = {}
    for row in rows:
        place = results.place_of(row)
        value = row["metrics"][results.COMPARED_BY]["mean"]
        best[place] = max(best.get(place, (0.0, "")), (value, row["model"]))
    winners = {model for _, model in best.values()}
    says = "the best baseline wins on each split" in " ".join(
        (REPOSITORY / "README.md").read_text().split()
    )
    assert says == (winners <= set(baselines.__all__))


def test_the_readme_says_who_is_first_by_precision():
    text = " ".join((REPOSITORY / "README.md").read_text().split())
    found = [
        (row["metrics"]["precision_at_5"]["mean"], row["model"])
        for row in results.table(RECIPES)
        if results.place_of(row) == ("ml-100k", "irgan") and not row["ablates"]
    ]
    (first, model), (second, other) = sorted(found, reverse=True)[:2]
    assert (
        f"precision at 5 {model} is the first of all on IRGAN's split "
        f"({first:.3f}, {other} {second:.3f})"
    ).replace("0.", ".") in text


def _check(recipe, stored, again):
    tolerance = 0.004
    return {
        "recipe": recipe,
        "stored": {"time": stored, "commit": "a" * 40},
        "checked": {"time": "later", "commit": "b" * 40},
        "metrics": {
            "ndcg_at_5": {"mean": 0.4, "again": 0.4, "tolerance": tolerance},
            "ndcg_at_20": {"mean": 0.4, "again": again, "tolerance": tolerance},
        },
        "reproduced": abs(again - 0.4) <= tolerance,
    }


def test_the_page_of_checks():
    checked = runpy.run_path(str(REPOSITORY / "docs" / "checked.py"))
    assert checked["PAGE"].read_text() == checked["page"](
        checked["read"](checked["KEPT"])
    ), "run `python docs/readme.py`"
    first, second, third, *_ = results.read()
    page = checked["page"](
        [
            _check(first["recipe"], first["time"], 0.401),
            _check(second["recipe"], second["time"], 0.41),
            _check(third["recipe"], "before", 0.41),
        ]
    )
    assert "results 2 were checked as they are now." in page
    assert "Within their spread\ncame out 1." in page
    of = f"{'a' * 7} | {'b' * 7} |"
    assert f"| {first['recipe']} | within | 25% | ndcg_at_20 | {of}" in page
    assert (
        f"| {second['recipe']} | **outside** | 250% | ndcg_at_20 | {of}" in page
    )
    assert f"again: `{third['recipe']}` (**outside**)." in page


def test_the_readme_says_which_gans_are_ahead_of_ease():
    text = (REPOSITORY / "README.md").read_text()
    told = text.split("**The best accuracy at any price.**")[1].split("\n- ")[0]
    rows = [row for row in results.table(RECIPES) if not row["ablates"]]
    ease, ahead, best = {}, {}, {}
    for row in sorted(rows, key=lambda row: row["model"] != "EASE"):
        place = results.place_of(row)
        value = row["metrics"][results.COMPARED_BY]["mean"]
        best[place] = max(best.get(place, (0.0, "")), (value, row["model"]))
        if row["model"] == "EASE":
            ease[place] = max(ease.get(place, 0.0), value)
        elif row["model"] in models.__all__ and value > ease.get(
            place, float("inf")
        ):
            ahead.setdefault(row["model"], set()).add(row["split"])
    assert set(ahead) == {n for n in models.__all__ if n in told.split()}
    where = {"cfgan": "on CFGAN's", "irgan": "on IRGAN's"}
    for model, splits in ahead.items():
        both = "is ahead of EASE on both splits of ML-100K"
        only = both if len(splits) == 2 else where[min(splits)]
        assert f"{model} {only}" in " ".join(told.split())
    assert {model for _, model in best.values()} <= set(
        re.findall(r"\w+", told)
    )
