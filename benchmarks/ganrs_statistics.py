"""The tables that the authors of GANRS published, and ours, side by side.

    python benchmarks/ganrs_statistics.py                      # all, one seed
    python benchmarks/ganrs_statistics.py --table ganrs-1000 --seeds 0 1 2

Lines of each table: `real`, what it was made from; `published`, the authors'
file; `with faults`, our model with the faults of the authors' notebooks put
back in; `ours`. A line of a model is the mean over the seeds, with the
standard deviation below it. Statistics are those of
`keras_ganrec.evaluation.fidelity`; of repeated pairs the first row counts.
Seconds are those of `fit()` and of generation.

The faults are here and nowhere else. D sees only what G makes in inference
mode. A sigmoid stays under the Wasserstein loss. Centered ratings are
multiplied by the ratio of the means of the real and the generated ones. Rows
that repeat a pair *and* its rating are dropped, then all rows of pairs that
have three ratings or more; so pairs with two stay, and count as repeated.

The published tables are read from `$KERAS_GANREC_DATA/ganrs-published`.
"""

import argparse
import os
import pathlib

import keras
import measuring
import numpy as np
import pandas as pd

from keras_ganrec import losses
from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets
from keras_ganrec.data import rated_pairs
from keras_ganrec.evaluation import fidelity
from keras_ganrec.models.synthesis import CGANRS
from keras_ganrec.models.synthesis import GANRS
from keras_ganrec.models.synthesis import WGANRS

EPOCHS = 10  # of the factorization, about
ROUNDS = 20_000  # batches for the players
STEPS_PER_EXECUTION = 500


class GANRSWithFaults(GANRS):
    """GANRS as the authors' notebook trains it."""

    family = losses.get("non_saturating")

    def judge(self, points):
        return self.discriminator(points)

    def discriminator_loss(self, batch):
        real = self.judge(self.real_points(batch))
        fake = self.judge(self.fake_points(batch, training=False))
        return self.family.discriminator(real, fake)

    def generator_loss(self, batch):
        return self.family.generator(self.judge(self.fake_points(batch)))

    def ratings(self, generated):
        ratio = self.real_ratings[0] / self.fake_ratings[0]
        return np.clip(np.round(5 * generated * np.array(ratio) + 3), 1, 5)


class WGANRSWithFaults(GANRSWithFaults, WGANRS):
    """WGANRS as the authors' notebook trains it."""

    family = losses.get("wasserstein")

    def judge(self, points):
        return keras.ops.sigmoid(self.discriminator(points))


def adam():
    return keras.optimizers.Adam(2e-4, 0.5)


def rms_prop():
    return keras.optimizers.RMSprop(5e-5)


TABLES = {
    "ganrs-1000": {
        "file": "ganrs_ml100k_1000x4000_sd2.5",
        "dataset": "ml-100k",
        "model": GANRS,
        "with_faults": GANRSWithFaults,
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
        "with_faults": GANRSWithFaults,
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
        "with_faults": WGANRSWithFaults,
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
    """Returns a dict, a line of the table."""
    users, items = fidelity.degrees(interactions)
    of_users, of_items = fidelity.mean_ratings(interactions)
    ratings = np.bincount(interactions.rating.astype(int), minlength=6)[1:]
    return {
        "rows": len(interactions),
        "repeated": fidelity.repeated_pairs(interactions),
        **{f"of {i + 1}": n / ratings.sum() for i, n in enumerate(ratings)},
        "gini users": fidelity.gini(users),
        "gini items": fidelity.gini(items),
        "top 10 %": fidelity.top_share(items),
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


def with_the_faults(model, n, seed):
    """The table that the authors' notebook makes of the model's samples."""
    seed_generator = keras.random.SeedGenerator(seed)
    rows = model.draw_samples(n, None, seed_generator).drop_duplicates()
    ratings = rows.groupby(["user", "item_id"])["rating"].transform("size")
    return rows[ratings < 3].rename(columns={"item_id": "item"})


def without_faults(model, n, seed):
    return model.generate(n, seed=seed).interactions


LINES = {
    "with faults": ("with_faults", with_the_faults),
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
        "fit s": fitting.cpu,
        "generate s": generating.cpu,
    }


def lines(name, seeds):
    """Measures all lines of one table, each a dict."""
    yield {"line": f"{name}: real", **statistics(real_table(name))}
    yield {"line": "published", **statistics(published(name))}
    for line, (key, _) in LINES.items():
        if key in TABLES[name]:
            runs = pd.DataFrame([measure(name, line, seed) for seed in seeds])
            yield {"line": line, **runs.mean()}
            if len(runs) > 1:
                yield {"line": "  +-", **runs.std()}


def real_table(name):
    return datasets.load(TABLES[name]["dataset"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--table", nargs="+", choices=TABLES, default=list(TABLES)
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = [
        row for name in arguments.table for row in lines(name, arguments.seeds)
    ]
    whole = ("rows", "fit s", "generate s")
    columns = {key: (key, ".0f" if key in whole else ".3f") for key in rows[-1]}
    columns["line"] = ("line", "")
    measuring.report(rows, columns, arguments.json)


if __name__ == "__main__":
    main()
