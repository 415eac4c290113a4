"""`ganrec report`: a training as one HTML page."""

import json
import os
import pathlib

from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_tensorflow

MODEL, RECORD = ".keras", ".run.json"


def add_to(commands) -> None:
    parser = commands.add_parser(
        "report",
        help="show a training as one HTML page",
        description="Writes a page with the settings, the curves of both "
        "players and of the ranking, the comparison with baselines on the "
        "test part, and what is to be warned of: a collapse, a discriminator "
        "that has won, leakage. It needs no other file and no network.",
    )
    parser.add_argument(
        "record",
        metavar="RUN",
        help="the .run.json that `ganrec train` has written beside the "
        "model; or the model",
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="where to write the page (default: RUN, ending in .html)",
    )
    parser.set_defaults(run=run)


def path_beside(model: str) -> str:
    """Where the record of the training of a model is."""
    return model.removesuffix(MODEL) + RECORD


def run(args) -> Answer:
    path = args.record
    if path.endswith(MODEL):
        path = path_beside(path)
    output = pathlib.Path(args.output or path.removesuffix(".json") + ".html")
    _check(output)
    record = _read(path)
    load_tensorflow()
    from keras_ganrec.data import writers
    from keras_ganrec.evaluation import training_report

    try:
        page = training_report(record)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    with writers.beside(output) as (partial,):
        partial.write_text(page, encoding="utf-8")
    warnings = record["warnings"]
    return Answer(
        text="\n".join([*warnings, f"Wrote {output}"]),
        data={"record": path, "report": str(output), "warnings": warnings},
    )


def _check(output):
    if output.suffix != ".html" or not output.parent.is_dir():
        raise ValueError(
            f"The page cannot be written to {str(output)!r}. Expected a file "
            "that ends in .html, in a folder that exists. Name another "
            "--output."
        )


def _read(path):
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"There is no record {path!r}. `ganrec train` writes one beside "
            f"the model: model{MODEL}, model{RECORD}."
        )
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except ValueError as error:
        raise ValueError(
            f"{path!r} cannot be read: it is truncated or no JSON ({error}). "
            "Expected the record that `ganrec train` writes beside the model."
        ) from error
