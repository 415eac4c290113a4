"""What is measured on one table, and on two: figures by name.

The parts of `compare_tables`, whose docstring says what is compared with what.
`given` is the set of what figures need and what is there, of
`keras_ganrec.evaluation.figures`.
"""

import dataclasses

import numpy as np
import pandas as pd

from keras_ganrec.evaluation import fidelity
from keras_ganrec.evaluation import privacy
from keras_ganrec.evaluation import realism
from keras_ganrec.evaluation import usefulness
from keras_ganrec.evaluation import user_features
from keras_ganrec.evaluation.similarity import ks_complement
from keras_ganrec.inequality import gini
from keras_ganrec.inequality import head_share

# Users compared with each other, which takes time in the square.
MAX_USERS = 10_000
MAX_SYNTHETIC = 50_000
OF_TWO_TABLES = {
    "items": (
        fidelity.popularity_correlation,
        fidelity.user_popularity_ks,
        fidelity.lift_correlation,
    ),
    "ratings": (
        fidelity.rating_tv,
        fidelity.rating_ks,
        fidelity.rating_wasserstein,
    ),
    "times": (fidelity.gap_ks, fidelity.hour_js, fidelity.weekday_js),
}


def shuffled_items(interactions, seed: int = 0):
    """The same users and items with as many interactions, without any taste.

    Items are dealt anew to all interactions; a user who gets one twice loses
    the second one. So are the users' features, each column by itself.

    Args:
        interactions: `Interactions`.
        seed: int.
    """
    rng = np.random.default_rng(seed)
    dealt = dataclasses.replace(
        interactions, item_id=rng.permutation(interactions.item_id)
    )
    if interactions.user_features is not None:
        features = interactions.user_features.copy()
        users = np.unique(interactions.user_id)
        for column in features:
            order = np.arange(len(features))
            order[users] = rng.permutation(users)
            features[column] = features[column].array.take(order)
        dealt = dataclasses.replace(dealt, user_features=features)
    return dealt.select(fidelity.first_rows(dealt))


def some_users(interactions, number: int, seed: int = 0):
    """Interactions of at most `number` users, drawn at random."""
    users = np.unique(interactions.user_id)
    if len(users) <= number:
        return interactions
    users = np.random.default_rng(seed).choice(users, number, replace=False)
    return interactions.select(np.isin(interactions.user_id, users))


def num_users(interactions) -> int:
    """Number of users who have rows."""
    return len(np.unique(interactions.user_id))


def levels(table, given):
    """Figures of one table."""
    users, items = fidelity.degrees(table)
    found = {
        "repeated_pairs": fidelity.repeated_pairs(table),
        "user_gini": gini(users),
        "item_gini": gini(items),
        "top_item_share": head_share(items),
        "lift_sd": float(fidelity.lift(table).std()),
        "unique_rows": realism.unique_rows(fidelity.profiles(table)),
    }
    if "items" in given:
        found["item_coverage"] = fidelity.item_coverage(table)
    if "ratings" in given:
        of_users, of_items = fidelity.mean_ratings(table)
        found |= {
            "user_mean_sd": fidelity.spread_of_means(of_users),
            "item_mean_sd": fidelity.spread_of_means(of_items),
            "bias_r2": fidelity.bias_r2(table),
            "popularity_rating_correlation": (
                fidelity.popularity_rating_correlation(table)
            ),
        }
    return found


def distances(real, table, given, seed):
    """Fidelity of one table to another one."""
    # Degrees of items, and the noise of lifts, depend on the number of users.
    number = min(num_users(real), num_users(table))
    few, own_few = (some_users(each, number, seed) for each in (real, table))
    users, items = fidelity.degrees(few)
    own_users, own_items = fidelity.degrees(own_few)
    lifts = fidelity.lift(few), fidelity.lift(own_few)
    found = {
        "user_degree_ks": 1.0 - ks_complement(users, own_users),
        "user_degree_wasserstein": fidelity.degree_wasserstein(
            users, own_users
        ),
        "item_degree_ks": 1.0 - ks_complement(items, own_items),
        "item_degree_wasserstein": fidelity.degree_wasserstein(
            items, own_items
        ),
        "lift_ks": 1.0 - ks_complement(*lifts),
    }
    for need, measures in OF_TWO_TABLES.items():
        if need in given:
            for measure in measures:
                found[measure.__name__] = measure(real, table)
    return found


class Points:
    """Realism and diversity: users as points."""

    def __init__(self, held_out, real, third, seed):
        self.seed = seed
        self.basis = realism.item_basis(fidelity.profiles(third))
        self.held_out = self._of(held_out)
        self.modes = realism.Modes(self._of(real), seed)

    def _of(self, table):
        few = self._few(table)
        return realism.profile_features(fidelity.profiles(few), self.basis)

    def _few(self, table):
        return some_users(table, MAX_USERS, self.seed)

    def levels(self, table):
        points = self._of(table)
        return {
            "vendi_score": realism.vendi_score(points),
            "modes_covered": self.modes.covered(points),
        }

    def distances(self, table):
        points = self._of(table)
        return {
            **realism.prdc(self.held_out, points),
            "c2st_auc": realism.c2st_auc(self.held_out, points, self.seed),
            "mode_js": self.modes.divergence(self.held_out, points),
        }

    def tastes(self, held_out, table, columns):
        """Whether tastes go with the users' features."""
        points = self._of(table)
        real, features = (
            user_features.features_of(self._few(each), columns)
            for each in (held_out, table)
        )
        return {
            f"taste_auc ({column})": user_features.taste_auc(
                points, features[column], self.held_out, real[column]
            )
            for column in columns
        }


class Attack:
    """Privacy: who was in the real table?"""

    def __init__(self, real, held_out, null, seed):
        self.seed = seed
        self.real = fidelity.profiles(real)
        self.members, self.non_members = (
            fidelity.profiles(some_users(table, MAX_USERS, seed))
            for table in (real, held_out)
        )
        # As many as non-members: among more there is a closer one.
        self.as_many = fidelity.profiles(
            some_users(real, self.non_members.shape[0], seed)
        )
        random = privacy.nearest(self.members, fidelity.profiles(null))[1]
        self.random_distance = 1.0 - random[:, 0]

    def figures(self, table):
        few = fidelity.profiles(some_users(table, MAX_SYNTHETIC, self.seed))
        members, to_real = privacy.nearest(self.members, few)
        others, to_held_out = privacy.nearest(self.non_members, few)
        to_as_many = privacy.nearest(self.as_many, few)[1]
        scores = members[:, 0], others[:, 0]
        return {
            "membership_auc": privacy.membership_auc(*scores),
            "membership_tpr_at_1_fpr": privacy.tpr_at_fpr(*scores),
            "exact_copies": privacy.exact_copies(
                fidelity.profiles(table), self.real
            ),
            "dcr_overfitting_protection": privacy.dcr_overfitting_protection(
                1.0 - to_as_many[:, 0], 1.0 - to_held_out[:, 0]
            ),
            "dcr_baseline_protection": privacy.dcr_baseline_protection(
                1.0 - to_real[:, 0], self.random_distance
            ),
            "neighbor_distance_ratio": privacy.neighbor_distance_ratio(to_real),
        }


def usefulness_of(compared, held_out, recommenders, seed):
    """Of recommenders trained on each table; figures by column."""
    known, wanted = usefulness.fold_in(held_out, seed=seed)
    measured = {
        column: usefulness.train_and_test(recommenders, table, known, wanted)
        for column, table in compared.items()
    }
    found = {
        column: {
            f"{figure} ({name})": float(values[figure].mean())
            for name, values in by_name.items()
            for figure in values
        }
        for column, by_name in measured.items()
    }
    if len(recommenders) >= 3:
        ndcg = {
            column: pd.DataFrame({n: v["ndcg_at_10"] for n, v in rows.items()})
            for column, rows in measured.items()
        }  # users x recommenders
        order = ndcg["floor"].mean()
        for column in ("synthetic", "null"):
            found[column]["kendall_tau"] = usefulness.rank_agreement(
                order, ndcg[column].mean()
            )
        # Of the real table with itself: half of the users, and the others.
        found["floor"]["kendall_tau"] = usefulness.rank_agreement(
            ndcg["floor"][::2].mean(), ndcg["floor"][1::2].mean()
        )
    return found
