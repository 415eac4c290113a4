"""A synthetic table beside a real one: every figure with its floor and null."""

from collections.abc import Callable
from collections.abc import Mapping

import numpy as np
import pandas as pd

from keras_ganrec.evaluation import fidelity
from keras_ganrec.evaluation import realism
from keras_ganrec.evaluation.figures import FIGURES
from keras_ganrec.evaluation.figures import WHY_LEFT_OUT
from keras_ganrec.evaluation.measures import Attack
from keras_ganrec.evaluation.measures import Points
from keras_ganrec.evaluation.measures import distances
from keras_ganrec.evaluation.measures import levels
from keras_ganrec.evaluation.measures import num_users
from keras_ganrec.evaluation.measures import shuffled_items
from keras_ganrec.evaluation.measures import some_users
from keras_ganrec.evaluation.measures import usefulness_of
from keras_ganrec.evaluation.user_features import column_figures
from keras_ganrec.evaluation.user_features import features_of
from keras_ganrec.evaluation.user_features import has_pairs

COLUMNS = ("synthetic", "floor", "null", "real")


def compare_tables(
    real,
    synthetic,
    held_out,
    third,
    recommenders: Mapping[str, Callable] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Measures synthetic interactions: fidelity, realism, use, privacy.

    Real users are cut into three parts, which share no user. The synthetic
    table was made from the first one and is compared with the second one:
    so a generator that copies its users looks no better than new real users
    would. Each figure is given for several tables.

    - `synthetic`: the synthetic table.
    - `floor`: new real users, the best that can be asked for. For distances
      and recommenders that is `real` in the place of the synthetic table;
      for the levels of a table, `held_out`; for privacy, `third`, of whom
      `real` knows nothing.
    - `null`: `shuffled_items(real)`: degrees stay, taste is gone, and so is
      what features of a user have to do with one another.
    - `real`: levels of the real table, as its Gini coefficient.

    Some figures depend on the number of users, so make as many as `real` has.
    Of a larger table as many are drawn at random; repeats, unique rows and
    copies are looked for in all of it, and the attack is given up to 50,000 of
    its users. Degrees and lifts are compared between as many users of both
    sides, and levels are those of as many users of each table, mostly of as
    many as `held_out` has: so they are not the levels of the whole tables.

    Args:
        real: `Interactions` that the generator was trained on.
        synthetic: `Interactions`, with the items of `real` in the same order
            (`keras_ganrec.data.interactions_of`); with other items, figures
            that compare items are left out.
        held_out: `Interactions` of other real users, with all they have, who
            were shown neither to the generator nor to the recommenders; the
            items of `real`.
        third: `Interactions` of yet other real users, for the directions of
            taste (`item_basis` says why); the items of `real`.
        recommenders: Optional dict from a name to a callable that takes
            `Interactions` and returns a `Recommender` fitted on them, which
            can `score_profiles`. It is called three times. Its figures have
            its name behind theirs, `"ndcg_at_10 (EASE)"`.
        seed: int. Of all that is drawn.

    Returns:
        A DataFrame indexed by `figure`, with the columns `group`,
        `synthetic`, `floor`, `null`, `real` (not a number where there is
        none), `best` (a number, `"real"` or `"high"`), `meaning` and
        `left_out`, which says why there are no numbers, or is empty.

    Raises:
        ValueError: If the parts of the real table have not the same items,
            share users, or are too small to be compared.
        ImportError: If scikit-learn is not installed.
    """
    _check_parts(real, held_out, third)
    columns = _columns(real, synthetic)
    given = _given(real, synthetic, columns, recommenders or {})
    sample = some_users(synthetic, num_users(real), seed)
    null = shuffled_items(real, seed)
    # Who is compared with the held-out users, and whose levels are given.
    compared = {"synthetic": sample, "floor": real, "null": null}
    described = compared | {"floor": held_out, "real": real}
    number = min(map(num_users, described.values()))
    described = {
        column: some_users(table, number, seed)
        for column, table in described.items()
    }
    found = {column: {} for column in COLUMNS}
    for column, table in described.items():
        found[column] |= levels(table, given)
    for column, table in compared.items():
        found[column] |= distances(held_out, table, given, seed)
    if columns:
        people = features_of(held_out, columns)
        for column, table in compared.items():
            theirs = features_of(table, columns)
            found[column] |= column_figures(people, theirs)
    found["synthetic"] |= {
        "repeated_pairs": fidelity.repeated_pairs(synthetic),
        "unique_rows": realism.unique_rows(fidelity.profiles(synthetic)),
    }
    if "items" in given:
        points = Points(held_out, real, third, seed)
        for column, table in described.items():
            found[column] |= points.levels(table)
        for column, table in compared.items():
            found[column] |= points.distances(table)
            if columns:
                found[column] |= points.tastes(held_out, table, columns)
        attack = Attack(real, held_out, null, seed)
        for column, table in (
            compared | {"synthetic": synthetic, "floor": third}
        ).items():
            found[column] |= attack.figures(table)
    if {"items", "recommenders"} <= given:
        for column, values in usefulness_of(
            compared, held_out, recommenders, seed
        ).items():
            found[column] |= values
    return _as_table(found, given)


def _check_parts(real, held_out, third):
    parts = {"real": real, "held_out": held_out, "third": third}
    users = []
    for name, part in parts.items():
        if not np.array_equal(part.item_vocabulary, real.item_vocabulary):
            raise ValueError(
                f"`{name}` has other items than `real`. Expected parts of one "
                "table, as `Interactions.select` makes them."
            )
        users.append(part.user_vocabulary[np.unique(part.user_id)])
    names, counts = np.unique(np.concatenate(users), return_counts=True)
    if (counts > 1).any():
        raise ValueError(
            f"{(counts > 1).sum()} users are in more than one of `real`, "
            f"`held_out` and `third`, as {names[counts > 1][0]!r}. Expected "
            "parts without common users: `user_split` makes them."
        )


def _columns(real, synthetic):
    """The features of users that both tables have."""
    tables = real.user_features, synthetic.user_features
    if any(table is None for table in tables):
        return []
    return [column for column in tables[0] if column in tables[1]]


def _given(real, synthetic, columns, recommenders):
    """What figures need, as far as it is there."""
    there = {
        "ratings": real.rating is not None and synthetic.rating is not None,
        "times": real.timestamp is not None and synthetic.timestamp is not None,
        "items": np.array_equal(
            real.item_vocabulary, synthetic.item_vocabulary
        ),
        "features": len(columns) > 0,
        "pairs": bool(columns) and has_pairs(features_of(real, columns)),
        "recommenders": len(recommenders) > 0,
        "three": len(recommenders) >= 3,
    }
    return {need for need, is_there in there.items() if is_there}


def _as_table(found, given):
    rows = []
    for name, figure in FIGURES.items():
        missing = [need for need in figure.needs if need not in given]
        why = WHY_LEFT_OUT[missing[0]] if missing else ""
        keys = [
            key
            for key in found["synthetic"]
            if key == name or key.startswith(f"{name} (")
        ]
        for key in keys or [name]:
            rows.append(
                {
                    "figure": key,
                    "group": figure.group,
                    **{column: found[column].get(key) for column in COLUMNS},
                    "best": figure.best,
                    "meaning": figure.meaning,
                    "left_out": why,
                }
            )
    table = pd.DataFrame(rows).set_index("figure")
    return table.astype({column: "float64" for column in COLUMNS})
