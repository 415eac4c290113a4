"""One replica or two end with the weights of one process."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

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
from keras_ganrec import gradients
from keras_ganrec.data import datasets, splits
from tests.cases import CASES

gradients.COMPILED_FROM = int(sys.argv[4])
market = datasets.synthetic(num_users=64, num_items=40, num_tastes=2,
                            interactions_per_user=12)
split = splits.ratio_split(market)
strategy = tf.distribute.get_strategy()
if replicas > 0:
    devices = ["CPU:0", "CPU:1"][:replicas]
    strategy = tf.distribute.MirroredStrategy(devices)
keras.utils.set_random_seed(0)
case = CASES[name]
with strategy.scope():
    model = case.compiled(split, optimizer=keras.optimizers.SGD)
losses = case.train(model, split, epochs=3).history
np.savez(path, *model.get_weights(), losses=np.array(list(losses.values())))
"""


def train(name, path, replicas, compiled_from=2**17):
    """Trains without a strategy where there are 0 replicas."""
    arguments = name, path, str(replicas), str(compiled_from)
    subprocess.run(
        [sys.executable, "-c", TRAINING, *arguments],
        cwd=pathlib.Path(__file__).parent.parent,
        check=True,
        capture_output=True,
    )
    return np.load(path)


# Models that draw nothing in the step: replicas draw the same numbers, so a
# draw for 16 rows differs from two draws for 8.
@pytest.mark.parametrize("name", ["ganmf_user", "bpr_mf"])
def test_two_replicas_equal_one_process(name, tmp_path):
    one = train(name, tmp_path / "one.npz", 0)
    two = train(name, tmp_path / "two.npz", 2)
    for key in one.files:
        # A last batch of odd size weighs its halves alike: 1e-5. A loss that
        # is not divided by the replicas is off by 4e-3.
        np.testing.assert_allclose(one[key], two[key], atol=1e-4)


def test_a_large_player_on_one_replica(tmp_path):
    one = train("bpr_mf", tmp_path / "one.npz", 0)
    # As if it had the weights of a large one: its updates would be compiled.
    large = train("bpr_mf", tmp_path / "large.npz", 1, compiled_from=1)
    for key in one.files:
        np.testing.assert_allclose(one[key], large[key], atol=1e-6)
