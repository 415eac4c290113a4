"""Which losses keep all modes? Prints modes, quality and KL, raw and EMA.

    python benchmarks/stability.py                      # the default alone
    python benchmarks/stability.py --loss all           # every loss
    python benchmarks/stability.py --task ring-8 --seeds 0 1 2 --json

The measures are those of `modes.py`. Every loss trains the same MLPs with the
same optimizers, Adam (0, 0.99) with a learning rate that falls to 0 by a
cosine, for the same steps on the same data, new samples in each batch. `raw`
are G's weights as trained, `ema` their moving average, swapped in by
`GeneratorEMA`. Seconds are those of building, `compile()` and `fit()`; judging
the samples comes on top.
"""

import argparse
import json
import time

import keras
import modes
import tensorflow as tf

from keras_ganrec.callbacks import GeneratorEMA
from keras_ganrec.models.content import MLPGAN
from keras_ganrec.penalties import WeightClipping

BATCH_SIZE = 128
EMA_MOMENTUM = 0.999
STEPS_PER_EXECUTION = 500

TASKS = {
    "ring-8": {
        "data": modes.ring_8,
        "steps": 20_000,
        "learning_rate": 2e-3,
        "gamma": 0.1,
        "model": {
            "noise_dim": 8,
            "g_hidden_dims": (128, 128, 128),
            "d_hidden_dims": (128, 128, 128),
        },
    },
    "grid-25": {
        "data": modes.grid_25,
        "steps": 40_000,
        "learning_rate": 2e-3,
        "gamma": 0.1,
        "model": {
            "noise_dim": 2,
            "g_hidden_dims": (128, 128, 128),
            "d_hidden_dims": (128, 128, 128),
        },
    },
    "stacked-digits": {
        "data": modes.StackedDigits,
        "steps": 8_000,
        "learning_rate": 1e-3,
        "gamma": 1.0,
        "model": {
            "noise_dim": 64,
            "g_hidden_dims": (256, 256, 256),
            "d_hidden_dims": (256, 256, 256),
            "output_activation": "tanh",
        },
    },
}

DEFAULT = "relativistic+r1+r2"
NONE = {"r1_weight": 0.0, "r2_weight": 0.0}


def losses(gamma):
    """Returns the arguments of `MLPGAN` for each row of the table."""
    r1 = {"r1_weight": gamma, "r2_weight": 0.0}
    r1_r2 = {"r1_weight": gamma, "r2_weight": gamma}
    # Their own protocol: five critic steps. One round is one step here.
    wgan_gp = {**NONE, "gradient_penalty_weight": 10.0, "d_steps": 5}
    clipping = {
        **NONE,
        "d_steps": 5,
        "d_constraint": WeightClipping(0.01),
    }
    return {
        "minimax": {"loss": "minimax", **NONE},
        "non_saturating": {"loss": "non_saturating", **NONE},
        "least_squares": {"loss": "least_squares", **NONE},
        "hinge": {"loss": "hinge", **NONE},
        "wasserstein+gp": {"loss": "wasserstein", **wgan_gp},
        "wasserstein+clipping": {"loss": "wasserstein", **clipping},
        "relativistic": {"loss": "relativistic", **NONE},
        "relativistic_average": {"loss": "relativistic_average", **NONE},
        "relativistic+r1": {"loss": "relativistic", **r1},
        "minimax+r1+r2": {"loss": "minimax", **r1_r2},
        "non_saturating+r1+r2": {"loss": "non_saturating", **r1_r2},
        "least_squares+r1+r2": {"loss": "least_squares", **r1_r2},
        "hinge+r1+r2": {"loss": "hinge", **r1_r2},
        "wasserstein+r1+r2": {"loss": "wasserstein", **r1_r2},
        "relativistic_average+r1+r2": {
            "loss": "relativistic_average",
            **r1_r2,
        },
        DEFAULT: {"loss": "relativistic", **r1_r2},
    }


def batches(data, steps, seed):
    """Fresh samples for each step, cut from one block per execution."""
    rows = STEPS_PER_EXECUTION * BATCH_SIZE

    def blocks():
        for block in range(steps // STEPS_PER_EXECUTION):
            samples = data.sample(rows, seed=[seed, block])
            yield samples.reshape(-1, BATCH_SIZE, *data.output_shape)

    shape = (STEPS_PER_EXECUTION, BATCH_SIZE, *data.output_shape)
    dataset = tf.data.Dataset.from_generator(
        blocks, output_signature=tf.TensorSpec(shape, "float32")
    )
    dataset = dataset.unbatch().prefetch(tf.data.AUTOTUNE)
    return dataset.apply(tf.data.experimental.assert_cardinality(steps))


def adam(learning_rate, steps, **kwargs):
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    return keras.optimizers.Adam(schedule, beta_1=0.0, beta_2=0.99, **kwargs)


def measure(task, loss, seed):
    """Trains one model and returns its row of the table, a dict."""
    settings = TASKS[task]
    data, steps = settings["data"](), settings["steps"]
    keras.utils.set_random_seed(seed)
    seconds, cpu_seconds = time.perf_counter(), time.process_time()
    gan = MLPGAN(
        data.output_shape,
        **settings["model"],
        **losses(settings["gamma"])[loss],
        seed=seed,
    )
    gan.compile(
        # Its schedule counts D's own steps.
        d_optimizer=adam(settings["learning_rate"], steps * gan.d_steps),
        g_optimizer=adam(
            settings["learning_rate"],
            steps,
            use_ema=True,
            ema_momentum=EMA_MOMENTUM,
        ),
        steps_per_execution=STEPS_PER_EXECUTION,
    )
    raw = []
    keep_raw = keras.callbacks.LambdaCallback(
        on_train_end=lambda logs: raw.append(gan.generate(data.num_samples))
    )
    gan.fit(
        batches(data, steps, seed),
        callbacks=[keep_raw, GeneratorEMA()],
        shuffle=False,
        verbose=0,
    )
    seconds = time.perf_counter() - seconds
    cpu_seconds = time.process_time() - cpu_seconds
    return {
        "task": task,
        "loss": loss,
        "seed": seed,
        "num_modes": data.num_modes,
        "raw": data.judge(raw[0]),
        "ema": data.judge(gan.generate(data.num_samples)),
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
    }


def print_row(row):
    cells = []
    for kind in ("raw", "ema"):
        result = row[kind]
        quality = result["high_quality"]
        cells += [
            f"{result['modes']:>5}/{row['num_modes']:<4}",
            f"{'-' if quality is None else format(quality, '.3f'):>6}",
            f"{result['reverse_kl']:>7.4f}",
        ]
    print(
        f"{row['task']:<15} {row['loss']:<27} {row['seed']:>4} "
        f"{' '.join(cells)} {row['seconds']:>6.1f} {row['cpu_seconds']:>6.1f}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument(
        "--loss",
        nargs="+",
        choices=["all", *losses(gamma=1.0)],
        default=[DEFAULT],
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    names = losses(gamma=1.0) if "all" in arguments.loss else arguments.loss
    if not arguments.json:
        print(
            f"{'task':<15} {'loss':<27} seed {'raw modes':<10} {'HQ':>6} "
            f"{'KL':>7} {'ema modes':<10} {'HQ':>6} {'KL':>7} {'sec':>6} "
            f"{'cpu-s':>6}"
        )
    rows = []
    for task in arguments.task:
        for loss in names:
            for seed in arguments.seeds:
                rows.append(measure(task, loss, seed))
                if not arguments.json:
                    print_row(rows[-1])
    if arguments.json:
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
