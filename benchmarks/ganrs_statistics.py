"""The tables that the authors of GANRS published, and ours, side by side.

    python benchmarks/ganrs_statistics.py                      # all, two seeds
    python benchmarks/ganrs_statistics.py --table ganrs-1000 --seeds 0 1 2
    python benchmarks/ganrs_statistics.py --json > results.jsonl  # a row a run
    python benchmarks/ganrs_statistics.py --page results.jsonl  # docs/ganrs.md

`real` is what a table is made from; `published`, the authors' file; `ours`, our
model; `with faults`, our model with the faults of the authors' notebooks put
back in. A model's figures are the mean over its seeds, with the standard
deviation. `met` is whether the published figure is at most two of these away.

The faults: D sees only what G makes in inference mode. A sigmoid stays under
the Wasserstein loss. Centered ratings are multiplied by the ratio of the means
of the real and the generated ones. Rows that repeat a pair *and* its rating are
dropped, then all rows of pairs that have three ratings or more; so pairs with
two stay, and count as repeated. Of repeated pairs the first row counts.

- **repeated**: share of the rows that repeat a pair. **of 1** to **of 5**:
  shares of the ratings.
- **Gini**: how unequal the numbers of rows are, of users and of items. **top 10
  %**: share of the rows that the most popular tenth of the items has.
- **sd of users**, **of items**: standard deviation of their mean ratings.
  **R2**: share of the ratings' variance that user and item alone explain.
  **rho**: correlation of an item's popularity with its mean rating.
- **fit, generate**: seconds of the processors.
"""

import argparse
import os
import pathlib

import ganrs_faults
import keras
import measuring
import numpy as np
import pandas as pd

from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets
from keras_ganrec.data import rated_pairs
from keras_ganrec.evaluation import fidelity
from keras_ganrec.inequality import gini
from keras_ganrec.inequality import head_share
from keras_ganrec.models.synthesis import CGANRS
from keras_ganrec.models.synthesis import GANRS
from keras_ganrec.models.synthesis import WGANRS
from keras_ganrec.recipes import page_parts

EPOCHS = 10  # of the factorization, about
ROUNDS = 20_000  # batches for the players
STEPS_PER_EXECUTION = 500
WITHIN = 2  # standard deviations
WHOLE = ("rows", "fit", "generate")
ABOUT = ("table", "line", "seed", "time", "commit")


def adam():
    return keras.optimizers.Adam(2e-4, 0.5)


def rms_prop():
    return keras.optimizers.RMSprop(5e-5)


TABLES = {
    "ganrs-1000": {
        "file": "ganrs_ml100k_1000x4000_sd2.5",
        "dataset": "ml-100k",
        "model": GANRS,
        "with_faults": ganrs_faults.GANRSWithFaults,
        "optimizer": adam,
        "batch_size": 32,
        "num_users": 1000,
        "arguments": {
            "num_synthetic_items": 4000,
            "samples_per_user": 800,
            "noise_scale": 2.5,
        },
    },
    "ganrs-100": {
        "file": "ganrs_ml100k_100x4000_sd2",
        "dataset": "ml-100k",
        "model": GANRS,
        "with_faults": ganrs_faults.GANRSWithFaults,
        "optimizer": adam,
        "batch_size": 32,
        "num_users": 100,
        "arguments": {
            "num_synthetic_items": 4000,
            "samples_per_user": 8000,
            "noise_scale": 2.0,
        },
    },
    "wganrs": {
        "file": "wganrs_ml1m_1000x800",
        "dataset": "ml-1m",
        "model": WGANRS,
        "with_faults": ganrs_faults.WGANRSWithFaults,
        "optimizer": rms_prop,
        "batch_size": 64,
        "num_users": 2000,
        "arguments": {"num_synthetic_items": 800, "samples_per_user": 100},
    },
    "cganrs": {
        "file": "wganrs_gender_ml1m_2000x800",
        "dataset": "ml-1m",
        "model": CGANRS,
        "optimizer": adam,
        "batch_size": 128,
        "num_users": 2000,
        "arguments": {
            "condition_column": "gender",
            "num_synthetic_items": 800,
            "samples_per_user": 100,
        },
    },
}


def table_of(frame):
    """Interactions of all rows, also of those that repeat a pair."""
    ids = {}
    for name in ("user", "item"):
        codes, vocabulary = pd.factorize(frame[name])
        ids[f"{name}_id"] = codes.astype(np.int32)
        ids[f"{name}_vocabulary"] = np.asarray(vocabulary)
    rating = frame["rating"].to_numpy(np.float32)
    return Interactions(**ids, rating=rating)


def published(name):
    folder = pathlib.Path(os.environ["KERAS_GANREC_DATA"], "ganrs-published")
    return table_of(pd.read_csv(folder / f"{TABLES[name]['file']}.csv.gz"))


def statistics(interactions):
    """Returns a dict, a column of the table."""
    users, items = fidelity.degrees(interactions)
    of_users, of_items = fidelity.mean_ratings(interactions)
    ratings = np.bincount(interactions.rating.astype(int), minlength=6)[1:]
    return {
        "rows": len(interactions),
        "repeated": fidelity.repeated_pairs(interactions),
        **{f"of {i + 1}": n / ratings.sum() for i, n in enumerate(ratings)},
        "gini users": gini(users),
        "gini items": gini(items),
        "top 10 %": head_share(items),
        "sd of users": fidelity.spread_of_means(of_users),
        "sd of items": fidelity.spread_of_means(of_items),
        "R2": fidelity.bias_r2(interactions),
        "rho": fidelity.popularity_rating_correlation(interactions),
    }


def train(model_class, name, real, seed):
    settings = TABLES[name]
    batches = rated_pairs(real, settings["batch_size"], seed=seed)
    epochs = EPOCHS + round(ROUNDS / len(batches))
    keras.utils.set_random_seed(seed)
    model = model_class(
        real.num_users,
        real.num_items,
        factorization_steps=epochs * len(batches) - ROUNDS,
        seed=seed,
        **settings["arguments"],
    )
    model.compile(
        d_optimizer=settings["optimizer"](),
        g_optimizer=settings["optimizer"](),
        steps_per_execution=STEPS_PER_EXECUTION,
    )
    model.fit(batches, epochs=epochs, verbose=0)
    return model


def without_faults(model, n, seed):
    return model.generate(n, seed=seed).interactions


LINES = {
    "with faults": ("with_faults", ganrs_faults.table_of_samples),
    "ours": ("model", without_faults),
}


def measure(name, line, seed):
    settings = TABLES[name]
    real = real_table(name)
    key, generate = LINES[line]
    with measuring.Clock() as fitting:
        model = train(settings[key], name, real, seed)
    with measuring.Clock() as generating:
        table = generate(model, settings["num_users"], seed)
    return {
        **statistics(table_of(table)),
        "fit": fitting.cpu,
        "generate": generating.cpu,
    }


def runs(name, seeds):
    """Measures all that stands in one table; yields a row of the results."""

    def row(line, seed, figures):
        about = {"table": name, "line": line, "seed": seed}
        return {**about, **figures, **measuring.circumstances()}

    yield row("real", None, statistics(real_table(name)))
    yield row("published", None, statistics(published(name)))
    for line, (key, _) in LINES.items():
        if key in TABLES[name]:
            for seed in seeds:
                yield row(line, seed, measure(name, line, seed))


def real_table(name):
    return datasets.load(TABLES[name]["dataset"])


def compared(rows):
    """The rows of one table of the page, a dict for each statistic."""
    by_line = {}
    for row in rows:
        by_line.setdefault(row["line"], []).append(row)
    (target,) = by_line["published"]
    lines = []
    for name in (n for n in rows[-1] if n not in ABOUT):
        style = ",.0f" if name in WHOLE else ".3f"
        cells = {"": name}
        for line, found in by_line.items():
            values = [row.get(name) for row in found]
            head = f"{line}, {len(found)} seeds" if line in LINES else line
            cells[head] = page_parts.spread(values, style)
            if line in LINES:
                cells[f"{line}: met"] = met(values, target.get(name))
        lines.append(cells)
    return lines


def met(values, target):
    if target is None or len(values) < 2:
        return ""
    near = abs(target - np.mean(values)) <= WITHIN * np.std(values, ddof=1)
    return "yes" if near else "no"


def tables(rows):
    """Parts of the page: a heading, a table and a sum for each of the files."""
    for name, settings in TABLES.items():
        found = [row for row in rows if row["table"] == name]
        if not found:
            continue
        lines = compared(found)
        yield f"## {settings['file']}, from {settings['dataset']}"
        yield measuring.markdown(lines, {key: (key, "") for key in lines[0]})
        for key in (key for key in lines[0] if key.endswith(": met")):
            missed = [line[""] for line in lines if line[key] == "no"]
            counted = sum(line[key] != "" for line in lines)
            yield (
                f"{key}, {counted - len(missed)} of {counted}; missed: "
                f"{', '.join(missed) or 'none'}."
            )


def page(rows):
    """The results as the page docs/ganrs.md."""
    about = __doc__.split("\n\n", 2)[2]
    return measuring.page(
        "Tables of GANRS", "ganrs_statistics", about, *tables(rows)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--table", nargs="+", choices=TABLES, default=list(TABLES)
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--page", metavar="FILE", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.page:
        print(page(measuring.read_rows(arguments.page)))
        return
    rows = []
    for name in arguments.table:
        for row in runs(name, arguments.seeds):
            rows.append(row)
            if arguments.json:
                measuring.print_row(row)
    if not arguments.json:
        print("\n\n".join(tables(rows)))


if __name__ == "__main__":
    main()
