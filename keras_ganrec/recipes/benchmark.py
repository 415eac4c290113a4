"""From a recipe to its measured result: one fresh process per run."""

import concurrent.futures
import contextlib
import datetime
import importlib.metadata
import multiprocessing
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import time

import keras
import numpy as np

from keras_ganrec import __version__
from keras_ganrec.data import pipelines
from keras_ganrec.evaluation.compare import measure_all
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import tuning
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.loading import load_split
from keras_ganrec.recipes.results import COMPARED_BY


def benchmark(
    recipe: Recipe, data_dir=None, report=print, prepare=None
) -> tuple[dict, np.ndarray]:
    """Tunes a recipe where it is to be tuned, then runs each of its seeds.

    A recipe with a `space` has been tuned before, by `ganrec tune`.

    Args:
        recipe: `Recipe`.
        data_dir: Optional path. Where the data sets are.
        report: Callable that is told, in a line, what is done next.
        prepare: Optional callable without arguments. Each new process calls
            it first.

    Returns:
        The result, of the types of JSON: what identifies the recipe, the
        mean and the spread (standard deviation of the sample; 0 for one
        seed) of each metric over the seeds, `fit_seconds` and `cpu_seconds`
        (mean over the seeds, the final training alone), `peak_memory_mb`
        (the highest, of the whole process), the settings that were chosen,
        all trials, the `history` by epoch, and when, where and with what. And
        for each test user the mean over the seeds of the metrics `per_user`,
        which are `results.COMPARED_BY` and, where it is another one, the
        `monitor`: float32 `(metrics, users)`.

        The `history` has Keras' names: that of `monitor` on the validation
        part, of the trial that was chosen; the losses of the first seed where
        there was none; nothing without epochs.
    """

    def run_apart(recipe, seed, part):
        return apart(prepare, run, recipe, seed, part, data_dir)

    chosen, trials, history = _tune(recipe, run_apart, report)
    final = recipe.with_settings(chosen)
    runs = []
    for number, seed in enumerate(recipe.seeds, 1):
        report(
            f"{recipe.name}: seed {seed} ({number} of {len(recipe.seeds)}), "
            "trained on train and validation, measured on test"
        )
        runs.append(run_apart(final, seed, "test"))
    result = {
        "recipe": recipe.name,
        "model": recipe.model.__name__,
        "dataset": recipe.dataset,
        "split": recipe.split,
        "seeds": list(recipe.seeds),
        "metrics": {
            name: mean_and_spread([r["metrics"][name] for r in runs])
            for name in runs[0]["metrics"]
        },
        "fit_seconds": _mean(runs, "fit_seconds"),
        "cpu_seconds": _mean(runs, "cpu_seconds"),
        "peak_memory_mb": max(r["peak_memory_mb"] for r in runs),
        "fingerprint": recipe.fingerprint,
        "chosen": chosen,
        "trials": trials,
        "history": history or runs[0]["history"],
        "per_user": list(runs[0]["per_user"]),
        **circumstances(),
    }
    values = [list(r["per_user"].values()) for r in runs]
    return result, np.mean(values, axis=0)


def apart(prepare, function, *args):
    """Calls a function in a process of its own.

    A new interpreter: clean state, and a peak of memory of its own.

    Args:
        prepare: Optional callable without arguments, called first.
        function: Callable.
        *args: Its arguments.
    """
    with concurrent.futures.ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=prepare,
    ) as pool:
        return pool.submit(function, *args).result()


def _tune(recipe, run_apart, report):
    """Returns the best settings, all trials, and the history of the best."""
    if not recipe.is_tuned:
        return {}, [], {}
    if recipe.space:
        study = tuning.best(recipe, tuning.study_path(recipe))
        return study["chosen"], study["trials"], study["history"]
    trials, histories = [], []
    candidates = recipe.candidates()
    for number, settings in enumerate(candidates, 1):
        report(
            f"{recipe.name}: trial {number} of {len(candidates)}, "
            f"{settings or 'number of epochs'}, measured on validation"
        )
        trial = run_apart(
            recipe.with_settings(settings), recipe.seeds[0], "validation"
        )
        if recipe.patience is not None:
            settings = {**settings, "epochs": trial["epochs"]}
        trials.append(
            {
                "settings": settings,
                recipe.monitor: trial["metrics"][recipe.monitor],
                "fit_seconds": trial["fit_seconds"],
            }
        )
        histories.append(trial["history"])
    values = [trial[recipe.monitor] for trial in trials]
    best = values.index(max(values))
    return trials[best]["settings"], trials, histories[best]


def run(recipe: Recipe, seed: int, part: str, data_dir=None) -> dict:
    """Trains a recipe once and measures it on `"validation"` or `"test"`.

    In this process; its standard output is turned to standard error.

    Returns:
        dict with `metrics`, `epochs`, `history`, `fit_seconds`,
        `cpu_seconds`, `peak_memory_mb`, and `per_user`, a dict from the
        metrics that are kept for each user to their values.
    """
    with contextlib.redirect_stdout(sys.stderr):
        split = load_split(recipe.dataset, recipe.split, data_dir)
        if part == "validation":
            known, held_out = split.train, split.validation
        else:
            known, held_out = split.train_and_validation, split.test
        evaluation = pipelines.ranking_batches(known, held_out)
        start, cpu_start = time.perf_counter(), time.process_time()
        model, epochs = fitting.fit(
            recipe,
            known,
            seed,
            validation=evaluation if part == "validation" else None,
        )
        fit_seconds = time.perf_counter() - start
        cpu_seconds = time.process_time() - cpu_start
        by = list(dict.fromkeys((COMPARED_BY, recipe.monitor)))
        measured = measure_all(model, evaluation, recipe.lengths, by)
        return {
            "metrics": measured.metrics,
            "per_user": measured.users,
            "epochs": epochs,
            "history": fitting.history(model, recipe),
            "fit_seconds": fit_seconds,
            "cpu_seconds": cpu_seconds,
            "peak_memory_mb": peak_memory_mb(),
        }


def peak_memory_mb():
    """Returns the most memory that this process has had, in MB."""
    try:
        status = pathlib.Path("/proc/self/status").read_text()
    except FileNotFoundError:  # not Linux
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**20 if sys.platform == "darwin" else 2**10)
    # Not `ru_maxrss`: that starts at the peak of the process that made this.
    line = next(s for s in status.splitlines() if s.startswith("VmHWM"))
    return int(line.split()[1]) / 2**10


def _mean(runs, name):
    return statistics.fmean(r[name] for r in runs)


def mean_and_spread(values):
    """Returns mean and standard deviation, 0 for one value."""
    return {
        "mean": statistics.fmean(values),
        "std": statistics.stdev(values) if len(values) > 1 else 0.0,
    }


def circumstances():
    """Returns when, where and with what something is measured."""
    packages = ("tensorflow", "numpy", "scipy")
    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat("T", "seconds"),
        "commit": _commit(),
        "versions": {
            "keras_ganrec": __version__,
            "keras": keras.__version__,
            **{name: importlib.metadata.version(name) for name in packages},
            "python": platform.python_version(),
        },
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": platform.platform(),
        },
    }


def _commit():
    root = pathlib.Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40"],
            cwd=root,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:  # a copy of the clone, and no git
        return None
    return described.stdout.strip() or None


def _processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:  # not Linux
        return platform.processor()
    names = [line for line in lines if line.startswith("model name")]
    return names[0].partition(": ")[2] if names else platform.machine()
