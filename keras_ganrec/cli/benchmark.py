"""`ganrec benchmark`: measures recipes and keeps their results."""

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

    from keras_ganrec.recipes import RECIPES
    from keras_ganrec.recipes import report
    from keras_ganrec.recipes import results
    from keras_ganrec.recipes.benchmark import benchmark

    path = args.results or results.PATH
    unknown = set(args.recipes) - set(RECIPES)
    if unknown:
        raise ValueError(
            f"There is no recipe {', '.join(sorted(unknown))}. Expected some "
            f"of {', '.join(RECIPES)}."
        )
    fresh = {
        row["recipe"]
        for row in results.table(RECIPES, path)
        if not row["stale"]
    }
    names = args.recipes or [name for name in RECIPES if name not in fresh]
    for number, name in enumerate(names, 1):
        progress(f"{number} of {len(names)}: {name}")
        measured = benchmark(
            RECIPES[name], args.data_dir, progress, load_tensorflow
        )
        results.write(*measured, path)
    rows = [r for r in results.table(RECIPES, path) if r["recipe"] in names]
    text = "All results are there and fresh."
    if rows:
        text = table(pd.DataFrame([report.cells(row) for row in rows]))
    return Answer(text=text, data=rows)
