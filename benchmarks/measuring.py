"""What the benchmarks share: clocks, memory, this machine, data, tables.

Cpu seconds are those of all threads of this process; on a machine that does
something else besides they say more than seconds on the wall.
"""

import concurrent.futures
import json
import math
import multiprocessing
import os
import pathlib
import platform
import time

import keras
import tensorflow as tf

from keras_ganrec.data import datasets
from keras_ganrec.recipes import benchmark
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import loading
from keras_ganrec.recipes import page_parts

# Users, items and mean interactions per user of the published data sets.
SIZES = {
    "ml-100k": (943, 1682, 106),
    "ml-1m": (6040, 3706, 166),
    "gowalla": (29858, 40981, 34),
}


class Clock:
    """`with Clock() as clock: ...`; then `clock.wall` and `clock.cpu`."""

    def __enter__(self):
        self._start = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *exception):
        self.wall = time.perf_counter() - self._start[0]
        self.cpu = time.process_time() - self._start[1]


class EpochClocks(keras.callbacks.Callback):
    """Keeps a `Clock` of every epoch of `fit()` but the first.

    Args:
        seconds: float. Stops the training after as many.
    """

    def __init__(self, seconds=math.inf):
        super().__init__()
        self.left = seconds
        self.clocks = []

    def on_epoch_begin(self, epoch, logs=None):
        self.clock = Clock().__enter__()

    def on_epoch_end(self, epoch, logs=None):
        self.clock.__exit__()
        if epoch > 0:
            self.clocks.append(self.clock)
            self.left -= self.clock.wall
            self.model.stop_training = self.left <= 0


def memory_mb():
    """Memory that this process holds now, and the most it has held.

    Linux only: `ru_maxrss` starts at the peak of the process that made this.
    """
    status = pathlib.Path("/proc/self/status").read_text().splitlines()
    pairs = dict(line.split(":", 1) for line in status)
    return tuple(int(pairs[k].split()[0]) / 1024 for k in ("VmRSS", "VmHWM"))


def machine():
    """What the numbers were measured on."""
    names = [
        line.partition(": ")[2]
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
    }


def circumstances():
    """When, and at which commit: what each row of a results file names."""
    now = benchmark.circumstances()
    return {"time": now["time"], "commit": now["commit"]}


def cpu_seconds(function, times=20):
    """Cpu seconds of a function that returns a matrix.

    The best of five loops inside the graph: no Python in between.
    """

    @tf.function
    def repeat():
        corner = 0.0
        for _ in tf.range(times):
            corner += function()[0, 0]
        return corner

    repeat()
    seconds = []
    for _ in range(5):
        with Clock() as clock:
            repeat()
        seconds.append(clock.cpu / times)
    return min(seconds)


def product_seconds(m, k, n, transpose_a=False, transpose_b=False):
    """Cpu seconds of one float32 product `(m, k) x (k, n)`, alone."""
    a = tf.random.normal((k, m) if transpose_a else (m, k))
    b = tf.random.normal((n, k) if transpose_b else (k, n))
    return cpu_seconds(
        lambda: tf.matmul(a, b, transpose_a, transpose_b),
        times=max(2, int(1e10 / (2 * m * k * n))),  # some 0.05 s
    )


def product_rate(size=2048):
    """Flop per cpu second of a large product: what this machine can do."""
    return 2 * size**3 / product_seconds(size, size, size)


def load(recipe, dataset):
    """Returns the data of a recipe; or a made-up market of the same sizes.

    Args:
        recipe: `Recipe`.
        dataset: `"published"`, or `"synthetic"`, which needs no file.
    """
    if dataset == "synthetic":
        users, items, per_user = SIZES[recipe.dataset]
        market = datasets.synthetic(
            users, items, interactions_per_user=per_user
        )
        return loading.split_by_name(market, "random_80_20")
    return loading.load_split(recipe.dataset, recipe.split)


def compiled(recipe, interactions, **kwargs):
    """Returns the model of a recipe, ready for `fit()`."""
    model = fitting.build(recipe, interactions, seed=0)
    model.compile(
        **fitting.optimizers(recipe),
        steps_per_execution=recipe.steps_per_execution,
        **kwargs,
    )
    return model


def apart(function, *arguments):
    """Calls a function in a fresh process, with a peak memory of its own."""
    with concurrent.futures.ProcessPoolExecutor(
        max_workers=1, mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        return pool.submit(function, *arguments).result()


def report(rows, columns, as_json, notes=()):
    """Prints the measured rows, as a table or as JSON.

    Args:
        rows: List of dicts.
        columns: dict from the heading of a column to the key of its values
            and their format.
        as_json: bool.
        notes: Lines to print below the table.
    """
    if as_json:
        print(json.dumps({"machine": machine(), "rows": rows}, indent=2))
        return
    cells = _cells(rows, columns)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for first, *others in cells:
        line = [first.ljust(widths[0])]
        line += [c.rjust(w) for c, w in zip(others, widths[1:], strict=True)]
        print("  ".join(line))
    for note in notes:
        print(note)
    print(in_words(machine()))


def print_row(row):
    """Prints a row of a results file at once, numbers of NumPy as plain."""
    print(json.dumps(row, default=lambda value: value.item()), flush=True)


def read_rows(path):
    """Rows of a results file, a line of JSON each."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def page(title, name, about, *parts):
    """Returns a page of docs/, made of what `benchmarks/{name}.py` measured.

    Args:
        title: str.
        name: str. Of the script, and of its results, a `.jsonl` beside it.
        about: str. What is measured, and how.
        *parts: str. Tables and what is said of them.
    """
    head = (
        f"Written by `benchmarks/{name}.py --page` from what it measured,\n"
        f"`benchmarks/{name}.jsonl`. Do not edit it by hand."
    )
    return "\n\n".join([f"# {title}", head, about.strip(), *parts])


def markdown(rows, columns):
    """Returns the table of `report` as a page has it."""
    heads, *lines = _cells(rows, columns)
    return page_parts.table(heads, lines, rule="---:")


def in_words(machine):
    return ", ".join(f"{key} {value}" for key, value in machine.items())


def _cells(rows, columns):
    return [list(columns)] + [
        [
            "" if row.get(key) is None else format(row[key], style)
            for key, style in columns.values()
        ]
        for row in rows
    ]
