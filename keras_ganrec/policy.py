"""Learning from items that were drawn: a gradient without one of the draws."""

import numbers

from keras import ops


def entries(table, items):
    """Returns some entries of each row of a table.

    Args:
        table: Tensor of shape `(batch, width)`.
        items: int32 tensor of shape `(batch, n)`.

    Returns:
        Tensor of shape `(batch, n)`.
    """
    batch, width = ops.shape(table)[0], table.shape[-1]
    row = ops.expand_dims(ops.arange(batch), axis=1) * width  # (batch, 1)
    return ops.take(ops.reshape(table, (-1,)), row + items)


def check_num_samples(num_samples):
    """Raises a `ValueError` for fewer draws than `reinforce` can learn from."""
    if not isinstance(num_samples, numbers.Integral) or num_samples < 2:
        raise ValueError(
            "`num_samples` must be an integer of at least 2: a single draw is "
            "its own baseline, and the generator would learn nothing. "
            f"Received: num_samples={num_samples!r}"
        )


def reinforce(log_p, items, rewards, weights=1.0):
    """A loss whose gradient is that of - E_{k ~ p} r_k: REINFORCE.

    The baseline of each row is its weighted mean of the rewards, by which the
    gradient varies less. In the mean over the draws, n of them, it scales the
    gradient by 1 - 1/n where `weights` are all one, and otherwise turns it by
    terms of the order 1/n.

    Args:
        log_p: Tensor of shape `(batch, num_items)`, log p.
        items: int32 tensor of shape `(batch, n)`, drawn from p; or from
            another distribution, of which `weights` tell. n is at least 2.
        rewards: Tensor of shape `(batch, n)`, r of what was drawn.
        weights: Tensor of shape `(batch, n)`: how much likelier p draws each
            item than the distribution that it was drawn from.

    Returns:
        Scalar.

    References:
        - [Williams, 1992](https://doi.org/10.1007/BF00992696)
    """
    weights = weights * ops.ones_like(rewards)
    baseline = ops.sum(weights * rewards, axis=-1, keepdims=True)
    baseline /= ops.sum(weights, axis=-1, keepdims=True)
    advantage = ops.stop_gradient(weights * (rewards - baseline))
    return -ops.mean(advantage * entries(log_p, items))
