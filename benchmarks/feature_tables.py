"""How like a table of users' features is what TabularGAN makes of it?

    python benchmarks/feature_tables.py                       # one seed
    python benchmarks/feature_tables.py --seeds 0 1 2 --steps 300 3000
    python benchmarks/feature_tables.py --ctgan               # if installed
    python benchmarks/feature_tables.py --json > results.jsonl
    python benchmarks/feature_tables.py --page results.jsonl

Age, gender and occupation of the 943 users of ML-100K, zip codes left out, and
as many new ones. The figures are those of `evaluation.compare_columns`, 1 is
alike; so that pairs with the age are compared, too, it is also cut into tens.
Mean over the seeds, and standard deviation.

- **columns**: mean of the columns' own similarity. **pairs**: mean of the
  pairs'; beside it each of them.
- **drawn**: users drawn with replacement: as alike as a generator is that has
  learned the table by heart. **halves**: one half of the users against the
  other.
- **shuffled**: each column of the users shuffled apart: right columns, no
  pairs. What is not above it in pairs has learned nothing of them.
- **tabular_gan, n**: n steps of batches of 500; the paper's 300 epochs are 300
  steps of such a short table.
- **ctgan, n**: the library of the paper's authors as it is, n steps.
- **cpu-s**: seconds of the processors.
"""

import argparse
import importlib.metadata
import pathlib

import keras
import measuring
import numpy as np
import pandas as pd

from keras_ganrec.data import conditional_rows
from keras_ganrec.data import datasets
from keras_ganrec.evaluation.similarity import compare_columns
from keras_ganrec.models import TabularGAN
from keras_ganrec.recipes import page_parts

COLUMNS = ["age", "gender", "occupation"]
TENS = range(0, 101, 10)


def halves(users, seed):
    order = np.random.default_rng(seed).permutation(len(users))
    middle = len(users) // 2
    return users.iloc[order[:middle]], users.iloc[order[middle:]]


def drawn(users, seed):
    return users, users.sample(len(users), replace=True, random_state=seed)


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
    # No dependency: it is under the Business Source Licence. And beside
    # TensorFlow it needs a PyTorch for CPUs, without Triton's second LLVM.
    from ctgan import CTGAN

    model = CTGAN(epochs=steps)  # each a step: the table fills one batch
    model.set_random_state(seed)
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
    name = method.__name__
    if method is ctgan:
        name += f" {importlib.metadata.version('ctgan')}"
    return {
        "method": ", ".join([name, *map(str, steps)]),
        "seed": seed,
        "columns": compared["similarity"][
            single & (compared["first"] != "tens")
        ].mean(),
        "pairs": pairs.mean(),
        "gender, occupation": pairs["gender", "occupation"],
        "gender, tens": pairs["gender", "tens"],
        "occupation, tens": pairs["occupation", "tens"],
        "cpu-s": clock.cpu,
        **measuring.circumstances(),
    }


def table(rows):
    """Mean and spread over the seeds, a line for each method."""
    by_method = {}
    for row in rows:
        by_method.setdefault(row["method"], []).append(row)
    lines = []
    for method, found in by_method.items():
        cells = {"method": method, "seeds": len(found)}
        for name in rows[0]:
            if name not in ("method", "seed", "time", "commit"):
                style = ".0f" if name == "cpu-s" else ".3f"
                values = [row[name] for row in found]
                cells[name] = page_parts.spread(values, style)
        lines.append(cells)
    return measuring.markdown(lines, {key: (key, "") for key in lines[0]})


def page(rows):
    """The results as the page docs/feature_tables.md."""
    about = __doc__.split("\n\n", 2)[2]
    return measuring.page(
        "Made-up feature tables", "feature_tables", about, table(rows)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--steps", type=int, nargs="*", default=[300, 3000])
    parser.add_argument("--ctgan", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--page", metavar="FILE", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.page:
        print(page(measuring.read_rows(arguments.page)))
        return
    users = datasets.load("ml-100k").user_features[COLUMNS]
    users = users.reset_index(drop=True)
    jobs = [(drawn,), (halves,), (shuffled,)]
    for method in [tabular_gan, ctgan][: 1 + arguments.ctgan]:
        jobs += [(method, steps) for steps in arguments.steps]
    rows = []
    for method, *steps in jobs:
        for seed in arguments.seeds:
            rows.append(measure(users, method, seed, *steps))
            if arguments.json:
                measuring.print_row(rows[-1])
    if not arguments.json:
        print(table(rows))


if __name__ == "__main__":
    main()
