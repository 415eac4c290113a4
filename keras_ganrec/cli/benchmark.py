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
        help="by default all whose result is missing or stale; with --check "
        "all others",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="train with the settings that were chosen, write nothing, and "
        "say whether the results come out again within their spread; exit "
        "code 1 if not",
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
        name
        for name in (*RECIPES, *GENERATORS)
        if (name in fresh) == args.check
    ]
    how = args.data_dir, progress, load_tensorflow
    if args.check:
        return _check(names, *kept(), how)
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


def _check(names, recommenders, generators, how):
    import pandas as pd

    from keras_ganrec.recipes import GENERATORS
    from keras_ganrec.recipes import RECIPES
    from keras_ganrec.recipes import checking

    rows = {
        name: checking.row_of(name, [*recommenders, *generators])
        for name in names
    }
    found = []
    for number, (name, row) in enumerate(rows.items(), 1):
        progress(f"{number} of {len(names)}: {name}")
        if name in GENERATORS:
            checked = checking.check_generator(GENERATORS[name], row, *how)
        else:
            checked = checking.check(RECIPES[name], row, recommenders, *how)
        progress(f"{name}: {_verdict(checked)}")
        found.append(checked)
    cells = [line for checked in found for line in checking.cells(checked)]
    missed = [c["recipe"] for c in found if not c["reproduced"]]
    text = "All came out again within their spread."
    if missed:
        text = f"Outside: {', '.join(missed)}."
    return Answer(
        text=f"{table(pd.DataFrame(cells))}\n\n{text}",
        data=found,
        failed=bool(missed),
    )


def _verdict(checked):
    return "within its spread" if checked["reproduced"] else "outside"
