"""One split: the parts of a table, and what they can tell."""

import dataclasses

import numpy as np
import pandas as pd

from keras_ganrec.data.interactions import Interactions


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
        rows = concatenate(self.train, self.validation)
        if self.fold_in is None:
            return rows
        tuned = _has_rows(self.validation, "user")[self.fold_in.user_id]
        return concatenate(rows, self.fold_in.select(tuned))

    def describe(self) -> dict:
        """Counts of rows, users and items, and of what cannot be evaluated.

        For the validation and the test part: users and items that have no
        train rows (nothing is known of them), and users without rows in the
        part (they are not evaluated there). In a `user_split` no validation
        or test user has train rows, by design; it counts those without a
        profile (`..._without_fold_in_rows`) too: none.
        """
        facts = {}
        for name, part in self._parts().items():
            facts[f"{name}_interactions"] = len(part)
            facts[f"{name}_users"] = int(_has_rows(part, "user").sum())
            facts[f"{name}_items"] = int(_has_rows(part, "item").sum())
        for name in ("validation", "test"):
            part = getattr(self, name)
            if part is None:
                continue
            for kind in ("user", "item"):
                unknown = _has_rows(part, kind) & ~_has_rows(self.train, kind)
                facts[f"{name}_{kind}s_without_train_rows"] = int(unknown.sum())
            evaluated = _has_rows(part, "user")
            facts[f"users_without_{name}_rows"] = int((~evaluated).sum())
            if self.fold_in is not None:
                unknown = evaluated & ~_has_rows(self.fold_in, "user")
                facts[f"{name}_users_without_fold_in_rows"] = int(unknown.sum())
        return facts

    def _parts(self):
        parts = {
            "train": self.train,
            "validation": self.validation,
            "test": self.test,
            "fold_in": self.fold_in,
        }
        return {k: part for k, part in parts.items() if part is not None}


def _has_rows(interactions, kind):
    """bool array of shape `(num_users,)` or `(num_items,)`."""
    if kind == "user":
        ids, size = interactions.user_id, interactions.num_users
    else:
        ids, size = interactions.item_id, interactions.num_items
    return np.bincount(ids, minlength=size) > 0


def _pair(interactions):
    user = interactions.user_id.astype(np.int64)
    return user * interactions.num_items + interactions.item_id


def concatenate(first: Interactions, second: Interactions) -> Interactions:
    """The rows of both."""

    def both(a, b):
        return None if a is None or b is None else np.concatenate([a, b])

    return dataclasses.replace(
        first,
        user_id=both(first.user_id, second.user_id),
        item_id=both(first.item_id, second.item_id),
        rating=both(first.rating, second.rating),
        timestamp=both(first.timestamp, second.timestamp),
        dropped={},
    )
