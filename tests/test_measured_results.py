"""What is in the repository as measured, held against its recipes."""

import pathlib
import re

import pytest

from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import aae_rec_ml_100k
from keras_ganrec.recipes import report
from keras_ganrec.recipes import results
from keras_ganrec.recipes import synthesis_report
from keras_ganrec.recipes import tuning

ZOO = pathlib.Path(__file__).parents[1] / "docs" / "zoo.md"


def test_no_result_is_stale():
    stale = [r["recipe"] for r in results.table(RECIPES) if r["stale"]]
    assert stale == [], "run `ganrec benchmark` and commit its results"


def test_results_are_complete():
    for row in results.table(RECIPES):
        assert set(row["metrics"]) == {
            f"{family}_at_{k}"
            for k in RECIPES[row["recipe"]].lengths
            for family in (
                "precision recall ndcg mrr map hit_rate coverage gini novelty"
            ).split()
        }
        assert all(set(v) == {"mean", "std"} for v in row["metrics"].values())
        assert row["seeds"] == list(RECIPES[row["recipe"]].seeds)


def test_what_was_searched_is_as_its_study_says():
    pytest.importorskip("optuna")
    for row in results.read():
        recipe = RECIPES[row["recipe"]]
        if recipe.space:
            study = tuning.best(recipe, tuning.study_path(recipe))
            assert study["chosen"] == row["chosen"]
            assert study["trials"] == row["trials"]


def test_irgan_begins_with_the_start_that_was_chosen():
    start = RECIPES["irgan_tuned_start_ml_100k"].start
    (chosen,) = (
        row["chosen"]
        for row in results.read()
        if row["recipe"] == "dns_tuned_ml_100k"
    )
    assert start.with_settings(chosen) == start


def test_frozen_adversaries_leave_the_start():
    chosen = {row["recipe"]: row["chosen"] for row in results.read()}
    for name in ("irgan", "irgan_pairwise", "cofigan", "apl"):
        assert chosen[f"{name}_ml_100k_adversary_frozen"]["epochs"] == 1
    assert "chose one epoch" in report.ABLATIONS_HEAD


def test_ablations_stand_at_what_the_search_found():
    (chosen,) = (
        row["chosen"]
        for row in results.read()
        if row["recipe"] == "aae_rec_ml_100k_liked"
    )
    for setting, value in aae_rec_ml_100k.FOUND.items():
        assert value == pytest.approx(chosen[setting], rel=0.02)
    for setting, values in aae_rec_ml_100k.HELD_BACK.items():
        assert min(values) <= 1.02 * chosen[setting] <= 1.02 * max(values)


def test_the_page_is_rendered_from_the_results():
    assert ZOO.read_text() == report.markdown(results.table(RECIPES)), (
        "run `ganrec zoo --markdown > docs/zoo.md`"
    )


@pytest.mark.parametrize(
    "path", [results.PATH, synthesis_report.path_beside()], ids=["rank", "make"]
)
def test_what_is_kept_names_the_code_that_measured_it(path):
    for row in results.read(path):
        assert re.fullmatch("[0-9a-f]{40}", row["commit"]), row["recipe"]
