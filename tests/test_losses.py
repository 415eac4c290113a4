import numpy as np
import pytest

from keras_ganrec import losses

# The logits of TF-GAN's losses_impl_test.py.
REAL = np.float32([-5.0, 1.4, 12.5, 2.7])
FAKE = np.float32([10.0, 4.4, -5.5, 3.6])

# Of TF-GAN, but for: minimax G, where its -4.82408 holds a stray
# softplus(-1), and the paired relativistic losses, which it does not have.
GOLDEN = {
    "minimax": (5.83387, -4.51082),
    "non_saturating": (5.83387, 1.38582),
    "least_squares": (41.73375, 17.69625),
    "wasserstein": (0.225, -3.125),
    "hinge": (6.75, -3.125),
    "relativistic": (4.8224354, 4.5974354),
    "relativistic_hinge": (5.475, 4.775),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_values(name):
    d_loss, g_loss = GOLDEN[name]
    loss = losses.get(name)
    assert float(loss.discriminator(REAL, FAKE)) == pytest.approx(d_loss, 1e-5)
    assert float(loss.generator(FAKE, REAL)) == pytest.approx(g_loss, 1e-5)


def test_golden_values_of_the_relativistic_average():
    real = np.float32([-2.0, 0.4, 12.5, 2.7])
    loss = losses.get("relativistic_average")
    assert float(loss.discriminator(real, FAKE)) == pytest.approx(4.390114)
    assert float(loss.generator(FAKE, real)) == pytest.approx(4.9401135)


def test_golden_value_of_label_smoothing():
    for name in ("minimax", "non_saturating"):
        d_loss = losses.get(name).discriminator(REAL, FAKE, 0.25)
        assert float(d_loss) == pytest.approx(6.19637, 1e-5)


LOG_2, LOG_3 = np.log(2.0), np.log(3.0)

# One row each: D(x) = sigmoid(log 3) = 3/4, D(G(z)) = sigmoid(0) = 1/2.
BY_HAND = {
    "minimax": (np.log(4 / 3) + LOG_2, -LOG_2),
    "non_saturating": (np.log(4 / 3) + LOG_2, LOG_2),
    "least_squares": ((LOG_3 - 1) ** 2 / 2, 1 / 2),
    "wasserstein": (-LOG_3, 0.0),
    "hinge": (0 + 1, 0.0),
    "relativistic": (np.log(4 / 3), np.log(4)),
    "relativistic_hinge": (0.0, 1 + LOG_3),
    "relativistic_average": (2 * np.log(4 / 3), 2 * np.log(4)),
}


@pytest.mark.parametrize("name", losses.FAMILIES)
def test_values_by_hand(name):
    d_loss, g_loss = BY_HAND[name]
    real, fake = np.float32([LOG_3]), np.float32([0.0])
    loss = losses.get(name)
    assert float(loss.discriminator(real, fake)) == pytest.approx(d_loss)
    assert float(loss.generator(fake, real)) == pytest.approx(g_loss)


def test_label_smoothing_by_hand():
    # Cross-entropy of 3/4 against the label 0.95, one-sided.
    d_loss = losses.minimax_discriminator_loss(
        np.float32([LOG_3]), np.float32([0.0]), label_smoothing=0.1
    )
    expected = -0.95 * np.log(3 / 4) - 0.05 * np.log(1 / 4) + LOG_2
    assert float(d_loss) == pytest.approx(expected)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("name", losses.FAMILIES)
def test_finite_where_the_discriminator_is_sure(name, sign, dtype):
    sure = np.full((4, 1), sign * 1e4, dtype)
    loss = losses.get(name)
    for real, fake in ((sure, -sure), (sure, sure)):
        for value in (
            loss.discriminator(real, fake),
            loss.generator(fake, real),
        ):
            assert value.dtype == "float32"
            assert np.isfinite(value)


@pytest.mark.parametrize("name", losses.FAMILIES)
def test_half_precision_logits_are_not_summed_in_half_precision(name):
    # 4,096 rows of 100 sum to 409,600, beyond the range of float16.
    random = np.random.default_rng(0)
    real = random.normal(100, 1, size=(4096, 1)).astype("float16")
    fake = random.normal(90, 1, size=(4096, 1)).astype("float16")
    loss = losses.get(name)
    exact = [x.astype("float32") for x in (real, fake)]
    assert float(loss.discriminator(real, fake)) == pytest.approx(
        float(loss.discriminator(*exact)), 1e-6
    )
    assert float(loss.generator(fake, real)) == pytest.approx(
        float(loss.generator(*exact[::-1])), 1e-6
    )


def test_unknown_family_names_the_known_ones():
    with pytest.raises(ValueError, match="'gan'.*minimax.*relativistic_aver"):
        losses.get("gan")


@pytest.mark.parametrize(
    "name", ["relativistic", "relativistic_hinge", "relativistic_average"]
)
def test_relativistic_generators_need_real_logits(name):
    with pytest.raises(ValueError, match="`real_logits=None`.*Pass `real_log"):
        losses.get(name).generator(FAKE)


def test_relativistic_rows_must_pair():
    with pytest.raises(ValueError, match=r"\(4,\) and \(1,\) do not pair"):
        losses.relativistic_discriminator_loss(REAL, FAKE[:1])
    with pytest.raises(ValueError, match=r"\(4, 1\) and \(4,\) do not pair"):
        losses.relativistic_discriminator_loss(REAL[:, None], FAKE)
