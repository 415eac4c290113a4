"""How a generator is trained on data that nobody has tuned it for."""

from collections.abc import Callable
from collections.abc import Sequence

import keras
import numpy as np

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec.callbacks import GeneratorEMA
from keras_ganrec.data import Interactions
from keras_ganrec.data import condition_values
from keras_ganrec.data import conditioned
from keras_ganrec.data import pipelines
from keras_ganrec.data import rated_profiles
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import zoo
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.synthesizer import Synthesizer

BATCH_SIZE = 256
STEPS = 4500
AUTOENCODER_STEPS = 800  # of these
# More different values are no ratings of a scale; they are drawn by item.
MOST_RATINGS = 20
# Of more values few users share one, unless it is asked for.
MOST_VALUES = 25
TOLD = 10  # times that the progress of a training is told

TRAINED = (models.ProfileGAN,)
ADAPTED = (
    baselines.BernoulliMixture,
    baselines.HyDRA,
    baselines.PopularitySampler,
    baselines.Bootstrap,
)


def find(name: str) -> type:
    """Returns a generator of users by its name.

    Raises:
        ValueError: If there is no such model, or it is no such generator.
    """
    model = zoo.find(name)
    if model not in (*TRAINED, *ADAPTED):
        known = ", ".join(m.__name__ for m in (*TRAINED, *ADAPTED))
        raise ValueError(
            f"{model.__name__} does not make users like those of a table. "
            f"Expected one of {known}."
        )
    return model


def conditions(
    model: type, interactions: Interactions, wanted: Sequence[str]
) -> list[str]:
    """The columns of the users' features that a model is conditioned on.

    It makes these, and no others: those that are wanted, and all others that
    have few values.

    Raises:
        ValueError: If a column is wanted that is not there, or that has too
            many values, or of a model that takes no condition.
    """
    if model not in TRAINED:
        if wanted:
            raise ValueError(
                f"{model.__name__} takes no condition. Expected one of "
                f"{', '.join(m.__name__ for m in TRAINED)}."
            )
        return []
    condition_values(interactions, wanted)
    features = interactions.user_features
    if features is None:
        return []
    return [
        column
        for column in features
        if column in wanted or 1 <= features[column].nunique() <= MOST_VALUES
    ]


def fit(
    model: type,
    interactions: Interactions,
    columns: Sequence[str],
    epochs: int | None,
    seed: int,
    report: Callable,
) -> tuple[Synthesizer, int | None]:
    """Trains a generator.

    Args:
        model: class, of `find`.
        interactions: `Interactions`.
        columns: Of `conditions`.
        epochs: Optional int. In the place of those that the model needs.
        seed: int. Of the weights, the order and all draws.
        report: Callable that is told how far it is.

    Returns:
        The model, and the number of its epochs, `None` without any.

    Raises:
        ValueError: If `epochs` are given for a model that has none.
    """
    if model in ADAPTED:
        if epochs is not None:
            raise ValueError(
                f"{model.__name__} is not trained in epochs. Leave them out."
            )
        recipe = Recipe(
            name=model.__name__,
            model=model,
            dataset="synthetic",
            split="users_70_30",
        )
        return fitting.fit(recipe, interactions, seed)
    return _fit_profile_gan(interactions, columns, epochs, seed, report)


def _fit_profile_gan(interactions, columns, epochs, seed, report):
    keras.utils.set_random_seed(seed)
    ratings = []
    if interactions.rating is not None:
        ratings = np.unique(interactions.rating).tolist()
    rated = 2 <= len(ratings) <= MOST_RATINGS
    pipeline = rated_profiles if rated else pipelines.user_profiles
    batches = pipeline(interactions, batch_size=BATCH_SIZE, seed=seed)
    steps = int(batches.cardinality())
    if epochs is None:
        epochs = -(-STEPS // steps)
    values = condition_values(interactions, columns)
    if values:
        batches = conditioned(batches, values)
    model = models.ProfileGAN(
        interactions.num_items,
        rating_values=ratings if rated else None,
        conditions=values,
        # The same share of a shorter training.
        autoencoder_steps=max(
            1,
            min(AUTOENCODER_STEPS, epochs * steps * AUTOENCODER_STEPS // STEPS),
        ),
        seed=seed,
    )
    players = {"beta_1": 0.0, "beta_2": 0.99}
    averaged = {"use_ema": True, "ema_momentum": 0.999}
    optimizers = {
        "d_optimizer": adam(2e-4, **players),
        "g_optimizer": adam(2e-4, **players, **averaged),
        "autoencoder_optimizer": adam(1e-3),
    }
    model.compile(
        **{
            name: keras.optimizers.deserialize(config)
            for name, config in optimizers.items()
        }
    )

    def tell(epoch, logs):
        if epoch * TOLD // epochs != (epoch + 1) * TOLD // epochs:
            losses = ", ".join(f"{k} {v:.4f}" for k, v in logs.items())
            report(f"Epoch {epoch + 1} of {epochs}: {losses}")

    model.fit(
        batches,
        epochs=epochs,
        callbacks=[
            GeneratorEMA(),
            keras.callbacks.LambdaCallback(on_epoch_end=tell),
        ],
        verbose=0,
    )
    return model, epochs
