"""SLIM: sparse linear methods, each item a regression on the others.

[Ning & Karypis, ICDM 2011](https://doi.org/10.1109/ICDM.2011.134)

X       who has seen what, (num_users, num_items), ones and zeros
x_j     a column of X: the users of item j
w_j     weights of the other items for j, (num_items,)
b, l    `l2`, `l1`

    minimize  1/2 |x_j - X w_j|^2 + b/2 |w_j|^2 + l |w_j|_1
              subject to w_j >= 0, w_jj = 0                  for each j

    x^_uj = sum_{i in I_u} w_ij

All items are independent of each other and are solved in parallel, by
scikit-learn's coordinate descent for the elastic net. It needs X'X and X'x_j
alone, which are made once: a sweep costs what has changed times the number of
items, whatever the number of users is. With weights that cannot be negative,
an item whose own X'x_j is set to 0 never enters: so w_jj = 0 exactly, while
all items share one X'X.

Departure from the paper: an item keeps its `num_neighbors` largest weights.
Most have fewer that are not zero; on MovieLens 200 lose nothing. The paper's
fsSLIM chooses the candidates before the fit.
"""

import keras
import numpy as np

from keras_ganrec import extras
from keras_ganrec.item_pairs import check_memory
from keras_ganrec.item_pairs import gram_matrix
from keras_ganrec.neighbors import NeighborRecommender

BYTES_OF_FIT = 4  # per pair: the float32 counts
TOLERANCE = 1e-4  # of the dual gap, relative to |x_j|^2
MOST_SWEEPS = 1000


@keras.saving.register_keras_serializable(package="keras_ganrec")
class SLIM(NeighborRecommender):
    """Item-to-item weights that are sparse, not negative, and learned.

    Fitting needs scikit-learn, and 4 bytes per pair of items; the model keeps
    `num_items x num_neighbors` weights.

    When to use it: in the place of EASE where weights should be few and not
    negative.

    When not to: on large catalogs: fitting takes 4 bytes per pair of items. It
    needs scikit-learn.

    Args:
        num_items: int. Size of the catalog.
        num_neighbors: int. Weights kept per item, the largest ones; those of
            the whole catalog where it is smaller.
        l1: float. Lasso penalty, positive: more is sparser and faster.
        l2: float. Ridge penalty, at least 0; of the size of that of `EASE`.

    Raises:
        ValueError: If an argument is out of range.

    Example:

    >>> model = SLIM(num_items=train.num_items, l1=1.0, l2=300.0)
    >>> model.adapt(train)

    References:
        - [Ning & Karypis, 2011](https://doi.org/10.1109/ICDM.2011.134)
    """

    paper = "https://doi.org/10.1109/ICDM.2011.134"
    year = 2011

    def __init__(
        self, num_items, num_neighbors=200, l1=1.0, l2=300.0, **kwargs
    ):
        super().__init__(num_items, num_neighbors, **kwargs)
        if not (l1 > 0 and l2 >= 0):
            raise ValueError(
                "`l1` must be positive, or the weights are not sparse, and "
                f"`l2` must not be negative. Received: l1={l1}, l2={l2}"
            )
        self.l1 = l1
        self.l2 = l2

    def adapt(self, interactions):
        """Solves for the weights of each item, on all cores.

        Args:
            interactions: `keras_ganrec.data.Interactions`.

        Raises:
            ImportError: If scikit-learn is not installed.
            ValueError: If the fit would not fit into this machine's memory.
        """
        linear_model, joblib = (
            extras.load(module, "scikit-learn", "slim", "`SLIM` is fitted by")
            for module in ("sklearn.linear_model", "joblib")
        )
        check_memory(
            "SLIM", self.num_items, BYTES_OF_FIT, "to fit", BYTES_OF_FIT
        )
        self.remember(interactions)
        seen = interactions.to_csr()
        columns = seen.tocsc()
        # Symmetric: by rows as by columns, and scikit-learn wants rows.
        gram = gram_matrix(seen, dtype="float32").T
        # Of X itself, only the shape counts beside X'X.
        no_values = np.broadcast_to(np.float32(0), seen.shape)
        penalty = self.l1 + self.l2

        def solve(target):
            together = gram[target].copy()  # X'x_j
            together[target] = 0.0
            _, weights, _ = linear_model.enet_path(
                no_values,
                columns[:, [target]].toarray()[:, 0],
                precompute=gram,
                Xy=together,
                # Their objective is the paper's over the number of users.
                alphas=[penalty / seen.shape[0]],
                l1_ratio=self.l1 / penalty,
                positive=True,
                tol=TOLERANCE,
                max_iter=MOST_SWEEPS,
                check_input=False,
            )
            return weights[:, 0]

        # Threads, for the one X'X: scikit-learn lets go of Python's lock.
        with joblib.Parallel(n_jobs=-1, require="sharedmem") as parallel:
            self.keep_neighbors(
                lambda targets: np.stack(
                    parallel(map(joblib.delayed(solve), targets)), axis=1
                )
            )

    def get_config(self):
        return {**super().get_config(), "l1": self.l1, "l2": self.l2}
