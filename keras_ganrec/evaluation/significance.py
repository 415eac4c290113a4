"""Is a difference between two recommenders more than chance?"""

from collections.abc import Mapping

import numpy as np
import scipy.stats


def paired_p_values(
    values: Mapping[str, np.ndarray], against: np.ndarray
) -> dict[str, float]:
    """Tests models against one of them, user by user.

    The Wilcoxon signed-rank test of the differences, two-sided; users for
    whom both do the same say nothing. The p-values of all models are
    corrected together, after [Holm, 1979](
    https://www.jstor.org/stable/4615733): what is below 0.05 leaves a chance
    of at most 5 % that any of the differences so named is none.

    Args:
        values: dict from the name of a model to its metric for each user,
            float `(users,)`.
        against: The same of the model to compare with, float `(users,)`.

    Returns:
        dict from each name to its corrected p-value; 1 where no user's
        values differ.

    Raises:
        ValueError: If the numbers of users differ.
    """
    raw = {}
    for name, own in values.items():
        if np.shape(own) != np.shape(against):
            raise ValueError(
                f"{name!r} was measured on {len(own)} users and what it is "
                f"compared with on {len(against)}. Expected the same users "
                "in the same order."
            )
        difference = np.asarray(own, "float64") - against
        raw[name] = 1.0
        if difference.any():
            raw[name] = float(scipy.stats.wilcoxon(difference).pvalue)
    return _holm(raw)


def _holm(p_values):
    corrected, largest = {}, 0.0
    for rank, name in enumerate(sorted(p_values, key=p_values.get)):
        left = len(p_values) - rank
        largest = min(1.0, max(largest, left * p_values[name]))
        corrected[name] = largest
    return {name: corrected[name] for name in p_values}
