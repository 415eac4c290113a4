import dataclasses
import functools
import json
import os
import resource

import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import measure
from keras_ganrec.recipes import benchmark as benchmark_module
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes.benchmark import benchmark
from keras_ganrec.recipes.loading import load_split
from tests.recipe_cases import NEIGHBORS
from tests.recipe_cases import TRAINED


@pytest.fixture(scope="module")
def split():
    return load_split("synthetic", "random_80_20")


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


def test_the_history_is_that_of_the_choice(monkeypatch):
    def pretend(recipe, seed, part, data_dir=None):
        margin = recipe.model_arguments.get("margin")
        values = {"validation": [margin], "test": [-1.0]}[part]
        return {
            "metrics": {"ndcg_at_10": 1 / margin},
            "per_user": {"ndcg_at_20": np.ones(2)},
            "epochs": 1,
            "history": {"val_ndcg_at_10": values},
            "fit_seconds": 1.0,
            "cpu_seconds": 1.0,
            "peak_memory_mb": 1.0,
        }

    monkeypatch.setattr(benchmark_module, "run", pretend)
    monkeypatch.setattr(
        benchmark_module, "apart", lambda _, function, *args: function(*args)
    )
    result, _ = benchmark(TRAINED, report=lambda text: None)
    assert result["history"] == {"val_ndcg_at_10": [1.0]}


def test_a_run_tells_its_history():
    epochs = dataclasses.replace(TRAINED, grid={}, epochs=4, patience=9)
    found = benchmark_module.run(epochs, 0, "validation")
    (values,) = found["history"].values()
    assert list(found["history"]) == ["val_ndcg_at_10"]
    assert len(values) == 4
    assert max(values) == pytest.approx(found["metrics"]["ndcg_at_10"], 1e-5)
    found = benchmark_module.run(epochs, 0, "test")
    assert set(found["history"]) == {"d_loss", "g_loss"}
    assert {len(losses) for losses in found["history"].values()} == {4}
    found = benchmark_module.run(NEIGHBORS, 0, "test")
    assert found["history"] == {}


def test_users_are_ranked_once_for_all_that_is_kept_of_them(monkeypatch):
    rankings = []
    real = baselines.ItemKNN.ranking
    monkeypatch.setattr(
        baselines.ItemKNN,
        "ranking",
        lambda model: rankings.append(1) or real(model),
    )
    found = benchmark_module.run(NEIGHBORS, 0, "test")
    assert list(found["per_user"]) == ["ndcg_at_20", "ndcg_at_10"]
    for name, values in found["per_user"].items():
        assert values.mean() == pytest.approx(found["metrics"][name])
    assert len(rankings) == 1


def test_a_start_is_trained_first_with_the_same_seed(split, monkeypatch):
    given = []
    monkeypatch.setattr(
        models.GANMF, "start_from", lambda _, m: given.append(m), raising=False
    )
    start = TRAINED.with_settings({"patience": None})
    recipe = dataclasses.replace(start, start=start, epochs=1)
    _, epochs = fitting.fit(recipe, split.train, 3, verbose=0)
    assert epochs == 1
    (started_from,) = given
    alone, _ = fitting.fit(start, split.train, 3, verbose=0)
    for weights in zip(
        started_from.get_weights(), alone.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(*weights)


def test_the_pipeline_is_given_its_arguments(split):
    recipe = dataclasses.replace(
        TRAINED, batches="pairs", batch_arguments={"num_negatives": 3}
    )
    batches = fitting.feed(recipe, split.train, seed=0)
    assert batches.element_spec["negative_ids"].shape == (None, 3)


def test_a_model_is_given_the_one_it_stands_on(split):
    class Standing(baselines.Popularity):
        def __init__(self, num_items, recommender):
            super().__init__(num_items)
            self.recommender = recommender

    recipe = dataclasses.replace(
        NEIGHBORS,
        model=Standing,
        model_arguments={
            "recommender": {"class_name": "bpr_mf", "config": {"l2": 0.5}}
        },
        grid={},
    )
    base = fitting.build(recipe, split.train, seed=0).recommender
    assert isinstance(base, baselines.BPRMF)
    assert (base.num_users, base.l2) == (split.train.num_users, 0.5)


@pytest.mark.timeout(400)  # A forked TensorFlow would hang.
def test_benchmark_in_fresh_processes(split, tmp_path):
    # The peak of this process must not count for the others.
    ballast = np.ones(300_000_000)
    del ballast
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    pids = tmp_path / "pids"
    said = []
    result, per_user = benchmark(
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
    assert result["per_user"] == ["ndcg_at_20", "ndcg_at_10"]
    assert per_user.shape == (2, len(np.unique(split.test.user_id)))
    for name, values in zip(result["per_user"], per_user, strict=True):
        assert values.mean() == pytest.approx(expected[name])


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
                "per_user": {"ndcg_at_20": np.array([value, value + 0.5])},
                "epochs": 3,
                "history": {"loss": [value]},
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
    result, per_user = benchmark(recipe, report=lambda text: None)
    np.testing.assert_array_equal(per_user, [[3.0, 3.5]])
    assert result["metrics"]["ndcg_at_10"]["mean"] == 3.0
    assert result["metrics"]["ndcg_at_10"]["std"] == pytest.approx(7**0.5)
    assert result["fit_seconds"] == 3.0
    assert result["peak_memory_mb"] == 6.0
    assert result["history"] == {"loss": [1.0]}  # of the first seed
