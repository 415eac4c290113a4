"""How does a recipe of fixed epochs get better, epoch by epoch?

    python benchmarks/learning_curves.py ganmf_ml_1m
    python benchmarks/learning_curves.py lightgcn_gowalla --every 50  # hours

Such a recipe is trained once on train and validation and then measured, so its
result has no curve but that of its losses. Here its first seed is trained on
the train part alone, and its `monitor` is taken on the validation part. Nothing
is chosen by it. Kept in `benchmarks/learning_curves.json`; `docs/readme.py`
draws those of recipes that miss a published number.
"""

import argparse
import json
import pathlib

import keras
import measuring

from keras_ganrec.data import pipelines
from keras_ganrec.data import writers
from keras_ganrec.evaluation import measure
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import loading

KEPT = pathlib.Path(__file__).with_suffix(".json")


class Curve(keras.callbacks.Callback):
    """Keeps a metric of some batches after every so many epochs."""

    def __init__(self, recipe, batches, every):
        super().__init__()
        self.recipe = recipe
        self.batches = batches
        self.every = every
        self.epochs, self.values = [], []

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        metrics = measure(self.model, self.batches, self.recipe.lengths)
        self.epochs.append(epoch + 1)
        self.values.append(round(metrics[self.recipe.monitor], 6))


def curve_of(recipe, every):
    """Returns `epochs`, and the `values` of the `metric` after each."""
    split = loading.load_split(recipe.dataset, recipe.split)
    validation = pipelines.ranking_batches(split.train, split.validation)
    curve = Curve(recipe, validation, every)
    fitting.fit(
        recipe, split.train, recipe.seeds[0], verbose=0, callbacks=[curve]
    )
    return {
        "metric": recipe.monitor,
        "fingerprint": recipe.fingerprint,
        "epochs": curve.epochs,
        "values": curve.values,
    }


def main():
    fixed = [
        name for name, r in RECIPES.items() if r.batches and not r.is_tuned
    ]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", choices=fixed)
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="epochs"
    )
    arguments = parser.parse_args()
    curve = curve_of(RECIPES[arguments.recipe], arguments.every)
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    kept[arguments.recipe] = curve | {"machine": measuring.machine()}
    with writers.beside(KEPT) as (partial,):
        partial.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
