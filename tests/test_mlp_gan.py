import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.optimizers import Adam

from keras_ganrec import losses
from keras_ganrec import penalties
from keras_ganrec.callbacks import GeneratorEMA
from keras_ganrec.models import MLPGAN


def small(output_shape=(2,), **kwargs):
    sizes = {
        "noise_dim": 4,
        "g_hidden_dims": (32, 32),
        "d_hidden_dims": (32, 32),
        "seed": 1,
    }
    return MLPGAN(output_shape, **{**sizes, **kwargs})


def compiled(gan, learning_rate=2e-3, **kwargs):
    gan.compile(
        d_optimizer=Adam(learning_rate, 0.0, 0.99),
        g_optimizer=Adam(
            learning_rate, 0.0, 0.99, use_ema=True, ema_momentum=0.98
        ),
        **kwargs,
    )
    return gan


def blobs(n=512, seed=0):
    """Two blobs at (-1, 0) and (1, 0.5), deviation 0.1."""
    random = np.random.default_rng(seed)
    centers = np.float32([[-1, 0], [1, 0.5]])[random.integers(2, size=n)]
    return centers + random.normal(0, 0.1, (n, 2)).astype("float32")


def as_dicts(samples, batch_size=64):
    dataset = tf.data.Dataset.from_tensor_slices({"sample": samples})
    return dataset.batch(batch_size)


def assert_same_weights(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_learns_both_blobs():
    gan = compiled(small(), steps_per_execution=8)
    gan.fit(
        blobs(1024),
        batch_size=128,
        epochs=100,
        callbacks=[GeneratorEMA()],
        verbose=0,
    )
    samples = gan.generate(1000, seed=0)
    right = samples[:, 0] > 0
    assert 0.35 < np.mean(right) < 0.65
    for side, center in ((right, (1, 0.5)), (~right, (-1, 0))):
        near = np.linalg.norm(samples[side] - center, axis=-1) < 0.3
        assert np.mean(near) > 0.8
        np.testing.assert_allclose(
            np.median(samples[side], axis=0), center, atol=0.1
        )


def test_arrays_tensors_and_dicts_train_alike():
    samples = blobs(128)
    gans = []
    for feed in (
        (samples, {"batch_size": 64}),
        (as_dicts(samples), {}),
        (tf.data.Dataset.from_tensor_slices(samples).batch(64), {}),
    ):
        keras.utils.set_random_seed(0)
        gans.append(compiled(small()))
        data, kwargs = feed
        gans[-1].fit(data, epochs=2, shuffle=False, verbose=0, **kwargs)
    assert_same_weights(gans[0], gans[1])
    assert_same_weights(gans[0], gans[2])


@pytest.mark.parametrize("output_shape", [(3,), (28, 28), (8, 8, 3)])
@pytest.mark.parametrize("batch_normalization", [False, True])
def test_any_shape(output_shape, batch_normalization):
    gan = small(
        output_shape,
        output_activation="tanh",
        batch_normalization=batch_normalization,
    )
    compiled(gan).fit(np.zeros((8, *output_shape)), verbose=0)
    samples = gan.generate(5, batch_size=2)
    assert samples.shape == (5, *output_shape)
    assert np.all(np.abs(samples) <= 1)


def test_a_batch_of_integers_is_taken_as_numbers():
    gan = compiled(small((2, 2)))
    logs = gan.fit(np.ones((8, 2, 2), "uint8"), verbose=0).history
    assert np.all(np.isfinite(logs["d_loss"] + logs["g_loss"]))


@pytest.mark.parametrize("loss", losses.FAMILIES)
def test_losses_are_those_of_the_family_plus_penalties(loss):
    gan = small(
        loss=loss, r1_weight=0.5, r2_weight=2.0, gradient_penalty_weight=10.0
    )
    real = tf.constant(blobs(16))
    d_loss = gan.discriminator_loss(real)
    # The same draws again: first the noise, then the penalty's points.
    gan.seed_generator.state.assign(small().seed_generator.state)
    noise = keras.random.normal((16, 4), seed=gan.seed_generator)
    fake = gan.generator(noise)
    family = losses.get(loss)
    logits = gan.discriminator(real), gan.discriminator(fake)
    expected = (
        family.discriminator(*logits)
        + 0.5 * penalties.r1_penalty(gan.discriminator, real)
        + 2.0 * penalties.r2_penalty(gan.discriminator, fake)
        + 10.0
        * penalties.gradient_penalty(
            gan.discriminator, real, fake, gan.seed_generator
        )
    )
    assert float(d_loss) == pytest.approx(float(expected), rel=1e-5)
    gan.seed_generator.state.assign(small().seed_generator.state)
    expected = family.generator(logits[1], logits[0])
    assert float(gan.generator_loss({"sample": real})) == pytest.approx(
        float(expected), rel=1e-5
    )


@pytest.mark.parametrize(
    "off", ["r1_weight", "r2_weight", "gradient_penalty_weight"]
)
def test_each_penalty_has_its_weight(off):
    weights = {
        "r1_weight": 1.0,
        "r2_weight": 1.0,
        "gradient_penalty_weight": 1.0,
    }
    keras.utils.set_random_seed(0)
    with_all = small(**weights).discriminator_loss(blobs(16))
    keras.utils.set_random_seed(0)
    without = small(**{**weights, off: 0.0}).discriminator_loss(blobs(16))
    assert float(without) < float(with_all)


def test_realness_is_higher_where_the_discriminator_says_so():
    gan = compiled(small())
    gan.fit(blobs(), epochs=3, verbose=0)
    real, fake = gan.realness(blobs(64))
    assert real.shape == fake.shape == (64,)
    far = {"sample": blobs(64) + 100.0}
    np.testing.assert_allclose(
        gan.realness(far)[0], gan.discriminator(far["sample"])[:, 0], rtol=1e-5
    )


def test_weight_clipping_holds_all_of_the_discriminator():
    gan = compiled(
        small(
            loss="wasserstein",
            r1_weight=0.0,
            r2_weight=0.0,
            d_constraint=penalties.WeightClipping(0.01),
        ),
        learning_rate=0.05,
    )
    gan.fit(blobs(64), epochs=2, verbose=0)
    for weight in gan.discriminator.get_weights():
        assert np.max(np.abs(weight)) <= 0.01 + 1e-8
    assert np.max(np.abs(gan.generator.get_weights()[0])) > 0.01


def test_players_have_their_own_initializer_and_regularizer():
    gan = small(
        g_initializer=keras.initializers.Constant(0.5),
        d_initializer="zeros",
        g_regularizer=keras.regularizers.L2(0.1),
    )
    assert np.all(gan.generator.get_weights()[0] == 0.5)
    assert not np.any(gan.discriminator.get_weights()[0])
    squares = sum(
        np.sum(layer.kernel**2)
        for layer in gan.generator.layers
        if hasattr(layer, "kernel")
    )
    assert float(sum(gan.generator.losses)) == pytest.approx(0.1 * squares)
    assert not gan.discriminator.losses


def test_same_seed_same_samples():
    gan = small()
    np.testing.assert_array_equal(
        gan.generate(7, seed=3), gan.generate(7, seed=3)
    )
    assert np.any(gan.generate(7, seed=3) != gan.generate(7, seed=4))


@pytest.mark.parametrize("batch_normalization", [False, True])
def test_saved_model_resumes_exactly(tmp_path, batch_normalization):
    samples = blobs(128)
    gan = compiled(
        small(
            loss="hinge",
            r1_weight=0.3,
            r2_weight=0.2,
            gradient_penalty_weight=0.1,
            activation="relu",
            output_activation="tanh",
            batch_normalization=batch_normalization,
            g_initializer="he_normal",
            d_regularizer=keras.regularizers.L2(0.01),
            d_constraint=penalties.WeightClipping(0.05),
            d_steps=2,
        )
    )
    gan.fit(as_dicts(samples), epochs=1, verbose=0, shuffle=False)
    gan.save(tmp_path / "gan.keras")
    restored = keras.models.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(
        gan.generate(8, seed=0), restored.generate(8, seed=0)
    )
    for model in (gan, restored):
        model.fit(as_dicts(samples), epochs=1, verbose=0, shuffle=False)
    assert_same_weights(gan, restored)


def test_mixed_precision_trains_and_gives_float32():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = compiled(small())
        logs = gan.fit(blobs(128), epochs=2, verbose=0).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.all(np.isfinite(logs["d_loss"] + logs["g_loss"]))
    assert gan.generate(2).dtype == "float32"


@pytest.mark.parametrize(
    "wrong",
    [
        {"output_shape": ()},
        {"output_shape": (0,)},
        {"noise_dim": 0},
        {"g_hidden_dims": (8, 0)},
        {"d_hidden_dims": (-1,)},
    ],
)
def test_sizes_are_positive(wrong):
    with pytest.raises(ValueError, match="sizes of at least 1. Received: out"):
        small(**wrong)


@pytest.mark.parametrize(
    "name", ["r1_weight", "r2_weight", "gradient_penalty_weight"]
)
def test_weights_are_not_negative(name):
    with pytest.raises(ValueError, match=f"not be negative.*{name}=-1"):
        small(**{name: -1.0})


def test_unknown_loss():
    with pytest.raises(ValueError, match="no adversarial loss 'best'"):
        small(loss="best")


def test_it_takes_no_condition():
    with pytest.raises(ValueError, match="is not conditional.*Leave it out"):
        small().generate(4, condition=np.ones(4))
