"""Who comes first: the one place that masks, sorts and counts hits.

Ties: of two items with equal scores the one with the lower id comes first
(the rule of `tf.math.top_k`). Every function of this file keeps it.
"""

from typing import Any
from typing import NamedTuple

from keras import ops


class Ranking(NamedTuple):
    """The first `k` items of a batch of users, and which of them are right.

    Attributes:
        item_ids: int32 tensor of shape `(batch, k)`, best first. `-1` stands
            where a user has fewer than `k` items that are not masked.
        hits: float32 tensor of shape `(batch, k)`. One where the item is held
            out, else zero.
        num_held_out: float32 tensor of shape `(batch,)`.
        seen: The mask the list was made with, shape `(batch, num_items)`, or
            `None`.
        num_items: int. Size of the catalog.
    """

    item_ids: Any
    hits: Any
    num_held_out: Any
    seen: Any
    num_items: int

    def first(self, k):
        """Returns the ranking cut at `k` items."""
        return self._replace(
            item_ids=self.item_ids[:, :k], hits=self.hits[:, :k]
        )


def mask_seen(scores, seen):
    """Returns `scores` with minus infinity where `seen` is nonzero.

    Args:
        scores: Float tensor of shape `(batch, num_items)`.
        seen: Tensor of shape `(batch, num_items)`, nonzero where the user
            already interacted with the item.

    Returns:
        A tensor of the shape and dtype of `scores`.
    """
    seen = ops.not_equal(seen, 0)
    return ops.where(seen, ops.cast(-float("inf"), scores.dtype), scores)


def top_k_items(scores, k, seen=None):
    """Returns `(scores, item_ids)` of the `k` best items, best first.

    Equal scores are ordered by item id, the lower first. A user with fewer
    than `k` unseen items gets seen ones at the end; their score is minus
    infinity.

    Args:
        scores: Float tensor of shape `(batch, num_items)`.
        k: int, or scalar integer tensor. Length of the returned lists.
        seen: Optional tensor of shape `(batch, num_items)`, nonzero where the
            user already interacted with the item. Those items are excluded.

    Returns:
        Two tensors of shape `(batch, k)`: scores, and int32 item ids.

    Raises:
        ValueError: If `k` is not between 1 and the number of items.
    """
    scores = ops.convert_to_tensor(scores)
    if not ops.is_tensor(k):
        check_k(k, scores.shape[-1])
    if seen is not None:
        scores = mask_seen(scores, seen)
    return ops.top_k(scores, k=k)


def rank(scores, held_out, k, seen=None):
    """Ranks once for all metrics: one `top_k`, then lookups.

    Args:
        scores: Float tensor of shape `(batch, num_items)`, of any precision.
        held_out: Tensor of shape `(batch, num_items)`, nonzero where an item
            is to be found. An item that is also `seen` can never be listed
            and so counts as missed.
        k: int. Length of the list, the largest that a metric needs.
        seen: Optional tensor of shape `(batch, num_items)`. Nonzero items are
            excluded.

    Returns:
        A `Ranking`.

    Raises:
        ValueError: If `k` is not between 1 and the number of items.
    """
    best, item_ids = top_k_items(scores, k, seen)  # (batch, k)
    listed = best > -float("inf")
    held_out = ops.cast(ops.not_equal(held_out, 0), "float32")
    hits = ops.take_along_axis(held_out, item_ids, axis=-1)
    return Ranking(
        item_ids=ops.where(listed, item_ids, -1),
        hits=hits * ops.cast(listed, "float32"),
        num_held_out=ops.sum(held_out, axis=-1),
        seen=seen,
        num_items=held_out.shape[-1],
    )


def top_k_in_blocks(
    user_embeddings, item_embeddings, k, seen=None, block_size=8192
):
    """`top_k_items` of the scores `user · item`, a block of items at a time.

    For catalogs whose scores do not fit: memory is `batch x block_size`
    instead of `batch x num_items`. The lists are those of the dense way, ties
    included. A bias per item is one more column of the item embeddings against
    a column of ones.

    Args:
        user_embeddings: Float tensor of shape `(batch, embedding_dim)`.
        item_embeddings: Float tensor of shape `(num_items, embedding_dim)`.
        k: int. Length of the returned lists.
        seen: Optional item ids to exclude: an integer tensor of shape
            `(batch, length)` padded with `-1`, or a ragged tensor of shape
            `(batch, None)`.
        block_size: int. Items scored at once; at least `k` are.

    Returns:
        Two tensors of shape `(batch, k)`: scores, and int32 item ids.

    Raises:
        ValueError: If `k` is not between 1 and the number of items, or if
            `block_size` is not positive.
    """
    item_embeddings = ops.convert_to_tensor(item_embeddings)
    num_items = item_embeddings.shape[0]
    check_k(k, num_items)
    if block_size < 1:
        raise ValueError(
            "`top_k_in_blocks` cannot score an empty block. Expected "
            f"`block_size` to be a positive integer, received: {block_size}. "
            "Leave it out for the default."
        )
    if hasattr(seen, "to_tensor"):  # a `tf.RaggedTensor`
        seen = seen.to_tensor(default_value=-1)
    if seen is not None:
        seen = ops.cast(seen, "int32")
    block_size = min(max(block_size, k), num_items)

    def block(start, size):
        items = ops.slice(
            item_embeddings, (start, 0), (size, item_embeddings.shape[1])
        )
        scores = ops.matmul(user_embeddings, ops.transpose(items))
        if seen is not None:
            scores = mask_seen(scores, multi_hot(seen - start, size))
        best, item_ids = ops.top_k(scores, k=min(k, size))
        return best, item_ids + start

    def merge(best, item_ids, start, size):
        # Earlier items come first: on a tie the lower id stays ahead.
        scores, ids = block(start, size)
        scores = ops.concatenate([best, scores], axis=-1)  # (batch, <= 2k)
        ids = ops.concatenate([item_ids, ids], axis=-1)
        best, places = ops.top_k(scores, k=k)
        return best, ops.take_along_axis(ids, places, axis=-1)

    rest = num_items % block_size
    best, item_ids = block(0, block_size)
    # A loop of the graph and not of Python: the blocks of an unrolled one may
    # all be computed before the first is merged.
    best, item_ids, _ = ops.while_loop(
        lambda best, item_ids, start: start + block_size <= num_items,
        lambda best, item_ids, start: (
            *merge(best, item_ids, start, block_size),
            start + block_size,
        ),
        (best, item_ids, ops.convert_to_tensor(block_size, dtype="int32")),
    )
    if rest:
        best, item_ids = merge(best, item_ids, num_items - rest, rest)
    return best, item_ids


def multi_hot(item_ids, num_items):
    """Ones at `item_ids`; ids outside of the catalog (padding) are dropped.

    Args:
        item_ids: int32 tensor of shape `(batch, length)`.
        num_items: int.

    Returns:
        float32 tensor of shape `(batch, num_items)`.
    """
    batch, length = ops.shape(item_ids)
    inside = ops.logical_and(item_ids >= 0, item_ids < num_items)
    # One more column takes what lies outside.
    columns = ops.where(inside, item_ids, num_items)
    places = columns + ops.expand_dims(ops.arange(batch), 1) * (num_items + 1)
    counts = ops.segment_sum(
        ops.ones((batch * length,)),
        ops.reshape(places, (-1,)),
        num_segments=batch * (num_items + 1),
    )
    counts = ops.reshape(counts, (batch, num_items + 1))[:, :num_items]
    return ops.cast(counts > 0, "float32")


def check_k(k, num_items):
    """Raises a `ValueError` unless `1 <= k <= num_items`."""
    if not 1 <= k <= num_items:
        raise ValueError(
            f"A list of k={k} items cannot be made from a catalog of "
            f"{num_items}. Expected `k` to be at least 1 and at most the "
            f"number of items. Choose a `k` up to {num_items}."
        )
