"""How a generator is trained on data that nobody has tuned it for."""

import dataclasses
import math
from collections.abc import Callable
from collections.abc import Sequence

import keras
import numpy as np

from keras_ganrec import baselines
from keras_ganrec import feature_values
from keras_ganrec import models
from keras_ganrec.data import Interactions
from keras_ganrec.data import condition_values
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import zoo
from keras_ganrec.recipes.generators import GENERATORS
from keras_ganrec.synthesis.synthesizer import Synthesizer

# Tuned on MovieLens 100K. More users take more steps, here by the square root
# of their number: of 4,228 users of MovieLens 1M a classifier tells the
# generated from the real ones with an AUC of .74 after as many steps as here,
# and of .64 after 11,000.
PROFILE_GAN = GENERATORS["profile_gan"]
TUNED_FOR = 660  # users
STEPS = 3900
AUTOENCODER_STEPS = 550  # of these
MOST_STEPS_AT_ONCE = 16
# More different values are no ratings of a scale; they are drawn by item.
MOST_RATINGS = 20
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
    have few values or are numbers to be cut into ranges.

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
    features = features.iloc[np.unique(interactions.user_id)]
    return [
        column
        for column in features
        if column in wanted
        or 1 <= features[column].nunique() <= feature_values.MOST_LISTED
        or feature_values.is_measured(features[column])
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
    if model in TRAINED:
        recipe = _profile_gan(interactions, columns, epochs)
        return fitting.fit(
            recipe,
            interactions,
            seed,
            verbose=0,
            callbacks=[_telling(recipe.epochs, report)],
        )
    if epochs is not None:
        raise ValueError(
            f"{model.__name__} is not trained in epochs. Leave them out."
        )
    recipe = dataclasses.replace(
        GENERATORS["popularity_sampler"], name=model.__name__, model=model
    )
    return fitting.fit(recipe, interactions, seed)


def _profile_gan(interactions, columns, epochs):
    users = len(np.unique(interactions.user_id))
    steps = -(-users // PROFILE_GAN.batch_size)
    grown = max(1.0, users / TUNED_FOR) ** 0.5
    epochs = epochs or math.ceil(STEPS * grown / steps)
    # Of a shorter training the same share.
    coding = epochs * steps * AUTOENCODER_STEPS // STEPS
    arguments = {
        "conditions": condition_values(interactions, columns),
        "autoencoder_steps": max(
            1, min(int(AUTOENCODER_STEPS * grown), coding)
        ),
    }
    batches = "user_profiles"
    if interactions.rating is not None:
        values = np.unique(interactions.rating).tolist()
        if 2 <= len(values) <= MOST_RATINGS:
            arguments["rating_values"] = values
            batches = "rated_profiles"
    return dataclasses.replace(
        PROFILE_GAN,
        model_arguments={**PROFILE_GAN.model_arguments, **arguments},
        batches=batches,
        epochs=epochs,
        steps_per_execution=min(steps, MOST_STEPS_AT_ONCE),
    )


def _telling(epochs, report):
    def tell(epoch, logs):
        if epoch * TOLD // epochs != (epoch + 1) * TOLD // epochs:
            losses = ", ".join(f"{k} {v:.4f}" for k, v in logs.items())
            report(f"Epoch {epoch + 1} of {epochs}: {losses}")

    return keras.callbacks.LambdaCallback(on_epoch_end=tell)
