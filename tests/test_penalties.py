import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from keras_ganrec import penalties
from keras_ganrec.gradients import input_gradient

WEIGHTS = np.float32([[2.0], [-1.0], [2.0]])  # |w| = 3


def linear(x):
    return ops.matmul(ops.cast(x, "float32"), WEIGHTS)


@pytest.fixture
def rows():
    random = np.random.default_rng(0)
    return random.normal(size=(2, 8, 3)).astype("float32")


def test_linear_discriminator_has_an_exact_norm(rows):
    real, fake = rows
    penalty = penalties.gradient_penalty(linear, real, fake, seed=0)
    assert float(penalty) == pytest.approx((3 - 1) ** 2)
    assert float(penalties.r1_penalty(linear, real)) == pytest.approx(9 / 2)
    assert float(penalties.r2_penalty(linear, fake)) == pytest.approx(9 / 2)


def test_golden_value_of_tf_gan():
    # D(x) = 2 x on one row of four, summed logits: |grad| = 4, (4 - 1)^2.
    x = np.float32([[1.0, 2.0, 3.0, 4.0]])
    penalty = penalties.gradient_penalty(lambda x: 2 * x, x, -x, seed=0)
    assert float(penalty) == pytest.approx(9.0)


def test_flat_norms_below_one_are_punished_too(rows):
    flat = penalties.gradient_penalty(lambda x: 0 * x, *rows, seed=0)
    assert float(flat) == pytest.approx(1.0, abs=1e-5)


def test_r1_looks_at_real_and_r2_at_fake(rows):
    real, fake = rows

    def bowl(x):  # grad = x
        return 0.5 * ops.sum(ops.square(x), axis=-1)

    expected = 0.5 * np.mean(np.sum(real**2, axis=-1))
    assert float(penalties.r1_penalty(bowl, real)) == pytest.approx(expected)
    expected = 0.5 * np.mean(np.sum(fake**2, axis=-1))
    assert float(penalties.r2_penalty(bowl, fake)) == pytest.approx(expected)


def test_the_norm_goes_over_all_axes_of_an_image():
    images = np.ones((5, 4, 3), "float32")
    penalty = penalties.r1_penalty(lambda x: 2 * x, images)
    assert float(penalty) == pytest.approx(0.5 * 4 * 12)


def test_points_are_uniform_between_the_rows_and_one_draw_per_row():
    seen = []

    def spy(x):
        seen.append(x)
        return x

    real, fake = np.zeros((20_000, 2), "float32"), np.ones((20_000, 2))
    penalties.gradient_penalty(spy, real, fake, seed=0)
    points = seen[0].numpy()
    np.testing.assert_array_equal(points[:, 0], points[:, 1])
    counts, _ = np.histogram(points[:, 0], bins=10, range=(0, 1))
    # Chi-square of 9 degrees of freedom: 27.9 is its 99.9 % point.
    assert np.sum((counts - 2000) ** 2 / 2000) < 27.9


def test_a_seed_generator_draws_anew(rows):
    def bowl(x):
        return ops.sum(ops.square(x), axis=-1)

    seed = keras.random.SeedGenerator(0)
    first = penalties.gradient_penalty(bowl, *rows, seed=seed)
    assert float(first) != float(
        penalties.gradient_penalty(bowl, *rows, seed=seed)
    )
    assert float(first) == float(
        penalties.gradient_penalty(
            bowl, *rows, seed=keras.random.SeedGenerator(0)
        )
    )


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_computed_in_float32(rows, dtype):
    real, fake = rows.astype(dtype)
    for penalty in (
        penalties.gradient_penalty(linear, real, fake, seed=0),
        penalties.r1_penalty(linear, real),
        penalties.r2_penalty(linear, fake),
    ):
        assert penalty.dtype == "float32"


def all_penalties(discriminator, real, fake):
    return (
        penalties.gradient_penalty(discriminator, real, fake, seed=0)
        + penalties.r1_penalty(discriminator, real)
        + 2 * penalties.r2_penalty(discriminator, fake)
    )


@pytest.mark.parametrize("in_graph", [False, True])
def test_second_order_gradient_equals_finite_differences(rows, in_graph):
    real, fake = rows
    keras.utils.set_random_seed(0)
    network = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(1),
        ]
    )

    def trained():
        with tf.GradientTape() as tape:
            penalty = all_penalties(network, real, fake)
        return tape.gradient(penalty, network.kernel_values)

    network.kernel_values = [
        v.value for v in network.trainable_variables if "kernel" in v.path
    ]
    gradients = (tf.function(trained) if in_graph else trained)()
    random = np.random.default_rng(1)
    for variable, gradient in zip(
        network.kernel_values, gradients, strict=True
    ):
        direction = random.normal(size=variable.shape).astype("float32")
        direction /= np.linalg.norm(direction)
        center, step = variable.numpy(), 1e-2
        values = []
        for sign in (1, -1):
            variable.assign(center + sign * step * direction)
            values.append(float(all_penalties(network, real, fake)))
        variable.assign(center)
        slope = (values[0] - values[1]) / (2 * step)
        assert float(np.sum(gradient * direction)) == pytest.approx(
            slope, rel=2e-3
        )


def test_flat_discriminator_has_a_finite_second_order_gradient(rows):
    weight = tf.Variable(np.zeros((3, 1), "float32"))
    with tf.GradientTape() as tape:
        penalty = all_penalties(lambda x: tf.matmul(x, weight), *rows)
    assert np.all(np.isfinite(tape.gradient(penalty, weight)))


def test_input_gradient_by_hand():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    gradient = input_gradient(lambda x: x[:, 0] ** 2 * x[:, 1], x)
    np.testing.assert_allclose(gradient, [[4.0, 1.0], [24.0, 9.0]])


def test_weight_clipping():
    clip = penalties.WeightClipping(0.5)
    np.testing.assert_array_equal(
        clip(np.float32([-2.0, -0.1, 0.5, 3.0])),
        np.float32([-0.5, -0.1, 0.5, 0.5]),
    )
    layer = keras.layers.Dense(1, kernel_constraint=clip)
    config = keras.saving.serialize_keras_object(layer)
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.kernel_constraint.limit == 0.5


@pytest.mark.parametrize("limit", [0, -0.01, float("nan")])
def test_clipping_to_nothing(limit):
    with pytest.raises(ValueError, match="Expected a positive `limit`. Pass"):
        penalties.WeightClipping(limit)
