"""Where does the time of a training step go? A profile, not a guess.

    python benchmarks/step_profile.py
    python benchmarks/step_profile.py --model ganmf_ml_1m --json
    python benchmarks/step_profile.py --sparse

One epoch of `fit()` under TensorFlow's profiler, with one thread for
operations and one inside each: what an operation takes on the wall is then
its cpu time. Operations are added up by kind. `dispatch and rest` is the cpu
time that is left: Keras, TensorFlow's executor, the profiler. `waiting for
data` is no cpu time and comes on top.

`--sparse` times the first product of GANMF with real profiles, 64 x 3,706 of
which 3.5 % are ones, dense and sparse; and the product of its gradient.
"""

import argparse
import collections
import glob
import os
import re
import tempfile

import measuring
import numpy as np
import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2
from training_speed import RUNS

from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import fitting

KINDS = {
    "matrix products": r".*MatMul.*|Einsum",
    "random draws": r"Stateless(Random|Truncated).*",
    "gathers and scatters": r".*(Gather|Scatter|Segment).*",
    "cumulative sums": r"Cumsum",
    "copies": r"ConcatV2|Slice|Split|Tile|Transpose|Pack|Pad.*|StridedSlice",
    "elementwise and sums": r".*",
}
OPTIMIZERS = "optimizers (XLA)"
PIPELINE, DISPATCH = "input pipeline", "dispatch and rest"
UNCOUNTED = "what contains, or is contained in, what is counted"
TOTAL, WAITING = "the step", "waiting for data"

COLUMNS = {
    "model": ("model", ""),
    "kind": ("kind", ">20"),
    "cpu-ms per step": ("cpu_ms", ".2f"),
    "share": ("share", ".1%"),
}


def profile(name, dataset):
    """Returns the rows of one model: cpu-ms and share of each kind."""
    recipe = RUNS[name].settings()
    train = measuring.load(recipe, dataset).train_and_validation
    batches = fitting.feed(recipe, train, seed=0)
    model = measuring.compiled(recipe, train)
    model.fit(batches, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(
            folder,
            tf.profiler.experimental.ProfilerOptions(
                host_tracer_level=2, python_tracer_level=0
            ),
        )
        with measuring.Clock() as clock:
            model.fit(batches, verbose=0)
        tf.profiler.experimental.stop()
        (path,) = glob.glob(f"{folder}/**/*.xplane.pb", recursive=True)
        seconds = seconds_by_kind(path, len(batches))
    seconds[DISPATCH] = clock.cpu - sum(
        spent
        for kind, spent in seconds.items()
        if kind not in (WAITING, UNCOUNTED)
    )
    order = [*KINDS, OPTIMIZERS, PIPELINE, DISPATCH]
    order.sort(key=lambda kind: -seconds[kind])
    seconds[TOTAL] = clock.cpu
    return [
        {
            "model": name,
            "kind": kind,
            "cpu_ms": 1e3 * seconds[kind] / len(batches),
            "share": seconds[kind] / clock.cpu,
        }
        for kind in (*order, TOTAL, WAITING)
    ]


def seconds_by_kind(path, steps):
    """Adds up the operations of a trace of TensorFlow's profiler.

    As if each took its median in every step: what else the machine did in
    some of them does not count.
    """
    space = xplane_pb2.XSpace()
    with open(path, "rb") as file:
        space.ParseFromString(file.read())
    events = collections.defaultdict(list)
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                name = plane.event_metadata[event.metadata_id].name
                kind = kind_of(line.name, name)
                start = 1000 * line.timestamp_ns + event.offset_ps
                events[kind, name].append((start, event.duration_ps / 1e12))
    seconds = collections.defaultdict(float)
    for (kind, _), found in events.items():
        durations = np.array([duration for _, duration in sorted(found)])
        if len(durations) % steps == 0:
            by_step = durations.reshape(steps, -1)
            durations = steps * np.median(by_step, axis=0)
        seconds[kind] += durations.sum()
    return seconds


def kind_of(thread, event):
    if event.startswith("IteratorGetNext") and event.endswith("DoCompute"):
        return WAITING
    if event == "CpuExecutable::ExecuteAsyncOnStream":
        return OPTIMIZERS
    operation = re.fullmatch(r"[^:]+:(\w+)", event)  # path:Type
    if operation is None:
        return UNCOUNTED
    if thread.startswith("tf_data"):
        return PIPELINE
    return next(
        kind
        for kind, pattern in KINDS.items()
        if re.fullmatch(pattern, operation[1])
    )


def sparse_products(dataset):
    """Returns cpu-ms of GANMF's first product and its gradient, both ways."""
    recipe = RECIPES["ganmf_ml_1m"]
    train = measuring.load(recipe, dataset).train_and_validation
    seen = next(iter(fitting.feed(recipe, train, seed=0)))["seen"]
    code_dim = recipe.model_arguments["code_dim"]
    kernel = tf.random.normal((seen.shape[1], code_dim))
    gradient = tf.random.normal((seen.shape[0], code_dim))
    sparse = tf.sparse.from_dense(seen)
    row, column = tf.unstack(tf.cast(sparse.indices, tf.int32), axis=1)
    by_column = tf.argsort(column, stable=True)
    ways = {
        "x W, dense": lambda: tf.matmul(seen, kernel),
        "x W, sparse_dense_matmul": lambda: tf.sparse.sparse_dense_matmul(
            sparse, kernel
        ),
        "x W, sum of rows": lambda: tf.sparse.segment_sum(
            kernel, column, row, num_segments=len(seen)
        ),
        "x' g, dense": lambda: tf.matmul(seen, gradient, transpose_a=True),
        "x' g, sparse_dense_matmul": lambda: tf.sparse.sparse_dense_matmul(
            sparse, gradient, adjoint_a=True
        ),
        "x' g, sum of rows": lambda: tf.sparse.segment_sum(
            gradient,
            tf.gather(row, by_column),
            tf.gather(column, by_column),
            num_segments=seen.shape[1],
        ),
    }
    return [
        {"way": way, "cpu_ms": 1e3 * measuring.cpu_seconds(product)}
        for way, product in ways.items()
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", nargs="+", choices=RUNS, default=list(RUNS))
    parser.add_argument(
        "--dataset", choices=["published", "synthetic"], default="published"
    )
    parser.add_argument("--sparse", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    columns = COLUMNS
    if arguments.sparse:
        rows = measuring.apart(sparse_products, arguments.dataset)
        columns = {"product": ("way", ""), "cpu-ms": ("cpu_ms", ".2f")}
    else:
        # Of the processes to come.
        os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
        os.environ["TF_NUM_INTEROP_THREADS"] = "1"
        rows = []
        for name in arguments.model:
            rows += measuring.apart(profile, name, arguments.dataset)
    measuring.report(rows, columns, arguments.json)


if __name__ == "__main__":
    main()
