import dataclasses
import functools
import importlib
import json
import os
import pathlib
import pkgutil
import resource

import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec import recipes
from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import measure
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import Recipe
from keras_ganrec.recipes import benchmark as benchmark_module
from keras_ganrec.recipes import defaults
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import report
from keras_ganrec.recipes import results
from keras_ganrec.recipes import zoo
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import ranking_metrics
from keras_ganrec.recipes.benchmark import benchmark
from keras_ganrec.recipes.loading import load_split
from keras_ganrec.recommender import Recommender

REPOSITORY = pathlib.Path(__file__).parents[1]
TRAINED = Recipe(
    name="trained",
    model=models.GANMF,
    dataset="synthetic",
    split="random_80_20",
    model_arguments={"embedding_dim": 8, "code_dim": 8},
    optimizers={"d_optimizer": adam(1e-3), "g_optimizer": adam(5e-3)},
    batches="user_profiles",
    batch_size=64,
    epochs=3,
    grid={"model_arguments.margin": (1.0, 2.0)},
    patience=1,
)
NEIGHBORS = Recipe(
    name="neighbors",
    model=baselines.ItemKNN,
    dataset="synthetic",
    split="random_80_20",
    seeds=(0,),
    grid={"model_arguments.num_neighbors": (1, 50)},
)


@pytest.fixture(scope="module")
def split():
    return load_split("synthetic", "random_80_20")


# Fingerprints


OTHER_SETTINGS = {
    "model": models.CFGAN,
    "dataset": "ml-1m",
    "split": "leave_last_out",
    "model_arguments": {"embedding_dim": 8, "code_dim": 9},
    "optimizers": {"d_optimizer": adam(1e-3), "g_optimizer": adam(6e-3)},
    "batches": "item_profiles",
    "batch_size": 32,
    "epochs": 4,
    "steps_per_execution": 2,
    "seeds": (0, 1),
    "grid": {"model_arguments.margin": (1.0, 3.0)},
    "patience": 2,
    "monitor": "ndcg_at_20",
}


@pytest.mark.parametrize("name", OTHER_SETTINGS)
def test_any_setting_moves_the_fingerprint(name):
    other = dataclasses.replace(TRAINED, **{name: OTHER_SETTINGS[name]})
    assert other.fingerprint != TRAINED.fingerprint


def test_all_settings_are_tried_above():
    assert set(OTHER_SETTINGS) == set(TRAINED.settings)


def test_what_is_said_about_a_number_does_not_move_it():
    other = dataclasses.replace(
        TRAINED,
        name="renamed",
        reference="a paper",
        published={"ndcg_at_5": 0.4},
        replicated={"ndcg_at_5": 0.3},
    )
    assert other.fingerprint == TRAINED.fingerprint


def test_the_order_of_arguments_does_not_move_it():
    other = dataclasses.replace(
        TRAINED, model_arguments={"code_dim": 8, "embedding_dim": 8}
    )
    assert other.fingerprint == TRAINED.fingerprint


# Settings


def test_a_setting_is_replaced_by_its_path():
    other = TRAINED.with_settings(
        {
            "model_arguments.margin": 7.0,
            "optimizers.g_optimizer.config.learning_rate": 0.5,
            "epochs": 9,
        }
    )
    assert other.model_arguments == {
        "embedding_dim": 8,
        "code_dim": 8,
        "margin": 7.0,
    }
    assert other.optimizers["g_optimizer"] == adam(0.5)
    assert other.optimizers["d_optimizer"] == adam(1e-3)
    assert other.epochs == 9
    assert not other.grid
    assert TRAINED.model_arguments == {"embedding_dim": 8, "code_dim": 8}


def test_candidates_are_all_combinations():
    recipe = dataclasses.replace(
        TRAINED, grid={"epochs": (1, 2), "batch_size": (8, 16, 32)}
    )
    assert len(recipe.candidates()) == 6
    assert {"epochs": 2, "batch_size": 8} in recipe.candidates()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batches": "rows"}, "fed with 'rows'"),
        ({"epochs": None}, "has no epochs"),
        ({"optimizers": {}}, "has no optimizers"),
        ({"seeds": ()}, "no seeds"),
        ({"grid": {"margin": (1, 2)}}, "no setting 'margin'"),
        ({"monitor": "ndcg"}, "tuned by 'ndcg'"),
    ],
)
def test_a_recipe_that_cannot_be_run(change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(TRAINED, **change)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_builds_its_model(recipe, split):
    for settings in recipe.candidates():
        model = fitting.build(
            recipe.with_settings(settings), split.train, seed=0
        )
        assert model.count_params() >= 0


def test_every_recipe_of_every_file_is_registered():
    modules = [
        importlib.import_module(f"{recipes.__name__}.{module.name}")
        for module in pkgutil.iter_modules(recipes.__path__)
    ]
    names = [
        recipe.name
        for module in modules
        for recipe in getattr(module, "RECIPES", [])
    ]
    assert sorted(names) == sorted(RECIPES)
    assert all(name == recipe.name for name, recipe in RECIPES.items())


# Runs


def test_tuning_never_sees_the_test_part(split, monkeypatch):
    given = []
    real = fitting.fit

    def spy(recipe, interactions, seed, validation=None, **kwargs):
        given.append((len(interactions), validation is not None))
        return real(recipe, interactions, seed, validation, **kwargs)

    monkeypatch.setattr(benchmark_module.fitting, "fit", spy)
    recipe = TRAINED.with_settings({"epochs": 1})
    benchmark_module.run(recipe, 0, "validation")
    benchmark_module.run(recipe, 0, "test")
    assert given == [
        (len(split.train), True),
        (len(split.train) + len(split.validation), False),
    ]


def test_a_run_is_repeated_by_its_seed():
    recipe = TRAINED.with_settings({"epochs": 2})
    first, again, other = (
        benchmark_module.run(recipe, seed, "test") for seed in (3, 3, 4)
    )
    assert first["metrics"] == again["metrics"]
    assert first["metrics"] != other["metrics"]


def test_early_stopping_reports_the_epoch_of_its_weights(split):
    validation = pipelines.ranking_batches(split.train, split.validation)
    recipe = dataclasses.replace(TRAINED, epochs=40, patience=3, grid={})
    model, epochs = fitting.fit(recipe, split.train, 0, validation, verbose=0)
    history = model.history.history["val_ndcg_at_10"]
    assert epochs == int(np.argmax(history)) + 1
    best = measure(model, validation)["ndcg_at_10"]
    assert best == pytest.approx(max(history), abs=1e-6)


@pytest.mark.timeout(400)  # A forked TensorFlow would hang.
def test_benchmark_in_fresh_processes(split, tmp_path):
    # The peak of this process must not count for the others.
    ballast = np.ones(300_000_000)
    del ballast
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    pids = tmp_path / "pids"
    said = []
    result = benchmark(
        NEIGHBORS,
        report=said.append,
        prepare=functools.partial(_note_process, str(pids)),
    )
    written = pids.read_text().split()
    assert len(set(written)) == 3  # two trials and a seed
    assert str(os.getpid()) not in written
    assert len(said) == 3

    few, many = result["trials"]
    assert few["ndcg_at_10"] < many["ndcg_at_10"]
    assert result["chosen"] == {"model_arguments.num_neighbors": 50}
    model = baselines.ItemKNN(split.train.num_items, num_neighbors=50)
    known = split.train_and_validation
    model.adapt(known)
    expected = measure(model, pipelines.ranking_batches(known, split.test))
    measured = {k: v["mean"] for k, v in result["metrics"].items()}
    assert measured == pytest.approx(expected, abs=1e-6)
    assert all(v["std"] == 0 for v in result["metrics"].values())
    assert 0 < result["fit_seconds"] < 60
    assert 100 < result["peak_memory_mb"] < 0.8 * ours
    assert json.loads(json.dumps(result)) == result


def _note_process(path):
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\n")


def test_mean_and_spread_over_seeds(monkeypatch):
    values = iter((1.0, 2.0, 6.0))

    class Pool:
        def __init__(self, **kwargs): ...

        def __enter__(self):
            return self

        def __exit__(self, *error): ...

        def submit(self, run, recipe, seed, part, data_dir):
            value = next(values)
            self.done = {
                "metrics": {"ndcg_at_10": value},
                "epochs": 3,
                "fit_seconds": value,
                "cpu_seconds": value,
                "peak_memory_mb": value,
            }
            return self

        def result(self):
            return self.done

    monkeypatch.setattr(
        benchmark_module.concurrent.futures, "ProcessPoolExecutor", Pool
    )
    recipe = dataclasses.replace(TRAINED, grid={}, patience=None)
    result = benchmark(recipe, report=lambda text: None)
    assert result["metrics"]["ndcg_at_10"]["mean"] == 3.0
    assert result["metrics"]["ndcg_at_10"]["std"] == pytest.approx(7**0.5)
    assert result["fit_seconds"] == 3.0
    assert result["peak_memory_mb"] == 6.0


# Results


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
    }


def test_a_result_replaces_that_of_its_recipe(tmp_path):
    path = tmp_path / "results.json"
    results.write(_result("b"), path)
    results.write(_result("a"), path)
    results.write(_result("b", ndcg=0.5), path)
    rows = results.read(path)
    assert [row["recipe"] for row in rows] == ["a", "b"]
    assert rows[1]["metrics"]["ndcg_at_10"]["mean"] == 0.5
    assert list(tmp_path.iterdir()) == [path]


def test_a_result_is_stale_once_its_recipe_changes(tmp_path):
    path = tmp_path / "results.json"
    for name in ("same", "changed", "gone"):
        results.write(_result(name), path)
    today = {
        "same": TRAINED,
        "changed": dataclasses.replace(TRAINED, batch_size=65),
    }
    stale = {r["recipe"]: r["stale"] for r in results.table(today, path)}
    assert stale == {"same": False, "changed": True, "gone": True}


def test_published_numbers_are_those_of_today(tmp_path):
    path = tmp_path / "results.json"
    results.write(_result(), path)
    recipe = dataclasses.replace(TRAINED, published={"ndcg_at_5": 0.45})
    (row,) = results.table({"trained": recipe}, path)
    assert row["published"] == {"ndcg_at_5": 0.45}
    assert not row["stale"]


def test_results_that_cannot_be_read(tmp_path):
    path = tmp_path / "results.json"
    path.write_text('[{"recipe": ')
    with pytest.raises(ValueError, match="is no JSON"):
        results.read(path)


def test_no_result_of_the_repository_is_stale():
    stale = [r["recipe"] for r in results.table(RECIPES) if r["stale"]]
    assert stale == [], "run `ganrec benchmark` and commit its results"


def test_results_of_the_repository_are_complete():
    expected = {
        f"{family}_at_{k}"
        for k in (5, 10, 20)
        for family in (
            "precision recall ndcg mrr map hit_rate coverage gini novelty"
        ).split()
    }
    for row in results.table(RECIPES):
        assert set(row["metrics"]) == expected
        assert all(set(v) == {"mean", "std"} for v in row["metrics"].values())
        assert row["seeds"] == list(RECIPES[row["recipe"]].seeds)


def test_the_page_is_rendered_from_the_results():
    page = (REPOSITORY / "docs" / "zoo.md").read_text()
    assert page == report.markdown(results.table(RECIPES)), (
        "run `ganrec zoo --markdown > docs/zoo.md`"
    )


def test_the_page_says_who_loses(tmp_path):
    path = tmp_path / "results.json"
    ease = dataclasses.replace(NEIGHBORS, name="ease", model=baselines.EASE)
    recipe = dataclasses.replace(
        TRAINED, published={"ndcg_at_5": 0.4564}, reference="a paper"
    )
    results.write(_result("ease", ease, 0.42), path)
    results.write(_result("trained", recipe, 0.40), path)
    page = report.markdown(
        results.table({"ease": ease, "trained": recipe}, path)
    )
    assert "`trained` loses to `ease` by 0.0200 ndcg_at_20." in page
    assert "`trained` as published: ndcg_at_5 0.4564. a paper." in page
    assert page.index("| ease |") < page.index("| trained |")
    assert "0.4000 ± 0.0010" in page


# What models there are


def test_every_model_of_the_zoo_says_where_it_is_from():
    for entry in zoo.entries():
        assert entry["paper"].startswith("https://")
        assert 1990 < entry["year"] < 2100
        assert entry["family"] in (
            "collaborative",
            "sequential",
            "cold_start",
            "synthesis",
            "content",
            "baseline",
        )


def test_models_are_found_in_any_spelling():
    for name in ("GANMF", "ganmf", "Ganmf"):
        assert zoo.find(name) is models.GANMF
    assert zoo.find("item_knn") is baselines.ItemKNN
    with pytest.raises(ValueError, match="no model 'gan'"):
        zoo.find("gan")


def test_every_recommender_has_defaults(split):
    for model in zoo.classes().values():
        if model is models.MLPGAN:
            with pytest.raises(ValueError, match="ranks no items"):
                defaults.recipe(model, split.train)
            continue
        recipe = defaults.recipe(model, split.train)
        assert fitting.build(recipe, split.train, 0) is not None
        adapts = model.adapt is not Recommender.adapt
        assert adapts == (recipe.batches is None)
