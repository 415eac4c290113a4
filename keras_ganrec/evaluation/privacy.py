"""What a synthetic table gives away about the people it was learned from.

The question is that of membership: can somebody who knows a person's profile
tell from the synthetic table whether that person was in the real one? The
attack here is the simplest one, by the most similar synthetic profile; one
with more knowledge, as of the model, does better. So a high value shows a
leak, and a low one shows only that this attack fails.

The distance to the closest record is given as a smoke alarm alone. By
[The DCR Delusion](https://arxiv.org/abs/2505.01524), synthetic data that pass
its tests can still be highly vulnerable to membership inference: closeness to
single records is not how models leak. It is no evidence of privacy.
"""

import numpy as np
import scipy.stats

from keras_ganrec.evaluation.fidelity import profile_keys

FLOATS_AT_ONCE = 2**24


def nearest(profiles, others) -> tuple[np.ndarray, np.ndarray]:
    """The two most similar profiles on the other side, of both sides.

    Similarity is Jaccard's: items in common over items in either. It takes
    time in the product of rows, and memory in their sum.

    Args:
        profiles: `scipy.sparse.csr_array` of ones, `(n, num_items)`.
        others: `scipy.sparse.csr_array` of ones, `(m, num_items)`.

    Returns:
        Two arrays, float32, `(n, 2)` and `(m, 2)`: the highest similarity and
        the second one; zero where there is no other profile.
    """
    degree = np.diff(profiles.indptr).astype("float32")
    other_degree = np.diff(others.indptr).astype("float32")[:, None]
    found = np.zeros((profiles.shape[0], 2), "float32")
    other_found = np.zeros((others.shape[0], 2), "float32")
    step = max(1, FLOATS_AT_ONCE // max(others.shape))
    for start in range(0, profiles.shape[0], step):
        block = slice(start, start + step)
        common = others @ profiles[block].toarray().T  # (m, block)
        similarity = common / (other_degree + degree[block] - common)
        found[block] = _two_largest(similarity.T)
        other_found = _two_largest(np.hstack([other_found, similarity]))
    return found, other_found


def _two_largest(values):
    """float32 `(n, 2)`, the largest first, of `(n, m)`."""
    if values.shape[1] == 1:
        return np.hstack([values, np.zeros_like(values)])
    return -np.partition(-values, 1, axis=1)[:, :2]


def membership_auc(members, non_members) -> float:
    """Chance that a member scores higher than one who is none.

    0.5 is a coin, 1 gives everybody away.

    Args:
        members: Scores of people in the real table, `(n,)`: here the
            similarity to the nearest synthetic profile.
        non_members: The same of people like them who were not, `(m,)`.
    """
    above = scipy.stats.mannwhitneyu(members, non_members).statistic
    return float(above / (len(members) * len(non_members)))


def tpr_at_fpr(members, non_members, fpr=0.01) -> float:
    """Share of members given away, with at most `fpr` falsely accused.

    By [Carlini et al., 2022](https://arxiv.org/abs/2112.03570) what counts: an
    attack that names few people, but rightly, is worse than a vague one.

    Args:
        members: As in `membership_auc`.
        non_members: As in `membership_auc`.
        fpr: float. Share of non-members. An attack without power reaches it.
    """
    allowed = int(fpr * len(non_members) + 1e-9)
    threshold = np.sort(non_members)[::-1][allowed]
    return float((np.asarray(members) > threshold).mean())


def exact_copies(synthetic, real) -> float:
    """Share of synthetic profiles that are a real one, item by item.

    Short profiles may be the same by chance: compare with other real users.

    Args:
        synthetic: `scipy.sparse.csr_array` of `profiles`.
        real: The same of the real table.
    """
    keys = set(profile_keys(real))
    copies = [key in keys for key in profile_keys(synthetic)]
    return float(np.mean(copies))


def neighbor_distance_ratio(similarities) -> float:
    """NNDR: median ratio of the nearest distance to the second one.

    Near 0, synthetic users sit on single real ones; near 1, they are as far
    from many. A smoke alarm alone.

    Args:
        similarities: Of each synthetic profile to the nearest two real ones,
            `(m, 2)`, of `nearest`.
    """
    distances = 1.0 - np.asarray(similarities, "float64")
    ratio = np.ones(len(distances))  # where both are the same, zero or not
    np.divide(*distances.T, out=ratio, where=distances[:, 1] > 0)
    return float(np.median(ratio))


def dcr_overfitting_protection(to_train, to_holdout) -> float:
    """DCROverfittingProtection of SDMetrics. A smoke alarm alone.

    `min(1, 2 (1 - share of rows strictly closer to train))`: 1 where
    synthetic rows are no closer to the people in the real table than to
    others. Those are often fewer, and both sides must be as many: so rows of
    which each is a copy of a real one can score high.

    Args:
        to_train: Distance of each synthetic row to the closest one of the
            real table, `(m,)`.
        to_holdout: Distance to the closest one of as many other real rows.
    """
    closer = np.asarray(to_train) < np.asarray(to_holdout)
    return float(min(1.0, 2.0 * (1.0 - closer.mean())))


def dcr_baseline_protection(synthetic, random) -> float:
    """DCRBaselineProtection of SDMetrics. A smoke alarm alone.

    `min(1, median distance / median distance of random rows)`.

    Args:
        synthetic: Distance of each synthetic row to the closest real one,
            `(m,)`.
        random: The same of rows made without a model.
    """
    median = float(np.median(random))
    if not median:
        return float("nan")
    return min(1.0, float(np.median(synthetic)) / median)
