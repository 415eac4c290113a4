"""What every model keeps, whatever its paper says: how it trains and saves."""

import keras
import numpy as np
import pytest

from keras_ganrec import models
from keras_ganrec.data import pipelines
from tests.cases import CASES
from tests.cases import GANS
from tests.cases import TRAINED
from tests.cases import every_gan
from tests.cases import every_model
from tests.cases import every_trained_model
from tests.cases import held_out

NO_XLA = (
    "lightgcn",
    "apr_lightgcn",
    "adv_info_nce_lightgcn",
    "cfgan_item_zp",
)
# Models that rank no items.
GENERATORS = {
    "cganrs": lambda: models.CGANRS(3, 4, "taste", 2),
    "gain": lambda: models.GAIN(3, num_blocks=1),
    "ganrs": lambda: models.GANRS(3, 4),
    "mlp_gan": lambda: models.MLPGAN((2,), batch_normalization=True),
    "profile_gan": lambda: models.ProfileGAN(4),
    "tabular_gan": lambda: models.TabularGAN((2, 3), (False, True)),
    "wganrs": lambda: models.WGANRS(3, 4),
}


def assert_same_weights(one, other, atol=0.0):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)


def assert_dtype_is_enough(model):
    """Built by the `dtype` in its config, it has the layers' policies, too."""
    alone = type(model).from_config(model.get_config())
    ours, theirs = (
        [
            layer.dtype_policy.name
            for layer in one._flatten_layers()
            if not isinstance(layer, keras.Model | keras.layers.InputLayer)
        ]
        for one in (alone, model)
    )
    assert ours == theirs


def without_ids(config):
    """A serialized config less the addresses that Keras notes in it."""
    if isinstance(config, dict):
        return {
            key: without_ids(value)
            for key, value in config.items()
            if key != "shared_object_id"
        }
    if isinstance(config, list):
        return [without_ids(value) for value in config]
    return config


@every_model
def test_is_built_in_the_constructor(name):
    """Or Keras builds it by batches of its own, and fails under a strategy."""
    layers = CASES[name].build(60, 40)._flatten_layers()
    assert [layer.name for layer in layers if not layer.built] == []


@every_model
def test_saved_model_is_whole(name, trained, planted, tmp_path):
    """Settings, weights, optimizers, random state, raw ids: all in the file."""
    model = trained(name)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")

    assert loaded.get_config() == model.get_config()
    assert without_ids(loaded.get_compile_config()) == without_ids(
        model.get_compile_config()
    )
    assert_same_weights(loaded, model)
    users = ["user 3", "user 41"]
    assert loaded.recommend(users, k=7).equals(model.recommend(users, k=7))
    assert loaded.evaluate(held_out(planted), verbose=0) == pytest.approx(
        model.evaluate(held_out(planted), verbose=0)
    )
    for player in ("optimizer", "d_optimizer", "g_optimizer"):
        optimizer = getattr(model, player, None)
        if optimizer is not None:
            restored = getattr(loaded, player)
            assert int(restored.iterations) == int(optimizer.iterations) > 0
            for a, b in zip(
                optimizer.variables, restored.variables, strict=True
            ):
                np.testing.assert_array_equal(a, b)


@every_trained_model
def test_saved_model_resumes_training_exactly(name, planted, tmp_path):
    case = CASES[name]
    model = case.compiled(planted)
    case.train(model, planted, epochs=2)
    model.save(tmp_path / "model.keras")
    resumed = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, resumed):
        case.train(one, planted, epochs=4, initial_epoch=2)
    # Threads add up the neighbors of LightGCN in no fixed order.
    assert_same_weights(model, resumed, 1e-6 if "lightgcn" in name else 0.0)


@every_gan
def test_each_turn_moves_one_player(name, planted):
    case = CASES[name]
    model = case.compiled(planted)
    batch = next(iter(case.feed(planted.train)))
    players = {"d": model.discriminator, "g": model.generator}
    for turn, moving, resting in (
        (model.d_step, "d", "g"),
        (model.g_step, "g", "d"),
    ):
        before = {key: p.get_weights() for key, p in players.items()}
        turn(batch)
        after = {key: p.get_weights() for key, p in players.items()}
        for a, b in zip(before[resting], after[resting], strict=True):
            np.testing.assert_array_equal(a, b)
        for a, b in zip(before[moving], after[moving], strict=True):
            assert not np.array_equal(a, b)


@every_gan
def test_players_pull_in_opposite_directions(name, planted):
    """D's steps lower how real fakes look against real rows; G's raise it."""
    case = CASES[name]
    model = case.compiled(planted, optimizer=keras.optimizers.SGD)
    model.zr_weight = 0.0  # CFGAN: the adversary alone
    batch = next(iter(case.feed(planted.train)))

    def gap():
        real, fake = model.realness(batch)
        return float(np.mean(real) - np.mean(fake))

    start = gap()
    for _ in range(20):
        model.d_step(batch)
    judged = gap()
    assert judged > start
    for _ in range(20):
        model.g_step(batch)
    assert gap() < judged


@pytest.mark.parametrize(
    "settings",
    [
        {"steps_per_execution": 3},
        {"jit_compile": True},
        {"run_eagerly": True},
    ],
    ids=lambda settings: next(iter(settings)),
)
@every_trained_model
def test_trains_in_every_mode_of_keras(name, settings, planted):
    case = CASES[name]
    if "jit_compile" in settings and name in NO_XLA:
        with pytest.raises(ValueError, match="XLA cannot compile"):
            case.compiled(planted, **settings)
        return
    model = case.compiled(planted, **settings)
    # All of one size: XLA compiles for each size anew, and takes seconds.
    model.remember(planted.train)
    batches = case.feed(planted.train).take(3)
    history = model.fit(batches, epochs=2, verbose=0).history
    assert all(np.isfinite(values).all() for values in history.values())


@pytest.mark.parametrize("name", [n for n in TRAINED if n not in GANS])
def test_a_missing_optimizer_is_missed(name, planted):
    model = CASES[name].build(planted.train.num_users, planted.train.num_items)
    model.compile(run_eagerly=True)
    with pytest.raises(ValueError, match="compiled without an optimizer"):
        CASES[name].train(model, planted, epochs=1)


@every_trained_model
def test_mixed_precision_trains_to_the_same_place(name, trained, planted):
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        case = CASES[name]
        model = case.compiled(planted)
        case.train(model, planted)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert_dtype_is_enough(model)
    half = model.evaluate(held_out(planted), verbose=0, return_dict=True)
    full = trained(name).evaluate(
        held_out(planted), verbose=0, return_dict=True
    )
    assert half["ndcg_at_10"] == pytest.approx(full["ndcg_at_10"], abs=0.1)
    inputs, _ = next(iter(held_out(planted)))
    scores = model(inputs)
    assert scores.dtype == "float32"
    if model.factorizes:  # It is ranked in blocks by products of its own.
        users = np.asarray(model.user_embeddings(inputs["user_id"]))
        items = np.asarray(model.item_embeddings())
        np.testing.assert_allclose(users @ items.T, scores, atol=1e-5)
    if hasattr(model, "g_optimizer"):
        for optimizer in (model.d_optimizer, model.g_optimizer):
            assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)


def test_steps_behind_a_pipeline_are_looked_through(planted):
    profiles = pipelines.user_profiles(planted.train, batch_size=16)
    model = CASES["cfgan_user_zp"].compiled(planted)
    model.fit(profiles.map(dict).take(2).prefetch(1), epochs=3, verbose=0)
    assert int(profiles.epoch) == 2  # another order in each
    assert model.catalog is not None


@pytest.mark.parametrize("name", GENERATORS)
def test_the_dtype_of_generators_is_that_of_their_layers(name):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = GENERATORS[name]()
    finally:
        keras.config.set_dtype_policy("float32")
    assert_dtype_is_enough(model)
