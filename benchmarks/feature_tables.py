"""How like a table of users' features is what TabularGAN makes of it?

    python benchmarks/feature_tables.py                       # one seed
    python benchmarks/feature_tables.py --seeds 0 1 2 --steps 300 3000
    python benchmarks/feature_tables.py --ctgan               # if installed

Age, gender and occupation of the 943 users of ML-100K, zip codes left out, and
as many new ones. The columns are those of `evaluation.compare_columns`, 1 is
alike; so that pairs with the age are compared, too, it is also cut into tens.

columns         mean of the columns' own similarity
pairs           mean of the pairs' similarity
halves          one half of the users against the other: what is at best to be
                had from a sample, of half the size
shuffled        each column of the users shuffled apart: right columns, no pairs
tabular_gan, n  n steps of batches of 500; the paper's 300 epochs are 300 steps
                of such a short table
ctgan, n        the `ctgan` library as it is, if you have installed it
"""

import argparse

import keras
import measuring
import numpy as np
import pandas as pd

from keras_ganrec.data import conditional_rows
from keras_ganrec.data import datasets
from keras_ganrec.evaluation.similarity import compare_columns
from keras_ganrec.models import TabularGAN

COLUMNS = ["age", "gender", "occupation"]
TENS = range(0, 101, 10)


def halves(users, seed):
    order = np.random.default_rng(seed).permutation(len(users))
    middle = len(users) // 2
    return users.iloc[order[:middle]], users.iloc[order[middle:]]


def shuffled(users, seed):
    random = np.random.default_rng(seed)
    return users, users.apply(lambda column: random.permutation(column))


def tabular_gan(users, seed, steps):
    rows = conditional_rows(users, seed=seed, num_batches=100)
    keras.utils.set_random_seed(seed)
    gan = TabularGAN(
        rows.encoding.num_choices, rows.encoding.has_place, seed=seed
    )
    gan.compile(
        d_optimizer=keras.optimizers.Adam(2e-4, 0.5, 0.9),
        g_optimizer=keras.optimizers.Adam(2e-4, 0.5, 0.9),
        steps_per_execution=100,
    )
    gan.fit(rows, epochs=-(-steps // len(rows)), verbose=0)
    return users, gan.generate(len(users), seed=seed)


def ctgan(users, seed, steps):
    # No dependency: it is under the Business Source Licence.
    from ctgan import CTGAN

    np.random.seed(seed)
    model = CTGAN(epochs=steps)
    model.fit(users, discrete_columns=["gender", "occupation"])
    return users, model.sample(len(users))


def measure(users, method, seed, *steps):
    """Returns one row of the table, a dict."""
    with measuring.Clock() as clock:
        real, made = method(users, seed, *steps)
    tables = []
    for table in (real, made):
        tens = pd.cut(table["age"], TENS, right=False).astype(str)
        tables.append(table.assign(tens=tens))
    compared = compare_columns(*tables)
    single = compared["second"] == ""
    pairs = compared[~single].set_index(["first", "second"])["similarity"]
    return {
        "method": ", ".join([method.__name__, *map(str, steps)]),
        "seed": seed,
        "columns": compared["similarity"][
            single & (compared["first"] != "tens")
        ].mean(),
        "pairs": pairs.mean(),
        "gender, occupation": pairs["gender", "occupation"],
        "gender, tens": pairs["gender", "tens"],
        "occupation, tens": pairs["occupation", "tens"],
        "wall_s": clock.wall,
        "cpu_s": clock.cpu,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--steps", type=int, nargs="*", default=[300, 3000])
    parser.add_argument("--ctgan", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    users = datasets.load("ml-100k").user_features[COLUMNS]
    users = users.reset_index(drop=True)
    jobs = [(halves,), (shuffled,)]
    for method in [tabular_gan, ctgan][: 1 + arguments.ctgan]:
        jobs += [(method, steps) for steps in arguments.steps]
    rows = [
        measure(users, method, seed, *steps)
        for method, *steps in jobs
        for seed in arguments.seeds
    ]
    names = list(rows[0])
    columns = {"method": ("method", ""), "seed": ("seed", "")}
    columns |= {name: (name, ".3f") for name in names[2:-2]}
    columns |= {"cpu-s": ("cpu_s", ".0f")}
    measuring.report(rows, columns, arguments.json)


if __name__ == "__main__":
    main()
