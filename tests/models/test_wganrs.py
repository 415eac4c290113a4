"""WGANRS: what differs from GANRS."""

import numpy as np
import pytest

from keras_ganrec.models.synthesis import WGANRS


def build(**kwargs):
    model = WGANRS(
        12, 8, num_synthetic_items=6, factorization_steps=1, seed=0, **kwargs
    )
    model.compile("rmsprop", "rmsprop", run_eagerly=True)
    return model


@pytest.fixture
def batch():
    random = np.random.default_rng(0)
    return {
        "user_id": random.integers(12, size=16, dtype="int32"),
        "item_id": random.integers(8, size=16, dtype="int32"),
        "rating": random.integers(1, 6, size=16).astype("float32"),
    }


def test_the_loss_is_a_difference_of_means(monkeypatch):
    model = build()
    real, fake = np.float32([[1.0], [4.0]]), np.float32([[3.0], [-7.0]])
    monkeypatch.setattr(model, "logits", lambda batch: (real, fake))
    assert float(model.discriminator_loss({})) == pytest.approx(-2.0 - 2.5)
    assert float(model.generator_loss({})) == pytest.approx(2.0)


def test_the_critic_is_linear(batch):
    model = build()
    model.discriminator.layers[-1].bias.assign([50.0])
    # The sigmoid of the authors' code would keep it between 0 and 1.
    assert min(float(np.min(logits)) for logits in model.logits(batch)) > 40


def test_the_critic_is_clipped_and_takes_five_steps(batch):
    model = build(clip_limit=0.02)
    for _ in range(4):  # one of the factorization, three rounds
        model.train_on_batch(batch)
    assert int(model.d_optimizer.iterations) == 15
    assert int(model.g_optimizer.iterations) == 3
    largest = [np.abs(w).max() for w in model.discriminator.get_weights()]
    assert max(largest) == pytest.approx(0.02)
    assert max(np.abs(w).max() for w in model.generator.get_weights()) > 0.1


def test_the_clip_limit_is_checked():
    with pytest.raises(ValueError, match="positive `limit`"):
        build(clip_limit=0.0)
