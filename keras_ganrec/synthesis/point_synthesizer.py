"""PointSynthesizer: generated points, grouped into users and items."""

import dataclasses

import keras
import numpy as np
import pandas as pd
from keras import ops

from keras_ganrec.rating_range import check_ratings
from keras_ganrec.synthesis.rating_points import POINTS_PER_CENTROID
from keras_ganrec.synthesis.rating_points import centroids
from keras_ganrec.synthesis.rating_points import nearest
from keras_ganrec.synthesis.synthesizer import Synthesizer
from keras_ganrec.synthesis.synthesizer import numpy_generator

POINTS_AT_ONCE = 2**16


class PointSynthesizer(Synthesizer):
    """Base of models that make a rating as a point: its user, its item, itself.

    To generate, `samples_per_user` points are drawn per new user. K-means
    groups them: a group of user embeddings is a new user, a group of item
    embeddings is a new item. **Items are new, too**: their raw ids are none
    of the real ones, and nothing can be joined with the real table. Groups of
    items are found when generation starts, on a bounded sample, and stay
    until the next `fit()`; so the items of two calls of `generate` are the
    same. Groups of users are found anew, for 4096 users at a time. K-means is
    scikit-learn's: `pip install 'keras_ganrec[synthesis]'`.

    A subclass sets the sizes of its constructor, calls `add_table_weights()`
    there, and writes `sample(n, condition, seed_generator)`: points, `(n, 2 *
    embedding_dim + 1)`, the rating last, as by `scaled`.
    """

    keeps_users = True  # their embeddings

    def add_table_weights(self):
        # Mean and standard deviation of scaled ratings.
        self.real_ratings = self._kept((2,), "real_ratings")
        self.fake_ratings = self._kept((2,), "fake_ratings")
        # All zero: not found yet.
        self.item_centroids = self._kept(
            (self.num_synthetic_items, self.embedding_dim), "item_centroids"
        )

    def _kept(self, shape, name):
        return self.add_weight(
            shape=shape, initializer="zeros", trainable=False, name=name
        )

    def scaled(self, rating):
        """From the range of the ratings to [-0.4, 0.4]."""
        low, high = self.rating_range
        return 0.8 * (rating - low) / (high - low) - 0.4

    def remember(self, interactions):
        check_ratings(interactions.rating, self.rating_range)
        if interactions.num_users != self.num_users:
            raise ValueError(
                f"The data has {interactions.num_users} users, but the model "
                f"was built for {self.num_users}. Build it with "
                f"`num_users={interactions.num_users}`."
            )
        super().remember(interactions)
        self.schema = dataclasses.replace(
            self.schema,
            item_vocabulary=_new_items(
                interactions.item_vocabulary, self.num_synthetic_items
            ),
            rows_per_user=float(self.samples_per_user),
        )
        scaled = self.scaled(np.asarray(interactions.rating))
        self.real_ratings.assign([scaled.mean(), scaled.std()])
        self._forget_items()

    def fit(self, *args, **kwargs):
        history = super().fit(*args, **kwargs)
        # Those of a look that was taken in training are of an earlier G.
        self._forget_items()
        return history

    def _forget_items(self):
        self.item_centroids.assign(ops.zeros_like(self.item_centroids))

    def draw(self, n, condition, seed_generator):
        table = self.draw_samples(n, condition, seed_generator)
        return without_repeats(table), None

    def draw_samples(self, n, condition, seed_generator):
        """Draws `samples_per_user` ratings for each of `n` new users.

        Args:
            n: int. Number of users.
            condition: What `sample` takes, for all of them.
            seed_generator: `keras.random.SeedGenerator`.

        Returns:
            DataFrame of `n * samples_per_user` rows with the columns `user`,
            `item_id` and `rating`. The same pair may occur many times.
        """
        if not np.any(ops.convert_to_numpy(self.item_centroids)):
            self._find_items()
        random = numpy_generator(seed_generator)
        points = self._points(
            n * self.samples_per_user, condition, seed_generator
        )
        users, items, rating = self._split(points)
        return pd.DataFrame(
            {
                "user": nearest(users, centroids(users, n, random)),
                "item_id": nearest(
                    items, ops.convert_to_numpy(self.item_centroids)
                ),
                "rating": self.ratings(rating),
            }
        )

    def _find_items(self):
        seed_generator = keras.random.SeedGenerator(self.seed or 0)
        random = numpy_generator(seed_generator)
        points = self._points(
            POINTS_PER_CENTROID * self.num_synthetic_items,
            None,
            seed_generator,
        )
        _, items, rating = self._split(points)
        self.item_centroids.assign(
            centroids(items, self.num_synthetic_items, random)
        )
        self.fake_ratings.assign([rating.mean(), rating.std()])

    def _points(self, n, condition, seed_generator):
        points = np.empty((n, self.point_dim), np.float32)
        for start in range(0, n, POINTS_AT_ONCE):
            part = points[start : start + POINTS_AT_ONCE]
            part[:] = self.sample(len(part), condition, seed_generator)
        return points

    def _split(self, points):
        d = self.embedding_dim
        return points[:, :d], points[:, d : 2 * d], points[:, -1]

    def ratings(self, generated):
        """Ratings of the real mean and spread, rounded to known values."""
        mean, spread = ops.convert_to_numpy(self.real_ratings)
        fake_mean, fake_spread = ops.convert_to_numpy(self.fake_ratings)
        scaled = (generated - fake_mean) / max(fake_spread, 1e-6)
        values = np.array(self.schema.rating_values)
        limits = self.scaled((values[1:] + values[:-1]) / 2)
        return values[np.searchsorted(limits, mean + spread * scaled)]


def without_repeats(table):
    """Keeps the first rating of each pair, the users in order."""
    table = table.drop_duplicates(["user", "item_id"])
    return table.sort_values("user", kind="stable", ignore_index=True)


def _new_items(vocabulary, n):
    """Raw ids of `n` new items, none of which is a real one."""
    if vocabulary.dtype.kind in "iu":
        return np.arange(n) + vocabulary.max() + 1
    return np.array([f"synthetic {item}" for item in range(n)])
