"""EASE: embarrassingly shallow autoencoders for sparse data.

[Steck, WWW 2019](https://arxiv.org/abs/1905.03375); with `dropout`, the EDLAE
of [Steck, NeurIPS 2020](https://proceedings.neurips.cc/paper/2020/hash/e33d974aae13e4d877477d51d8bafdc4-Abstract.html).

X       who has seen what, (num_users, num_items), ones and zeros
B       item weights, (num_items, num_items)
l       `l2`
p       `dropout`, the probability that an input is dropped
d       what dropout keeps of X, 1 with probability 1 - p, else 0

EASE    minimize  |X - X B|^2 + l |B|^2                subject to diag(B) = 0
EDLAE   minimize  E_d |(1 - d) * (X - (d * X) B / (1 - p))|^2 / p + l |B|^2

In words, EDLAE predicts the dropped entries alone, from those that are kept
(its emphasis a = 1, b = 0), so that no item can predict itself. In
expectation the noise is one more ridge penalty, and both have the solution

    P = (X'X + l I + p / (1 - p) diag(X'X))^-1
    B_ij = -P_ij / P_jj,   B_jj = 0

Scores of a user are `x_u B`.
"""

import itertools

import keras
import numpy as np
from keras import ops
from scipy.linalg import get_lapack_funcs

from keras_ganrec.catalog import product_of_profiles
from keras_ganrec.item_pairs import check_memory
from keras_ganrec.item_pairs import gram_matrix
from keras_ganrec.recommender import Recommender

BYTES_OF_MODEL = 4  # per pair of items: the float32 weights
BYTES_OF_FIT = {  # per pair: the inverse, half a copy of it, the weights
    "float64": 16,
    "float32": 12,
}
# Beyond, float64 does not fit into most machines, and profiles are sparse.
LARGE = 20_000
ITEMS_AT_ONCE = 4096  # inverted by LAPACK, or multiplied: both copy


@keras.saving.register_keras_serializable(package="keras_ganrec")
class EASE(Recommender):
    """Linear item-to-item model with a zero diagonal, in closed form.

    The strongest of the simple baselines where users have long profiles.
    Time grows with the cube and memory with the square of the catalog: about
    16 bytes per pair of items while fitting, 4 afterwards. Above 20,000 items
    it is solved in float32, in 12 bytes.

    When to use it: first. It has one setting, is fitted in seconds on
    MovieLens, new users need no training, and on most splits here no GAN is
    ahead of it.

    When not to: above some tens of thousands of items: memory grows with the
    square of the catalog, time with the cube.

    Args:
        num_items: int. Size of the catalog.
        l2: float. Ridge penalty on the weights. Hundreds to thousands; tune
            it on a validation part.
        dropout: float in [0, 1). Probability of the denoising of EDLAE; 0 is
            EASE. Penalizes popular inputs more than rare ones.

    Raises:
        ValueError: If `l2` is not positive, `dropout` is out of range, or the
            weights of so many items do not fit into this machine's memory.

    Example:

    >>> model = EASE(num_items=train.num_items, l2=500.0)
    >>> model.adapt(train)
    >>> model.recommend({"somebody new": ["item 3", "item 14"]}, k=5)

    References:
        - [Steck, 2019](https://arxiv.org/abs/1905.03375)
        - [Steck, 2020](https://proceedings.neurips.cc/paper/2020/hash/e33d974aae13e4d877477d51d8bafdc4-Abstract.html)
    """

    paper = "https://arxiv.org/abs/1905.03375"
    year = 2019

    def __init__(self, num_items, l2=500.0, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        if not l2 > 0:
            raise ValueError(
                "`l2` must be positive, or the weights are not determined. "
                f"Received: l2={l2}"
            )
        if not 0 <= dropout < 1:
            raise ValueError(
                "`dropout` must be at least 0 and less than 1. "
                f"Received: dropout={dropout}"
            )
        self.is_large = num_items > LARGE
        self.precision = "float32" if self.is_large else "float64"
        self.supports_jit = not self.is_large
        bytes_of_fit = BYTES_OF_FIT[self.precision]
        check_memory("EASE", num_items, BYTES_OF_MODEL, "to hold", bytes_of_fit)
        self.num_items = num_items
        self.l2 = l2
        self.dropout = dropout
        self.item_weights = self.add_weight(
            shape=(num_items, num_items),
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="item_weights",
        )
        self.built = True

    def call(self, inputs):
        return self.score_profiles(inputs["seen"])

    def score_profiles(self, seen):
        seen = ops.cast(seen, self.item_weights.dtype)
        if self.is_large:
            return product_of_profiles(seen, self.item_weights.value)
        return ops.matmul(seen, self.item_weights)  # (batch, num_items)

    def adapt(self, interactions):
        """Solves for the item weights.

        Args:
            interactions: `keras_ganrec.data.Interactions`.

        Raises:
            ValueError: If the fit would not fit into this machine's memory,
                or `l2` is too small for the precision.
        """
        self.remember(interactions)
        bytes_of_fit = BYTES_OF_FIT[self.precision]
        check_memory(
            "EASE", self.num_items, bytes_of_fit, "to fit", bytes_of_fit
        )
        gram = gram_matrix(interactions.to_csr(), self.precision)
        diagonal = np.einsum("ii->i", gram)  # a view
        diagonal += self.l2 + self.dropout / (1 - self.dropout) * diagonal
        weights = zero_diagonal_regression(gram)
        # In place, a part at a time: `assign` would make two more copies.
        for part in _parts(self.num_items):
            rows = np.arange(part.start, part.stop)
            self.item_weights.value.scatter_nd_update(
                rows[:, None], weights[part]
            )

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "l2": self.l2,
            "dropout": self.dropout,
        }


def zero_diagonal_regression(gram):
    """Returns `B`, `(num_items, num_items)`, `B_ij = -P_ij / P_jj`, float32.

    Args:
        gram: Positive definite matrix, float64 or float32. `P` is its
            inverse; it is overwritten.
    """
    _invert(gram.T)  # whose rows are contiguous, and symmetric
    scale = -np.diagonal(gram).astype("float32")  # (num_items,)
    weights = gram.astype("float32", copy=False)
    weights /= scale
    np.fill_diagonal(weights, 0.0)
    return weights


def _invert(matrix):
    """Inverts a positive definite matrix in place, by halves.

    Nothing but LAPACK below `ITEMS_AT_ONCE`. Beyond, NumPy's inverse takes
    three copies, and OpenBLAS crashes in a factorization of 40,981 items.
    """
    if len(matrix) <= ITEMS_AT_ONCE:
        matrix[:] = _lapack_inverse(matrix)
        return
    half = len(matrix) // 2
    first, last = matrix[:half, :half], matrix[half:, half:]
    corner = matrix[:half, half:]
    _invert(first)
    carried = np.empty_like(corner)
    _multiply(first, corner, carried)
    _subtract_symmetric(last, corner.T, carried)  # Schur's complement
    _invert(last)
    _multiply(carried, last, corner)
    np.negative(corner, out=corner)
    _subtract_symmetric(first, corner, carried.T)
    matrix[half:, :half] = corner.T


def _multiply(left, right, product):
    """Writes `left @ right` to `product`."""
    parts = _parts(len(left)), _parts(right.shape[1])
    for rows, columns in itertools.product(*parts):
        product[rows, columns] = _product(left[rows], right[:, columns])


def _subtract_symmetric(matrix, left, right):
    """Subtracts `left @ right`, known to be symmetric: half of the work."""
    parts = _parts(len(matrix))
    for rows, columns in itertools.combinations_with_replacement(parts, 2):
        part = matrix[rows, columns]
        part -= _product(left[rows], right[:, columns])
        matrix[columns, rows] = part.T


def _product(left, right):
    """Of NumPy in float64, of TensorFlow in float32: the faster of the two."""
    if left.dtype == "float64":
        return left @ right
    return ops.convert_to_numpy(ops.matmul(left, right))


def _parts(size):
    starts = range(0, size, ITEMS_AT_ONCE)
    return [slice(s, min(s + ITEMS_AT_ONCE, size)) for s in starts]


def _lapack_inverse(matrix):
    factorize, invert = get_lapack_funcs(("potrf", "potri"), (matrix,))
    factor, failed = factorize(matrix, lower=True)
    inverse, singular = invert(factor, lower=True, overwrite_c=True)
    if failed or singular:
        raise ValueError(
            f"The item-item matrix could not be inverted in {matrix.dtype}. "
            "Expected a positive definite matrix. Raise `l2`."
        )
    return np.tril(inverse) + np.tril(inverse, -1).T
