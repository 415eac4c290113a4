import dataclasses
import json

import pytest

from keras_ganrec.baselines import BPRMF
from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import measure
from keras_ganrec.models import IRGAN
from keras_ganrec.recipes import benchmark as benchmark_module
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import tuning
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.loading import load_split
from tests.recipe_cases import NEIGHBORS
from tests.recipe_cases import TRAINED

SEARCHED = dataclasses.replace(
    NEIGHBORS,
    grid={},
    space={
        "model_arguments.num_neighbors": {"low": 1, "high": 60},
        "model_arguments.shrinkage": {"low": 0.1, "high": 50.0, "log": True},
        "model_arguments.similarity": ("cosine", "tversky"),
    },
)
GAN = dataclasses.replace(
    TRAINED,
    grid={},
    epochs=12,
    space={
        "optimizers.g_optimizer.config.learning_rate": {
            "low": 1e-9,
            "high": 1e-2,
            "log": True,
        }
    },
    patience=11,
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "new" / "study.jsonl"
    said = []
    found = tuning.tune(SEARCHED, 6, path, report=said.append)
    return path, found, said


def test_every_trial_is_kept_and_the_best_is_chosen(study):
    _, found, said = study
    assert len(found["trials"]) == len(said) == 6
    best = max(found["trials"], key=lambda trial: trial["ndcg_at_10"])
    assert found["chosen"] == best["settings"]
    assert json.loads(json.dumps(found)) == found
    for trial in found["trials"]:
        settings = trial["settings"]
        assert set(settings) == set(SEARCHED.space)
        assert 1 <= settings["model_arguments.num_neighbors"] <= 60
        assert 0.1 <= settings["model_arguments.shrinkage"] <= 50
    assert len({str(trial["settings"]) for trial in found["trials"]}) == 6


def test_trials_are_judged_on_the_validation_part(study):
    _, found, _ = study
    split = load_split("synthetic", "random_80_20")
    recipe = SEARCHED.with_settings(found["chosen"])
    model, _ = fitting.fit(recipe, split.train, seed=0)
    batches = pipelines.ranking_batches(split.train, split.validation)
    value = measure(model, batches)["ndcg_at_10"]
    assert max(t["ndcg_at_10"] for t in found["trials"]) == pytest.approx(value)


def test_a_study_goes_on(study):
    path, found, _ = study
    said = []
    longer = tuning.tune(SEARCHED, 8, path, report=said.append)
    assert len(said) == 2
    assert longer["trials"][:6] == found["trials"]
    # Not those that came first once more.
    assert longer["trials"][6] not in found["trials"]
    assert tuning.tune(SEARCHED, 3, path, report=said.append) == longer
    assert len(said) == 2


def test_another_recipe_does_not_take_its_trials(study):
    path, _, _ = study
    other = dataclasses.replace(SEARCHED, monitor="ndcg_at_5")
    with pytest.raises(ValueError, match="holds no completed trial"):
        tuning.best(other, path)


def test_a_study_that_is_read_is_not_written_to(study):
    path, _, _ = study
    kept = path.read_bytes()
    tuning.best(SEARCHED, path)
    with pytest.raises(ValueError):
        tuning.best(dataclasses.replace(SEARCHED, seeds=(7,)), path)
    assert path.read_bytes() == kept


def test_hopeless_trials_are_given_up(tmp_path):
    path = tmp_path / "study.jsonl"
    found = tuning.tune(GAN, 10, path, report=lambda text: None)
    values = [trial["ndcg_at_10"] for trial in found["trials"]]
    assert None in values
    assert values[:5] == [v for v in values[:5] if v is not None]
    assert 1 <= found["chosen"]["epochs"] <= 12
    best = max(v for v in values if v is not None)
    assert found["chosen"] == found["trials"][values.index(best)]["settings"]
    history = found["history"]["val_ndcg_at_10"]
    assert max(history) == pytest.approx(best)
    assert history.index(max(history)) + 1 == found["chosen"]["epochs"]


def test_benchmark_takes_the_best_of_the_study(study, monkeypatch):
    path, _, _ = study
    monkeypatch.setattr(tuning, "study_path", lambda recipe: path)
    found = tuning.best(SEARCHED, path)
    chosen, trials, history = benchmark_module._tune(SEARCHED, None, None)
    assert chosen == found["chosen"]
    assert trials == found["trials"]
    assert history == found["history"] == {}  # it has no epochs


def test_nothing_to_search(tmp_path):
    with pytest.raises(ValueError, match="has no `space`"):
        tuning.tune(NEIGHBORS, 3, tmp_path / "study.jsonl")
    with pytest.raises(ValueError, match="Run `ganrec tune neighbors` first"):
        tuning.best(SEARCHED, tmp_path / "study.jsonl")
    assert not list(tmp_path.iterdir())


def test_the_start_is_trained_once_for_all_trials(tmp_path, monkeypatch):
    start = dataclasses.replace(TRAINED, grid={}, patience=None)
    bpr = {"model": BPRMF, "model_arguments": {"embedding_dim": 8}}
    adams = {"optimizers": {"optimizer": adam(1e-2)}, "batches": "pairs"}
    start = dataclasses.replace(start, name="start", **bpr, **adams)
    recipe = dataclasses.replace(
        GAN,
        model=IRGAN,
        model_arguments={"embedding_dim": 8},
        start=start,
        epochs=2,
        patience=1,
    )
    trained = []
    fit = fitting.fit

    def noted(recipe, *args, **kwargs):
        trained.append(recipe.name)
        return fit(recipe, *args, **kwargs)

    monkeypatch.setattr(fitting, "fit", noted)
    path = tmp_path / "study.jsonl"
    found = tuning.tune(recipe, 2, path, report=lambda text: None)
    assert trained == ["start", "trained", "trained"]
    # As if each trial had trained it anew.
    split = load_split("synthetic", "random_80_20")
    batches = pipelines.ranking_batches(split.train, split.validation)
    for trial in found["trials"]:
        settings = trial["settings"] | {"epochs": 2}
        model, _ = fit(
            recipe.with_settings(settings), split.train, 0, batches, verbose=0
        )
        value = measure(model, batches)["ndcg_at_10"]
        assert trial["ndcg_at_10"] == pytest.approx(value)
