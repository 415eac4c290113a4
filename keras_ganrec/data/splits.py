"""Splits: what a model may see, what tunes it, what judges it.

All functions are deterministic given their seed. Parts share vocabularies,
no row is lost, and `Split.describe()` counts what cannot be evaluated.
"""

import dataclasses

import numpy as np
import pandas as pd

from keras_ganrec.data.interactions import Interactions
from keras_ganrec.data.interactions import concatenate


@dataclasses.dataclass(frozen=True, eq=False)
class Split:
    """Disjoint parts of one table.

    Args:
        train: `Interactions` to fit on.
        validation: Optional `Interactions` to tune on.
        test: `Interactions` to report on.
        fold_in: Optional `Interactions`. Only of `user_split`: the rows of
            validation and test users that a model is shown as their profile.
    """

    train: Interactions
    validation: Interactions | None
    test: Interactions
    fold_in: Interactions | None = None

    def __post_init__(self):
        parts = self._parts()
        for name, part in parts.items():
            if not len(part):
                raise ValueError(
                    f"The {name} part has no rows. Expected at least one. "
                    "Take a larger share for it, or a larger table."
                )
            for vocabulary in ("user_vocabulary", "item_vocabulary"):
                ours = getattr(part, vocabulary)
                theirs = getattr(self.train, vocabulary)
                if ours is not theirs and not np.array_equal(ours, theirs):
                    raise ValueError(
                        f"`{name}.{vocabulary}` differs from the train "
                        "part's. The parts of a split share their ids. "
                        "Make them with `Interactions.select`."
                    )
        pairs = [pd.unique(_pair(part)) for part in parts.values()]
        shared = int(pd.Series(np.concatenate(pairs)).duplicated().sum())
        if shared:
            raise ValueError(
                f"{shared} (user, item) pairs are in more than one part of "
                f"the split. The parts {list(parts)} must be disjoint. "
                "Remove the pairs from one of them."
            )

    @property
    def train_and_validation(self) -> Interactions:
        """Everything but the test part, for the refit after tuning.

        For a `user_split` this includes the profiles of validation users,
        not those of test users.
        """
        if self.validation is None:
            return self.train
        union = concatenate(self.train, self.validation)
        if self.fold_in is None:
            return union
        tuned = np.isin(self.fold_in.user_id, self.validation.user_id)
        return concatenate(union, self.fold_in.select(tuned))

    def describe(self) -> dict:
        """Counts of rows, users and items, and of what cannot be evaluated.

        For the validation and the test part: users and items that have no
        train rows (nothing is known of them), and users without rows in the
        part (they are not evaluated there).
        """
        facts = {}
        for name, part in self._parts().items():
            facts[f"{name}_interactions"] = len(part)
            facts[f"{name}_users"] = len(np.unique(part.user_id))
            facts[f"{name}_items"] = len(np.unique(part.item_id))
        for name in ("validation", "test"):
            part = getattr(self, name)
            if part is None:
                continue
            known = self.train
            if name == "test":
                known = self.train_and_validation
            facts[f"{name}_users_without_train_rows"] = len(
                np.setdiff1d(part.user_id, known.user_id)
            )
            facts[f"{name}_items_without_train_rows"] = len(
                np.setdiff1d(part.item_id, known.item_id)
            )
            facts[f"users_without_{name}_rows"] = (
                part.num_users - facts[f"{name}_users"]
            )
            if self.fold_in is not None:
                facts[f"{name}_users_without_fold_in_rows"] = len(
                    np.setdiff1d(part.user_id, self.fold_in.user_id)
                )
        return facts

    def _parts(self):
        parts = {
            "train": self.train,
            "validation": self.validation,
            "test": self.test,
            "fold_in": self.fold_in,
        }
        return {k: part for k, part in parts.items() if part is not None}


def ratio_split(
    interactions: Interactions,
    test_ratio: float = 0.2,
    validation_ratio: float = 0.1,
    seed: int = 0,
) -> Split:
    """Random shares of every user's rows.

    A user with n rows gives `round(n * ratio)` of them (half rounds up) to
    each part but always keeps one train row; users with too few rows to give
    any stay in train, and `describe()` counts them.

    Args:
        interactions: `Interactions` to split.
        test_ratio: float in (0, 1). Share of the test part.
        validation_ratio: float in [0, 1). Share of the validation part, of
            all the user's rows; 0 for none.
        seed: int. Seeds the draw.

    Returns:
        A `Split`; its `validation` is `None` when `validation_ratio` is 0.

    Raises:
        ValueError: Ratios are out of range, or no row reaches a part.
    """
    _check_ratios(test_ratio, validation_ratio)
    # One key of user and noise sorts three times as fast as a lexsort.
    noise = np.random.default_rng(seed).integers(2**32, size=len(interactions))
    key = interactions.user_id.astype(np.int64) << 32 | noise
    order = np.argsort(key, kind="stable")
    rows = np.bincount(interactions.user_id, minlength=interactions.num_users)
    num_test = np.floor(rows * test_ratio + 0.5).astype(np.int64)
    num_test = np.minimum(num_test, np.maximum(rows - 1, 0))
    num_held_out = np.floor(rows * validation_ratio + 0.5).astype(np.int64)
    num_held_out = np.minimum(num_test + num_held_out, np.maximum(rows - 1, 0))
    return _from_the_end(interactions, order, rows, num_test, num_held_out)


def _from_the_end(interactions, order, rows, num_test, num_held_out):
    """Splits rows sorted by user: each user's last ones are held out."""
    user = interactions.user_id[order]
    from_end = np.cumsum(rows)[user] - np.arange(len(order))  # 1 = last row
    part = np.zeros(len(order), np.int8)
    part[order] = np.where(
        from_end <= num_test[user],
        2,
        np.where(from_end <= num_held_out[user], 1, 0),
    )
    return _by_part(interactions, part)


def _by_part(interactions, part):
    validation = interactions.select(part == 1)
    return Split(
        train=interactions.select(part == 0),
        validation=validation if len(validation) else None,
        test=interactions.select(part == 2),
    )


def _check_ratios(test_ratio, validation_ratio):
    if not (
        0 < test_ratio < 1
        and 0 <= validation_ratio < 1
        and test_ratio + validation_ratio < 1
    ):
        raise ValueError(
            "`test_ratio` must lie in (0, 1), `validation_ratio` in [0, 1), "
            "and their sum below 1. Received: "
            f"test_ratio={test_ratio}, validation_ratio={validation_ratio}"
        )


def _pair(interactions):
    user = interactions.user_id.astype(np.int64)
    return user * interactions.num_items + interactions.item_id
