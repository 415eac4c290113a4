"""The cards of the zoo, as `docs/_ext` makes them at each build of the site."""

import inspect
import pathlib
import re
import sys

import pytest

from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import results
from keras_ganrec.recipes import zoo

sys.path.append(str(pathlib.Path(__file__).parents[1] / "docs" / "_ext"))
generated_pages = pytest.importorskip("generated_pages")


@pytest.fixture(scope="module")
def cards():
    return generated_pages.cards()


def words(text):
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("name", zoo.classes())
def test_a_card_has_all_of_the_header_and_the_advice(cards, name):
    model = zoo.classes()[name]
    card = cards[f"{generated_pages.stem(model)}.md"]
    # Without the name in front, which is the heading of the card.
    header = inspect.getdoc(sys.modules[model.__module__]).partition(":")[2]
    missing = set(words(header.lower())) - set(words(card.lower()))
    assert missing == set()
    use, _, other = card.partition("**When to use it:**")[2].partition(
        "**When not to:**"
    )
    assert len(words(use)) > 5 and len(words(other.partition("##")[0])) > 5


def test_equations_are_preformatted_and_prose_is_not(cards):
    card = cards["cfgan.md"]
    equations = card.split("```")[1]
    assert "J_D = - sum_u  log D(r_u | c_u)" in equations
    assert "e_u      mask of the purchased items" in equations
    assert "In item mode" not in equations and "In item mode" in card
    assert "## Departures from the paper\n\n- J_G is non-saturating" in card


def test_a_card_shows_what_was_published_beside_what_was_measured(cards):
    rows = {row["recipe"]: row for row in results.read()}
    published = RECIPES["ganmf_ml_1m"].published["ndcg_at_20"]
    measured = rows["ganmf_ml_1m"]["metrics"]["ndcg_at_20"]["mean"]
    line = f"| `ganmf_ml_1m` | ndcg_at_20 | {published:.4f} |  | {measured:.4f}"
    assert line in cards["ganmf.md"]


def test_every_result_is_on_a_card(cards):
    shown = "\n".join(cards.values())
    for row in results.table(RECIPES):
        assert f"`{row['ablates'] or row['recipe']}`" in shown
        assert row["ablation"] in shown


def test_the_index_leads_to_every_card(cards):
    for name, model in zoo.classes().items():
        assert (
            f"[{name}]({generated_pages.stem(model)}.md)" in cards["index.md"]
        )
