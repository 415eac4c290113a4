"""A generator trained on one's own data, compared with users kept from it."""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
import pandas as pd

from keras_ganrec import baselines
from keras_ganrec.data import Interactions
from keras_ganrec.data import interactions_of
from keras_ganrec.data import splits
from keras_ganrec.evaluation import compare_tables
from keras_ganrec.evaluation.measures import num_users
from keras_ganrec.evaluation.measures import some_users
from keras_ganrec.models import AAERec
from keras_ganrec.recipes import defaults
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes.defaults import EASE_ITEMS
from keras_ganrec.synthesis.synthesizer import Synthesizer

# All pairs of users are compared: of more, so many are drawn.
MOST_USERS = 10_000
# About as many as are best for MovieLens 100K.
GAN_STEPS = 1_250


def user_parts(interactions: Interactions, seed: int) -> list[Interactions]:
    """Three parts that share no user, drawn at random.

    70 % of the users to generate from, 20 % to measure on, and 10 % to choose
    by or to fit the directions of taste to.
    """
    split = splits.user_split(interactions, 0.2, 0.1, seed=seed)
    return [
        interactions.select(np.isin(interactions.user_id, part.user_id))
        for part in (split.train, split.test, split.validation)
    ]


def compare_generator(
    model: Synthesizer, parts: list[Interactions], seed: int
) -> tuple[pd.DataFrame, Interactions, Interactions]:
    """Measures new users beside real ones.

    As many are made as there are real ones to measure beside: figures depend
    on the number.

    Args:
        model: A `Synthesizer`, trained on the first part.
        parts: Of `user_parts`.
        seed: int. Of the new users, and of the draws of the measurement.

    Returns:
        The figures of `compare_tables`, the real `Interactions` that they are
        of, and the new ones.
    """
    real, held_out, third = (
        some_users(part, MOST_USERS, seed) for part in parts
    )
    made = model.generate(num_users(real), seed=seed)
    synthetic = interactions_of(made, real)
    figures = compare_tables(
        real, synthetic, held_out, third, _judges(real.num_items), seed
    )
    return figures, real, synthetic


def _judges(num_items) -> dict[str, Callable]:
    """Recommenders to train on the new users and to test on real ones."""
    builders = {
        "EASE": lambda num_users: baselines.EASE(num_items, l2=200.0),
        "EDLAE": lambda num_users: baselines.EASE(
            num_items, l2=200.0, dropout=0.5
        ),
        "IALS": lambda num_users: baselines.IALS(num_users, num_items, seed=0),
        "ItemKNN": lambda num_users: baselines.ItemKNN(num_items),
        "RP3beta": lambda num_users: baselines.RP3beta(num_items),
        "Popularity": lambda num_users: baselines.Popularity(num_items),
    }
    if num_items > EASE_ITEMS:
        del builders["EASE"], builders["EDLAE"]

    def fit(build, table):
        model = build(table.num_users)
        model.adapt(table)
        return model

    judges = {
        name: functools.partial(fit, build) for name, build in builders.items()
    }
    return {**judges, "AAERec": _fit_gan}


def _fit_gan(table):
    """A GAN as judge. Of the rows of the table, none is kept to stop by."""
    recipe = defaults.recipe(AAERec, table)
    steps = -(-num_users(table) // recipe.batch_size)
    recipe = dataclasses.replace(recipe, epochs=-(-GAN_STEPS // steps))
    return fitting.fit(recipe, table, seed=0, verbose=0)[0]
