"""CoFiGAN's objectives by NumPy, and from where its items come."""

import numpy as np
import pytest
import scipy.sparse

from keras_ganrec import factor_gan
from keras_ganrec.baselines import BPRMF
from keras_ganrec.data import Interactions
from keras_ganrec.data import pipelines
from keras_ganrec.models import CoFiGAN
from keras_ganrec.sampling import sample_items

BATCH = {
    "user_id": np.array([2, 0]),
    "seen": np.float32([[1, 0, 0, 0], [0, 0, 1, 1]]),
}
# What G and D say of the four items: of users 2 and 0.
G = np.array([[3.0, -1.0, 0.5, 0.0], [0.0, 0.7, 2.0, -1.0]])
D = np.array([[1.0, -2.0, 0.5, 0.0], [0.0, 0.3, 2.0, -1.0]])


def build(num_samples=64, **arguments):
    model = CoFiGAN(3, 4, embedding_dim=4, num_samples=num_samples, **arguments)
    for player, scores in ((model.generator, G), (model.discriminator, D)):
        users = np.zeros((3, 4))
        users[BATCH["user_id"]] = scores
        player.user_table.assign(users)
        player.item_table.assign(np.eye(4))
    return model


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


SEEN = BATCH["seen"] / BATCH["seen"].sum(axis=1, keepdims=True)
FAKES = np.where(BATCH["seen"] == 1, 0.0, np.exp(G))
FAKES /= FAKES.sum(axis=1, keepdims=True)


def test_discriminator_by_hand():
    loss = build(num_samples=20_000, seed=0).discriminator_loss(BATCH)
    real = np.sum(SEEN * np.log1p(np.exp(-D)), axis=1)
    fake = np.sum(FAKES * np.log1p(np.exp(D)), axis=1)
    assert float(loss) == pytest.approx(np.mean(real + fake), abs=0.01)


def test_generator_by_hand():
    loss = build(num_samples=20_000, seed=0).generator_loss(BATCH)
    losses = np.log1p(np.exp(-(G[:, :, None] - G[:, None, :])))
    expected = np.einsum("ui,uj,uij->u", softmax(D), softmax(-D), losses)
    assert float(loss) == pytest.approx(expected.mean(), abs=0.01)


def test_items_are_drawn_from_their_distributions(monkeypatch):
    drawn_from = []

    def spy(weights, num_samples, seed):
        drawn_from.append(np.array(weights))
        return sample_items(weights, num_samples, seed)

    monkeypatch.setattr(factor_gan, "sample_items", spy)
    model = build()
    model.discriminator_loss(BATCH)
    model.generator_loss(BATCH)
    expected = (BATCH["seen"], FAKES, softmax(D), softmax(-D))
    for weights, right in zip(drawn_from, expected, strict=True):
        np.testing.assert_allclose(weights, right, atol=1e-6)


def test_realness_is_what_the_discriminator_expects():
    real, fake = build().realness(BATCH)
    np.testing.assert_allclose(real, np.sum(SEEN * D, axis=1), rtol=1e-5)
    np.testing.assert_allclose(fake, np.sum(FAKES * D, axis=1), rtol=1e-5)


def test_both_players_start_from_a_trained_model():
    model, other = build(), BPRMF(3, 4, embedding_dim=4)
    other.item_bias.assign([1.0, 2.0, 3.0, 4.0])
    model.start_from(other)
    scores = other({"user_id": BATCH["user_id"]})
    for player in (model.generator, model.discriminator):
        np.testing.assert_allclose(player(BATCH["user_id"]), scores, atol=1e-6)
    with pytest.raises(ValueError, match="is no start"):
        model.start_from(BPRMF(3, 4, embedding_dim=5))


def test_who_has_seen_every_item_is_refused():
    seen = scipy.sparse.csr_matrix([[1, 1, 1, 1], [1, 0, 0, 1], [0, 1, 0, 0]])
    profiles = pipelines.user_profiles(Interactions.from_csr(seen))
    with pytest.raises(ValueError, match="1 users have interacted with all 4"):
        build().fit(profiles)


def test_bad_arguments():
    with pytest.raises(ValueError, match="`num_samples` must be a positive"):
        build(num_samples=1.5)
