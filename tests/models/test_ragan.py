"""RAGAN's objectives by NumPy, and the ratings that it adds to a table."""

import keras
import numpy as np
import pandas as pd
import pytest

from keras_ganrec.data import Interactions
from keras_ganrec.data import rated_profiles
from keras_ganrec.models import RAGAN

BATCH = {
    "user_id": np.array([2, 0], "int32"),
    "seen": np.float32([[1, 0, 1, 0], [0, 1, 1, 1]]),
    "rating": np.float32([[5, 0, 1, 0], [0, 4, 3, 2]]),
}
# Ratings from 1 to 5 less 3, halved; all that was not rated is low.
TARGET = np.array([[1, -1, -1, -1], [-1, 0.5, 0, -0.5]])
GENERATED = np.array([0.5, -1.5, 0.25, 2.0])


def build(**arguments):
    """G makes `GENERATED` of everything; D looks at one entry."""
    arguments = {"low_ratio": 1.0, "dropout": 0.0, **arguments}
    model = RAGAN(4, g_hidden_dims=(), d_hidden_dims=(), seed=0, **arguments)
    g = model.generator.layers[-1]
    g.kernel.assign(np.zeros((8, 4)))
    g.bias.assign(GENERATED)
    d = model.discriminator.layers[-1]
    d.kernel.assign(np.zeros((16, 1)))
    return model


def look_at(model, entry):
    kernel = np.zeros((16, 1))
    kernel[entry] = 1.0
    model.discriminator.layers[-1].kernel.assign(kernel)


def test_discriminator_by_hand():
    model = build()
    look_at(model, 12)  # what the row has for item 0
    real, fake = TARGET[:, 0], np.full(2, 0.5)
    expected = np.log1p(np.exp(-real)).mean() + np.log1p(np.exp(fake)).mean()
    assert float(model.discriminator_loss(BATCH)) == pytest.approx(expected)
    for made, known in zip(model.realness(BATCH), (real, fake), strict=True):
        np.testing.assert_allclose(made, known)


def test_generator_by_hand():
    model = build(adversarial_weight=0.3)
    look_at(model, 15)
    expected = 0.3 * np.log1p(np.exp(-2.0))
    expected += 0.7 * np.sum((TARGET - GENERATED) ** 2) / 2
    assert float(model.generator_loss(BATCH)) == pytest.approx(expected)


def test_without_balanced_treatment_only_given_ratings_count():
    model = build(low_ratio=0.0, adversarial_weight=0.0)
    given = BATCH["seen"] == 1
    expected = np.sum(((TARGET - GENERATED) ** 2)[given]) / 2
    assert float(model.generator_loss(BATCH)) == pytest.approx(expected)
    look_at(model, 12)
    real, fake = model.realness(BATCH)
    np.testing.assert_allclose(real, [1, 0])
    np.testing.assert_allclose(fake, [0.5, 0])


def test_lows_are_drawn_among_what_was_not_rated():
    model = RAGAN(1000, low_ratio=0.2, dropout=0.0, seed=0)
    seen = np.zeros((1, 1000), "float32")
    seen[0, :300] = 1
    _, mask, target = model._draw({"seen": seen, "rating": 4 * seen})
    mask, target = np.asarray(mask)[0], np.asarray(target)[0]
    assert (mask[:300] == 1).all() and (target[:300] == 0.5).all()
    assert 100 < mask[300:].sum() < 180
    np.testing.assert_array_equal(target[300:], -mask[300:])


def test_players_are_shown_a_part_of_the_ratings():
    model = RAGAN(1000, dropout=0.3, seed=0)
    seen = np.ones((400, 1000), "float32")
    condition, _, _ = model._draw({"seen": seen, "rating": 4 * seen})
    items, values = np.split(np.asarray(condition), 2, axis=1)
    np.testing.assert_allclose(np.linalg.norm(items, axis=1), 1, rtol=1e-5)
    assert (items > 0).mean() == pytest.approx(0.7, abs=0.01)
    # A row has the values of the items that it has, or none.
    told = values.any(axis=1)
    assert told.mean() == pytest.approx(0.5, abs=0.1)
    np.testing.assert_allclose(values[told], items[told] / 2)


def test_scores_are_ratings_of_any_range():
    model = build(rating_range=(0.0, 10.0))
    np.testing.assert_allclose(
        model({"seen": BATCH["seen"]})[0], 5 + 5 * GENERATED
    )


def test_known_ratings_count():
    model = RAGAN(4, seed=0)
    items_alone = model({"seen": BATCH["seen"]})
    np.testing.assert_allclose(model.score_profiles(BATCH["seen"]), items_alone)
    average = {"seen": BATCH["seen"], "rating": 3 * BATCH["seen"]}
    np.testing.assert_allclose(model(average), items_alone, atol=1e-6)
    assert np.abs(model(BATCH) - items_alone).max() > 0.01


def test_augmentation_takes_the_highest_and_the_lowest():
    (rows,) = build().augment([BATCH], k=2)
    rows = rows.sort_values(["user_id", "item_id"]).to_numpy().tolist()
    # G would give item 3 a 7 and item 1 a 0. User 0 has one unrated item.
    assert rows == [[0, 0, 4.0], [2, 1, 1.0], [2, 3, 5.0]]
    (rows,) = build().augment([BATCH], k=1, low_share=0)
    assert rows.to_numpy().tolist() == [[2, 3, 5.0], [0, 0, 4.0]]
    (rows,) = build().augment([BATCH], k=1, low_share=1)
    assert rows.to_numpy().tolist() == [[2, 1, 1.0], [0, 0, 4.0]]


def test_an_augmented_table_has_more_rows_of_the_same_users(planted):
    train = planted.train
    model = RAGAN(train.num_items, g_hidden_dims=(4,), d_hidden_dims=(4,))
    rows = pd.concat(model.augment(rated_profiles(train, 16), k=5))
    more = train.with_rows(rows)
    assert isinstance(more, Interactions)
    added = np.bincount(more.user_id) - np.bincount(train.user_id)
    assert (added == 5).all()
    assert more.rating.min() >= 1 and more.rating.max() <= 5


def test_low_ratings_are_what_the_balanced_treatment_brings(planted):
    """Without it G rates what nobody of a taste has rated as high as all."""
    made = {}
    for low_ratio in (0.0, 0.5):
        keras.utils.set_random_seed(0)
        model = RAGAN(
            planted.train.num_items,
            g_hidden_dims=(16,),
            d_hidden_dims=(16,),
            low_ratio=low_ratio,
            seed=0,
        )
        model.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01))
        profiles = rated_profiles(planted.train, 16)
        model.fit(profiles, epochs=15, verbose=0)
        rows = pd.concat(model.augment(profiles, k=10, low_share=0.5))
        made[low_ratio] = rows["rating"].mean()
    assert made[0.0] > made[0.5] + 0.5


@pytest.mark.parametrize(
    "arguments",
    [
        {"low_ratio": 1.5},
        {"adversarial_weight": -0.1},
        {"dropout": 1.5},
        {"rating_range": (5, 5)},
    ],
)
def test_bad_arguments(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        RAGAN(4, **arguments)


def test_ratings_out_of_range_are_refused(planted):
    model = RAGAN(planted.train.num_items, rating_range=(1, 4))
    with pytest.raises(ValueError, match=r"rating_range=\(2, 5\)"):
        model.fit(rated_profiles(planted.train, 16))
    model.remember(planted.train)  # to rank alone


def test_bad_requests_of_augmentation():
    for arguments in ({"k": 0}, {"k": 5}, {"k": 2, "low_share": 2}):
        with pytest.raises(ValueError, match="Received"):
            build().augment([BATCH], **arguments)
