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
