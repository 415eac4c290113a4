"""How fast does each model train, and how near to what the machine can do?

    python benchmarks/training_speed.py
    python benchmarks/training_speed.py --model ganmf_ml_1m --seconds 30
    python benchmarks/training_speed.py --dataset synthetic --json

Every model is trained by `fit()` with the settings of its recipe, on all that
is not test, in its own process. The first epoch, with tracing, does not count.
Recipes that differ in nothing that a step depends on are one row.

rows/s          a row is what a batch is made of: a profile, or a pair
users/s         users of the data over the seconds of one pass over it
cpu-ms, GFLOP   of one step: what `fit()` spends, and what the matrix products
                of the traced step need. A GAN's step is d_steps and g_steps.
                Products in loops and branches cannot be counted.
rate share      GFLOP/cpu-s of the step over those of a 2048^3 product here
products        share of the step that its own products take when each runs
                alone; small ones do not reach the rate of large ones. Takes
                a minute for each model, and so only with --products
schedule        cpu seconds of all epochs of the authors, from those of one
reference       the same of the authors' code (TensorFlow 1), measured elsewhere
peak, before    MB of the process at most, and before there was a model
"""

import argparse
import dataclasses
import hashlib
import json
import math
import statistics
from collections.abc import Mapping

import measuring
import numpy as np
import tensorflow as tf

from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes.base import adam


@dataclasses.dataclass(frozen=True)
class Run:
    """A recipe, what to change in it, and what the authors' code took."""

    recipe: str
    epochs: int | None = None
    changes: Mapping = dataclasses.field(default_factory=dict)
    reference: float | None = None

    def settings(self):
        return RECIPES[self.recipe].with_settings(self.changes)


# What a step depends on.
STEP = (
    *("model", "dataset", "model_arguments", "optimizers", "batches"),
    *("batch_size", "batch_arguments", "steps_per_execution"),
)


def step_of(recipe):
    """A hash of what a step depends on: of another step, another one."""
    step = [recipe.settings.get(name) for name in STEP]
    content = json.dumps(step, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()[:16]


def _of_different_steps():
    """Of the trained recipes, without ablations, the first of each step."""
    first = {}
    for recipe in RECIPES.values():
        if recipe.batches and not recipe.ablates:
            first.setdefault(step_of(recipe), recipe.name)
    return {name: Run(name) for name in first.values()}


RUNS = {
    **_of_different_steps(),
    # The authors: 1,000 passes of G in batches of 32, and to four of them two
    # passes of D. So two D steps to four G steps are as many rows as theirs.
    "cfgan_item_ml_100k": Run(
        "cfgan_ml_100k",
        epochs=250,
        changes={"model_arguments.d_steps": 2},
        reference=392.0,
    ),
    # The authors: batches of 512 for D and of 256 for G, a pass each.
    "cfgan_item_ml_1m": Run(
        "cfgan_ml_100k",
        epochs=1500,
        changes={
            "dataset": "ml-1m",
            "split": "ganmf",
            "model_arguments.g_hidden_dims": [300],
            "model_arguments.d_hidden_dims": [250],
            "model_arguments.zr_ratio": 0.9,
            "model_arguments.pm_ratio": 0.9,
            "model_arguments.g_steps": 2,
            "model_arguments.d_regularizer": {
                "class_name": "L2",
                "config": {"l2": 2.5e-5},
            },
            "batch_size": 512,
            "steps_per_execution": 8,
        },
        reference=5.2 * 1500,
    ),
    "ganmf_ml_1m": Run("ganmf_ml_1m", 66, reference=7.83 * 66),
    # The authors' best settings in item mode, from their repository.
    "ganmf_item_ml_1m": Run(
        "ganmf_ml_1m",
        epochs=106,
        changes={
            "model_arguments.mode": "item",
            "model_arguments.code_dim": 606,
            "model_arguments.margin": 4.0,
            "optimizers": {
                "d_optimizer": adam(2.5e-4),
                "g_optimizer": adam(1.8e-4),
            },
            "batches": "item_profiles",
            "batch_size": 128,
        },
    ),
}

COLUMNS = {
    "model": ("model", ""),
    "steps/s": ("steps_per_s", ".1f"),
    "rows/s": ("rows_per_s", ",.0f"),
    "users/s": ("users_per_s", ",.0f"),
    "cpu-ms": ("step_cpu_ms", ".2f"),
    "GFLOP": ("step_gflop", ".3g"),
    "GFLOP/cpu-s": ("gflop_per_cpu_s", ".0f"),
    "rate share": ("rate_share", ".0%"),
    "products": ("products_share", ".0%"),
    "cpu-s/epoch": ("epoch_cpu_s", ".2f"),
    "epochs": ("epochs", ""),
    "schedule": ("schedule_cpu_s", ",.0f"),
    "reference": ("reference_cpu_s", ",.0f"),
    "peak": ("peak_mb", ",.0f"),
    "before": ("before_mb", ",.0f"),
}


def products_of(model, batches, batch_size):
    """Returns the matrix products of one training step, as traced.

    Those that nothing depends on are left out, as TensorFlow leaves them out:
    the tape also differentiates for weights that do not move.

    Returns:
        List of `(m, k, n, transpose_a, transpose_b)`; `None` if some are in a
        loop or a branch.
    """
    spec = {
        key: tf.TensorSpec((batch_size, *s.shape[1:]), s.dtype)
        for key, s in batches.element_spec.items()
    }
    step = tf.function(model.train_step).get_concrete_function(spec)
    try:
        return _products_in(step.graph)
    except NotCounted:
        return None


class NotCounted(Exception):
    """The products of a step are not as many as are in its graph."""


def _products_in(graph):
    found, needed = [], set()
    open_ops = [t.op for t in graph.outputs] + list(graph.control_outputs)
    while open_ops:
        op = open_ops.pop()
        if op in needed:
            continue
        needed.add(op)
        open_ops += [t.op for t in op.inputs] + list(op.control_inputs)
        if op.type in ("While", "StatelessWhile", "If", "StatelessIf"):
            raise NotCounted
        if op.type == "MatMul":
            found.append(_matmul(op))
        if op.type == "Einsum":
            found.append(_einsum(op))
        for attribute in op.node_def.attr.values():
            if attribute.HasField("func"):
                function = graph._get_function(attribute.func.name)
                found += _products_in(function.graph)
    return found


def _matmul(op):
    transposed = op.get_attr("transpose_a"), op.get_attr("transpose_b")
    a, b = (tuple(t.shape) for t in op.inputs)
    k, m = a if transposed[0] else a[::-1]
    return m, k, b[0] if transposed[1] else b[1], *transposed


def _einsum(op):
    # As one product of the same cost: (outputs, summed) x (summed, 1).
    terms, out = op.get_attr("equation").decode().split("->")
    sizes = {}
    for term, tensor in zip(terms.split(","), op.inputs, strict=True):
        sizes.update(zip(term, tensor.shape, strict=True))
    outputs = math.prod(sizes[label] for label in out)
    return outputs, math.prod(sizes.values()) // outputs, 1, False, False


def measure(name, dataset, seconds, rate, with_products):
    """Returns one row of the table, a dict."""
    run = RUNS[name]
    recipe = run.settings()
    train = measuring.load(recipe, dataset).train_and_validation
    batches = fitting.feed(recipe, train, seed=0)
    before_mb, _ = measuring.memory_mb()
    model = measuring.compiled(recipe, train)
    timing = measuring.EpochClocks(seconds)
    model.fit(batches, epochs=10**6, callbacks=[timing], verbose=0)
    _, peak_mb = measuring.memory_mb()

    steps = len(batches)
    rows = sum(len(next(iter(b.values()))) for b in batches.as_numpy_iterator())
    wall = statistics.median(c.wall for c in timing.clocks)
    cpu = statistics.median(c.cpu for c in timing.clocks)
    products = products_of(model, batches, recipe.batch_size)
    counted = {}
    if products is not None:
        flop = sum(2 * m * k * n for m, k, n, *_ in products)
        # The last batch of an epoch is smaller.
        per_cpu_s = flop * rows / recipe.batch_size / cpu
        counted = {
            "step_gflop": flop / 1e9,
            "gflop_per_cpu_s": per_cpu_s / 1e9,
            "rate_share": per_cpu_s / rate,
        }
    if products is not None and with_products:
        alone = {p: measuring.product_seconds(*p) for p in set(products)}
        counted |= {
            "products_share": sum(alone[p] for p in products) / (cpu / steps),
            "products": [
                {"product": list(p), "cpu_ms": 1e3 * alone[p]} for p in products
            ],
        }
    return {
        "model": name,
        "step": step_of(recipe),
        "dataset": dataset,
        "measured_epochs": len(timing.clocks),
        "steps_per_s": steps / wall,
        "rows_per_s": rows / wall,
        "users_per_s": len(np.unique(train.user_id)) / wall,
        "step_cpu_ms": 1e3 * cpu / steps,
        "rate_gflop_per_cpu_s": rate / 1e9,
        "epoch_cpu_s": cpu,
        "epochs": run.epochs,
        "schedule_cpu_s": run.epochs and run.epochs * cpu,
        "reference_cpu_s": run.reference,
        "peak_mb": peak_mb,
        "before_mb": before_mb,
        **counted,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", nargs="+", choices=RUNS, default=list(RUNS))
    parser.add_argument(
        "--dataset", choices=["published", "synthetic"], default="published"
    )
    parser.add_argument(
        "--seconds", type=float, default=20, help="of training to measure"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--products", action="store_true")
    arguments = parser.parse_args()
    rate = measuring.apart(measuring.product_rate)
    rows = [
        measuring.apart(
            measure,
            name,
            arguments.dataset,
            arguments.seconds,
            rate,
            arguments.products,
        )
        for name in arguments.model
    ]
    measuring.report(
        rows,
        COLUMNS,
        arguments.json,
        notes=[
            "matrix-product rate of this machine (float32, 2048^3): "
            f"{rate / 1e9:.0f} GFLOP/cpu-s"
        ],
    )


if __name__ == "__main__":
    main()
