"""Adversarial losses: pure functions on logits, in pairs.

All pairs have one signature, so that a model can take any of them by name:

    <family>_discriminator_loss(real_logits, fake_logits)  -> scalar
    <family>_generator_loss(fake_logits, real_logits=None) -> scalar

Logits are what the discriminator says before any sigmoid, of any shape and
precision; higher is more real. The loss is a mean, computed in float32. The
cross-entropy families take one-sided `label_smoothing` as Keras defines it:
the label of real rows is `1 - label_smoothing / 2`.
"""

from collections.abc import Callable
from typing import NamedTuple

from keras import ops


class AdversarialLoss(NamedTuple):
    """The two losses of one family."""

    discriminator: Callable
    generator: Callable


def get(name):
    """Returns the `AdversarialLoss` of a family.

    Args:
        name: str. `"minimax"`, `"non_saturating"`, `"least_squares"`,
            `"wasserstein"`, `"hinge"`, `"relativistic"`,
            `"relativistic_hinge"` or `"relativistic_average"`.

    Raises:
        ValueError: If there is no such family.
    """
    if name not in FAMILIES:
        raise ValueError(
            f"There is no adversarial loss {name!r}. Expected one of "
            f"{', '.join(FAMILIES)}. Pick one of these names."
        )
    return FAMILIES[name]


def minimax_discriminator_loss(real_logits, fake_logits, label_smoothing=0.0):
    """-E[log D(x)] - E[log(1 - D(G(z)))].

    References:
        - [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661)
        - [Salimans et al., 2016](https://arxiv.org/abs/1606.03498) on
          one-sided label smoothing.
    """
    real_logits, fake_logits = _float32(real_logits), _float32(fake_logits)
    # softplus(-x) + s x / 2 is the cross-entropy against 1 - s / 2.
    real_loss = ops.softplus(-real_logits) + label_smoothing / 2 * real_logits
    return ops.mean(real_loss) + ops.mean(ops.softplus(fake_logits))


def minimax_generator_loss(fake_logits, real_logits=None):
    """E[log(1 - D(G(z)))], as first written; saturates where D is sure.

    References:
        - [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661)
    """
    return -ops.mean(ops.softplus(_float32(fake_logits)))


def non_saturating_discriminator_loss(
    real_logits, fake_logits, label_smoothing=0.0
):
    """That of `minimax`: the two families differ in the generator alone."""
    return minimax_discriminator_loss(real_logits, fake_logits, label_smoothing)


def non_saturating_generator_loss(fake_logits, real_logits=None):
    """-E[log D(G(z))]: the same fixed point as `minimax`, usable gradients.

    References:
        - [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661)
    """
    return ops.mean(ops.softplus(-_float32(fake_logits)))


def least_squares_discriminator_loss(real_logits, fake_logits):
    """1/2 E[(D(x) - 1)^2] + 1/2 E[D(G(z))^2].

    References:
        - [Mao et al., 2017](https://arxiv.org/abs/1611.04076)
    """
    real_logits, fake_logits = _float32(real_logits), _float32(fake_logits)
    real_loss = ops.mean(ops.square(real_logits - 1.0))
    return 0.5 * (real_loss + ops.mean(ops.square(fake_logits)))


def least_squares_generator_loss(fake_logits, real_logits=None):
    """1/2 E[(D(G(z)) - 1)^2].

    References:
        - [Mao et al., 2017](https://arxiv.org/abs/1611.04076)
    """
    return 0.5 * ops.mean(ops.square(_float32(fake_logits) - 1.0))


def wasserstein_discriminator_loss(real_logits, fake_logits):
    """E[D(G(z))] - E[D(x)], for a D that is kept Lipschitz.

    Use it with `penalties.gradient_penalty` or `penalties.WeightClipping`.

    References:
        - [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875)
    """
    return ops.mean(_float32(fake_logits)) - ops.mean(_float32(real_logits))


def wasserstein_generator_loss(fake_logits, real_logits=None):
    """-E[D(G(z))].

    References:
        - [Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875)
    """
    return -ops.mean(_float32(fake_logits))


def hinge_discriminator_loss(real_logits, fake_logits):
    """E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))].

    References:
        - [Lim and Ye, 2017](https://arxiv.org/abs/1705.02894)
    """
    real_loss = ops.mean(ops.relu(1.0 - _float32(real_logits)))
    return real_loss + ops.mean(ops.relu(1.0 + _float32(fake_logits)))


def hinge_generator_loss(fake_logits, real_logits=None):
    """-E[D(G(z))].

    References:
        - [Lim and Ye, 2017](https://arxiv.org/abs/1705.02894)
    """
    return -ops.mean(_float32(fake_logits))


def relativistic_discriminator_loss(real_logits, fake_logits):
    """E[softplus(-(D(x) - D(G(z))))], each real row against one fake row.

    Recommended, together with `penalties.r1_penalty` and `r2_penalty`.

    Raises:
        ValueError: If the two logits differ in shape.

    References:
        - [Jolicoeur-Martineau, 2018](https://arxiv.org/abs/1807.00734)
        - [Huang et al., 2024](https://arxiv.org/abs/2501.05441)
    """
    return ops.mean(ops.softplus(-_margin(real_logits, fake_logits)))


def relativistic_generator_loss(fake_logits, real_logits=None):
    """E[softplus(-(D(G(z)) - D(x)))], each fake row against one real row.

    Raises:
        ValueError: If the two logits differ in shape, or one is missing.

    References:
        - [Jolicoeur-Martineau, 2018](https://arxiv.org/abs/1807.00734)
        - [Huang et al., 2024](https://arxiv.org/abs/2501.05441)
    """
    _require(real_logits, "relativistic")
    return ops.mean(ops.softplus(_margin(real_logits, fake_logits)))


def relativistic_hinge_discriminator_loss(real_logits, fake_logits):
    """E[max(0, 1 - (D(x) - D(G(z))))], each real row against one fake row.

    Raises:
        ValueError: If the two logits differ in shape.

    References:
        - [Jolicoeur-Martineau, 2018](https://arxiv.org/abs/1807.00734)
    """
    return ops.mean(ops.relu(1.0 - _margin(real_logits, fake_logits)))


def relativistic_hinge_generator_loss(fake_logits, real_logits=None):
    """E[max(0, 1 - (D(G(z)) - D(x)))], each fake row against one real row.

    Raises:
        ValueError: If the two logits differ in shape, or one is missing.

    References:
        - [Jolicoeur-Martineau, 2018](https://arxiv.org/abs/1807.00734)
    """
    _require(real_logits, "relativistic_hinge")
    return ops.mean(ops.relu(1.0 + _margin(real_logits, fake_logits)))


def relativistic_average_discriminator_loss(real_logits, fake_logits):
    """Each row against the mean of the other kind.

    E[softplus(-(D(x) - E D(G(z))))] + E[softplus(D(G(z)) - E D(x))]

    References:
        - [Jolicoeur-Martineau, 2018](https://arxiv.org/abs/1807.00734)
    """
    real_logits, fake_logits = _float32(real_logits), _float32(fake_logits)
    real_loss = ops.softplus(ops.mean(fake_logits) - real_logits)
    fake_loss = ops.softplus(fake_logits - ops.mean(real_logits))
    return ops.mean(real_loss) + ops.mean(fake_loss)


def relativistic_average_generator_loss(fake_logits, real_logits=None):
    """The discriminator's loss with the two kinds exchanged.

    Raises:
        ValueError: If `real_logits` is missing.

    References:
        - [Jolicoeur-Martineau, 2018](https://arxiv.org/abs/1807.00734)
    """
    _require(real_logits, "relativistic_average")
    return relativistic_average_discriminator_loss(fake_logits, real_logits)


def _float32(logits):
    return ops.cast(logits, "float32")


def _margin(real_logits, fake_logits):
    real_logits, fake_logits = _float32(real_logits), _float32(fake_logits)
    pairs = zip(real_logits.shape, fake_logits.shape, strict=False)
    if len(real_logits.shape) != len(fake_logits.shape) or any(
        a != b and None not in (a, b) for a, b in pairs
    ):
        raise ValueError(
            "The relativistic loss compares row by row, and rows of shapes "
            f"{tuple(real_logits.shape)} and {tuple(fake_logits.shape)} do "
            "not pair. Expected real and fake logits of equal shape. Pass "
            "both as the discriminator returns them."
        )
    return real_logits - fake_logits


def _require(real_logits, family):
    if real_logits is None:
        raise ValueError(
            f"The {family} generator loss compares with real rows and got "
            "`real_logits=None`. Expected the discriminator's logits of a "
            "real batch. Pass `real_logits=discriminator(real)`."
        )


FAMILIES = {
    "minimax": AdversarialLoss(
        minimax_discriminator_loss, minimax_generator_loss
    ),
    "non_saturating": AdversarialLoss(
        non_saturating_discriminator_loss, non_saturating_generator_loss
    ),
    "least_squares": AdversarialLoss(
        least_squares_discriminator_loss, least_squares_generator_loss
    ),
    "wasserstein": AdversarialLoss(
        wasserstein_discriminator_loss, wasserstein_generator_loss
    ),
    "hinge": AdversarialLoss(hinge_discriminator_loss, hinge_generator_loss),
    "relativistic": AdversarialLoss(
        relativistic_discriminator_loss, relativistic_generator_loss
    ),
    "relativistic_hinge": AdversarialLoss(
        relativistic_hinge_discriminator_loss,
        relativistic_hinge_generator_loss,
    ),
    "relativistic_average": AdversarialLoss(
        relativistic_average_discriminator_loss,
        relativistic_average_generator_loss,
    ),
}
