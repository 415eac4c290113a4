"""REINFORCE by NumPy: what a draw pays, and to which entry it goes."""

import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec.policy import entries
from keras_ganrec.policy import reinforce

LOG_P = np.float32(np.log([[0.5, 0.2, 0.3], [0.1, 0.6, 0.3]]))
ITEMS = np.array([[2, 0, 2, 1], [1, 1, 0, 2]])
REWARDS = np.float32([[1.0, -2.0, 0.5, 3.0], [0.0, 1.0, 4.0, -1.0]])
WEIGHTS = np.float32([[1.0, 0.5, 2.0, 0.5], [3.0, 1.0, 1.0, 1.0]])


def test_entries_of_each_row():
    np.testing.assert_array_equal(
        entries(LOG_P, ITEMS), np.take_along_axis(LOG_P, ITEMS, axis=1)
    )


@pytest.mark.parametrize("weights", [1.0, WEIGHTS], ids=["plain", "weighted"])
def test_every_draw_pays_what_it_is_above_the_others(weights):
    log_p = tf.constant(LOG_P)
    with tf.GradientTape() as tape:
        tape.watch(log_p)
        loss = reinforce(log_p, ITEMS, tf.constant(REWARDS), weights)
    w = weights * np.ones_like(REWARDS)
    baseline = (w * REWARDS).sum(1, keepdims=True) / w.sum(1, keepdims=True)
    advantage = w * (REWARDS - baseline)
    expected = np.zeros_like(LOG_P)
    np.add.at(expected, (np.arange(2)[:, None], ITEMS), -advantage / 8)
    np.testing.assert_allclose(tape.gradient(loss, log_p), expected, rtol=1e-5)
    picked = np.take_along_axis(LOG_P, ITEMS, axis=1)
    assert float(loss) == pytest.approx(-np.mean(advantage * picked), rel=1e-5)


def test_rewards_and_weights_are_not_differentiated():
    rewards, weights = tf.constant(REWARDS), tf.constant(WEIGHTS)
    with tf.GradientTape() as tape:
        tape.watch([rewards, weights])
        loss = reinforce(tf.constant(LOG_P), ITEMS, rewards, weights)
    assert tape.gradient(loss, [rewards, weights]) == [None, None]
