"""How well are missing cells filled? Prints RMSE, coverage and seconds.

    python benchmarks/imputation.py                         # all, a long time
    python benchmarks/imputation.py --methods gain mean --tables letter
    python benchmarks/imputation.py --json > results.jsonl  # a line per row
    python benchmarks/imputation.py --page results.jsonl    # docs/imputation.md

A fifth of the cells of the UCI tables Letter and Spambase are deleted at
random, as in GAIN's paper. Each method sees the rest and fills them. The error
is in units of a column's range. `rmse` is that of the filled table, whose
columns of whole numbers are rounded, `unrounded` that before. `coverage` is
how often the true value ranks between 19 draws, and not before or after all of
them: 0.90 if the draws are what they should be. Ties count by their share.
Seconds are those of the processors for fitting and filling once.

`gain` is the recipe of its authors. `hiding` hides a fifth of the known cells
in each batch and lets G reconstruct these alone. `wide` does so, too, with
residual blocks and quantiles; its settings were looked for with the cells of
seed 0, which is left out. `iterative` is scikit-learn's `IterativeImputer`, on
ridge regressions or on extremely randomized trees (as MissForest's forests).
"""

import argparse
import os
import pathlib
import warnings

import keras
import measuring
import numpy as np
import pandas as pd
import sklearn.ensemble
import sklearn.exceptions
import sklearn.experimental.enable_iterative_imputer  # noqa: F401
import sklearn.impute

from keras_ganrec.data import table_rows
from keras_ganrec.models import GAIN
from keras_ganrec.recipes import page_parts

TABLES = ("letter", "spam")
MISSING = 0.2
DRAWS = 19
ABLATION = ", no adversary"

# The paper's are given in steps, and keep their learning rate; ours in epochs,
# and it falls to 0 by a cosine.
PUBLISHED = {"model": {}, "batch_size": 128, "steps": 10_000}
CORRECTED = {
    "model": {
        "g_hidden_dims": (512,),
        "num_blocks": 2,
        "d_hidden_dims": (128, 128),
        "hide_rate": 0.2,
        "quantile_weight": 20.0,
        "output_activation": None,
    },
    "batch_size": 256,
    "epochs": 128,
}
GAIN_SETTINGS = {
    "gain": PUBLISHED,
    "gain, no adversary": {
        **PUBLISHED,
        "model": {"adversarial_weight": 0.0},
    },
    "gain, 50,000 steps": {**PUBLISHED, "steps": 50_000},
    "gain, hiding": {
        **PUBLISHED,
        "model": {"hide_rate": 0.2},
    },
    "gain, hiding, no adversary": {
        **PUBLISHED,
        "model": {"hide_rate": 0.2, "adversarial_weight": 0.0},
    },
    "gain, hiding, 50,000 steps": {
        **PUBLISHED,
        "model": {"hide_rate": 0.2},
        "steps": 50_000,
    },
    "gain, wide": CORRECTED,
    "gain, wide, no adversary": {
        **CORRECTED,
        "model": {**CORRECTED["model"], "adversarial_weight": 0.0},
    },
}


def read(name):
    path = pathlib.Path(os.environ["KERAS_GANREC_DATA"], "uci-gain")
    return pd.read_csv(path / f"{name}.csv.gz").to_numpy(float)


def fill_by_gain(table, seed, model, batch_size, steps=None, epochs=None):
    """Returns the filled table before rounding, and the trained model."""
    rows = table_rows(table, batch_size=batch_size, seed=seed)
    keras.utils.set_random_seed(seed)
    gain = GAIN(rows.encoding.num_features, seed=seed, **model)
    rate = 1e-3
    if epochs:
        steps = epochs * len(rows)
        rate = keras.optimizers.schedules.CosineDecay(rate, steps)
    gain.compile(
        d_optimizer=keras.optimizers.Adam(rate),
        g_optimizer=keras.optimizers.Adam(rate),
        steps_per_execution=len(rows),
    )
    gain.fit(rows, epochs=-(-steps // len(rows)), verbose=0)
    filled = np.array(gain.complete(*rows.encoding.encode(table)), float)
    low, high = np.nanmin(table, axis=0), np.nanmax(table, axis=0)
    return low + filled * (high - low), gain


def fill_by_sklearn(table, imputer):
    low, high = np.nanmin(table, axis=0), np.nanmax(table, axis=0)
    with warnings.catch_warnings():
        # Ten rounds are the protocol.
        warnings.simplefilter("ignore", sklearn.exceptions.ConvergenceWarning)
        filled = imputer.fit_transform((table - low) / (high - low))
    return low + filled * (high - low)


def sklearn_imputers(seed):
    trees = sklearn.ensemble.ExtraTreesRegressor(20, random_state=seed)
    return {
        "mean": sklearn.impute.SimpleImputer(),
        "kNN": sklearn.impute.KNNImputer(n_neighbors=10),
        "iterative, ridge": sklearn.impute.IterativeImputer(
            max_iter=10, random_state=seed
        ),
        "iterative, trees": sklearn.impute.IterativeImputer(
            trees, max_iter=2, random_state=seed
        ),
    }


METHODS = [*sklearn_imputers(0), *GAIN_SETTINGS]


def covered(truth, draws):
    """Share of true values that rank between the draws, `(draws, cells)`."""
    below = (draws < truth).sum(axis=0)
    above = (draws > truth).sum(axis=0)
    places = len(draws) - below - above + 1
    outside = ((below == 0).astype(int) + (above == 0)) / places
    return 1 - outside.mean()


def measure(name, method, seed):
    """Returns one row of the table, a dict."""
    truth = read(name)
    missing = np.random.default_rng(seed).random(truth.shape) < MISSING
    table = np.where(missing, np.nan, truth)
    gain = None
    with measuring.Clock() as clock:
        if method in GAIN_SETTINGS:
            filled, gain = fill_by_gain(table, seed, **GAIN_SETTINGS[method])
        else:
            filled = fill_by_sklearn(table, sklearn_imputers(seed)[method])
    # The same rounding for all, that of `impute`.
    whole = (np.isnan(table) | (table == np.floor(table))).all(axis=0)
    rounded = np.where(whole, np.rint(filled), filled)
    scale = np.ptp(truth, axis=0)

    def rmse(x):
        return float(np.sqrt(np.mean(((x - truth) / scale)[missing] ** 2)))

    row = {
        "table": name,
        "method": method,
        "seed": seed,
        "rmse": rmse(rounded),
        "unrounded": rmse(filled),
        "coverage": None,
        "seconds": clock.wall,
        "cpu_seconds": clock.cpu,
        **measuring.circumstances(),
    }
    if gain is not None and gain.quantile_weight:
        draws = [gain.impute(table, seed)[missing] for seed in range(DRAWS)]
        row["coverage"] = covered(truth[missing], np.array(draws))
    return row


def summary(rows):
    """Mean and spread over the seeds, a dict per table and method."""
    found = []
    for (table, method), group in pd.DataFrame(rows).groupby(
        ["table", "method"], sort=False
    ):
        cells = {"table": table, "method": method, "seeds": len(group)}
        for name in ("rmse", "unrounded", "coverage"):
            cells[name] = page_parts.spread(group[name].dropna())
        cells["cpu-s"] = f"{group['cpu_seconds'].mean():.0f}"
        found.append(cells)
    return sorted(found, key=lambda cells: (cells["table"], cells["rmse"]))


def beside_wholes(rows):
    """A line for each ablation that lacks seeds of its whole.

    Their means over unequal seeds would compare the cells that are missing.
    """
    frame = pd.DataFrame(rows)
    lines = []
    for (table, method), group in frame.groupby(["table", "method"]):
        name = method.removesuffix(ABLATION)
        whole = frame[(frame["table"] == table) & (frame["method"] == name)]
        if set(group["seed"]) < set(whole["seed"]):
            common = whole[whole["seed"].isin(group["seed"])]
            seeds = ", ".join(map(str, sorted(group["seed"])))
            lines.append(
                f"- {table}, seed {seeds} alone: {name} "
                f"{common['rmse'].mean():.4f}, {method} "
                f"{group['rmse'].mean():.4f}."
            )
    return ["", "Compared on common seeds:", "", *lines] if lines else []


def page(rows):
    """The results as the page docs/imputation.md."""
    cells = summary(rows)
    lines = [
        page_parts.table(cells[0], [row.values() for row in cells]),
        *beside_wholes(rows),
    ]
    about = __doc__.split("\n\n", 2)[2]
    return measuring.page(
        "Missing cells", "imputation", about, "\n".join(lines)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES)
    parser.add_argument(
        "--methods", nargs="+", choices=METHODS, default=METHODS
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--page", metavar="FILE", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.page:
        print(page(measuring.read_rows(arguments.page)))
        return
    rows = []
    for table in arguments.tables:
        for method in arguments.methods:
            for seed in arguments.seeds:
                rows.append(measure(table, method, seed))
                if arguments.json:
                    measuring.print_row(rows[-1])
    if not arguments.json:
        print(pd.DataFrame(summary(rows)).to_string(index=False))


if __name__ == "__main__":
    main()
