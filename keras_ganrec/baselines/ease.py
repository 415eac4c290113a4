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

import keras
import numpy as np
from keras import ops
from scipy.linalg import lapack

from keras_ganrec.item_pairs import check_memory
from keras_ganrec.item_pairs import gram_matrix
from keras_ganrec.recommender import Recommender

BYTES_OF_MODEL = 4  # per pair of items: the float32 weights
BYTES_OF_FIT = 16  # per pair: float64 inverse, its float32 copy, the weights


@keras.saving.register_keras_serializable(package="keras_ganrec")
class EASE(Recommender):
    """Linear item-to-item model with a zero diagonal, in closed form.

    The strongest of the simple baselines where users have long profiles.
    Time grows with the cube and memory with the square of the catalog: about
    16 bytes per pair of items while fitting, 4 afterwards.

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
        check_memory("EASE", num_items, BYTES_OF_MODEL, "to hold", BYTES_OF_FIT)
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
        return ops.matmul(seen, self.item_weights)  # (batch, num_items)

    def adapt(self, interactions):
        """Solves for the item weights, in float64.

        Args:
            interactions: `keras_ganrec.data.Interactions`.

        Raises:
            ValueError: If the fit would not fit into this machine's memory.
        """
        self.remember(interactions)
        check_memory(
            "EASE", self.num_items, BYTES_OF_FIT, "to fit", BYTES_OF_FIT
        )
        gram = gram_matrix(interactions.to_csr())
        diagonal = np.einsum("ii->i", gram)  # a view
        diagonal += self.l2 + self.dropout / (1 - self.dropout) * diagonal
        self.item_weights.assign(zero_diagonal_regression(gram))

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "l2": self.l2,
            "dropout": self.dropout,
        }


def zero_diagonal_regression(gram):
    """Returns `B`, float32 `(num_items, num_items)`, `B_ij = -P_ij / P_jj`.

    Args:
        gram: Positive definite float64 matrix in column order. `P` is its
            inverse; it is overwritten.
    """
    # LAPACK itself, to invert in place: NumPy's inverse takes three copies.
    factor, failed = lapack.dpotrf(gram, lower=True, overwrite_a=True)
    inverse, singular = lapack.dpotri(factor, lower=True, overwrite_c=True)
    if failed or singular:
        raise ValueError(
            "The item-item matrix could not be inverted in float64. "
            "Expected a positive definite matrix. Raise `l2`."
        )
    scale = -np.diagonal(inverse).astype("float32")  # (num_items,)
    weights = inverse.astype("float32")  # its upper triangle is empty
    weights += np.tril(weights, -1).T
    weights /= scale
    np.fill_diagonal(weights, 0.0)
    return weights
