"""Item-to-item models that keep a list of neighbors, not all pairs."""

import numpy as np
from keras import ops

from keras_ganrec.ranking import top_k_items
from keras_ganrec.recommender import Recommender

ITEMS_AT_ONCE = 1024  # compared with all others, to spare the dense matrix


class NeighborRecommender(Recommender):
    """Base of models that score an item by its neighbors among the seen.

        x^_uj = sum_{i in I_u, i in N_j} w_ij

    I_u are the items of user u, N_j the `num_neighbors` items i with the
    largest w_ij > 0, without j itself. The model keeps `num_items x
    num_neighbors` weights, never all pairs.

    A subclass writes `adapt(interactions)`, which ends with
    `keep_neighbors(weights_to)`.

    Args:
        num_items: int. Size of the catalog.
        num_neighbors: int. Neighbors kept per item; those of the whole
            catalog where it is smaller.

    Raises:
        ValueError: If `num_neighbors` is not positive.
    """

    def __init__(self, num_items, num_neighbors, **kwargs):
        super().__init__(**kwargs)
        if num_neighbors < 1:
            raise ValueError(
                "`num_neighbors` must be a positive integer. "
                f"Received: num_neighbors={num_neighbors}"
            )
        self.num_items = num_items
        self.num_neighbors = num_neighbors
        # One row per place in the neighborhood, one column per scored item.
        shape = (min(num_neighbors, num_items), num_items)
        self.neighbor_ids = self.add_weight(
            shape=shape,
            initializer="zeros",
            dtype="int32",
            trainable=False,
            name="neighbor_ids",
        )
        self.neighbor_weights = self.add_weight(
            shape=shape,
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="neighbor_weights",
        )
        self.built = True

    def call(self, inputs):
        return self.score_profiles(inputs["seen"])

    def score_profiles(self, seen):
        seen = ops.cast(seen, self.neighbor_weights.dtype)
        has_seen = ops.transpose(seen)  # (num_items, batch)

        def add_neighbor(place, scores):
            ids = self.neighbor_ids[place]  # (num_items,)
            weights = ops.expand_dims(self.neighbor_weights[place], 1)
            return scores + weights * ops.take(has_seen, ids, axis=0)

        # A neighbor at a time: memory is that of the scores, and for short
        # lists it is faster than a product with all pairs.
        scores = ops.fori_loop(
            0,
            self.neighbor_weights.shape[0],
            add_neighbor,
            ops.zeros_like(has_seen),
        )
        return ops.transpose(scores)  # (batch, num_items)

    def keep_neighbors(self, weights_to):
        """Keeps the strongest neighbors of each item.

        Args:
            weights_to: Callable from ids of scored items `(targets,)` to the
                weights `(num_items, targets)` of all others, at least 0.
        """
        ids, weights = [], []
        for start in range(0, self.num_items, ITEMS_AT_ONCE):
            targets = np.arange(self.num_items)[start : start + ITEMS_AT_ONCE]
            block = weights_to(targets)
            block[targets, targets - start] = 0.0  # not its own neighbor
            best, item_ids = top_k_items(
                block.T, k=self.neighbor_weights.shape[0]
            )
            ids.append(ops.transpose(item_ids))
            weights.append(ops.transpose(best))
        self.neighbor_ids.assign(ops.concatenate(ids, axis=1))
        self.neighbor_weights.assign(ops.concatenate(weights, axis=1))

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "num_neighbors": self.num_neighbors,
        }
