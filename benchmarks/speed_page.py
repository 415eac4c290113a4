"""The page docs/speed.md, from what the benchmarks of speed have measured.

    python benchmarks/speed_page.py --measure training_speed
    python benchmarks/speed_page.py --measure irgan_sampling step_profile
    python benchmarks/speed_page.py

Runs the named scripts one after the other, keeps their answers in
`benchmarks/speed.json`, and writes the page from all that is kept there. On a
machine that does nothing else `training_speed` takes some eight minutes, the
other three together four.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import irgan_sampling
import measuring
import propagation_speed
import step_profile
import training_speed

from keras_ganrec.data import writers

HERE = pathlib.Path(__file__).parent
KEPT = HERE / "speed.json"
PAGE = HERE.parent / "docs" / "speed.md"
ARGUMENTS = {
    "training_speed": ["--seconds", "2"],
    "irgan_sampling": [],
    "step_profile": ["--model", "irgan_ml_100k", "lightgcn_gowalla"],
    "propagation_speed": [],
}
HEAD = """\
# Speed

Written by `python benchmarks/speed_page.py` from `benchmarks/speed.json`,
which it measures with `--measure`. Do not edit it by hand. `cpu` seconds are
those of all cores.
"""
TRAINING = """\
## Training

Each recipe is trained by `fit()`, in its own process, for two seconds after
the first epoch; recipes with the same step are one row. A row of a batch is a
user's profile, an item's, or a pair. `users/s` are the users of the data over
the seconds of one pass over it. `cpu-ms` are those of one step, in which a GAN
moves D `d_steps` and G `g_steps` times. `rate share` is what the matrix
products of a step are of what this machine can do, where they can be counted.
`peak` is the memory of the process in MB.
"""
SHOWN = (
    *("model", "steps/s", "rows/s", "users/s", "cpu-ms", "GFLOP/cpu-s"),
    *("rate share", "cpu-s/epoch", "peak"),
)
SAMPLING = """\
## IRGAN's draws

One outer epoch of the authors on MovieLens 100K: 100 passes of D over all
users, whose fakes are drawn anew at every fifth, and 50 passes of G. The
authors draw with NumPy, user by user; here a batch of users is drawn at once,
inside the graph. `benchmarks/irgan_sampling.py`.

The draws of the authors' passes take {graph:.1f} cpu-s in the graph and
{numpy:.1f} cpu-s in a straightforward port of their loop, {ratio:.1f} times as
many. The whole outer epoch by `fit()` takes {epoch:.1f} cpu-s, {compared} than
the loop that draws alone. It draws D's fakes anew in every pass, and so its
seen items, for which the loop takes {numpy_all:.1f} cpu-s, and it trains both
players, which the loop does not.
"""
PROFILE = """\
## Where a step goes

One epoch of `fit()` under TensorFlow's profiler, with one thread.
`dispatch and rest` is the cpu time that no operation takes: Keras, TensorFlow's
executor, the profiler. No kind is a Python loop over users: there is none.
`benchmarks/step_profile.py`.
"""
PROPAGATION = """\
## Around the graph

What a step of LightGCN with three layers needs on Gowalla, 810,128 edges and 64
dimensions: `sum` is one sum over neighbors, `pass` all of them forward and
back, `own gradient` the same where the gradient is the sum the other way.
LightGCN takes `sparse_segment_sum` with its own gradient, {own:.0f} cpu-ms;
`tf.sparse.sparse_dense_matmul`, as TensorFlow derives it, takes {usual:.0f},
{ratio:.1f} times as many. `benchmarks/propagation_speed.py`.
"""


def training(rows):
    columns = {name: training_speed.COLUMNS[name] for name in SHOWN}
    table = measuring.markdown(rows, columns)
    today = {
        name: training_speed.step_of(run.settings())
        for name, run in training_speed.RUNS.items()
    }
    measured = {row["model"]: row.get("step") for row in rows}
    others = [name for name in measured if measured[name] != today.get(name)]
    for said, names in (
        ("Of a step that is not told, or has changed since", others),
        ("Not measured", [name for name in today if name not in measured]),
    ):
        if names:
            table += f"\n\n{said}: {', '.join(names)}."
    return TRAINING, table


def sampling(rows):
    seconds = {(row["name"], row["passes"]): row["cpu_s"] for row in rows}
    few, many = (
        f"{passes} D, {irgan_sampling.G_PASSES} G"
        for passes in (
            irgan_sampling.D_PASSES // irgan_sampling.D_EVERY,
            irgan_sampling.D_PASSES,
        )
    )
    numpy, graph = (
        seconds[name, few] for name in ("NumPy, user by user", "graph, draws")
    )
    epoch = seconds["outer epoch", many]
    text = SAMPLING.format(
        graph=graph,
        numpy=numpy,
        ratio=numpy / graph,
        epoch=epoch,
        compared=(
            f"{epoch / numpy:.1f} times as many"
            if epoch > numpy
            else f"{numpy / epoch:.1f} times fewer"
        ),
        numpy_all=seconds["NumPy, user by user", many],
    )
    return text, measuring.markdown(rows, irgan_sampling.COLUMNS)


def profile(rows):
    return PROFILE, measuring.markdown(rows, step_profile.COLUMNS)


def propagation(rows):
    by_way = {row["way"]: row for row in rows}
    own = by_way["sparse_segment_sum"]["own_pass_cpu_ms"]
    usual = by_way["sparse_dense_matmul"]["pass_cpu_ms"]
    text = PROPAGATION.format(own=own, usual=usual, ratio=usual / own)
    return text, measuring.markdown(rows, propagation_speed.COLUMNS)


SECTIONS = {
    "training_speed": training,
    "irgan_sampling": sampling,
    "step_profile": profile,
    "propagation_speed": propagation,
}


def page(kept):
    """Renders what is kept, a dict from scripts to their answers."""
    parts = [HEAD]
    for script, section in SECTIONS.items():
        if script in kept:
            text, table = section(kept[script]["rows"])
            machine = measuring.in_words(kept[script]["machine"])
            parts.append(f"{text}\n{table}\n\n{machine}\n")
    return "\n".join(parts)


def measure(script):
    """Runs a script; returns its answer."""
    command = [sys.executable, HERE / f"{script}.py", "--json"]
    answer = subprocess.run(
        [*command, *ARGUMENTS[script]], check=True, stdout=subprocess.PIPE
    )
    return json.loads(answer.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--measure", nargs="+", choices=SECTIONS, default=[], metavar="SCRIPT"
    )
    arguments = parser.parse_args()
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for script in arguments.measure:
        kept[script] = measure(script)
        with writers.beside(KEPT) as (partial,):
            partial.write_text(json.dumps(kept, indent=1) + "\n")
    PAGE.write_text(page(kept))


if __name__ == "__main__":
    main()
