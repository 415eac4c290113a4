"""`ganrec train`: a model on one's own data, beside what it has to beat."""

import dataclasses
import json
import os
import pathlib
import time

from keras_ganrec.cli import data
from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import progress
from keras_ganrec.cli.console import seed
from keras_ganrec.cli.console import table
from keras_ganrec.cli.report import MODEL
from keras_ganrec.cli.report import path_beside

SHOWN = ["ndcg_at_10", "recall_at_10", "precision_at_10", "coverage_at_10"]


def add_to(commands) -> None:
    parser = commands.add_parser(
        "train",
        help="train a model on a file or a data set, and save it",
        description="Trains a model until the validation NDCG stops rising, "
        "compares it on the test part with Popularity and a tuned EASE, and "
        "saves it, with a record of the training beside it for `ganrec "
        "report`.",
    )
    parser.add_argument(
        "--model",
        required=True,
        metavar="NAME",
        help="such as ganmf or cfgan; `ganrec zoo` lists them",
    )
    data.add_options(parser)
    parser.add_argument(
        "--item-features",
        metavar="FILE",
        help="a table with a row per item, for models that learn from it "
        "(vbpr, amr)",
    )
    parser.add_argument(
        "--split",
        default="random_80_20",
        metavar="NAME",
        help="random_80_20 (default) or leave_last_out; for data sets also "
        "the published ganmf, cfgan, irgan and lightgcn",
    )
    parser.add_argument(
        "--epochs", type=int, metavar="N", help="the most epochs"
    )
    parser.add_argument("--batch-size", type=int, metavar="N")
    parser.add_argument("--seed", type=seed, default=0, metavar="N")
    parser.add_argument(
        "--output",
        default="model.keras",
        metavar="FILE",
        help="where to save the model (default: model.keras)",
    )
    parser.set_defaults(run=run)


def run(args) -> Answer:
    _check(args)
    load_tensorflow()
    import keras
    import pandas as pd

    from keras_ganrec.data import pipelines
    from keras_ganrec.data import writers
    from keras_ganrec.evaluation import measure
    from keras_ganrec.evaluation import training_record
    from keras_ganrec.evaluation.training_record import leaks
    from keras_ganrec.recipes import defaults
    from keras_ganrec.recipes import fitting
    from keras_ganrec.recipes import zoo

    model_class = zoo.find(args.model)
    parts = data.read_split(args)
    recipe = defaults.recipe(model_class, parts.train)
    wanted = {"epochs": args.epochs, "batch_size": args.batch_size}
    wanted = {k: v for k, v in wanted.items() if v is not None}
    if wanted and recipe.batches is None:
        raise ValueError(
            f"{model_class.__name__} is not trained in epochs and batches. "
            "Leave --epochs and --batch-size out."
        )
    recipe = dataclasses.replace(recipe, **wanted)
    _check_catalog(args, parts.train, recipe)
    validation = pipelines.ranking_batches(parts.train, parts.validation)
    progress("Tuning EASE")
    yardsticks = defaults.yardsticks(parts, progress)
    name = recipe.model.__name__
    itself = yardsticks.pop(name, None)
    if name == "EASE" and itself is not None:
        recipe = dataclasses.replace(recipe, model_arguments={"l2": itself.l2})
    progress(f"Training {name}")
    history = keras.callbacks.History()
    start = time.perf_counter()
    model, epochs = fitting.fit(
        recipe,
        parts.train,
        args.seed,
        validation,
        callbacks=[*_monitors(recipe, parts, args.seed), history],
    )
    seconds = time.perf_counter() - start
    progress("Comparing with Popularity and EASE")
    monitor = recipe.monitor
    baselines = {
        each: measure(yardstick, validation, recipe.lengths)[monitor]
        for each, yardstick in yardsticks.items()
    }
    models = {name: model, **yardsticks}
    leaked = leaks(models, parts)
    # From here on validation items count as seen: in the test, and when the
    # saved model recommends.
    known = parts.train_and_validation
    for each in models.values():
        each.remember(known)
    model.save(args.output)
    record = training_record(
        models,
        parts,
        pipelines.ranking_batches(known, parts.test),
        history if epochs else None,
        baselines,
        about=_about(args, recipe, epochs, history, seconds),
    )
    record["warnings"] += leaked
    beside = path_beside(args.output)
    with writers.beside(pathlib.Path(beside)) as (partial,):
        partial.write_text(json.dumps(record), encoding="utf-8")
    rows = pd.DataFrame(record["results"])
    shown = rows[["model", *SHOWN, "difference", "standard_error"]]
    warned = len(record["warnings"])
    return Answer(
        text=f"{table(shown)}\n\ndifference: NDCG at 10, from {name}, with "
        f"its standard error over the users.\nSaved {args.output}"
        + (f", after epoch {epochs}.\n" if epochs else ".\n")
        + f"As a page, with {warned or 'no'} warning{'s'[: warned != 1]}: "
        f"ganrec report {beside}",
        data={
            "model": name,
            "output": args.output,
            "record": beside,
            "epochs": epochs,
            "split": parts.describe(),
            "results": record["results"],
            "warnings": record["warnings"],
        },
    )


def _monitors(recipe, parts, seed):
    """Callbacks that log what the report shows, and leave all as it is."""
    from keras_ganrec.callbacks import BalanceMonitor
    from keras_ganrec.gan import GAN
    from keras_ganrec.recipes import fitting

    if not issubclass(recipe.model, GAN):
        return []
    batch = next(iter(fitting.feed(recipe, parts.train, seed)))
    # It does not warn: the report does, which tells more.
    return [BalanceMonitor(batch, patience=recipe.epochs + 1)]


def _about(args, recipe, epochs, history, seconds):
    """What the record says of the training besides what was measured."""
    from keras_ganrec.recipes.benchmark import circumstances

    if epochs is None:
        training = f"fitted without epochs, {seconds:.1f} s"
    else:
        training = (
            f"{len(history.epoch)} of at most {recipe.epochs} epochs, "
            f"{seconds:.1f} s; kept are the weights of epoch {epochs}"
        )
    settings = {
        key: value
        for key, value in recipe.settings.items()
        if key not in ("dataset", "split", "seeds") and value not in ({}, None)
    }
    return {
        "command": args.line,
        "data": args.data,
        "split": args.split,
        "seed": args.seed,
        "training": training,
        "settings": settings,
        **circumstances(),
    }


def _check_catalog(args, train, recipe):
    longest = max(recipe.lengths)
    if train.num_items < longest:
        raise ValueError(
            f"{args.data} has {train.num_items} items, and lists of {longest} "
            "are measured. Expected at least as many items. Take more data."
        )


def _check(args):
    # Before hours of training, not after.
    folder = os.path.dirname(args.output) or "."
    if not args.output.endswith(MODEL) or not os.access(folder, os.W_OK):
        raise ValueError(
            f"The model cannot be saved as {args.output!r}. Expected a file "
            "that ends in .keras, in a folder that exists and can be written "
            "to. Name another --output."
        )
    for name in ("epochs", "batch_size"):
        number = getattr(args, name)
        if number is not None and number < 1:
            raise ValueError(
                f"--{name.replace('_', '-')} must be positive. "
                f"Received: {number}"
            )
