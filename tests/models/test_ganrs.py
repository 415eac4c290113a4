"""GANRS and what it shares with WGANRS and CGANRS: points and phases."""

import dataclasses
import inspect

import keras
import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
import tensorflow as tf

from keras_ganrec.data import rated_pairs
from keras_ganrec.models.synthesis import CGANRS
from keras_ganrec.models.synthesis import GANRS
from keras_ganrec.models.synthesis import WGANRS
from keras_ganrec.synthesis import synthesizer
from tests.synthesis_cases import few_ratings

NUM_USERS, NUM_ITEMS = 12, 8


@pytest.fixture(scope="module")
def interactions():
    return few_ratings(NUM_USERS, NUM_ITEMS)


def build(**kwargs):
    kwargs = {
        "num_synthetic_items": 6,
        "samples_per_user": 10,
        "embedding_dim": 3,
        "noise_dim": 4,
        "factorization_steps": 3,
        "seed": 0,
    } | kwargs
    return compiled(GANRS(NUM_USERS, NUM_ITEMS, **kwargs))


def compiled(model, run_eagerly=True):
    # A few eager steps cost less than tracing one.
    model.compile("adam", "adam", "adam", run_eagerly=run_eagerly)
    return model


@pytest.fixture
def trained(interactions):
    """Another one for each test: to generate is to find the items for good."""
    model = build()
    model.fit(rated_pairs(interactions, batch_size=16), verbose=0)
    return model


def batch_of(interactions, n=7):
    return {
        "user_id": interactions.user_id[:n],
        "item_id": interactions.item_id[:n],
        "rating": interactions.rating[:n],
    }


def weights_of(model):
    return {
        name: [np.array(weight) for weight in getattr(model, name).weights]
        for name in ("factors", "generator", "discriminator")
    }


def moved(before, after):
    return {
        name
        for name in before
        if any(
            not np.array_equal(a, b)
            for a, b in zip(before[name], after[name], strict=True)
        )
    }


def test_first_the_embeddings_move_then_the_players(interactions):
    model = compiled(build(), run_eagerly=False)
    batch = batch_of(interactions)
    for step in range(5):
        before = weights_of(model)
        model.train_on_batch(batch)
        expected = {"factors"} if step < 3 else {"generator", "discriminator"}
        assert moved(before, weights_of(model)) == expected


def test_the_factorization_is_least_squares(interactions):
    model, batch = build(), batch_of(interactions)
    p = np.array(model.user_embedding.embeddings)[batch["user_id"]]
    q = np.array(model.item_embedding.embeddings)[batch["item_id"]]
    assert float(model.factor_loss(batch)) == pytest.approx(
        sklearn.metrics.mean_squared_error(batch["rating"], (p * q).sum(1)),
        rel=1e-5,
    )


def test_a_point_is_a_user_an_item_and_a_rating(interactions):
    model, batch = build(), batch_of(interactions)
    points = np.array(model.real_points(batch))
    p = np.array(model.user_embedding.embeddings)[batch["user_id"]]
    q = np.array(model.item_embedding.embeddings)[batch["item_id"]]
    np.testing.assert_array_equal(points[:, :6], np.hstack([p, q]))
    # What the authors' notebook does to ratings of 1 to 5.
    np.testing.assert_allclose(
        points[:, 6], (batch["rating"] - 3) / 5, atol=1e-6
    )


def test_the_losses_are_cross_entropies(monkeypatch):
    model = build()
    real, fake = np.float32([[-1.0], [2.0]]), np.float32([[0.5], [-3.0]])
    monkeypatch.setattr(model, "logits", lambda batch: (real, fake))

    def cross_entropy(label, logits):
        shares = 1 / (1 + np.exp(-logits[:, 0].astype("float64")))
        return sklearn.metrics.log_loss([label] * 2, shares, labels=[0, 1])

    assert float(model.discriminator_loss({})) == pytest.approx(
        cross_entropy(1, real) + cross_entropy(0, fake), rel=1e-5
    )
    assert float(model.generator_loss({})) == pytest.approx(
        cross_entropy(1, fake), rel=1e-5
    )


def test_real_points_are_judged_first(interactions):
    model, batch = build(), batch_of(interactions)
    model.discriminator.layers[0].kernel.assign(np.ones((7, 4)))
    real, fake = model.logits(batch)
    np.testing.assert_allclose(
        real, model.discriminator(model.real_points(batch)), rtol=1e-6
    )
    assert fake.shape == real.shape
    assert not np.allclose(real, fake)


def test_the_noise_scale_is_that_of_generation_alone(interactions):
    """A linear piece of G moves as far as its noise does."""
    narrow, wide = build(noise_scale=1e-3), build(noise_scale=2e-3)
    wide.set_weights(narrow.get_weights())
    narrow, wide = (
        np.array(model.sample(500, None, keras.random.SeedGenerator(1)))
        for model in (narrow, wide)
    )
    assert np.std(wide) == pytest.approx(2 * np.std(narrow), rel=0.1)


def test_another_fit_finds_other_items(interactions):
    model = build()
    data = rated_pairs(interactions, batch_size=16)
    model.fit(data, verbose=0)
    model.generate(5, seed=0)
    before = np.array(model.item_centroids)
    model.fit(data, verbose=0)
    model.generate(5, seed=0)
    assert not np.allclose(before, model.item_centroids)


def test_a_look_while_it_trains_finds_no_items_for_later(interactions):
    class Look(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.generate(3, seed=0)

    model = build()
    model.fit(
        rated_pairs(interactions), epochs=2, verbose=0, callbacks=[Look()]
    )
    assert not model.item_centroids.numpy().any()


def test_a_stream_is_the_table_in_parts(trained, monkeypatch):
    monkeypatch.setattr(synthesizer, "USERS_AT_ONCE", 4)
    whole = trained.generate(10, seed=5).interactions
    parts = [part.interactions for part in trained.stream(10, seed=5)]
    assert len(parts) == 3
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)
    other = trained.generate(10, seed=6).interactions
    assert not other.equals(whole)
    assert list(whole.columns) == ["user", "item", "rating"]


@pytest.mark.parametrize("model", [GANRS, WGANRS, CGANRS])
def test_the_config_holds_every_argument(model):
    arguments = set(inspect.signature(model).parameters) - {"kwargs"}
    values = {"condition_column": "age"} if model is CGANRS else {}
    values |= {"num_users": 3, "num_items": 4, "noise_scale": 0.5, "seed": 7}
    config = model(**values).get_config()
    assert arguments <= set(config)
    again = model.from_config(config).get_config()
    assert again == config
    assert {key: config[key] for key in values} == values


def test_generates_the_same_from_the_file(trained, tmp_path):
    """Of a model that has found its items, and of one that has not yet."""
    assert not np.any(trained.item_centroids)
    trained.save(tmp_path / "before.keras")
    table = trained.generate(5, seed=3).interactions
    trained.save(tmp_path / "after.keras")
    for name in ("before", "after"):
        loaded = keras.saving.load_model(tmp_path / f"{name}.keras")
        assert loaded.generate(5, seed=3).interactions.equals(table)


def test_goes_on_from_the_file_as_if_it_had_not_stopped(interactions, tmp_path):
    """In the middle of the first phase, which the file must remember."""
    model, batch = build(), batch_of(interactions)
    model.train_on_batch(batch)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, loaded):
        for _ in range(4):
            one.train_on_batch(batch)
    for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_synthetic_items": 0}, "`num_synthetic_items` must be a pos"),
        ({"factorization_steps": 1.5}, "`factorization_steps` must be a po"),
        ({"noise_scale": 0.0}, "`noise_scale` must be positive"),
        ({"rating_range": (5, 5)}, "two different ones"),
        ({"g_hidden_dims": (10,)}, "two hidden layers"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)


def test_data_of_other_sizes_or_ratings(interactions):
    with pytest.raises(ValueError, match=r"rating_range=\(1, 5\)"):
        build(rating_range=(1, 4)).remember(interactions)
    with pytest.raises(ValueError, match="num_users=12"):
        GANRS(13, NUM_ITEMS).remember(interactions)
    bare = dataclasses.replace(interactions, rating=None)
    with pytest.raises(ValueError, match="the data has no ratings"):
        build().remember(bare)


@pytest.mark.parametrize("model", [GANRS, WGANRS, CGANRS])
def test_the_seed_draws_what_is_dropped(model, interactions):
    sizes = {"num_users": NUM_USERS, "num_items": NUM_ITEMS}
    if model is CGANRS:
        sizes |= {"condition_column": "taste", "num_labels": 2}
    one, same, other = (model(**sizes, seed=seed) for seed in (1, 1, 2))
    batch = batch_of(interactions)
    noise = tf.ones((7, 100))
    for another in (same, other):
        another.generator.set_weights(one.generator.get_weights())
    made = [
        np.asarray(m.generator(m.conditioned(noise, batch), training=True))
        for m in (one, same, other)
    ]
    np.testing.assert_array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])


def test_an_optimizer_is_not_shared():
    shared = keras.optimizers.SGD()
    with pytest.raises(ValueError, match="needs its own state"):
        build().compile("sgd", shared, shared)


def test_replicas_are_refused(interactions):
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        model = compiled(build(), run_eagerly=False)
    with pytest.raises(ValueError, match="two phases.*MirroredStrategy"):
        model.train_on_batch(batch_of(interactions))


def test_served_models_make_the_same_points(tmp_path):
    noise = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    sizes = {"embedding_dim": 3, "noise_dim": 4, "seed": 0}
    ganrs = GANRS(NUM_USERS, NUM_ITEMS, **sizes)
    cganrs = CGANRS(NUM_USERS, NUM_ITEMS, "gender", **sizes)
    label = np.int32([0, 1, 1, 0, 1])
    for model, inputs, ours in (
        (ganrs, {"noise": noise}, noise),
        (cganrs, {"noise": noise, "label": label}, [noise, label]),
    ):
        path = tmp_path / type(model).__name__
        model.export(path, verbose=False)
        served = tf.saved_model.load(path)
        points = served.serve(inputs)
        assert points.shape == (5, 7)
        np.testing.assert_allclose(
            points, model.generator(ours, training=False), atol=1e-6
        )
