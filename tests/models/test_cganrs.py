"""CGANRS: labels of the users in both players, and of new users."""

import dataclasses

import keras
import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import Interactions
from keras_ganrec.data import rated_pairs
from keras_ganrec.models.synthesis import CGANRS

GENDERS = np.array(["M", "F", "M", "M"])


@pytest.fixture(scope="module")
def interactions():
    user, item = np.divmod(np.arange(40), 5)
    features = pd.DataFrame({"user": range(8), "gender": np.tile(GENDERS, 2)})
    return Interactions.from_dataframe(
        pd.DataFrame({"user": user, "item": item, "rating": 1 + item}),
        rating="rating",
        user_features=features,
    )


def build(model=CGANRS, **kwargs):
    kwargs = {
        "condition_column": "gender",
        "num_synthetic_items": 6,
        "samples_per_user": 20,
        "embedding_dim": 3,
        "factorization_steps": 2,
        "seed": 0,
    } | kwargs
    model = model(8, 5, **kwargs)
    model.compile("adam", "adam", run_eagerly=True)
    return model


@pytest.fixture(scope="module")
def trained(interactions):
    model = build()
    model.fit(rated_pairs(interactions, batch_size=16), epochs=2, verbose=0)
    return model


def test_players_see_the_labels_of_the_users(trained):
    points = np.ones((3, 7), "float32")
    batch = {"user_id": np.array([0, 1, 5])}
    _, labels = trained.conditioned(points, batch)
    np.testing.assert_array_equal(labels, [0, 1, 1])  # M is seen first

    def logits(label):
        return trained.discriminator([points, np.full(3, label)])

    assert not np.allclose(logits(0), logits(1))


def test_noise_is_multiplied_with_the_label(trained):
    inside = trained.generator.layers
    (embedding,) = [x for x in inside if isinstance(x, keras.layers.Embedding)]
    (network,) = [x for x in inside if isinstance(x, keras.Sequential)]
    noise = np.random.default_rng(0).normal(size=(4, 100)).astype("float32")
    label = np.array([0, 1, 1, 0])
    expected = network(noise * np.array(embedding.embeddings)[label])
    np.testing.assert_allclose(
        trained.generator([noise, label]), expected, rtol=1e-6
    )


def test_new_users_have_the_wanted_label(trained):
    made = trained.generate(10, {"gender": "F"}, seed=0)
    assert (made.user_features["gender"] == "F").all()
    wanted = np.tile(["M", "F"], 5)
    made = trained.generate(10, pd.DataFrame({"gender": wanted}), seed=0)
    np.testing.assert_array_equal(made.user_features["gender"], wanted)


def test_without_a_condition_labels_have_the_real_shares(trained):
    features = trained.generate(200, seed=0).user_features
    assert (features["gender"] == "F").mean() == pytest.approx(0.25, abs=0.1)


class Blobs(CGANRS):
    """Users of each label lie at 3 places, and each takes its own item."""

    def sample(self, n, condition, seed_generator):
        user = keras.random.randint((n,), 0, 3, seed=seed_generator)
        if condition is None:
            condition = keras.random.randint((n,), 0, 2, seed=seed_generator)
        far = keras.ops.cast(1 + condition, "float32")[..., None]
        place = 10 * keras.ops.one_hot(user, 3) * far
        noise = keras.random.normal((n, 7), stddev=0.01, seed=seed_generator)
        return noise + keras.ops.concatenate([place, place, place[:, :1]], 1)


def test_each_rating_has_the_user_and_item_of_its_own_point(interactions):
    """In the authors' code the second label has the items of the first."""
    model = build(Blobs)
    model.remember(interactions)
    condition = pd.DataFrame({"gender": ["M", "F", "F", "M", "F", "M"]})
    drawn, features = model.draw(6, condition, keras.random.SeedGenerator(0))
    # 6 users of 6 places in all, each with the one item of its place.
    assert drawn["user"].tolist() == [0, 1, 2, 3, 4, 5]
    assert sorted(drawn["item_id"]) == [0, 1, 2, 3, 4, 5]
    assert features["gender"].tolist() == condition["gender"].tolist()


def test_labels_of_users_who_are_not_there(interactions):
    features = interactions.user_features.assign(
        gender=[*GENDERS, *GENDERS[:3], "held out"]
    )
    part = dataclasses.replace(interactions, user_features=features)
    part = part.select(part.user_id < 7)
    model = build(num_labels=2)
    model.remember(part)
    assert list(model.user_labels.numpy()) == [0, 1, 0, 0, 0, 1, 0, -1]
    made = model._labels_of_real_users(500, keras.random.SeedGenerator(0))
    shares = np.bincount(made) / 500
    np.testing.assert_allclose(shares, [5 / 7, 2 / 7], atol=0.06)


def test_labels_that_do_not_fit(interactions):
    with pytest.raises(ValueError, match="num_labels=2"):
        build(num_labels=3).remember(interactions)
    features = interactions.user_features.copy()
    features.loc[3, "gender"] = None
    with pytest.raises(ValueError, match="1 users have no value"):
        build().remember(
            dataclasses.replace(interactions, user_features=features)
        )
    with pytest.raises(ValueError, match="`num_labels` must be a positive"):
        build(num_labels=0)


def test_is_saved_whole(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    one, other = (
        model.generate(6, {"gender": "F"}, seed=1)
        for model in (trained, loaded)
    )
    assert one.interactions.equals(other.interactions)
