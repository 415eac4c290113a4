"""`ganrec export`: a saved model for TensorFlow alone."""

import pathlib

from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_model
from keras_ganrec.cli.console import load_tensorflow


def add_to(commands) -> None:
    parser = commands.add_parser(
        "export",
        help="write a SavedModel that needs TensorFlow alone",
        description="Writes a SavedModel with endpoints that take raw ids; "
        "it loads without keras_ganrec.",
    )
    parser.add_argument("model", metavar="MODEL", help="a .keras file")
    parser.add_argument("folder", metavar="FOLDER", help="where to write it")
    parser.set_defaults(run=run)


def run(args) -> Answer:
    load_tensorflow()
    import tensorflow as tf

    from keras_ganrec.export import export_saved_model

    export_saved_model(load_model(args.model), args.folder)
    files = pathlib.Path(args.folder).rglob("*")
    size = sum(file.stat().st_size for file in files if file.is_file())
    endpoints = sorted(
        name
        for name in tf.saved_model.load(args.folder).signatures
        if name != "serving_default"
    )
    return Answer(
        text=f"Wrote {args.folder} ({size / 1e6:.1f} MB) with the endpoints "
        f"{', '.join(endpoints)}.",
        data={"folder": args.folder, "bytes": size, "endpoints": endpoints},
    )
