"""What keeps a discriminator smooth: penalties on its gradient, clipping.

A penalty is a scalar to be weighted and added to the discriminator's loss; a
`discriminator` here is any callable from rows `(batch, ...)` to logits, such
as `lambda x: self.discriminator(x, training=True)`. The rows must not see one
another: no batch normalization inside. Penalties are computed in float32.
"""

import keras
from keras import ops

from keras_ganrec.gradients import input_gradient


def gradient_penalty(discriminator, real, fake, seed):
    """`E[(|grad D(x)| - 1)^2]` at random points between real and fake rows.

    The points are `real + alpha (fake - real)` with one `alpha` per row,
    uniform in [0, 1). Two-sided: norms below 1 are punished too.

    Args:
        discriminator: Callable from rows to logits.
        real: Tensor of shape `(batch, ...)`.
        fake: Tensor of the shape of `real`.
        seed: int or `keras.random.SeedGenerator`.

    Returns:
        A float32 scalar. The paper weighs it with 10.

    References:
        - [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028)
    """
    real, fake = ops.cast(real, "float32"), ops.cast(fake, "float32")
    one_per_row = (ops.shape(real)[0],) + (1,) * (len(real.shape) - 1)
    alpha = keras.random.uniform(one_per_row, dtype="float32", seed=seed)
    between = real + alpha * (fake - real)
    # The root has no slope at 0, so it is kept a hair away from it.
    norm = ops.sqrt(_squared_gradient_norm(discriminator, between) + 1e-12)
    return ops.mean(ops.square(norm - 1.0))


def r1_penalty(discriminator, real):
    """`1/2 E[|grad D(x)|^2]` at real rows.

    With the factor 1/2 a weight here is the papers' gamma.

    Args:
        discriminator: Callable from rows to logits.
        real: Tensor of shape `(batch, ...)`.

    Returns:
        A float32 scalar.

    References:
        - [Mescheder et al., 2018](https://arxiv.org/abs/1801.04406)
    """
    real = ops.cast(real, "float32")
    return 0.5 * ops.mean(_squared_gradient_norm(discriminator, real))


def r2_penalty(discriminator, fake):
    """`1/2 E[|grad D(G(z))|^2]`: `r1_penalty` at generated rows.

    Pass rows through `ops.stop_gradient` where the generator should not be
    moved by it.

    Args:
        discriminator: Callable from rows to logits.
        fake: Tensor of shape `(batch, ...)`.

    Returns:
        A float32 scalar.

    References:
        - [Mescheder et al., 2018](https://arxiv.org/abs/1801.04406)
    """
    return r1_penalty(discriminator, fake)


def _squared_gradient_norm(discriminator, inputs):
    gradient = input_gradient(discriminator, inputs)
    gradient = ops.cast(gradient, "float32")
    return ops.sum(
        ops.square(gradient), axis=tuple(range(1, len(gradient.shape)))
    )


@keras.saving.register_keras_serializable(package="keras_ganrec")
class WeightClipping(keras.constraints.Constraint):
    """Clips weights to `[-limit, limit]`: a layer's `kernel_constraint`.

    Args:
        limit: float. The paper takes 0.01.

    Raises:
        ValueError: If `limit` is not positive.

    References:
        - [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875)
    """

    def __init__(self, limit=0.01):
        if not limit > 0:
            raise ValueError(
                f"Weights cannot be clipped to [-{limit}, {limit}]. Expected "
                "a positive `limit`. Pass for example `limit=0.01`."
            )
        self.limit = limit

    def __call__(self, w):
        return ops.clip(w, -self.limit, self.limit)

    def get_config(self):
        return {"limit": self.limit}
