"""The one place that differentiates: gradient steps and input gradients.

Everything else is written in `keras.ops`; a second backend would begin here.
"""

import tensorflow as tf


def descend(objective, variables, optimizer, num_replicas=1):
    """Takes one gradient step on `objective` and moves only `variables`.

    Args:
        objective: Callable without arguments that returns a scalar tensor.
        variables: List of `keras.Variable`. What may move.
        optimizer: A `keras.optimizers.Optimizer` built on `variables`. Scales
            the loss itself where mixed precision asks for it.
        num_replicas: int. Replicas that train in step. Their gradients are
            summed by the optimizer, so each one brings its share only.

    Returns:
        The value of the objective, a scalar tensor.
    """
    with tf.GradientTape() as tape:
        loss = objective()
        scaled_loss = optimizer.scale_loss(loss / num_replicas)
    tensors = [variable.value for variable in variables]
    optimizer.apply(tape.gradient(scaled_loss, tensors), variables)
    return loss


def input_gradient(function, inputs):
    """Returns the gradient of `sum(function(inputs))` for each input.

    Differentiable itself, so a penalty on it can be trained on.

    Args:
        function: Callable from a tensor `(batch, ...)` to outputs whose rows
            depend on the same row of the input alone.
        inputs: Tensor of shape `(batch, ...)`.

    Returns:
        A tensor of the shape of `inputs`.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return tape.gradient(outputs, inputs)
