"""How unequal counts are, as of the users of items."""

import numpy as np


def gini(counts) -> float:
    """Gini coefficient: 0 if all are equal, 1 - 1/n if one has everything.

    Args:
        counts: Array of shape `(n,)`, not negative. 0 where all are 0.
    """
    size, total = len(counts), np.sum(counts)
    if not total:
        return 0.0
    weighted = (np.arange(1, size + 1) * np.sort(counts)).sum()
    return float(2.0 * weighted / (size * total) - (size + 1) / size)


def head_share(counts) -> float:
    """Share of all counts held by the largest tenth of them, at least one.

    Args:
        counts: Array of shape `(n,)`, not negative. 0 where all are 0.
    """
    head = max(1, len(counts) // 10)
    total = np.sum(counts)
    return float(np.sort(counts)[::-1][:head].sum() / total) if total else 0.0
