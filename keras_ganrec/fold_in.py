"""Users that were not there: an embedding for a history, by least squares."""

from keras import ops


def ridge_fold_in(seen, item_embeddings, l2):
    """Returns the user embeddings that best explain `seen`.

    Solves, for each row r of `seen` and the item embeddings Q,
    `argmin_p |r - Q p|^2 + l2 |p|^2`, so unseen items count as zeros.

    Args:
        seen: Tensor of shape `(batch, num_items)`, 1 at the user's items.
        item_embeddings: Tensor of shape `(num_items, embedding_dim)`.
        l2: float. Positive; keeps the solution finite for short histories.

    Returns:
        Tensor of shape `(batch, embedding_dim)`.
    """
    gram = ops.matmul(ops.transpose(item_embeddings), item_embeddings)
    gram += l2 * ops.eye(item_embeddings.shape[-1], dtype=gram.dtype)
    right_side = ops.matmul(seen, item_embeddings)  # (batch, embedding_dim)
    return ops.transpose(ops.solve(gram, ops.transpose(right_side)))
