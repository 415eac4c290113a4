import dataclasses
import importlib
import pkgutil

import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec import recipes
from keras_ganrec.data import datasets
from keras_ganrec.data import feature_matrix
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import defaults
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import zoo
from keras_ganrec.recipes.base import OPTIONAL_SETTINGS
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.loading import load_split
from keras_ganrec.recommender import Recommender
from tests.recipe_cases import NEIGHBORS
from tests.recipe_cases import TRAINED


@pytest.fixture(scope="module")
def split():
    split = load_split("synthetic", "random_80_20")
    # By the names that they have elsewhere, for recipes that ask for them.
    items, users = split.train.item_features, split.train.user_features
    train = dataclasses.replace(
        split.train,
        item_features=items.assign(genres=items["genre"], words="gene"),
        user_features=users.assign(age=30, gender="F", occupation="writer"),
    )
    return dataclasses.replace(split, train=train)


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
    "batch_arguments": {"num_negatives": 2},
    "start": NEIGHBORS.with_settings({}),
    "space": {"model_arguments.margin": (1.0, 2.0)},
}


@pytest.mark.parametrize("name", OTHER_SETTINGS)
def test_any_setting_moves_the_fingerprint(name):
    fixed = TRAINED.with_settings({})
    other = dataclasses.replace(fixed, **{name: OTHER_SETTINGS[name]})
    assert other.fingerprint != fixed.fingerprint


def test_all_settings_are_tried_above():
    assert set(OTHER_SETTINGS) == {*TRAINED.settings, *OPTIONAL_SETTINGS}


def test_a_recipe_without_them_does_not_speak_of_optional_settings():
    assert not set(TRAINED.settings) & set(OPTIONAL_SETTINGS)


def test_settings_of_the_start_move_the_fingerprint():
    start = dataclasses.replace(TRAINED, grid={}, patience=None)
    longer = dataclasses.replace(start, epochs=4)
    one, other = (
        dataclasses.replace(TRAINED, start=s) for s in (start, longer)
    )
    assert one.fingerprint != other.fingerprint


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
        ({"start": TRAINED}, "is to be tuned"),
        ({"space": {"epochs": (1, 2)}}, "one way of tuning"),
        ({"grid": {}, "space": {"margin": (1, 2)}}, "no setting 'margin'"),
        ({"ablates": "trained"}, "ablates 'trained' with the ''"),
        ({"ablation": "adversary off"}, "ablates ''"),
        ({"ablates": "trained", "ablation": "half of it"}, "half of it"),
        ({"optimizers": {"optimizer": adam(1.0, use_ema=True)}}, "averages"),
    ],
)
def test_a_recipe_that_cannot_be_run(change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(TRAINED, **change)


def test_an_ablation_is_tuned_as_the_whole_is():
    recipe = TRAINED.without(
        "adversary off", {"model_arguments.feature_matching_weight": 1.0}
    )
    assert recipe.name == "trained_adversary_off"
    assert (recipe.ablates, recipe.ablation) == ("trained", "adversary off")
    assert recipe.grid == TRAINED.grid
    assert recipe.patience == TRAINED.patience
    assert recipe.model_arguments["feature_matching_weight"] == 1.0
    fixed = TRAINED.without("adversary off", {"model_arguments.margin": 1.0})
    assert fixed.grid == {}


def test_every_ablation_is_of_a_recipe_on_the_same_split():
    for recipe in RECIPES.values():
        if recipe.ablates:
            whole = RECIPES[recipe.ablates]
            assert recipe.dataset == whole.dataset
            assert recipe.split == whole.split
            assert recipe.model is whole.model


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_builds_its_model(recipe, split):
    for settings in recipe.candidates():
        model = fitting.build(
            recipe.with_settings(settings), split.train, seed=0
        )
        assert model.count_params() >= 0


def test_what_is_built_of_a_recipe_leaves_it_as_it_was():
    recipe = RECIPES["lightgcn_gowalla"]
    before = recipe.fingerprint
    first, second = (fitting.optimizers(recipe) for _ in range(2))
    assert recipe.fingerprint == before
    assert first["optimizer"] is not second["optimizer"]
    rate = first["optimizer"].get_config()["learning_rate"]
    assert rate["class_name"] == "CosineDecay"


@pytest.mark.parametrize("model", [baselines.VBPR, models.AMR])
def test_features_are_those_of_the_columns_that_are_named(model, split):
    def features(arguments):
        if model is models.AMR:
            config = {"class_name": "VBPR", "config": arguments}
            arguments = {"recommender": config}
        recipe = defaults.recipe(model, split.train)
        recipe = dataclasses.replace(recipe, model_arguments=arguments)
        built = fitting.build(recipe, split.train, seed=0)
        return np.array(getattr(built, "recommender", built).item_features)

    table = split.train.item_features
    named = features({"item_features": ["genre", "popularity"]})
    np.testing.assert_array_equal(
        named, feature_matrix(table, ["genre", "popularity"])
    )
    np.testing.assert_array_equal(features({}), feature_matrix(table))
    frequent = {"columns": ["title"], "min_rows": 100}
    np.testing.assert_array_equal(
        features({"item_features": frequent}), feature_matrix(table, **frequent)
    )
    assert features({"item_features": frequent}).shape[1] == 1


def test_features_that_a_model_can_do_without_have_to_be_named(split):
    def features(arguments):
        recipe = defaults.recipe(models.AAERec, split.train)
        recipe = dataclasses.replace(recipe, model_arguments=arguments)
        return fitting.build(recipe, split.train, seed=0).user_features

    assert features({}) is None
    assert features({"user_features": None}) is None
    np.testing.assert_array_equal(
        features({"user_features": ["age"]}),
        feature_matrix(split.train.user_features, ["age"]),
    )


def test_batches_suit_the_users_who_are_there():
    market = datasets.synthetic(num_users=640)
    half = market.select(market.user_id < 320)  # of the same vocabulary
    sizes = [
        defaults.recipe(models.AAERec, t).batch_size for t in (market, half)
    ]
    assert sizes == [20, 10]


def test_the_range_of_ratings_is_that_of_the_data(split):
    train = split.train.select(split.train.rating > 1)
    recipe = defaults.recipe(models.RAGAN, train)
    assert fitting.build(recipe, train, seed=0).rating_range == (2, 5)
    rated = fitting.feed(recipe, train, seed=0)
    assert {"seen", "rating"} < set(rated.element_spec)


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


def test_every_adversarial_recommender_has_a_recipe_that_is_searched():
    searched = {r.model for r in RECIPES.values() if r.space and r.seeds[2:]}
    assert searched >= {
        model
        for model in zoo.classes().values()
        if zoo.family(model) == "collaborative"
    }


# What models there are


def test_every_model_of_the_zoo_says_where_it_is_from():
    for entry in zoo.entries():
        ours = entry["name"] == "ProfileGAN"
        assert ours or entry["paper"].startswith("https://")
        assert 1990 < entry["year"] < 2100
        assert entry["family"] in (
            "collaborative",
            "sequential",
            "cold_start",
            "synthesis",
            "content",
            "baseline",
            "synthesis baseline",
        )


def test_models_are_found_in_any_spelling():
    for name in ("GANMF", "ganmf", "Ganmf"):
        assert zoo.find(name) is models.GANMF
    assert zoo.find("item_knn") is baselines.ItemKNN
    with pytest.raises(ValueError, match="no model 'gan'"):
        zoo.find("gan")


def test_every_recommender_has_defaults(split):
    for model in zoo.classes().values():
        if not issubclass(model, Recommender):
            with pytest.raises(ValueError, match="ranks no items"):
                defaults.recipe(model, split.train)
            continue
        recipe = defaults.recipe(model, split.train)
        assert fitting.build(recipe, split.train, 0) is not None
        adapts = model.adapt is not Recommender.adapt
        assert adapts == (recipe.batches is None)
