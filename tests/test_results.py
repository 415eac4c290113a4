import dataclasses

import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec.recipes import report
from keras_ganrec.recipes import results
from keras_ganrec.recipes.base import ranking_metrics
from tests.recipe_cases import NEIGHBORS
from tests.recipe_cases import TRAINED

# Of each of 20 users, an NDCG.
USERS = np.linspace(0.1, 0.8, 20)


def _result(name="trained", recipe=TRAINED, ndcg=0.4):
    return {
        "recipe": name,
        "model": recipe.model.__name__,
        "dataset": recipe.dataset,
        "split": recipe.split,
        "seeds": [0, 1, 2],
        "metrics": {
            metric: {"mean": ndcg, "std": 0.001} for metric in ranking_metrics()
        },
        "fit_seconds": 12.0,
        "cpu_seconds": 20.0,
        "peak_memory_mb": 900.0,
        "fingerprint": recipe.fingerprint,
        "chosen": {},
        "trials": [],
    }


def test_a_result_replaces_that_of_its_recipe(tmp_path):
    path = tmp_path / "results.json"
    results.write(_result("b"), USERS, path)
    results.write(_result("a"), USERS, path)
    results.write(_result("b", ndcg=0.5), USERS / 2, path)
    rows = results.read(path)
    assert [row["recipe"] for row in rows] == ["a", "b"]
    assert rows[1]["metrics"]["ndcg_at_10"]["mean"] == 0.5
    values = results.read_per_user(rows[1], path)
    np.testing.assert_allclose(values, USERS / 2, rtol=1e-6)
    written = sorted(p.name for p in tmp_path.rglob("*") if p.is_file())
    assert written == ["a.npy", "b.npy", "results.json"]


def test_a_result_is_stale_once_its_recipe_changes(tmp_path):
    path = tmp_path / "results.json"
    for name in ("same", "changed", "gone"):
        results.write(_result(name), USERS, path)
    today = {
        "same": TRAINED,
        "changed": dataclasses.replace(TRAINED, batch_size=65),
    }
    stale = {r["recipe"]: r["stale"] for r in results.table(today, path)}
    assert stale == {"same": False, "changed": True, "gone": True}


def test_published_numbers_are_those_of_today(tmp_path):
    path = tmp_path / "results.json"
    results.write(_result(), USERS, path)
    recipe = dataclasses.replace(TRAINED, published={"ndcg_at_5": 0.45})
    (row,) = results.table({"trained": recipe}, path)
    assert row["published"] == {"ndcg_at_5": 0.45}
    assert not row["stale"]


def test_results_that_cannot_be_read(tmp_path):
    path = tmp_path / "results.json"
    path.write_text('[{"recipe": ')
    with pytest.raises(ValueError, match="is no JSON"):
        results.read(path)


def test_the_page_says_who_loses(tmp_path):
    path = tmp_path / "results.json"
    ease = dataclasses.replace(NEIGHBORS, name="ease", model=baselines.EASE)
    recipe = dataclasses.replace(
        TRAINED, published={"ndcg_at_5": 0.4564}, reference="a paper"
    )
    results.write(_result("ease", ease, 0.42), USERS + 0.1, path)
    results.write(_result("trained", recipe, 0.40), USERS, path)
    page = report.markdown(
        results.table({"ease": ease, "trained": recipe}, path)
    )
    assert "`trained` loses to `ease` by 0.0200 ndcg_at_20." in page
    assert "`trained` as published: ndcg_at_5 0.4564. a paper." in page
    assert page.index("| ease |") < page.index("| trained |")
    assert "0.4000 ± 0.0010" in page
    assert "| < 0.001 |" in page
    assert page.count("| best baseline |") == 1


def test_the_page_marks_a_choice_at_the_edge_of_its_grid(tmp_path):
    path = tmp_path / "results.json"
    setting = "model_arguments.num_neighbors"
    words = {"model_arguments.similarity": ("cosine", "tversky")}
    grids = {
        "lowest": {setting: (1, 50, 100)},
        "between": {setting: (1, 50, 100)},
        "highest": {setting: (100, 50), **words},
        "alone": {setting: (50,), **words},
    }
    chosen = {"lowest": 1, "between": 50, "highest": 100, "alone": 50}
    recipes = {}
    for name, grid in grids.items():
        recipes[name] = dataclasses.replace(NEIGHBORS, name=name, grid=grid)
        result = _result(name, recipes[name])
        result["chosen"] = {
            setting: chosen[name],
            "model_arguments.similarity": "tversky",
        }
        result["trials"] = [{}] * 3
        results.write(result, USERS, path)
    rows = results.table(recipes, path)
    edges = {row["recipe"]: row["at_edge"] for row in rows}
    assert edges == {
        "lowest": [setting],
        "between": [],
        "highest": [setting],
        "alone": [],
    }
    page = report.markdown(rows)
    shown = {
        line.split(" | ")[0][2:]: line.split(" | ")[-1][:-2]
        for line in page.splitlines()
        if line.startswith("| ") and "900 MB" in line
    }
    assert shown == {
        "lowest": "3*",
        "between": "3",
        "highest": "3*",
        "alone": "3",
    }


@pytest.mark.parametrize(
    ("values", "value", "at_edge"),
    [
        ((32, 64, 128), 128, True),
        ((32, 64, 128), 64, False),
        (("a", "b"), "a", False),
        ({"low": 0.0, "high": 2.0}, 0.11, False),
        ({"low": 0.0, "high": 2.0}, 0.09, True),
        ({"low": 0.0, "high": 2.0}, 1.91, True),
        ({"low": 1, "high": 60}, 60, True),
        # Of a thousandfold a twentieth is a factor of 1.41.
        ({"low": 1e-3, "high": 1.0, "log": True}, 0.0014, True),
        ({"low": 1e-3, "high": 1.0, "log": True}, 0.0015, False),
        ({"low": 1e-3, "high": 1.0, "log": True}, 0.72, True),
    ],
)
def test_a_choice_at_the_end_of_a_space(tmp_path, values, value, at_edge):
    setting = "model_arguments.num_neighbors"
    recipe = dataclasses.replace(NEIGHBORS, grid={}, space={setting: values})
    result = _result("searched", recipe) | {"chosen": {setting: value}}
    results.write(result, USERS, tmp_path / "results.json")
    (row,) = results.table({"searched": recipe}, tmp_path / "results.json")
    assert row["at_edge"] == ([setting] if at_edge else [])


def test_a_choice_where_the_epochs_ran_out(tmp_path):
    path = tmp_path / "results.json"
    recipe = dataclasses.replace(TRAINED, grid={}, epochs=10, patience=2)
    for epochs, edges in ((10, ["epochs"]), (9, ["epochs"]), (8, [])):
        result = _result("trained", recipe) | {"chosen": {"epochs": epochs}}
        results.write(result, USERS, path)
        (row,) = results.table({"trained": recipe}, path)
        assert row["at_edge"] == edges
    fixed = dataclasses.replace(recipe, patience=None)
    (row,) = results.table({"trained": fixed}, path)
    assert row["at_edge"] == []


def test_the_page_says_that_times_of_ml_1m_are_rebuilt(tmp_path):
    path = tmp_path / "results.json"
    for split in ("ganmf", "leave_last_out"):
        recipe = dataclasses.replace(NEIGHBORS, dataset="ml-1m", split=split)
        results.write(_result(split, recipe), USERS, path)
    page = report.markdown(results.table({}, path))
    head, ganmf, last = page.split("\n## ")
    assert "29.8 %" in last and "29.8 %" not in ganmf


def test_the_page_shows_the_lengths_that_all_of_a_split_have(tmp_path):
    path = tmp_path / "results.json"
    for name, lengths in (("a", (5, 20, 100)), ("b", (5, 20, 100, 200))):
        result = _result(name)
        result["metrics"] = {
            metric: {"mean": 0.4, "std": 0.0}
            for metric in ranking_metrics(lengths)
        }
        results.write(result, USERS, path)
    page = report.markdown(results.table({}, path))
    shown = [k for k in (5, 10, 20, 100, 200) if f"ndcg at {k} |" in page]
    assert shown == [5, 20, 100]


def test_differences_from_the_best_baseline_of_the_split(tmp_path):
    path = tmp_path / "results.json"
    elsewhere = dataclasses.replace(NEIGHBORS, dataset="ml-1m")
    results.write(_result("knn", NEIGHBORS, 0.42), USERS, path)
    results.write(_result("weaker", NEIGHBORS, 0.41), USERS, path)
    results.write(_result("sure", TRAINED, 0.40), USERS - 0.1, path)
    coin = np.resize([0.1, -0.1], 20)
    results.write(_result("chance", TRAINED, 0.41), USERS + coin, path)
    results.write(_result("elsewhere", elsewhere, 0.9), USERS[:3], path)
    rows = {row["recipe"]: row for row in results.table({}, path)}
    for name in ("knn", "weaker", "sure", "chance"):
        assert rows[name]["best_baseline"] == "knn"
    assert rows["elsewhere"]["best_baseline"] == "elsewhere"
    assert rows["knn"]["p_value"] is None
    assert rows["weaker"]["p_value"] == 1.0
    assert rows["sure"]["p_value"] < 0.001
    assert rows["chance"]["p_value"] > 0.5


def test_a_result_without_values_of_users_has_no_p_value(tmp_path):
    path = tmp_path / "results.json"
    results.write(_result("knn", NEIGHBORS), USERS, path)
    results.write(_result("old", TRAINED), USERS, path)
    (tmp_path / "per_user" / "old.npy").unlink()
    rows = {row["recipe"]: row for row in results.table({}, path)}
    assert rows["old"]["p_value"] is None


def test_ablations_of_a_split_are_corrected_together(tmp_path):
    path = tmp_path / "results.json"
    values = USERS + np.random.default_rng(0).normal(0, 0.1, 20)
    results.write(_result("trained"), USERS, path)
    p_values = []
    for ablations in (["adversary off"], ["adversary off", "no start"]):
        recipes = {"trained": TRAINED}
        for ablation in ablations:
            without = TRAINED.without(ablation, {"epochs": 3})
            recipes[without.name] = without
            results.write(_result(without.name, without), values, path)
        rows = results.table(recipes, path)
        p_values.append([r["p_value"] for r in rows if r["ablates"]])
    (alone,), together = p_values
    assert alone < 0.5
    assert together == pytest.approx([2 * alone, 2 * alone])


def test_an_ablation_is_compared_with_its_whole(tmp_path):
    path = tmp_path / "results.json"
    without = TRAINED.without("adversary off", {"epochs": 3})
    recipes = {
        "ease": dataclasses.replace(NEIGHBORS, model=baselines.EASE),
        "trained": TRAINED,
        without.name: without,
    }
    results.write(_result("ease", recipes["ease"], 0.42), USERS, path)
    results.write(_result("trained", TRAINED, 0.40), USERS - 0.1, path)
    results.write(_result(without.name, without, 0.41), USERS, path)
    rows = {r["recipe"]: r for r in results.table(recipes, path)}
    assert rows[without.name]["p_value"] < 0.001  # from "ease" none
    page = report.markdown(list(rows.values()))
    split, ablations = page.split("## What the adversary is worth")
    assert without.name not in split
    assert (
        "| trained | 0.4000 ± 0.0010 | adversary off | 0.4100 ± 0.0010 "
        "| -0.0100 | < 0.001 | 0 |" in ablations
    )


def test_an_ablation_is_compared_by_the_monitor_too(tmp_path):
    path = tmp_path / "results.json"
    whole = dataclasses.replace(TRAINED, monitor="ndcg_at_5")
    without = whole.without("adversary off", {"epochs": 3})
    recipes = {"trained": whole, without.name: without}
    kept = {"per_user": ["ndcg_at_20", "ndcg_at_5"]}
    coin = USERS + np.resize([0.1, -0.1], 20)
    for name, ndcg, values in (
        ("trained", 0.40, [USERS, USERS]),
        (without.name, 0.38, [coin, USERS - 0.1]),
    ):
        result = _result(name, recipes[name], ndcg) | kept
        results.write(result, np.array(values), path)
    rows = {r["recipe"]: r for r in results.table(recipes, path)}
    assert rows[without.name]["p_value"] > 0.5
    assert rows[without.name]["monitor_p_value"] < 0.001
    *_, last = report.markdown(list(rows.values())).split("by that one;")
    assert (
        "| ndcg_at_5 | trained | 0.4000 ± 0.0010 | adversary off "
        "| 0.3800 ± 0.0010 | +0.0200 | < 0.001 |" in last
    )
    # Rows that keep no more than one metric.
    results.write(_result("trained", whole), USERS, path)
    rows = {r["recipe"]: r for r in results.table(recipes, path)}
    assert rows[without.name]["monitor_p_value"] is None
    assert rows[without.name]["p_value"] is not None
