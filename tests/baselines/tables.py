"""Tables small enough to work out by hand."""

import numpy as np
import scipy.sparse

from keras_ganrec.data.interactions import Interactions

# Item 4 has no users, user 3 has no items.
SEEN = np.array(
    [
        [1, 1, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 0, 0, 0],
    ],
    "float32",
)


def random_seen(num_users, num_items, density=0.3, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.random((num_users, num_items)) < density).astype("float32")


def interactions_of(seen):
    return Interactions.from_csr(scipy.sparse.csr_matrix(seen))
