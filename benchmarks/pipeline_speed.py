"""Does training wait for its data? Each pipeline alone, beside its step.

    python benchmarks/pipeline_speed.py
    python benchmarks/pipeline_speed.py --dataset synthetic --json

A pipeline is read to the end without training; a training step is measured
by `fit()`, which reads the same pipeline meanwhile. The settings are those of
the recipes. Both are best of several epochs, the first one not counted.

batch, step     cpu-ms of one batch alone, and of one training step
ratio           the one over the other. Goal: below 0.2
wall ratio      the same of the seconds on the wall
"""

import argparse

import measuring

from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import fitting

FED = ["ganmf_ml_1m", "cfgan_user_ml_1m", "mult_vae_ml_1m", "bpr_mf_ml_1m"]

COLUMNS = {
    "pipeline": ("pipeline", ""),
    "of": ("recipe", ""),
    "batch size": ("batch_size", ""),
    "rows/s": ("rows_per_s", ",.0f"),
    "rows/cpu-s": ("rows_per_cpu_s", ",.0f"),
    "batch": ("batch_cpu_ms", ".3f"),
    "step": ("step_cpu_ms", ".2f"),
    "ratio": ("ratio", ".3f"),
    "wall ratio": ("wall_ratio", ".3f"),
}


def measure(name, dataset, epochs):
    """Returns one row of the table, a dict."""
    recipe = RECIPES[name]
    train = measuring.load(recipe, dataset).train_and_validation
    batches = fitting.feed(recipe, train, seed=0)

    alone = []
    for epoch in range(1 + epochs):
        batches.epoch.assign(epoch)
        rows = 0
        with measuring.Clock() as clock:
            for batch in batches:
                rows += len(next(iter(batch.values())))
        alone.append(clock)

    training = measuring.EpochClocks()
    measuring.compiled(recipe, train).fit(
        batches, epochs=1 + epochs, callbacks=[training], verbose=0
    )
    alone_wall, alone_cpu = _best(alone[1:])
    wall, cpu = _best(training.clocks)
    return {
        "pipeline": recipe.batches,
        "recipe": name,
        "dataset": dataset,
        "batch_size": recipe.batch_size,
        "rows_per_s": rows / alone_wall,
        "rows_per_cpu_s": rows / alone_cpu,
        "batch_cpu_ms": 1e3 * alone_cpu / len(batches),
        "batch_wall_ms": 1e3 * alone_wall / len(batches),
        "step_cpu_ms": 1e3 * cpu / len(batches),
        "step_wall_ms": 1e3 * wall / len(batches),
        "ratio": alone_cpu / cpu,
        "wall_ratio": alone_wall / wall,
    }


def _best(clocks):
    return min(c.wall for c in clocks), min(c.cpu for c in clocks)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", nargs="+", choices=FED, default=FED)
    parser.add_argument(
        "--dataset", choices=["published", "synthetic"], default="published"
    )
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = [
        measuring.apart(measure, name, arguments.dataset, arguments.epochs)
        for name in arguments.recipe
    ]
    measuring.report(rows, COLUMNS, arguments.json)


if __name__ == "__main__":
    main()
