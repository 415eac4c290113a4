"""ProfileGAN's ratings: by taste, and shared as the real ones are."""

import keras
import numpy as np
import pytest
import scipy.sparse
import scipy.special
import tensorflow as tf

from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets
from keras_ganrec.data import rated_profiles
from keras_ganrec.synthesis import profile_autoencoder
from tests.models.profile_gan import SEEN
from tests.models.profile_gan import build

RATED = {
    "seen": SEEN,
    "rating": np.float32([[5, 0, 0, 1, 0], [0, 3, 3, 2, 0], [1, 5, 0, 0, 0]]),
}


@pytest.fixture(scope="module")
def market():
    return datasets.synthetic(
        num_users=50, num_items=30, num_tastes=2, interactions_per_user=8
    )


def rated(**arguments):
    model = build(rating_values=(1.0, 2.0, 3.0, 5.0), **arguments)
    users, items = np.nonzero(SEEN)
    matrix = scipy.sparse.csr_array(
        (RATED["rating"][users, items], (users, items)), shape=(3, 5)
    )
    model.remember(Interactions.from_csr(matrix))
    return model


def rating_chances(auto, codes, lengths):
    tilts = auto.tilts(codes, lengths)
    logits = np.asarray(auto.rating_logits(auto.log_shares, *tilts))
    return scipy.special.softmax(logits, axis=-1)


def test_ratings_add_the_likelihood_of_their_values(monkeypatch):
    monkeypatch.setattr(profile_autoencoder, "CODE_NOISE", 0.0)
    model = rated(dropout=0.0)
    auto = model.autoencoder
    codes, lengths = auto.encode(RATED), auto.length(SEEN)
    chances = rating_chances(auto, codes, lengths)
    users, items = np.nonzero(SEEN)
    value = np.searchsorted(auto.rating_values, RATED["rating"][users, items])
    degree = SEEN.sum(axis=1)
    share = np.exp(np.log(degree).mean()) / degree
    logs = np.log(chances[users, items, value])
    of_ratings = -(share[users] * logs).sum() / 3

    whole = float(auto.loss(RATED, model.seed_generator))
    monkeypatch.setattr(auto, "rating_values", None)
    monkeypatch.setattr(auto, "encoder", lambda x: codes)
    rest = float(auto.loss(RATED, model.seed_generator))
    assert whole - rest == pytest.approx(of_ratings, rel=1e-4)


def test_without_taste_an_item_is_rated_as_by_everybody():
    model = rated()
    auto = model.autoencoder
    auto.rating_decoder.layers[-1].kernel.assign(np.zeros((4, 6)))
    shares = rating_chances(auto, np.zeros((1, 2)), np.zeros((1, 1)))
    counts = np.array([[1, 0, 0, 1], [0, 0, 1, 1], [0, 0, 1, 0], [1, 1, 0, 0]])
    everybody = 5.0 * (np.array([2, 1, 2, 2]) + 1.0) / 11.0
    expected = counts + everybody
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares[0, :4], expected, rtol=1e-4)
    assert set(model.generate(30).interactions["rating"]) <= {1, 2, 3, 5}


def test_generated_ratings_are_shared_among_the_values_as_real_ones(market):
    values = np.unique(market.rating)
    model = build(30, rating_values=values.tolist())
    bias = np.append(np.zeros(30), 4.0)  # only the extremes
    model.autoencoder.rating_decoder.layers[-1].bias.assign(bias)
    model.compile()
    model.fit(rated_profiles(market, 10), epochs=1, verbose=0)
    made = model.generate(2000, seed=1).interactions["rating"]
    for value in values:
        share = (made == value).mean()
        real = (market.rating == value).mean()
        assert share == pytest.approx(real, abs=0.02)


def test_a_checkpoint_shares_its_ratings_as_well(market, tmp_path):
    model = build(30, rating_values=(1.0, 2.0, 3.0, 4.0, 5.0))
    model.compile()
    path = str(tmp_path / "at_its_end.keras")
    keep = keras.callbacks.ModelCheckpoint(path)
    model.fit(rated_profiles(market), epochs=1, verbose=0, callbacks=[keep])
    kept = keras.models.load_model(path)
    assert not kept.autoencoder.offsets.numpy().any()
    made, same = (m.generate(20, seed=0) for m in (model, kept))
    assert same.interactions.equals(made.interactions)


def test_ratings_of_batches_of_ones_own_making():
    model = build(rating_values=(1.0, 2.0, 3.0, 5.0))
    model.compile()
    rows = tf.data.Dataset.from_tensor_slices(RATED).batch(3)
    model.fit(rows, verbose=0)
    assert model.schema is None
    assert not np.any(model.autoencoder.offsets)


def test_rating_needs_ratings(market):
    plain = Interactions.from_csr(market.to_csr())
    with pytest.raises(ValueError, match="the data has no ratings"):
        build(30, rating_values=(1, 5)).remember(plain)


def test_values_may_be_an_array(tmp_path):
    model = build(rating_values=np.array([1, 2, 5]))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert tuple(loaded.rating_values) == (1, 2, 5)
