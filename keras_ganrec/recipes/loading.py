"""Splits by name, of a public data set or of any table."""

from keras_ganrec.data import Interactions
from keras_ganrec.data import Split
from keras_ganrec.data import datasets
from keras_ganrec.data import splits

SYNTHETIC = "synthetic"


def load_split(dataset: str, split: str, data_dir=None, seed: int = 0) -> Split:
    """`datasets.load_split`, and a market that needs no file, `"synthetic"`."""
    if dataset == SYNTHETIC:
        return split_by_name(datasets.synthetic(), split, seed)
    return datasets.load_split(dataset, split, data_dir=data_dir, seed=seed)


def split_by_name(
    interactions: Interactions, split: str, seed: int = 0
) -> Split:
    """Splits any table into train, validation and test.

    Args:
        interactions: `Interactions`.
        split: `"random_80_20"` (of each user, with 10 % for validation), or
            `"leave_last_out"` (the last item of each user; needs times).
        seed: int. Seeds the random split.

    Raises:
        ValueError: There is no such split, or the table has no times for it.
    """
    if split == "random_80_20":
        return splits.ratio_split(interactions, 0.2, 0.1, seed)
    if split == "leave_last_out":
        return splits.leave_last_out(interactions)
    raise ValueError(
        f"There is no split {split!r} of this data. Expected 'random_80_20' "
        "or 'leave_last_out'; the published splits are those of named data "
        "sets. Choose one of the two."
    )
