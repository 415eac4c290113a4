"""Draws inside the graph, all from a model's own `SeedGenerator`."""

import keras
from keras import ops


def sample_unseen(seen, ratio, seed):
    """Draws each unseen entry of each row with probability `ratio`.

    Args:
        seen: Tensor of shape `(batch, width)`, nonzero where seen.
        ratio: float in [0, 1]. Expected share of a row's unseen entries.
        seed: A `keras.random.SeedGenerator`.

    Returns:
        Tensor of the shape and dtype of `seen`: 1 at what was drawn.
    """
    draw = keras.random.uniform(ops.shape(seen), seed=seed) < ratio
    return ops.cast(ops.logical_and(draw, ops.equal(seen, 0)), seen.dtype)


def sample_items(weights, num_samples, seed):
    """Draws items for each row, with replacement, in proportion to weights.

    Exact, by bisection in the cumulative sums: a row costs O(width +
    num_samples log width) on every backend and compiled, where
    `keras.random.categorical` costs O(width x num_samples) under XLA.

    Args:
        weights: Tensor of shape `(batch, width)`, nowhere negative, and
            somewhere positive in each row. Rows need not sum to one.
        num_samples: int.
        seed: A `keras.random.SeedGenerator`.

    Returns:
        int32 tensor of shape `(batch, num_samples)`. Items of weight zero are
        never drawn; compiled by XLA, whose sums are rounded in another order,
        hardly ever: about 2e-6 of the draws from 20,000 items, half of which
        weigh nothing.
    """
    sums = ops.cumsum(ops.cast(weights, "float32"), axis=-1)  # (batch, width)
    batch, width = ops.shape(sums)[0], sums.shape[-1]
    flat = ops.reshape(sums, (-1,))
    row = ops.expand_dims(ops.arange(batch), axis=1) * width  # (batch, 1)
    shape = (batch, num_samples)
    target = keras.random.uniform(shape, seed=seed) * sums[:, -1:]
    # What is drawn, the first item whose sum exceeds the target, lies in
    # [low, high].
    low = ops.zeros(shape, "int32")
    high = low + (width - 1)
    for _ in range((width - 1).bit_length()):
        middle = (low + high) // 2
        exceeds = ops.take(flat, row + middle) > target
        high = ops.where(exceeds, middle, high)
        low = ops.where(exceeds, low, middle + 1)
    return high


def gumbel(shape, seed):
    """Draws Gumbel noise: the largest of x + noise is drawn by softmax(x).

    Args:
        shape: Shape of what is drawn.
        seed: A `keras.random.SeedGenerator`.

    Returns:
        float32 tensor of that shape.
    """
    # From above zero, whose logarithm would end in minus infinity.
    uniform = keras.random.uniform(shape, 1e-20, 1.0, seed=seed)
    return -ops.log(-ops.log(uniform))


def gumbel_softmax(logits, temperature, seed):
    """Draws a relaxed one-hot vector for each row, by the softmax of logits.

    Differentiable for the logits. The largest entry stands at item k with the
    probability softmax(logits)_k at every temperature; the others vanish as
    the temperature does.

    Args:
        logits: Tensor of shape `(batch, width)`, of any precision. Minus
            infinity is never drawn.
        temperature: float, positive.
        seed: A `keras.random.SeedGenerator`.

    Returns:
        float32 tensor of shape `(batch, width)`, whose rows sum to one.

    References:
        - [Jang et al., 2017](https://arxiv.org/abs/1611.01144)
        - [Maddison et al., 2017](https://arxiv.org/abs/1611.00712)
    """
    logits = ops.cast(logits, "float32") + gumbel(ops.shape(logits), seed)
    return ops.softmax(logits / temperature, axis=-1)


def sample_subset(logits, sizes, seed):
    """Draws sets of items without replacement, one for each row.

    As if items were drawn one after the other by the softmax of the logits of
    those that are left. Without a sort, which XLA compiles for half a minute:
    the threshold above which so many noisy logits lie is found by bisection.

    Args:
        logits: Tensor of shape `(batch, width)`. Minus infinity is never
            drawn.
        sizes: Tensor of shape `(batch,)` of whole numbers: how many to draw.
            At most as many as there are other logits than minus infinity.
        seed: A `keras.random.SeedGenerator`.

    Returns:
        float32 tensor of shape `(batch, width)`: 1 at what was drawn.

    References:
        - [Kool et al., 2019](https://arxiv.org/abs/1903.06059) on the largest
          of logits with Gumbel noise.
    """
    keys = ops.cast(logits, "float32") + gumbel(ops.shape(logits), seed)
    finite = ops.where(ops.isinf(keys), 0.0, keys)
    low = ops.min(finite, axis=-1, keepdims=True)  # (batch, 1)
    high = ops.max(finite, axis=-1, keepdims=True) + 1.0
    sizes = ops.expand_dims(ops.cast(sizes, "float32"), axis=-1)
    for _ in range(32):
        middle = (low + high) / 2
        above = ops.sum(
            ops.cast(keys >= middle, "float32"), axis=-1, keepdims=True
        )
        low = ops.where(above >= sizes, middle, low)
        high = ops.where(above >= sizes, high, middle)
    return ops.cast(keys >= low, "float32")
