"""The one place that differentiates: gradient steps and input gradients.

Everything else is written in `keras.ops`; a second backend would begin here.
"""

import math

import tensorflow as tf
from keras import ops

# Updates of at least this many weights are compiled by XLA. Keras' Adam makes
# some thirty passes over the memory of the weights, the compiled one seven: 6
# instead of 24 cpu-ms for the 7.4 million weights of GANMF's discriminator.
# Below, compiling (half a second) costs more than it brings.
COMPILED_FROM = 2**17


class Descent:
    """Moves the weights of one player down its objective.

    Args:
        player: `keras.Model`. The regularizers of its weights are part of
            what is minimized.
        optimizer: `keras.optimizers.Optimizer`. Is built here, so that a file
            can be loaded into its slots.
        compiled: bool. Whether large updates may be compiled.
    """

    def __init__(self, player, optimizer, compiled=True):
        self.player = player
        self.optimizer = optimizer
        if not optimizer.built:  # one that scales losses would add slots
            optimizer.build(player.trainable_variables)
        self._compiled_update = None
        size = sum(math.prod(v.shape) for v in player.trainable_variables)
        if compiled and size >= COMPILED_FROM:
            self._compiled_update = tf.function(self._update, jit_compile=True)

    def step(self, objective, num_replicas=1):
        """Takes one gradient step. Nothing but the player's weights moves.

        Args:
            objective: Callable without arguments, returns a scalar tensor.
            num_replicas: int. Replicas that train in step. Their gradients
                are summed, so each one brings its share only.

        Returns:
            The objective with its regularization, a scalar tensor.

        Raises:
            ValueError: The objective is not a scalar.
        """
        weights = [v.value for v in self.player.trainable_variables]
        with tf.GradientTape() as tape:
            loss = objective()
            if ops.ndim(loss):
                # Its gradient would be that of the sum.
                raise ValueError(
                    "An objective must be a scalar, such as the mean over the "
                    f"batch. Received: shape={tuple(loss.shape)}. "
                    "Return `keras.ops.mean(...)` of it."
                )
            scaled_loss = self.optimizer.scale_loss(loss / num_replicas)
        gradients = tape.gradient(scaled_loss, weights)
        # Not in the compiled update: XLA would copy all weights to have them
        # for this value. 10 instead of 16 cpu-ms for that discriminator.
        regularization = self._regularization()
        # Replicas meet in each update, even where there is one, and cannot
        # from within another function.
        if self._compiled_update is None or tf.distribute.has_strategy():
            self._update(gradients, num_replicas)
        else:
            # XLA takes no sparse gradients.
            dense = [
                g if g is None else tf.convert_to_tensor(g) for g in gradients
            ]
            with tf.control_dependencies([regularization]):
                self._compiled_update(dense, num_replicas)
        return loss + regularization

    def _update(self, gradients, num_replicas):
        variables = self.player.trainable_variables
        with tf.GradientTape() as tape:
            scaled = self.optimizer.scale_loss(
                self._regularization() / num_replicas
            )
        shrinking = tape.gradient(scaled, [v.value for v in variables])
        self.optimizer.apply(
            [_add(*pair) for pair in zip(gradients, shrinking, strict=True)],
            variables,
        )

    def _regularization(self):
        return sum(
            (
                v.regularizer(v)
                for v in self.player.trainable_variables
                if v.regularizer
            ),
            start=tf.constant(0.0),
        )


def step_by_phase(is_first, first_step, second_step):
    """Takes the step of the phase that training is in.

    Args:
        is_first: bool tensor, whether it is in the first one.
        first_step: Callable without arguments.
        second_step: Callable without arguments, returns what the other does.

    Raises:
        ValueError: Under a strategy whose replicas meet in each update.
    """
    strategy = tf.distribute.get_strategy()
    alone = isinstance(strategy, tf.distribute.OneDeviceStrategy)
    if tf.distribute.has_strategy() and not alone:
        # TensorFlow lets them meet in no branch of a graph.
        raise ValueError(
            "A model that is trained in two phases is trained on one device "
            f"alone. Received: {type(strategy).__name__}. Build, compile and "
            "fit it outside of the strategy's scope."
        )
    return ops.cond(is_first, first_step, second_step)


def _add(one, other):
    if one is None or other is None:
        return other if one is None else one
    return tf.convert_to_tensor(one) + other


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
