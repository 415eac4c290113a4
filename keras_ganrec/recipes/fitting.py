"""From a recipe and data to a trained model."""

import copy
import inspect
from collections.abc import Mapping
from collections.abc import Sequence

import keras

from keras_ganrec import data
from keras_ganrec.callbacks import GeneratorEMA
from keras_ganrec.data import Interactions
from keras_ganrec.data import feature_matrix
from keras_ganrec.evaluation import ranking_metrics
from keras_ganrec.recipes import zoo
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recommender import Recommender


def build(recipe: Recipe, interactions: Interactions, seed: int) -> Recommender:
    """Returns the model of a recipe, untrained, for the sizes of the data."""
    keras.utils.set_random_seed(seed)
    return _construct(recipe.model, recipe.model_arguments, interactions, seed)


def _construct(model_class, arguments, interactions, seed):
    known = {
        "num_users": interactions.num_users,
        "num_items": interactions.num_items,
        "seed": seed,
    }
    if interactions.rating is not None:
        ratings = interactions.rating
        known["rating_range"] = float(ratings.min()), float(ratings.max())
    known = {k: v for k, v in known.items() if _takes(model_class, k)}
    for table in ("item_features", "user_features"):
        columns = arguments.get(table)
        if columns is not None or _takes(model_class, table, needed=True):
            if not isinstance(columns, Mapping):
                columns = {"columns": columns}
            features = feature_matrix(getattr(interactions, table), **columns)
            arguments = {**arguments, table: features}
    if "recommender" in arguments:  # the model stands on another one
        base = arguments["recommender"]
        recommender = _construct(
            zoo.find(base["class_name"]), base["config"], interactions, seed
        )
        arguments = {**arguments, "recommender": recommender}
    return model_class(**known, **arguments)


def optimizers(recipe: Recipe) -> dict[str, keras.optimizers.Optimizer]:
    """Returns new optimizers, by the arguments of `compile()`."""
    return {
        # Keras puts a schedule's object where its config stood.
        argument: keras.optimizers.deserialize(copy.deepcopy(config))
        for argument, config in recipe.optimizers.items()
    }


def feed(recipe: Recipe, interactions: Interactions, seed: int):
    """Returns the batches that `fit()` is given."""
    pipeline = getattr(data, recipe.batches)
    batches = pipeline(
        interactions,
        batch_size=recipe.batch_size,
        seed=seed,
        **recipe.batch_arguments,
    )
    conditions = recipe.model_arguments.get("conditions")
    return data.conditioned(batches, conditions) if conditions else batches


def fit(
    recipe: Recipe,
    interactions: Interactions,
    seed: int,
    validation=None,
    verbose: int | str = "auto",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    start: Recommender | None = None,
) -> tuple[Recommender, int | None]:
    """Trains the model of a recipe.

    Args:
        recipe: `Recipe`. Its grid is not looked at.
        interactions: `Interactions` to train on.
        seed: int. Of the weights, the order and all draws.
        validation: Optional evaluation batches. With them, and a `patience`,
            training stops early and ends with the best weights.
        verbose: As in `keras.Model.fit`.
        callbacks: Further callbacks of `fit()`.
        start: Optional model of `recipe.start` that was trained on the same
            interactions with the same seed, so that it is not trained again.

    Returns:
        The model, and the number of epochs that its weights have seen;
        `None` for a model without epochs.
    """
    if recipe.start is not None and start is None:
        start, _ = fit(recipe.start, interactions, seed, verbose=verbose)
    model = build(recipe, interactions, seed)
    if start is not None:
        model.start_from(start)
    if recipe.batches is None:
        model.adapt(interactions)
        return model, None
    stopping = []
    if validation is not None and recipe.patience is not None:
        stopping = [
            keras.callbacks.EarlyStopping(
                f"val_{recipe.monitor}",
                mode="max",
                patience=recipe.patience,
                restore_best_weights=True,
            )
        ]
    metrics = {}
    if isinstance(model, Recommender):
        monitor = ranking_metrics(recipe.lengths)[recipe.monitor]
        metrics = {"metrics": [monitor]}
    model.compile(
        **optimizers(recipe),
        **metrics,
        steps_per_execution=recipe.steps_per_execution,
    )
    averaging = []
    if (
        recipe.optimizers.get("g_optimizer", {})
        .get("config", {})
        .get("use_ema")
    ):
        averaging = [GeneratorEMA()]
    model.fit(
        feed(recipe, interactions, seed),
        epochs=recipe.epochs,
        validation_data=validation,
        callbacks=[*averaging, *stopping, *callbacks],
        verbose=verbose,
    )
    if stopping:
        return model, stopping[0].best_epoch + 1
    return model, recipe.epochs


def history(model: Recommender, recipe: Recipe) -> dict[str, list[float]]:
    """The `monitor` by epoch of the last `fit()`, or else the losses.

    Empty for a model without epochs.
    """
    if recipe.batches is None:
        return {}
    logs = model.history.history
    monitored = f"val_{recipe.monitor}"
    names = (
        [monitored]
        if monitored in logs
        else [name for name in logs if name.endswith("loss")]
    )
    return {name: _short(logs[name]) for name in names}


def _short(values):
    return [float(f"{value:.6g}") for value in values]


def _takes(model_class, argument, needed=False):
    parameters = [
        inspect.signature(base.__init__).parameters.get(argument)
        for base in model_class.__mro__
    ]
    return any(
        p is not None and (p.default is inspect.Parameter.empty or not needed)
        for p in parameters
    )
