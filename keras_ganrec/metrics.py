"""Ranking metrics over the whole catalog, as `keras.metrics.Metric`.

They take batches of `held_out` (what is to be found) and `scores` of every
item, mask what the user has `seen`, and look at the first `k` items; equal
scores are ordered by item id, the lower first. Users without held-out items
weigh 0. A metric names itself `recall_at_10`; monitor it with `mode="max"`:
`EarlyStopping("val_ndcg_at_10", mode="max")`.

Many metrics need one sort: make a `ranking.rank(...)` of the largest `k` and
hand it to `update_ranked` of each.

References:
    - [Castells et al., 2015](https://doi.org/10.1007/978-1-4899-7637-6_26)
"""

import numbers

import keras
import numpy as np
from keras import ops

from keras_ganrec.ranking import rank


class RankingMetric(keras.metrics.Metric):
    """Base of all metrics that look at the first `k` items of a ranking.

    A subclass writes `update_weighted(ranking, weights)`, where the ranking is
    cut at `k` and `weights` has one entry per user, and `result()`.

    Args:
        k: int. How many of the first items count.
        name: Optional string. By default the metric names itself, as in
            `recall_at_10`.

    Raises:
        ValueError: If `k` is not a positive integer.
    """

    prefix = None

    def __init__(self, k, name=None):
        if isinstance(k, bool) or not isinstance(k, numbers.Integral) or k < 1:
            raise ValueError(
                f"`{type(self).__name__}` cannot look at the first k={k!r} "
                "items. Expected a positive integer. Pass for example `k=10`."
            )
        self.k = int(k)
        super().__init__(name=name or f"{self.prefix}_at_{k}")

    def build(self, num_items):
        """Makes state of the size of the catalog, where a metric has some.

        Called by the first update; call it earlier where variables cannot be
        made while training, as under `tf.distribute`.
        """

    def update_state(self, held_out, scores, seen=None, sample_weight=None):
        """Adds a batch.

        Args:
            held_out: Tensor of shape `(batch, num_items)`, nonzero where an
                item is to be found.
            scores: Float tensor of shape `(batch, num_items)`.
            seen: Optional tensor of that shape, nonzero where not to list.
            sample_weight: Optional tensor of shape `(batch,)`.

        Raises:
            ValueError: If the catalog holds fewer than `k` items.
        """
        self.update_ranked(rank(scores, held_out, self.k, seen), sample_weight)

    def update_ranked(self, ranking, sample_weight=None):
        """Adds a batch that is ranked already.

        Args:
            ranking: A `keras_ganrec.ranking.Ranking` of at least `k` items.
            sample_weight: Optional tensor of shape `(batch,)`.

        Raises:
            ValueError: If the ranking is shorter than `k`.
        """
        length = ranking.item_ids.shape[-1]
        if length < self.k:
            raise ValueError(
                f"`{self.name}` got a ranking of {length} items. Expected at "
                f"least k={self.k}. Call `rank` with the largest `k` of all "
                "metrics."
            )
        self.build(ranking.num_items)
        weights = ops.cast(ranking.num_held_out > 0, self.dtype)  # (batch,)
        if sample_weight is not None:
            weights = weights * ops.cast(sample_weight, self.dtype)
        self.update_weighted(ranking.first(self.k), weights)

    def get_config(self):
        return {"name": self.name, "k": self.k}


class MeanOverUsers(RankingMetric):
    """Base of the metrics that are a weighted mean of one value per user.

    A subclass writes `values(ranking)`, which returns a tensor `(batch,)`.
    """

    def __init__(self, k, name=None):
        super().__init__(k, name=name)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_weighted(self, ranking, weights):
        values = ops.cast(self.values(ranking), self.dtype)
        self.total.assign_add(ops.sum(values * weights))
        self.count.assign_add(ops.sum(weights))

    def result(self):
        return ops.divide_no_nan(self.total, self.count)


@keras.saving.register_keras_serializable(package="keras_ganrec")
class RecallAtK(MeanOverUsers):
    """Share of a user's held-out items that are among the first `k`."""

    prefix = "recall"

    def values(self, ranking):
        num_hits = ops.sum(ranking.hits, axis=-1)
        return ops.divide_no_nan(num_hits, ranking.num_held_out)


@keras.saving.register_keras_serializable(package="keras_ganrec")
class PrecisionAtK(MeanOverUsers):
    """Number of hits among the first `k` items, over `k`."""

    prefix = "precision"

    def values(self, ranking):
        return ops.sum(ranking.hits, axis=-1) / self.k


@keras.saving.register_keras_serializable(package="keras_ganrec")
class HitRateAtK(MeanOverUsers):
    """Share of the users who find a held-out item among the first `k`."""

    prefix = "hit_rate"

    def values(self, ranking):
        return ops.max(ranking.hits, axis=-1)


@keras.saving.register_keras_serializable(package="keras_ganrec")
class MRRAtK(MeanOverUsers):
    """One over the rank of the first hit; zero without one."""

    prefix = "mrr"

    def values(self, ranking):
        ranks = ops.arange(1, self.k + 1, dtype="float32")
        return ops.max(ranking.hits / ranks, axis=-1)


@keras.saving.register_keras_serializable(package="keras_ganrec")
class MAPAtK(MeanOverUsers):
    """Mean of the precision at each hit.

    The sum over the first `k` items is divided by `min(k, |held out|)`, the
    number of hits that a perfect list has.
    """

    prefix = "map"

    def values(self, ranking):
        ranks = ops.arange(1, self.k + 1, dtype="float32")
        precision = ops.cumsum(ranking.hits, axis=-1) / ranks  # (batch, k)
        return ops.divide_no_nan(
            ops.sum(precision * ranking.hits, axis=-1),
            ops.minimum(ranking.num_held_out, self.k),
        )


@keras.saving.register_keras_serializable(package="keras_ganrec")
class NDCGAtK(MeanOverUsers):
    """Discounted hits, `1 / log2(rank + 1)` each, over those of a perfect list.

    The perfect list has `min(k, |held out|)` hits.
    """

    prefix = "ndcg"

    def values(self, ranking):
        discounts = 1.0 / np.log2(np.arange(2, self.k + 2))  # (k,)
        perfect = np.append(0.0, np.cumsum(discounts))  # (k + 1,)
        num_hits = ops.minimum(ranking.num_held_out, self.k)
        return ops.divide_no_nan(
            ops.sum(ranking.hits * ops.array(discounts, "float32"), axis=-1),
            ops.take(
                ops.array(perfect, "float32"), ops.cast(num_hits, "int32")
            ),
        )


class OverCatalog(RankingMetric):
    """Base of the metrics made from how often each item is listed.

    A subclass writes `over_catalog()`, a scalar, from `self.listed`.
    """

    def __init__(self, k, name=None):
        super().__init__(k, name=name)
        self.listed = None

    def build(self, num_items):
        if self.listed is None:
            self.listed = self.add_variable(
                (num_items,), "zeros", name="listed"
            )

    def update_weighted(self, ranking, weights):
        num_items = ranking.num_items
        # Empty places (-1) fall into one more item, which is cut off.
        listed = ranking.item_ids >= 0
        item_ids = ops.where(listed, ranking.item_ids, num_items)
        weights = ops.expand_dims(weights, -1) * ops.ones_like(ranking.hits)
        counts = ops.segment_sum(
            ops.reshape(weights, (-1,)),
            ops.reshape(item_ids, (-1,)),
            num_segments=num_items + 1,
        )
        self.listed.assign_add(counts[:num_items])

    def result(self):
        if self.listed is None:
            return ops.zeros((), self.dtype)
        return self.over_catalog()


@keras.saving.register_keras_serializable(package="keras_ganrec")
class Coverage(OverCatalog):
    """Share of the catalog that is on at least one user's list."""

    prefix = "coverage"

    def over_catalog(self):
        return ops.mean(ops.cast(self.listed > 0, self.dtype))


@keras.saving.register_keras_serializable(package="keras_ganrec")
class Gini(OverCatalog):
    """Gini coefficient of how often items are listed.

    0 if all items are listed equally often, towards 1 if only a few are.
    """

    prefix = "gini"

    def over_catalog(self):
        num_items = self.listed.shape[0]
        ascending = ops.sort(self.listed)
        place = ops.arange(1, num_items + 1, dtype=self.dtype)
        spread = ops.sum((2 * place - num_items - 1) / num_items * ascending)
        return ops.divide_no_nan(spread, ops.sum(ascending))


@keras.saving.register_keras_serializable(package="keras_ganrec")
class Novelty(OverCatalog):
    """Mean self-information of a listed item, `-log2(popularity)`, in bits.

    The popularity of an item is the share of the evaluated users whose `seen`
    holds it. An item that none of them has seen counts as seen by one.
    """

    prefix = "novelty"

    def __init__(self, k, name=None):
        super().__init__(k, name=name)
        self.num_users = self.add_variable((), "zeros", name="num_users")

    def build(self, num_items):
        if self.listed is None:
            self.seen_by = self.add_variable(
                (num_items,), "zeros", name="seen_by"
            )
        super().build(num_items)

    def update_weighted(self, ranking, weights):
        if ranking.seen is None:
            raise ValueError(
                f"`{self.name}` knows popularity from what users have seen. "
                "Expected `seen` of shape (batch, num_items), received: None. "
                "Pass it, or leave the metric out."
            )
        super().update_weighted(ranking, weights)
        seen = ops.cast(ops.not_equal(ranking.seen, 0), self.dtype)
        evaluated = ops.cast(weights > 0, self.dtype)  # (batch,)
        self.seen_by.assign_add(ops.matmul(evaluated, seen))
        self.num_users.assign_add(ops.sum(evaluated))

    def over_catalog(self):
        num_users = ops.maximum(self.num_users, 1)
        bits = ops.log2(num_users / ops.maximum(self.seen_by, 1))
        total = ops.sum(bits * self.listed)
        return ops.divide_no_nan(total, ops.sum(self.listed))
