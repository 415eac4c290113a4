"""Search for the settings of a recipe on its validation part, with Optuna.

A study is a text file that grows by a line per event: a search that was
stopped goes on where it was, and the file tells every trial there was.
"""

import gc
import os
import pathlib
from collections.abc import Callable

import keras

from keras_ganrec import extras
from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import measure
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.loading import load_split

FOLDER = pathlib.Path(__file__).with_name("studies")
EPOCHS = "epochs"


def study_path(recipe: Recipe) -> pathlib.Path:
    """Where the study of a recipe of this package is kept."""
    return FOLDER / f"{recipe.name}.jsonl"


def tune(
    recipe: Recipe,
    num_trials: int,
    path: str | os.PathLike,
    data_dir=None,
    report: Callable = print,
) -> dict:
    """Tries settings from the `space` of a recipe until there are enough.

    Each trial trains on the train part with the first seed of the recipe and
    is judged by `recipe.monitor` on the validation part; the test part is not
    looked at. The sampler is Optuna's TPE. A trial of a model with epochs is
    given up once its best epoch so far is below the median of the others'.

    Args:
        recipe: `Recipe` with a `space`.
        num_trials: int. Trials in the study at the end, those of earlier
            calls among them.
        path: Path of the study. It is made, or gone on with.
        data_dir: Optional path. Where the data sets are.
        report: Callable that is told, in a line, what came out.

    Returns:
        What `best` returns.

    Raises:
        ValueError: If the recipe has no space, or no trial was completed.
        ImportError: If Optuna is not installed.
    """
    if not recipe.space:
        raise ValueError(
            f"Recipe {recipe.name!r} has no `space` to search. Expected one "
            "such as {'model_arguments.l2': {'low': 1e-4, 'high': 1e-1, "
            "'log': True}}. Tune another recipe, or give it one."
        )
    study = _study(recipe, path)
    left = num_trials - len(_ended(study))
    if left <= 0:
        return best(recipe, path)
    split = load_split(recipe.dataset, recipe.split, data_dir)
    validation = pipelines.ranking_batches(split.train, split.validation)
    start = None
    if recipe.start is not None:  # no trial changes it
        start, _ = fitting.fit(
            recipe.start, split.train, recipe.seeds[0], verbose=0
        )

    def try_settings(trial):
        settings = {
            setting: _suggest(trial, setting, values)
            for setting, values in recipe.space.items()
        }
        keras.backend.clear_session()
        gc.collect()
        model, epochs = fitting.fit(
            recipe.with_settings(settings),
            split.train,
            recipe.seeds[0],
            validation,
            verbose=0,
            callbacks=[_Pruning(trial, f"val_{recipe.monitor}")],
            start=start,
        )
        if recipe.patience is not None:
            trial.set_user_attr(EPOCHS, epochs)
        return measure(model, validation, recipe.lengths)[recipe.monitor]

    def tell(study, trial):
        value = "given up" if _value(trial) is None else f"{trial.value:.4f}"
        report(
            f"{recipe.name}: trial {trial.number + 1} of {num_trials}, "
            f"{recipe.monitor} {value}, {trial.params}"
        )

    study.optimize(try_settings, n_trials=left, callbacks=[tell])
    return best(recipe, path)


def best(recipe: Recipe, path: str | os.PathLike) -> dict:
    """Returns the best settings of a study, and all its trials.

    Args:
        recipe: `Recipe` with a `space`.
        path: Path of its study.

    Returns:
        dict with `chosen`, for `recipe.with_settings`; `trials`, a list of
        dicts with `settings` and the value of `recipe.monitor`, which is
        `None` for a trial that was given up; and `history`, as that of
        `fitting.history`, of the best.

    Raises:
        ValueError: If there is no completed trial of these settings.
    """
    trials = _kept(recipe, path) if os.path.exists(path) else []
    done = [trial for trial in trials if _value(trial) is not None]
    if not done:
        raise ValueError(
            f"`{path}` holds no completed trial of recipe {recipe.name!r} as "
            f"it is now. Run `ganrec tune {recipe.name}` first."
        )
    chosen = max(done, key=lambda trial: trial.value)
    values = chosen.intermediate_values
    by_epoch = [values[epoch] for epoch in sorted(values)]
    return {
        "chosen": _settings(chosen),
        "history": {f"val_{recipe.monitor}": by_epoch} if by_epoch else {},
        "trials": [
            {"settings": _settings(trial), recipe.monitor: _value(trial)}
            for trial in trials
        ],
    }


def _optuna():
    optuna = extras.load("optuna", "Optuna", "tune", "Tuning needs")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _file(path):
    storages = _optuna().storages
    return storages.JournalStorage(
        storages.journal.JournalFileBackend(os.fspath(path))
    )


def _kept(recipe, path):
    """The trials in a file that is not written to; none if it is another's."""
    try:
        study = _optuna().load_study(
            study_name=recipe.fingerprint, storage=_file(path)
        )
    except KeyError:
        return []
    return _ended(study)


def _study(recipe, path):
    optuna = _optuna()
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    # Another recipe, or the same one with another setting, is another study.
    study = optuna.create_study(
        study_name=recipe.fingerprint,
        storage=_file(path),
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_warmup_steps=5),
    )
    # Not the seed of the first call: the same settings would come again.
    study.sampler = optuna.samplers.TPESampler(seed=len(study.trials))
    return study


def _suggest(trial, setting, values):
    if not hasattr(values, "keys"):
        return trial.suggest_categorical(setting, values)
    if isinstance(values["low"], int):
        return trial.suggest_int(setting, **values)
    return trial.suggest_float(setting, **values)


def _ended(study):
    """Trials that were completed or given up; not those that were killed."""
    return [t for t in study.trials if t.state.name in ("COMPLETE", "PRUNED")]


def _value(trial):
    # Optuna gives a trial that was given up its last value.
    return trial.value if trial.state.name == "COMPLETE" else None


def _settings(trial):
    return {**trial.params, **trial.user_attrs}


class _Pruning(keras.callbacks.Callback):
    def __init__(self, trial, monitor):
        super().__init__()
        self.trial = trial
        self.monitor = monitor

    def on_epoch_end(self, epoch, logs=None):
        import optuna

        self.trial.report(logs[self.monitor], epoch)
        if self.trial.should_prune():
            raise optuna.TrialPruned()
