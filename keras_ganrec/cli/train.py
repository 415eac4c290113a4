"""`ganrec train`: a model on one's own data, beside what it has to beat."""

import dataclasses
import os

from keras_ganrec.cli import data
from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import progress
from keras_ganrec.cli.console import table

SHOWN = ["ndcg_at_10", "recall_at_10", "precision_at_10", "coverage_at_10"]


def add_to(commands) -> None:
    parser = commands.add_parser(
        "train",
        help="train a model on a file or a data set, and save it",
        description="Trains a model until the validation NDCG stops rising, "
        "compares it on the test part with Popularity and a tuned EASE, and "
        "saves it.",
    )
    parser.add_argument(
        "--model",
        required=True,
        metavar="NAME",
        help="such as ganmf or cfgan; `ganrec zoo` lists them",
    )
    data.add_options(parser)
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
    parser.add_argument("--seed", type=int, default=0, metavar="N")
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
    from keras_ganrec.data import pipelines
    from keras_ganrec.evaluation import compare
    from keras_ganrec.recipes import defaults
    from keras_ganrec.recipes import fitting
    from keras_ganrec.recipes import zoo

    model_class = zoo.find(args.model)
    parts = data.read_split(args)
    recipe = defaults.recipe(model_class, parts.train)
    wanted = {"epochs": args.epochs, "batch_size": args.batch_size}
    recipe = dataclasses.replace(
        recipe, **{k: v for k, v in wanted.items() if v is not None}
    )
    validation = pipelines.ranking_batches(parts.train, parts.validation)
    name = recipe.model.__name__
    progress(f"Training {name}")
    model, epochs = fitting.fit(recipe, parts.train, args.seed, validation)
    progress("Comparing with Popularity and EASE")
    models = {**defaults.yardsticks(parts, progress), name: model}
    # From here on validation items count as seen: in the test, and when the
    # saved model recommends.
    known = parts.train_and_validation
    for each in models.values():
        each.remember(known)
    compared = compare(
        models, pipelines.ranking_batches(known, parts.test), against=name
    )
    model.save(args.output)
    shown = compared[[*SHOWN, "difference", "standard_error"]].reset_index()
    return Answer(
        text=f"{table(shown)}\n\ndifference: NDCG at 10, from {name}, with "
        f"its standard error over the users.\nSaved {args.output}"
        + (f", after epoch {epochs}." if epochs else "."),
        data={
            "model": name,
            "output": args.output,
            "epochs": epochs,
            "split": parts.describe(),
            "results": compared.reset_index().to_dict("records"),
        },
    )


def _check(args):
    # Before hours of training, not after.
    folder = os.path.dirname(args.output) or "."
    if not args.output.endswith(".keras") or not os.path.isdir(folder):
        raise ValueError(
            f"The model cannot be saved as {args.output!r}. Expected a file "
            "that ends in .keras, in a folder that exists. Name another "
            "--output."
        )
    for name in ("epochs", "batch_size"):
        number = getattr(args, name)
        if number is not None and number < 1:
            raise ValueError(
                f"--{name.replace('_', '-')} must be positive. "
                f"Received: {number}"
            )
