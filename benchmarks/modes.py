"""Data whose modes are known, and how many of them a generator found.

The definitions are those of PacGAN ([Lin et al.,
2018](https://arxiv.org/abs/1712.04086)): each generated sample belongs to its
nearest mode; a sample is of high quality within three standard deviations of
it; a mode counts as found when it holds a sample of high quality; the reverse
KL is KL(generated || real) of the shares of the modes.
"""

import numpy as np
import sklearn.datasets
import sklearn.svm


class Gaussians:
    """A mixture of equal, round Gaussians in the plane.

    Args:
        name: str.
        centers: Array of shape `(num_modes, 2)`.
        deviation: float. Standard deviation of each.
        num_samples: int. Generated samples to judge.
    """

    output_shape = (2,)

    def __init__(self, name, centers, deviation, num_samples=2500):
        self.name = name
        self.centers = centers
        self.deviation = deviation
        self.num_samples = num_samples
        self.num_modes = len(centers)

    def sample(self, n, seed):
        random = np.random.default_rng(seed)
        modes = random.integers(self.num_modes, size=n)
        spread = random.normal(0, self.deviation, size=(n, 2))
        return (self.centers[modes] + spread).astype("float32")

    def judge(self, samples):
        """Returns modes found, share of high quality, and reverse KL."""
        distances = np.linalg.norm(
            samples[:, None] - self.centers, axis=-1
        )  # (n, num_modes)
        nearest = np.argmin(distances, axis=-1)
        good = np.min(distances, axis=-1) <= 3 * self.deviation
        return {
            "modes": int(np.unique(nearest[good]).size),
            "high_quality": float(np.mean(good)),
            "reverse_kl": reverse_kl(
                np.bincount(nearest, minlength=self.num_modes),
                np.full(self.num_modes, 1 / self.num_modes),
            ),
        }


def ring_8():
    """Eight Gaussians on the unit circle, deviation 0.01."""
    angles = 2 * np.pi * np.arange(8) / 8
    centers = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return Gaussians("ring-8", centers, 0.01)


def grid_25():
    """PacGAN's grid at a quarter of its scale: from -1 to 1 in both axes."""
    ticks = np.linspace(-1, 1, 5)
    centers = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return Gaussians("grid-25", centers, 0.0125)


class StackedDigits:
    """Three handwritten digits in three channels: 1,000 modes.

    The 8x8 digits of scikit-learn, in [-1, 1]. Which digits a sample shows
    says a support vector machine trained on the real ones; without a density
    there is no share of high quality, and a mode is found with one sample.

    Args:
        num_samples: int. Generated samples to judge.
    """

    name = "stacked-digits"
    output_shape = (8, 8, 3)
    num_modes = 1000

    def __init__(self, num_samples=26_000):
        images, labels = sklearn.datasets.load_digits(return_X_y=True)
        self.num_samples = num_samples
        self.images = (images / 8 - 1).astype("float32")  # (1797, 64)
        # Of libsvm's digits example, for pixels in [0, 16]: 0.001 x 8^2.
        self.classifier = sklearn.svm.SVC(gamma=0.064)
        self.classifier.fit(self.images, labels)
        shares = np.bincount(labels) / len(labels)
        self.shares = np.einsum("i,j,k", shares, shares, shares).ravel()

    def sample(self, n, seed):
        random = np.random.default_rng(seed)
        rows = random.integers(len(self.images), size=(n, 3))
        stacked = self.images[rows]  # (n, 3, 64)
        return np.moveaxis(stacked, 1, -1).reshape(-1, *self.output_shape)

    def judge(self, samples):
        """Returns modes found and reverse KL."""
        digits = np.moveaxis(samples, -1, 1).reshape(-1, 64)  # (3 n, 64)
        digits = self.classifier.predict(digits).reshape(-1, 3)
        counts = np.bincount(digits @ [100, 10, 1], minlength=1000)
        return {
            "modes": int(np.count_nonzero(counts)),
            "high_quality": None,
            "reverse_kl": reverse_kl(counts, self.shares),
        }


def reverse_kl(counts, shares):
    """KL(generated || real), in nats, of the shares of the modes.

    Args:
        counts: Array of shape `(num_modes,)`. Generated samples per mode.
        shares: Array of shape `(num_modes,)`. Real shares, all positive.

    Returns:
        float.
    """
    generated = counts / counts.sum()
    found = generated > 0
    ratio = generated[found] / shares[found]
    return float(np.sum(generated[found] * np.log(ratio)))
