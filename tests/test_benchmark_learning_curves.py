"""The curves of `benchmarks/learning_curves.py`, beside a plain training."""

import dataclasses

import pytest

from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import measure
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes.loading import load_split
from tests import benchmark_cases
from tests.recipe_cases import TRAINED


def test_a_curve_ends_where_a_training_without_it_does():
    script = benchmark_cases.load("learning_curves")
    fixed = dataclasses.replace(TRAINED, grid={}, patience=None, epochs=4)
    curve = script.curve_of(fixed, every=2)
    assert curve["metric"] == "ndcg_at_10"
    assert curve["fingerprint"] == fixed.fingerprint
    assert curve["epochs"] == [2, 4]
    assert curve["values"][0] != curve["values"][1]
    split = load_split(fixed.dataset, fixed.split)
    model, _ = fitting.fit(fixed, split.train, fixed.seeds[0], verbose=0)
    validation = pipelines.ranking_batches(split.train, split.validation)
    expected = measure(model, validation)["ndcg_at_10"]
    assert curve["values"][1] == pytest.approx(expected, abs=1e-6)
