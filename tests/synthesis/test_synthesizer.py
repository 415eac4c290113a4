"""Synthesizer, the base of all generators, by generators made for it."""

import dataclasses
import warnings

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.baselines import PopularitySampler
from keras_ganrec.data import Interactions
from keras_ganrec.synthesis import synthesizer
from keras_ganrec.synthesis.synthesizer import Synthesizer
from keras_ganrec.synthesis.synthesizer import numpy_generator
from tests.synthesis_cases import two_tastes


@pytest.fixture(scope="module")
def market():
    return two_tastes()


class Scripted(Synthesizer):
    """Draws what its test says."""

    condition_columns = ("age_group",)

    def __init__(self, script, num_items=40):
        super().__init__()
        self.script = script
        self.num_items = num_items
        self.built = True

    def draw(self, n, condition, seed_generator):
        self.condition = condition
        rng = numpy_generator(seed_generator)
        items = [self.script(rng) for _ in range(n)]
        user = np.repeat(np.arange(n), [*map(len, items)])
        drawn = pd.DataFrame({"user": user, "item_id": np.concatenate(items)})
        return drawn, pd.DataFrame({"number": np.arange(n)})


def some_items(rng):
    return rng.choice(40, 8, replace=False)


@pytest.fixture
def scripted(market):
    model = Scripted(some_items)
    model.remember(market)
    return model


@pytest.mark.parametrize("n", [0, -1, True, 1.5, "3", None])
def test_numbers_that_are_none(n, scripted):
    for make in (scripted.generate, scripted.stream):
        with pytest.raises(ValueError, match="`n` must be a positive integer"):
            make(n)


def test_more_users_than_memory(scripted):
    with pytest.raises(ValueError, match="GB, and this machine has.*stream"):
        scripted.generate(10**12)
    part = next(scripted.stream(10**12, seed=0))
    assert part.interactions["user"].nunique() == synthesizer.USERS_AT_ONCE


def test_features_of_parts_stay_with_their_users(scripted, monkeypatch):
    monkeypatch.setattr(synthesizer, "USERS_AT_ONCE", 4)
    features = scripted.generate(6).user_features
    assert features.index.tolist() == [*range(6)]
    assert features["user"].tolist() == [f"synthetic {i}" for i in range(6)]
    assert features["number"].tolist() == [0, 1, 2, 3, 0, 1]


def test_conditions_reach_the_model(scripted, monkeypatch):
    monkeypatch.setattr(synthesizer, "USERS_AT_ONCE", 2)
    groups = ["18-29", "30-44", "18-29"]
    table = pd.DataFrame({"age_group": groups}, index=[5, 6, 7])
    seen = []
    for _ in scripted.stream(3, table):
        seen.append(scripted.condition)
    assert [part["age_group"].tolist() for part in seen] == [
        groups[:2],
        groups[2:],
    ]
    assert seen[1].index.tolist() == [0]
    scripted.generate(2, {"age_group": "18-29"})
    assert scripted.condition["age_group"].tolist() == ["18-29"] * 2


@pytest.mark.parametrize(
    "condition, message",
    [
        ({"age": "18-29"}, "not conditioned on 'age'.*age_group"),
        ({"age_group": "very old"}, "'very old' is no known value.*18-29"),
        ({"age_group": None}, "'None' is no known value"),
        (pd.DataFrame({"age_group": ["18-29"] * 3}), "each of the 2.*3 rows"),
        ("18-29", "must be a dict or a DataFrame"),
    ],
    ids=["column", "value", "missing", "rows", "type"],
)
def test_conditions_that_cannot_be(condition, message, scripted):
    with pytest.raises(ValueError, match=message):
        scripted.generate(2, condition)


def test_a_model_without_conditions(market):
    model = PopularitySampler(40)
    model.adapt(market)
    with pytest.raises(ValueError, match="takes no condition"):
        model.generate(2, {"age_group": "18-29"})


def test_data_without_the_feature_to_condition_on(market):
    bare = dataclasses.replace(market, user_features=None)
    with pytest.raises(ValueError, match="conditioned on 'age_group'"):
        Scripted(some_items).remember(bare)


@pytest.mark.parametrize(
    "script, sign",
    [
        (lambda rng: np.arange(12), "only 2% of them are different"),
        (lambda rng: np.arange(rng.integers(9, 14)), "only"),
        (
            lambda rng: rng.choice(14, 12, replace=False),
            "two profiles is 0.8.*real ones 0.3",
        ),
    ],
    ids=["one user", "five users", "one kind of users"],
)
def test_collapse_is_told(script, sign, market):
    model = Scripted(script)
    model.remember(market)
    with pytest.warns(RuntimeWarning, match=f"collapsed.*{sign}"):
        model.generate(61, seed=0)


def test_more_users_than_real_ones_need_not_all_differ():
    # Of users with one item each, two of three are alike already.
    short = Interactions.from_dataframe(
        pd.DataFrame({"user": range(15), "item": [*range(5)] * 3})
    )
    model = Scripted(lambda rng: rng.integers(0, 5, 1), num_items=5)
    model.condition_columns = ()
    model.remember(short)
    assert model.schema.distinct == pytest.approx(1 / 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        model.generate(500, seed=0)


def test_users_of_other_parts_of_a_split_do_not_count(market):
    part = market.select(market.user_id < 20)
    model = Scripted(some_items)
    model.remember(part)
    assert model.schema.num_users == 20
    assert model.schema.rows_per_user == len(part) / 20
    known = part.user_features["age_group"][:20].unique().tolist()
    assert model.schema.condition_values == {"age_group": known}
