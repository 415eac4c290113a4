"""Do whole synthetic users pass for real ones, and are they all different?

A user is a point: the profile seen through a few directions of taste, and its
length. On such points stand precision, recall, density and coverage, the
classifier two-sample test, and the measures of diversity.
"""

import numpy as np
import scipy.sparse.linalg
from scipy.spatial.distance import cdist

from keras_ganrec import extras
from keras_ganrec.evaluation.fidelity import profile_keys
from keras_ganrec.evaluation.similarity import jensen_shannon

DIRECTIONS = 30
MODES = 20
FOLDS = 5
ROWS_AT_ONCE = 1024  # times the rows of the other side, in float64


def item_basis(seen, size=DIRECTIONS) -> np.ndarray:
    """The first right singular vectors of some users' profiles.

    Of users who are in neither of the sides that are compared: the basis
    describes the users it was fitted on better than all others, so that a
    classifier tells even two halves of the real ones apart.

    Args:
        seen: `scipy.sparse.csr_array` of shape `(users, num_items)`.
        size: int. Number of vectors; fewer where users or items are fewer.

    Returns:
        float64 array of shape `(num_items, size)`.
    """
    size = min(size, min(seen.shape) - 1)
    start = np.ones(min(seen.shape))  # else random, down to the signs
    vectors = scipy.sparse.linalg.svds(
        seen.astype("float64"), k=size, v0=start, return_singular_vectors="vh"
    )[2]
    return vectors[::-1].T


def profile_features(seen, basis) -> np.ndarray:
    """Users as points: their profiles in the basis, and the log degree.

    Args:
        seen: `scipy.sparse.csr_array` of shape `(users, num_items)`, no user
            without items.
        basis: Array of shape `(num_items, size)`, of `item_basis`.

    Returns:
        float64 array of shape `(users, size + 1)`.
    """
    degree = np.diff(seen.indptr)
    return np.column_stack([seen @ basis, np.log(degree)])


def prdc(real, synthetic, k=5) -> dict[str, float]:
    """Precision, recall, density and coverage.

    A point lies within a set if it is nearer to one of its points than that
    one's k-th neighbor in the set, itself excluded. Precision is the share of
    synthetic points within the real set, recall that of real ones within the
    synthetic set. Density is how many real neighborhoods a synthetic point
    lies in, over k, and can exceed 1; coverage is the share of real
    neighborhoods with a synthetic point. The first two are of
    [Kynkaanniemi et al., 2019](https://arxiv.org/abs/1904.06991), the others
    of [Naeem et al., 2020](https://arxiv.org/abs/2002.09797), whose library
    gives the same values.

    Args:
        real: Points, `(n, size)`, n > k.
        synthetic: Points, `(m, size)`, m > k.
        k: int.

    Raises:
        ValueError: If a side has no more than `k` points.
    """
    if min(len(real), len(synthetic)) <= k:
        raise ValueError(
            f"Each side must have more than `k` points. Received: k={k}, "
            f"{len(real)} real and {len(synthetic)} synthetic ones. Compare "
            "more users."
        )
    real_radius = _neighbor_distance(real, k)
    synthetic_radius = _neighbor_distance(synthetic, k)
    balls = np.zeros(len(synthetic))  # real neighborhoods around each
    recalled = covered = 0
    for start in range(0, len(real), ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        distance = cdist(real[block], synthetic)
        within = distance < real_radius[block, None]
        balls += within.sum(axis=0)
        covered += within.any(axis=1).sum()
        recalled += (distance < synthetic_radius).any(axis=1).sum()
    return {
        "precision": float((balls > 0).mean()),
        "recall": float(recalled / len(real)),
        "density": float(balls.mean() / k),
        "coverage": float(covered / len(real)),
    }


def _neighbor_distance(points, k):
    """Distance of each point to its k-th neighbor among the others."""
    return np.concatenate(
        [
            # The nearest one is the point itself.
            np.partition(
                cdist(points[start : start + ROWS_AT_ONCE], points), k, axis=1
            )[:, k]
            for start in range(0, len(points), ROWS_AT_ONCE)
        ]
    )


def c2st_auc(real, synthetic, seed=0) -> float:
    """Classifier two-sample test: how well trees tell the sides apart.

    0.5 is chance, 1 is always. The mean area under the ROC curve over five
    folds, on points that the trees were not trained on. Below 0.5 there are
    copies: the twin of a point, on the other side, was among those.

    Args:
        real: Points, `(n, size)`, at least 5.
        synthetic: Points, `(m, size)`, at least 5.
        seed: int. Of the folds.

    Raises:
        ImportError: If scikit-learn is not installed.
    """
    ensemble = scikit_learn("ensemble")
    model_selection = scikit_learn("model_selection")
    label = np.repeat([0, 1], [len(real), len(synthetic)])
    scores = model_selection.cross_val_score(
        ensemble.HistGradientBoostingClassifier(random_state=seed),
        np.concatenate([real, synthetic]),
        label,
        scoring="roc_auc",
        cv=model_selection.StratifiedKFold(
            FOLDS, shuffle=True, random_state=seed
        ),
    )
    return float(scores.mean())


def unique_rows(seen) -> float:
    """Share of the profiles that are different ones.

    Args:
        seen: `scipy.sparse.csr_array` of `keras_ganrec.evaluation.profiles`.
    """
    return len(set(profile_keys(seen))) / seen.shape[0]


def vendi_score(points) -> float:
    """How many different points there are, in effect.

    The exponential of the entropy of the eigenvalues of the cosine
    similarities over their number, after [Friedman and Dieng, 2023](
    https://arxiv.org/abs/2210.02410). From 1, all point the same way, to the
    dimension of the points.

    Args:
        points: `(n, size)`.
    """
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    rows = points / np.maximum(lengths, 1e-12)
    # The same eigenvalues, but for zeros, as of all pairs of rows.
    eigenvalues = np.linalg.eigvalsh(rows.T @ rows / len(rows))
    shares = eigenvalues[eigenvalues > 1e-12]
    return float(np.exp(-(shares * np.log(shares)).sum()))


class Modes:
    """Groups of real users, and whether a table has users of each.

    Args:
        points: Points of real users, `(n, size)`.
        seed: int. Of the k-means clustering.

    Raises:
        ImportError: If scikit-learn is not installed.
    """

    def __init__(self, points, seed=0):
        cluster = scikit_learn("cluster")
        size = min(MODES, len(points))
        self.groups = cluster.KMeans(size, n_init=1, random_state=seed)
        self.groups.fit(points)

    def counts(self, points) -> np.ndarray:
        """Number of points in each group, `(groups,)`."""
        return np.bincount(
            self.groups.predict(points), minlength=self.groups.n_clusters
        )

    def covered(self, points) -> float:
        """Share of the groups that some point is in."""
        return float((self.counts(points) > 0).mean())

    def divergence(self, real, synthetic) -> float:
        """Jensen-Shannon divergence of the groups' sizes, in bits."""
        return jensen_shannon(self.counts(real), self.counts(synthetic))


def scikit_learn(part):
    """Returns a module of scikit-learn, such as `"metrics"`.

    Raises:
        ImportError: If scikit-learn is not installed.
    """
    return extras.load(
        f"sklearn.{part}",
        "scikit-learn",
        "synthesis",
        "The realism of synthetic users is measured with",
    )
