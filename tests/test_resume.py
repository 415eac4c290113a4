"""A run that was killed ends with the weights of one that never stopped."""

import pathlib
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from tests.cases import CASES

EPOCHS = 6
TRAINING = """
import pathlib, sys, time
import keras
from keras_ganrec.data import datasets, splits
from tests.cases import CASES

name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
market = datasets.synthetic(num_users=60, num_items=40, num_tastes=2,
                            interactions_per_user=12)
split = splits.ratio_split(market)
keras.utils.set_random_seed(int(sys.argv[3]))

class SlowAndTelling(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
    def on_train_batch_end(self, batch, logs=None):
        with open(folder / "progress", "a") as file:
            file.write(f"{self.epoch} {batch}\\n")
        if sys.argv[4] == "slow":
            time.sleep(0.1)

model = CASES[name].compiled(split)
CASES[name].train(model, split, epochs=6, callbacks=[
    keras.callbacks.BackupAndRestore(folder / "backup"), SlowAndTelling()])
model.save(folder / "model.keras")
"""


def start(name, folder, seed, pace):
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", TRAINING, name, folder, str(seed), pace],
        cwd=pathlib.Path(__file__).parent.parent,
    )


def wait_for(progress, mark):
    deadline = time.time() + 120
    while time.time() < deadline:
        if progress.exists() and mark in progress.read_text().splitlines():
            return
        time.sleep(0.02)
    raise TimeoutError(f"the training never reached {mark}")


@pytest.mark.parametrize("name", ["cfgan_user_zp", "bpr_mf"])
def test_killed_and_restarted_equals_uninterrupted(name, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert start(name, whole, seed=0, pace="fast").wait() == 0

    process = start(name, killed, seed=0, pace="slow")
    wait_for(killed / "progress", "2 1")  # in the middle of the third epoch
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (killed / "model.keras").exists()
    # Another seed: what the restart needs must come from the backup.
    assert start(name, killed, seed=99, pace="fast").wait() == 0

    # Epoch 2 was begun twice and every other one once: it did resume.
    begun = (killed / "progress").read_text().splitlines()
    assert [begun.count(f"{epoch} 0") for epoch in range(EPOCHS)] == [
        1,
        1,
        2,
        1,
        1,
        1,
    ]
    one = keras.saving.load_model(whole / "model.keras")
    other = keras.saving.load_model(killed / "model.keras")
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    state = one.seed_generator.state if name != "bpr_mf" else None
    if state is not None:
        np.testing.assert_array_equal(state, other.seed_generator.state)


def test_random_states_that_do_not_fit_are_refused(planted):
    model = CASES["cfgan_user_zp"].compiled(planted)
    store = {}
    model.save_own_variables(store)
    del store["random_state_0"]
    with pytest.raises(ValueError, match="holds 0 random states.*has 1"):
        model.load_own_variables(store)
