"""Does memory stay O(interactions + parameters + batch), never users x items?

    python benchmarks/memory_at_scale.py
    python benchmarks/memory_at_scale.py --users 400000 --items 100000
    python benchmarks/memory_at_scale.py --users 20000 --items 5000 \\
        --interactions 1000000 --steps 20 --json

Makes a market with a long tail (in another process, so that its memory is not
counted), and then, all in one process: reads it, splits it, trains BPR-MF on
pairs and CFGAN on user profiles, evaluates and recommends with each.

now, peak       MB of the process after the stage, and at most until then
budget          what it may have held at most until then, by the constants
                below: base + interactions + parameters + batch. Twice the
                users and items with the same interactions must not cost more
                than the parameters and the batch do
"""

import argparse
import functools
import math
import pathlib
import tempfile

import keras
import measuring
import numpy as np
import pandas as pd

from keras_ganrec.baselines import BPRMF
from keras_ganrec.data import Interactions
from keras_ganrec.data import pipelines
from keras_ganrec.data import splits
from keras_ganrec.metrics import NDCGAtK
from keras_ganrec.metrics import RecallAtK
from keras_ganrec.models import CFGAN

# TensorFlow's threads and kernels, and what XLA compiles, whatever the sizes.
RUNTIME_MB = 200
BATCH_SIZE = {"pairs": 1024, "profiles": 64, "evaluation": 256}
# Bytes. Of an interaction: the raw ids of the file (16), ids (8), keys and
# orders while they are checked and split, CSR and what negatives are found by.
PER_INTERACTION = 160
# Of a weight: itself, its gradient twice (sparse and dense), two moments of
# Adam, the copy of the last good epoch, and one in passing.
PER_PARAMETER = 7 * 4
# Of an entry of a batch of profiles: batches made ahead, activations, masks.
PER_ENTRY = 16 * 4

COLUMNS = {
    "stage": ("stage", ""),
    "seconds": ("seconds", ".1f"),
    "now": ("now_mb", ",.0f"),
    "peak": ("peak_mb", ",.0f"),
    "budget": ("budget_mb", ",.0f"),
}


def make_market(path, num_users, num_items, num_interactions):
    """Writes a table of distinct pairs, popular items and busy users."""
    random = np.random.default_rng(0)
    activity = np.cumsum(random.lognormal(0.0, 1.0, num_users))
    popularity = np.cumsum((np.arange(num_items) + 10.0) ** -0.9)
    keys = np.zeros(0, np.int64)
    while len(keys) < num_interactions:
        draws = int(1.2 * (num_interactions - len(keys))) + 1
        user, item = (
            np.searchsorted(mass, random.random(draws) * mass[-1])
            for mass in (activity, popularity)
        )
        keys = np.unique(np.append(keys, user * num_items + item))
    keys = random.permutation(keys)[:num_interactions]
    raw = pd.DataFrame({"user": keys // num_items, "item": keys % num_items})
    (raw * 7 + 1_000_000).to_parquet(path, index=False)


class Stages:
    """The rows of the table: runs a stage and notes time, memory, budget."""

    def __init__(self, num_interactions):
        self.rows = []
        self.base_mb, _ = measuring.memory_mb()
        self.interactions_mb = PER_INTERACTION * num_interactions / 2**20
        self.parameters_mb = 0.0
        self.batch_mb = 0.0

    def run(self, stage, function, weights=(), entries=0):
        """Returns what `function()` returns.

        Args:
            stage: str.
            function: Callable without arguments.
            weights: Weights that this stage begins to train.
            entries: int. Rows x columns of its batches.
        """
        count = sum(math.prod(w.shape) for w in weights)
        self.parameters_mb += PER_PARAMETER * count / 2**20
        self.batch_mb = max(self.batch_mb, PER_ENTRY * entries / 2**20)
        with measuring.Clock() as clock:
            result = function()
        now_mb, peak_mb = measuring.memory_mb()
        self.rows.append(
            {
                "stage": stage,
                "seconds": clock.wall,
                "cpu_seconds": clock.cpu,
                "now_mb": now_mb,
                "peak_mb": peak_mb,
                "budget_mb": self.base_mb
                + RUNTIME_MB
                + self.interactions_mb
                + self.parameters_mb
                + self.batch_mb,
                "interactions_mb": self.interactions_mb,
                "parameters_mb": self.parameters_mb,
                "batch_mb": self.batch_mb,
            }
        )
        return result


def measure(path, num_interactions, steps, served):
    """Returns the rows of the table."""
    stages = Stages(num_interactions)
    stages.run("imports", lambda: None)
    market = stages.run("read", lambda: Interactions.from_parquet(path))
    split = stages.run("split", functools.partial(splits.ratio_split, market))
    del market

    num_users, num_items = split.train.num_users, split.train.num_items
    keras.utils.set_random_seed(0)
    bpr_mf = BPRMF(num_users, num_items, embedding_dim=64)
    bpr_mf.compile("adam", metrics=[RecallAtK(20), NDCGAtK(20)])
    cfgan = CFGAN(num_items, g_hidden_dims=(64,), d_hidden_dims=(64,), seed=0)
    cfgan.compile(metrics=[RecallAtK(20), NDCGAtK(20)])
    rows = BATCH_SIZE["profiles"]
    fed = {
        "BPR-MF": (bpr_mf, pipelines.pairs, BATCH_SIZE["pairs"], 0),
        "CFGAN": (cfgan, pipelines.user_profiles, rows, 2 * rows * num_items),
    }
    wanted = split.test.select(split.test.user_id < served)
    users = split.train.user_vocabulary[:served].tolist()
    for name, (model, pipeline, batch_size, entries) in fed.items():
        stages.run(
            f"{name}: {steps} steps",
            lambda m=model, p=pipeline, b=batch_size: m.fit(
                p(split.train, batch_size=b), steps_per_epoch=steps, verbose=0
            ),
            weights=model.trainable_variables,
            entries=entries,
        )
        stages.run(
            f"{name}: evaluate {served:,} users",
            lambda m=model: m.evaluate(
                pipelines.ranking_batches(
                    split.train, wanted, BATCH_SIZE["evaluation"]
                ),
                verbose=0,
            ),
            entries=BATCH_SIZE["evaluation"] * num_items,
        )
        stages.run(
            f"{name}: recommend to {served:,} users",
            lambda m=model: m.recommend(users, k=20),
            entries=BATCH_SIZE["evaluation"] * num_items,
        )
    return stages.rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=200_000)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--interactions", type=int, default=10_000_000)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--served", type=int, default=4000, help="users")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder, "market.parquet"))
        sizes = given.users, given.items, given.interactions
        measuring.apart(make_market, path, *sizes)
        rows = measuring.apart(
            measure, path, given.interactions, given.steps, given.served
        )
    dense_mb = given.users * given.items * 4 / 2**20
    measuring.report(
        rows,
        COLUMNS,
        given.json,
        notes=[
            f"{given.users:,} users x {given.items:,} items as float32: "
            f"{dense_mb:,.0f} MB; {given.interactions:,} interactions"
        ],
    )


if __name__ == "__main__":
    main()
