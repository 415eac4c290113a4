"""`ganrec zoo`: what models there are, and what was measured."""

from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import table


def add_to(commands) -> None:
    parser = commands.add_parser(
        "zoo", help="list the models, or what was measured of them"
    )
    parser.add_argument(
        "--table", action="store_true", help="the measured results"
    )
    parser.add_argument(
        "--generators",
        action="store_true",
        help="the measured results of the generators of interactions",
    )
    parser.add_argument(
        "--markdown",
        action="store_true",
        help="the measured results as the page docs/zoo.md; with "
        "--generators docs/synthesis.md",
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
    from keras_ganrec.recipes import zoo

    path = args.results or results.PATH
    if args.generators:
        report = synthesis_report
        rows = report.table(GENERATORS, report.path_beside(path))
    elif args.table or args.markdown:
        rows = results.table(RECIPES, path)
    else:
        entries = zoo.entries()
        return Answer(text=table(pd.DataFrame(entries)), data=entries)
    if args.markdown:
        return Answer(text=report.markdown(rows).rstrip(), data=rows)
    text = "Nothing has been measured yet: run `ganrec benchmark`."
    if rows:
        text = table(pd.DataFrame([report.cells(row) for row in rows]))
    return Answer(text=text, data=rows)
