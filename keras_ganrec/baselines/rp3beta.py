"""RP3beta: three random steps between users and items, popular ends re-ranked.

[Paudel et al., TiiS 2017](https://doi.org/10.1145/2955101)

A walker goes from the user u to one of u's items i, on to one of its users v,
and on to one of v's items j, each with equal probability.

X       who has seen what, (num_users, num_items), ones and zeros
n_v     items of user v,  m_i users of item i
a       `transition_exponent`: probabilities are raised to it
b       `popularity_exponent`: how much the popularity of j speaks against it
N_j     the `num_neighbors` items with the largest w_ij, without j

    w_ij  = (1 / m_i)^a  sum_v X_vi X_vj (1 / n_v)^a  /  m_j^b
    x^_uj = sum_{i in I_u, i in N_j} w_ij

The factor (1 / n_u)^a of the first step is left out: it is the same for all
items of a user. With b = 0 this is the P3alpha of
[Cooper et al., WWW 2014](https://doi.org/10.1145/2567948.2579244).

Departures from the paper:
- All walks are summed up exactly; the paper samples them, for catalogs whose
  item pairs do not fit. Here a block of items is compared at a time.
- Each item keeps its strongest neighbors alone, and not itself, as in today's
  evaluation studies
  ([Ferrari Dacrema et al., 2019](https://arxiv.org/abs/1907.06902)).
"""

import keras
import numpy as np
import scipy.sparse

from keras_ganrec.neighbors import NeighborRecommender


@keras.saving.register_keras_serializable(package="keras_ganrec")
class RP3beta(NeighborRecommender):
    """Scores an item by the walks that lead to it from the user's items.

    Keeps `num_items x num_neighbors` weights, never all pairs.

    When to use it: on large and sparse data, with a say in how much popularity
    counts.

    When not to: on long profiles: on MovieLens EASE and IALS are ahead.

    Args:
        num_items: int. Size of the catalog.
        num_neighbors: int. Neighbors kept per item; those of the whole
            catalog where it is smaller.
        transition_exponent: float. At least 0 (alpha in the paper). At 1 and
            above, the neighbors are rare items; give it many of them.
        popularity_exponent: float. At least 0 (beta in the paper). 0 is
            P3alpha; much more than 0.5 brings unknown items to the top.

    Raises:
        ValueError: If an argument is out of range.

    Example:

    >>> model = RP3beta(num_items=train.num_items, num_neighbors=100)
    >>> model.adapt(train)

    References:
        - [Paudel et al., 2017](https://doi.org/10.1145/2955101)
        - [Cooper et al., 2014](https://doi.org/10.1145/2567948.2579244)
    """

    paper = "https://doi.org/10.1145/2955101"
    year = 2017

    def __init__(
        self,
        num_items,
        num_neighbors=100,
        transition_exponent=0.6,
        popularity_exponent=0.4,
        **kwargs,
    ):
        super().__init__(num_items, num_neighbors, **kwargs)
        for name, exponent in (
            ("transition_exponent", transition_exponent),
            ("popularity_exponent", popularity_exponent),
        ):
            if not exponent >= 0:
                raise ValueError(
                    f"`{name}` must be at least 0, or popular items gain by "
                    f"being popular twice. Received: {name}={exponent}"
                )
        self.transition_exponent = transition_exponent
        self.popularity_exponent = popularity_exponent

    def adapt(self, interactions):
        """Adds up the walks between all pairs of items.

        Args:
            interactions: `keras_ganrec.data.Interactions`.
        """
        self.remember(interactions)
        seen = interactions.to_csr()  # (num_users, num_items)
        from_user = _power(np.diff(seen.indptr), -self.transition_exponent)
        columns = seen.tocsc()
        counts = np.diff(columns.indptr)  # (num_items,)
        from_item = _power(counts, -self.transition_exponent)
        against = _power(counts, -self.popularity_exponent)
        # (num_items, num_users): from an item, over its users, with two steps
        two_steps = (
            scipy.sparse.diags(from_item)
            @ seen.T
            @ scipy.sparse.diags(from_user)
        ).tocsr()

        def walks_to(targets):
            walks = (two_steps @ columns[:, targets]).toarray()
            return walks * against[targets]  # (num_items, targets)

        self.keep_neighbors(walks_to)

    def get_config(self):
        return {
            **super().get_config(),
            "transition_exponent": self.transition_exponent,
            "popularity_exponent": self.popularity_exponent,
        }


def _power(counts, exponent):
    # Who has nothing is on no way; any finite number will do.
    return np.maximum(counts, 1.0) ** exponent
