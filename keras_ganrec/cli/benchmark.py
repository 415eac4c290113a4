"""`ganrec benchmark`: measures recipes and keeps their results."""

import os

from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import progress
from keras_ganrec.cli.console import table


def add_to(commands) -> None:
    parser = commands.add_parser(
        "benchmark",
        help="measure recipes and keep their results",
        description="Tunes and trains recipes, each run in a fresh process, "
        "and writes what was measured; the results file changes in no other "
        "way.",
    )
    parser.add_argument(
        "recipes",
        nargs="*",
        metavar="RECIPE",
        help="by default all whose result is missing or stale",
    )
    parser.add_argument(
        "--data-dir",
        metavar="FOLDER",
        help="where public data sets are (default: $KERAS_GANREC_DATA)",
    )
    parser.add_argument(
        "--results", metavar="FILE", help="other results than the package's"
    )
    parser.set_defaults(run=run)


def run(args) -> Answer:
    load_tensorflow()
    import pandas as pd

    from keras_ganrec.recipes import GENERATORS
    from keras_ganrec.recipes import RECIPES
    from keras_ganrec.recipes import report
    from keras_ganrec.recipes import results
    from keras_ganrec.recipes import synthesis_report
    from keras_ganrec.recipes.benchmark import benchmark
    from keras_ganrec.recipes.synthesis import measure_generator

    path = args.results or results.PATH
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise ValueError(
            f"Results cannot be written to {str(path)!r}: there is no folder "
            f"{folder!r}. Make it, or name another file by --results."
        )
    beside = synthesis_report.path_beside(path)
    unknown = set(args.recipes) - {*RECIPES, *GENERATORS}
    if unknown:
        raise ValueError(
            f"There is no recipe {', '.join(sorted(unknown))}. Expected some "
            f"of {', '.join([*RECIPES, *GENERATORS])}."
        )

    def kept():
        recommenders = results.table(RECIPES, path)
        generators = synthesis_report.table(GENERATORS, beside)
        return recommenders, generators

    fresh = {r["recipe"] for rows in kept() for r in rows if not r["stale"]}
    names = args.recipes or [
        name for name in (*RECIPES, *GENERATORS) if name not in fresh
    ]
    how = args.data_dir, progress, load_tensorflow
    for number, name in enumerate(names, 1):
        progress(f"{number} of {len(names)}: {name}")
        if name in GENERATORS:
            results.put(measure_generator(GENERATORS[name], *how), beside)
        else:
            results.write(*benchmark(RECIPES[name], *how), path)
    rows, texts = [], []
    for page, measured in zip((report, synthesis_report), kept(), strict=True):
        measured = [row for row in measured if row["recipe"] in names]
        if measured:
            cells = [page.cells(row) for row in measured]
            texts.append(table(pd.DataFrame(cells)))
            rows += measured
    text = "\n\n".join(texts) or "All results are there and fresh."
    return Answer(text=text, data=rows)
