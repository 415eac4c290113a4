"""GANRS and WGANRS with the faults of their authors' notebooks put back in.

The faults are here and nowhere else; `ganrs_statistics.py` says what they are.
"""

import keras
import numpy as np

from keras_ganrec import losses
from keras_ganrec.models.synthesis import GANRS
from keras_ganrec.models.synthesis import WGANRS


class GANRSWithFaults(GANRS):
    """GANRS as the authors' notebook trains it."""

    family = losses.get("non_saturating")

    def judge(self, points):
        return self.discriminator(points)

    def discriminator_loss(self, batch):
        real = self.judge(self.real_points(batch))
        fake = self.judge(self.fake_points(batch, training=False))
        return self.family.discriminator(real, fake)

    def generator_loss(self, batch):
        return self.family.generator(self.judge(self.fake_points(batch)))

    def ratings(self, generated):
        ratio = self.real_ratings[0] / self.fake_ratings[0]
        return np.clip(np.round(5 * generated * np.array(ratio) + 3), 1, 5)


class WGANRSWithFaults(GANRSWithFaults, WGANRS):
    """WGANRS as the authors' notebook trains it."""

    family = losses.get("wasserstein")

    def judge(self, points):
        return keras.ops.sigmoid(self.discriminator(points))


def table_of_samples(model, n, seed):
    """The table that the authors' notebook makes of the model's samples."""
    seed_generator = keras.random.SeedGenerator(seed)
    rows = model.draw_samples(n, None, seed_generator).drop_duplicates()
    ratings = rows.groupby(["user", "item_id"])["rating"].transform("size")
    return rows[ratings < 3].rename(columns={"item_id": "item"})
