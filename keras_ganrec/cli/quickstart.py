"""`ganrec quickstart`: the whole way, on data that needs no file."""

import pathlib
import subprocess
import sys

from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import progress
from keras_ganrec.cli.console import table

FOLDER = pathlib.Path("quickstart")
USER = "user 7"
SERVE = '''\
"""Recommends from the exported model, with TensorFlow alone."""

import pathlib
import sys

import tensorflow as tf

sys.modules["keras_ganrec"] = None  # not needed: importing it would fail

served = tf.saved_model.load(pathlib.Path(__file__).with_name("served"))
answer = served.signatures["recommend"](
    user_id=tf.constant([sys.argv[1]]), k=tf.constant(5)
)
for item_id in answer["item_id"].numpy()[0]:
    print(item_id.decode())
'''


def add_to(commands) -> None:
    parser = commands.add_parser(
        "quickstart",
        help="train, compare, export and serve on made-up data",
        description="Makes a small market, trains a CFGAN and a GANMF, "
        "compares them with simple baselines, exports the better one to "
        "./quickstart/ and recommends from the export. About a minute.",
    )
    parser.set_defaults(run=run)


def run(args) -> Answer:
    load_tensorflow()
    from keras_ganrec.data import pipelines
    from keras_ganrec.evaluation import compare
    from keras_ganrec.evaluation import measure
    from keras_ganrec.export import export_saved_model
    from keras_ganrec.recipes import defaults
    from keras_ganrec.recipes import fitting
    from keras_ganrec.recipes import loading

    parts = loading.load_split(loading.SYNTHETIC, "random_80_20")
    progress(
        f"A market of {parts.train.num_users} users and "
        f"{parts.train.num_items} items: {len(parts.train)} interactions to "
        f"train on, {len(parts.validation)} to tune on, {len(parts.test)} to "
        "test on"
    )
    validation = pipelines.ranking_batches(parts.train, parts.validation)
    gans = {}
    for recipe in defaults.QUICKSTART:
        progress(f"Training {recipe.model.__name__}")
        gan, _ = fitting.fit(recipe, parts.train, 0, validation)
        gans[recipe.model.__name__] = gan
    # Chosen before anything is known of the test part.
    scores = {name: measure(gan, validation) for name, gan in gans.items()}
    best = max(scores, key=lambda name: scores[name]["ndcg_at_10"])

    progress("Comparing with baselines")
    models = {**defaults.yardsticks(parts, progress), **gans}
    models["ItemKNN"], _ = fitting.fit(defaults.ITEM_KNN, parts.train, 0)
    known = parts.train_and_validation
    for model in models.values():
        model.remember(known)
    compared = compare(
        models, pipelines.ranking_batches(known, parts.test)
    ).reset_index()

    progress(f"Exporting {best} and recommending with TensorFlow alone")
    FOLDER.mkdir(exist_ok=True)
    gans[best].save(FOLDER / "model.keras")
    export_saved_model(gans[best], FOLDER / "served")
    items = _serve()
    shown = compared[["model", "ndcg_at_10", "recall_at_10", "coverage_at_10"]]
    return Answer(
        text="\n".join(
            [
                table(shown),
                "",
                f"For {USER}, {best} recommends {', '.join(items)}.",
                f"In {FOLDER}/: model.keras, served/ (a SavedModel) and "
                "serve.py, which loads it without this package.",
                "Next: ganrec train --model ganmf --data your_ratings.csv",
            ]
        ),
        data={
            "results": compared.to_dict("records"),
            "exported": best,
            "recommended": {USER: items},
            "folder": str(FOLDER),
        },
    )


def _serve():
    script = FOLDER / "serve.py"
    script.write_text(SERVE)
    served = subprocess.run(
        [sys.executable, script, USER],
        capture_output=True,
        text=True,
    )
    if served.returncode:
        raise RuntimeError(f"{script} failed:\n{served.stderr}")
    return served.stdout.splitlines()
