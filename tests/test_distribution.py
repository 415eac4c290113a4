"""One replica, or two, end with the weights of one process."""

import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_ganrec import gradients
from tests.cases import CASES
from tests.synthesis_cases import SYNTHESIS_CASES

TRAINING = """
import sys
import numpy as np
import keras
import tensorflow as tf

name, path, replicas = sys.argv[1], sys.argv[2], int(sys.argv[3])
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * 2,
)
from keras_ganrec.data import datasets, splits
from tests.cases import CASES

market = datasets.synthetic(num_users=64, num_items=40, num_tastes=2,
                            interactions_per_user=12)
split = splits.ratio_split(market)
strategy = tf.distribute.get_strategy()
if replicas == 2:
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
keras.utils.set_random_seed(0)
case = CASES[name]
with strategy.scope():
    model = case.compiled(split, optimizer=keras.optimizers.SGD)
losses = case.train(model, split, epochs=3).history
np.savez(path, *model.get_weights(), losses=np.array(list(losses.values())))
"""


def train(name, path, replicas):
    subprocess.run(
        [sys.executable, "-c", TRAINING, name, path, str(replicas)],
        cwd=pathlib.Path(__file__).parent.parent,
        check=True,
        capture_output=True,
    )
    return np.load(path)


# Models that draw nothing in the step: replicas draw the same numbers, so a
# draw for 16 rows differs from two draws for 8.
@pytest.mark.parametrize("name", ["ganmf_user", "bpr_mf"])
def test_two_replicas_equal_one_process(name, tmp_path):
    one = train(name, tmp_path / "one.npz", 1)
    two = train(name, tmp_path / "two.npz", 2)
    for key in one.files:
        # A last batch of odd size weighs its halves alike: 1e-5. A loss that
        # is not divided by the replicas is off by 4e-3.
        np.testing.assert_allclose(one[key], two[key], atol=1e-4)


def test_a_large_player_on_one_replica(planted, monkeypatch):
    # As if they had the weights of large ones, whose updates are compiled.
    monkeypatch.setattr(gradients, "COMPILED_FROM", 1)
    case = CASES["bpr_mf"]
    strategies = tf.distribute.get_strategy(), one_replica()
    weights = []
    for strategy in strategies:
        keras.utils.set_random_seed(0)
        with strategy.scope():
            model = case.compiled(planted, optimizer=keras.optimizers.SGD)
        case.train(model, planted, epochs=1)
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_two_phases_are_refused(planted):
    case = SYNTHESIS_CASES["profile_gan"]
    with one_replica().scope():
        model = case.built(planted.train.num_items)
    with pytest.raises(ValueError, match="two phases.*MirroredStrategy"):
        case.train(model, planted.train, epochs=1)


def one_replica():
    return tf.distribute.MirroredStrategy(["CPU:0"])
