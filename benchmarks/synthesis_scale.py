"""How long do many new users take, and does memory stay bounded?

    python benchmarks/synthesis_scale.py                     # ml-1m, long
    python benchmarks/synthesis_scale.py --stages write --model made.keras
    python benchmarks/synthesis_scale.py --data ratings.csv --epochs 1 \\
        --users 2000 --rows 10000 --stages train write
    python benchmarks/synthesis_scale.py --json > results.jsonl
    python benchmarks/synthesis_scale.py --page results.jsonl

Each stage runs in a process of its own.

- **train**: a ProfileGAN, as `ganrec synthesize` trains it, on all users. With
  `epochs` it is cut short: what is made after takes the same computations, and
  is worth less.
- **users into a file**: drawn and written into one Parquet file, with ratings
  and times where the data has them. Time to load the model is not counted.
- **rows into shards**: the same into files of a million rows.
- **report**: `ganrec synthesize DATA --users 5000 --report report.html`, all of
  it: it reads, trains, writes, and measures the report.
- **seconds**: on the wall, while `load` processes wanted the machine's `cores`.
  **cpu-s**: those of all threads. **peak MB**: the most memory that the process
  has held; **at start**: what it held before the stage, with TensorFlow, the
  data and the model.
- **aim**: this project's own: 100,000 users in a minute, a report in a quarter
  of an hour.
"""

import argparse
import contextlib
import math
import pathlib
import sys
import tempfile

import keras
import measuring
import pandas as pd

from keras_ganrec.cli import main as ganrec
from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets
from keras_ganrec.data import layout
from keras_ganrec.data import writers
from keras_ganrec.models import ProfileGAN
from keras_ganrec.recipes import synthesizing

STAGES = ("train", "write", "report")
ROWS_PER_FILE = 1_000_000
REPORTED_USERS = 5000
# Seconds, of a number of users into a file, and of a report.
AIMS = {("users into a file", 100_000): 60, ("report", REPORTED_USERS): 900}
COLUMNS = {
    "data": ("data", ""),
    "stage": ("stage", ""),
    "epochs": ("epochs", ",d"),
    "users": ("users", ",d"),
    "rows": ("rows", ",d"),
    "files": ("files", ",d"),
    "MB": ("megabytes", ",.0f"),
    "seconds": ("seconds", ",.1f"),
    "cpu-s": ("cpu_seconds", ",.1f"),
    "at start": ("start_mb", ",.0f"),
    "peak MB": ("peak_mb", ",.0f"),
    "load": ("load", ".1f"),
    "cores": ("cores", "d"),
    "aim": ("aim", ""),
}


def read(data):
    """A data set by its name, or a csv file with the usual columns."""
    if not data.endswith(".csv"):
        return datasets.load(data)
    table = pd.read_csv(data)
    others = [name for name in ("rating", "timestamp") if name in table]
    return Interactions.from_dataframe(table, **{name: name for name in others})


@contextlib.contextmanager
def measured(row):
    """Puts time and memory of what is within into a row of the results."""
    row["start_mb"], _ = measuring.memory_mb()
    with measuring.Clock() as clock:
        yield row
    row["seconds"], row["cpu_seconds"] = clock.wall, clock.cpu
    _, row["peak_mb"] = measuring.memory_mb()
    machine = measuring.machine()
    row |= {"load": machine["load"], "cores": machine["cores"]}
    row |= measuring.circumstances()


def train(data, epochs, path):
    market = read(data)
    columns = synthesizing.conditions(ProfileGAN, market, [])
    with measured({"data": data, "stage": "train"}) as row:
        model, row["epochs"] = synthesizing.fit(
            ProfileGAN, market, columns, epochs, 0, _tell
        )
    row |= {"users": model.schema.num_users, "rows": len(market)}
    model.save(path)
    return row


def write(data, path, users, rows, folder):
    """Writes so many users, or, without `users`, about so many rows."""
    model = keras.models.load_model(path)
    names = layout.Layout.of_interactions(read(data))
    stage, output = "users into a file", pathlib.Path(folder, "made.parquet")
    shards = None
    if users is None:
        stage, shards = "rows into shards", ROWS_PER_FILE
        users = math.ceil(rows / model.schema.rows_per_user)
    with measured({"data": data, "stage": stage, "users": users}) as row:
        written = writers.write(
            model.stream(users, seed=0),
            output,
            names,
            rows_per_file=shards,
        )
    sizes = [pathlib.Path(file).stat().st_size for file in written.files]
    row |= {"rows": written.num_rows, "files": len(sizes)}
    return row | {"megabytes": sum(sizes) / 1e6}


def report(data, epochs, users, folder):
    made, page = (str(pathlib.Path(folder, n)) for n in ("r.csv", "r.html"))
    line = ["synthesize", data, "--users", str(users), "--output", made]
    line += ["--report", page, *(["--epochs", str(epochs)] if epochs else [])]
    with measured({"data": data, "stage": "report", "users": users}) as row:
        with contextlib.redirect_stdout(sys.stderr):
            if ganrec(line) != 0:
                raise SystemExit(f"`ganrec {' '.join(line)}` has failed.")
    return row | {"epochs": epochs, "files": 1}


def _tell(text):
    print(text, file=sys.stderr, flush=True)


def results(given):
    """Yields the rows of the stages that are wanted, as they are measured."""
    with tempfile.TemporaryDirectory() as folder:
        path = given.model or str(pathlib.Path(folder, "model.keras"))
        if "train" in given.stages:
            yield measuring.apart(train, given.data, given.epochs, path)
        if "write" in given.stages:
            for number, users in enumerate([*given.users, None]):
                own = pathlib.Path(folder, str(number))
                own.mkdir()
                yield measuring.apart(
                    write, given.data, path, users, given.rows, str(own)
                )
        if "report" in given.stages:
            yield measuring.apart(
                report, given.data, given.epochs, REPORTED_USERS, folder
            )


def table(rows):
    return measuring.markdown(
        [row | {"aim": aim(row)} for row in rows], COLUMNS
    )


def aim(row):
    limit = AIMS.get((row["stage"], row["users"]))
    if limit is None:
        return ""
    return f"{limit} s: {'met' if row['seconds'] <= limit else 'missed'}"


def page(rows):
    """The results as the page docs/synthesis_scale.md."""
    about = __doc__.split("\n\n", 2)[2]
    return measuring.page(
        "Many new users", "synthesis_scale", about, table(rows)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="ml-1m", metavar="FILE|NAME")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--model", metavar="FILE", help="made or used")
    parser.add_argument(
        "--users", type=int, nargs="*", default=[10_000, 100_000]
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--page", metavar="FILE", type=pathlib.Path)
    given = parser.parse_args()
    if given.page:
        print(page(measuring.read_rows(given.page)))
        return
    if "write" in given.stages and "train" not in given.stages:
        if given.model is None or not pathlib.Path(given.model).exists():
            parser.error(
                "Stage write needs a trained model: add the stage train, or "
                f"name one that exists. Received: --model {given.model}"
            )
    rows = []
    for row in results(given):
        rows.append(row)
        if given.json:
            measuring.print_row(row)
    if not given.json:
        print(table(rows))


if __name__ == "__main__":
    main()
