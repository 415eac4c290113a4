"""RatingGAN: ratings as points, made by a GAN, grouped into users and items."""

import dataclasses

import keras
import numpy as np
import pandas as pd
from keras import ops

from keras_ganrec import losses
from keras_ganrec.gan import GAN
from keras_ganrec.gradients import Descent
from keras_ganrec.gradients import step_by_phase
from keras_ganrec.rating_range import check_ratings
from keras_ganrec.synthesis.rating_points import POINTS_PER_CENTROID
from keras_ganrec.synthesis.rating_points import centroids
from keras_ganrec.synthesis.rating_points import nearest
from keras_ganrec.synthesis.synthesizer import Synthesizer
from keras_ganrec.synthesis.synthesizer import numpy_generator

POINTS_AT_ONCE = 2**16


class RatingGAN(Synthesizer, GAN):
    """Base of GANs that make a rating as a point: its user, its item, itself.

    Trained on `keras_ganrec.data.rated_pairs(interactions)`, in two phases of
    one `fit()`. For the first `factorization_steps` batches a matrix
    factorization learns embeddings of the real users and items. From then on
    it stays as it is, and a GAN learns the points (user embedding, item
    embedding, rating) of the batches.

    To generate, `samples_per_user` points are drawn per new user. K-means
    groups them: a group of user embeddings is a new user, a group of item
    embeddings is a new item. **Items are new, too**: their raw ids are none
    of the real ones, and nothing can be joined with the real table. Groups of
    items are found when generation starts, on a bounded sample, and stay
    until the next `fit()`; so the items of two calls of `generate` are the
    same. Groups of users are found anew, for 4096 users at a time. K-means is
    scikit-learn's: `pip install 'keras_ganrec[synthesis]'`.

    A subclass sets `self.generator` and `self.discriminator`. The losses are
    the non-saturating ones, where it does not write others.

    Args:
        num_users: int. Number of real users.
        num_items: int. Number of real items.
        num_synthetic_items: int. Number of new items.
        samples_per_user: int. Points drawn per new user. What remains are
            its different items: fewer.
        embedding_dim: int. Size of an embedding.
        noise_dim: int. Size of the noise.
        noise_scale: float. Standard deviation of the noise at generation;
            in training it is 1.
        rating_range: Pair of float. The lowest and the highest rating.
        factorization_steps: int. Batches of the first phase.
        g_hidden_dims: Pair of int. Widths of G's hidden layers.
        d_hidden_dim: int. Width of D's hidden layer.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If a size is not a positive integer, `noise_scale` is not
            positive or `rating_range` is empty.
    """

    keeps_users = True  # their embeddings

    def __init__(
        self,
        num_users,
        num_items,
        num_synthetic_items=1000,
        samples_per_user=100,
        embedding_dim=5,
        noise_dim=100,
        noise_scale=1.0,
        rating_range=(1.0, 5.0),
        factorization_steps=25_000,
        g_hidden_dims=(10, 20),
        d_hidden_dim=4,
        **kwargs,
    ):
        super().__init__(**kwargs)
        sizes = {
            "num_users": num_users,
            "num_items": num_items,
            "num_synthetic_items": num_synthetic_items,
            "samples_per_user": samples_per_user,
            "embedding_dim": embedding_dim,
            "noise_dim": noise_dim,
            "factorization_steps": factorization_steps,
        }
        for name, size in sizes.items():
            if not isinstance(size, int) or size < 1:
                raise ValueError(
                    f"`{name}` must be a positive integer. "
                    f"Received: {name}={size!r}"
                )
        low, high = rating_range
        if not low < high:
            raise ValueError(
                "`rating_range` must be the lowest and the highest rating, "
                f"two different ones. Received: rating_range={rating_range!r}"
            )
        if not noise_scale > 0:
            raise ValueError(
                "`noise_scale` must be positive. "
                f"Received: noise_scale={noise_scale!r}"
            )
        self.num_users = num_users
        self.num_items = num_items
        self.num_synthetic_items = num_synthetic_items
        self.samples_per_user = samples_per_user
        self.embedding_dim = embedding_dim
        self.noise_dim = noise_dim
        self.noise_scale = noise_scale
        self.rating_range = (float(low), float(high))
        self.factorization_steps = factorization_steps
        self.g_hidden_dims = tuple(g_hidden_dims)
        self.d_hidden_dim = d_hidden_dim
        self.point_dim = 2 * embedding_dim + 1

        self.user_embedding = keras.layers.Embedding(
            num_users, embedding_dim, dtype="float32"
        )
        self.item_embedding = keras.layers.Embedding(
            num_items, embedding_dim, dtype="float32"
        )
        ids = [keras.Input((), dtype="int32") for _ in range(2)]
        embeddings = [self.user_embedding(ids[0]), self.item_embedding(ids[1])]
        self.factors = keras.Model(
            ids,
            keras.layers.Dot(axes=-1, dtype="float32")(embeddings),
            name="factors",
        )
        self.factor_loss_tracker = keras.metrics.Mean(name="factor_loss")
        # Mean and standard deviation of scaled ratings.
        self.real_ratings = self._kept((2,), "real_ratings")
        self.fake_ratings = self._kept((2,), "fake_ratings")
        # All zero: not found yet.
        self.item_centroids = self._kept(
            (num_synthetic_items, embedding_dim), "item_centroids"
        )

    def _kept(self, shape, name):
        return self.add_weight(
            shape=shape, initializer="zeros", trainable=False, name=name
        )

    def compile(
        self,
        d_optimizer="adam",
        g_optimizer="adam",
        factor_optimizer="adam",
        **kwargs,
    ):
        """Sets the optimizers of both players and of the factorization.

        Args:
            d_optimizer: Name or `keras.optimizers.Optimizer` of D.
            g_optimizer: The same of G; another object.
            factor_optimizer: The same of the factorization; another object.
            **kwargs: As in `GAN.compile`.

        Raises:
            ValueError: If two of them are the same object.
        """
        optimizers = {
            "d_optimizer": keras.optimizers.get(d_optimizer),
            "g_optimizer": keras.optimizers.get(g_optimizer),
        }
        factor_optimizer = keras.optimizers.get(factor_optimizer)
        if factor_optimizer in optimizers.values():
            raise ValueError(
                "`factor_optimizer` is the optimizer of a player, too, but "
                "the factorization needs its own state. Create another one."
            )
        super().compile(**optimizers, **kwargs)
        self.keep_compile_config(
            **optimizers, factor_optimizer=factor_optimizer, **kwargs
        )
        self.factor_optimizer = self._scaled(factor_optimizer)
        self._factor_descent = Descent(
            self.factors, self.factor_optimizer, compiled=not self.run_eagerly
        )

    @property
    def metrics(self):
        return [*super().metrics, self.factor_loss_tracker]

    def call(self, inputs, training=False):
        # For serving: points, not grouped into users and items.
        return self.generator(inputs["noise"], training=training)

    def serving_inputs(self):
        shape = (None, self.noise_dim)
        return {"noise": keras.InputSpec(shape=shape, dtype="float32")}

    def train_step(self, data):
        batch, _, _ = keras.utils.unpack_x_y_sample_weight(data)

        def logs_after(step):
            step(batch)
            return {metric.name: metric.result() for metric in self.metrics}

        return step_by_phase(
            self.factor_optimizer.iterations < self.factorization_steps,
            lambda: logs_after(self.factor_step),
            lambda: logs_after(super(RatingGAN, self).train_step),
        )

    def factor_step(self, batch):
        """Moves the embeddings once. Both players stay."""
        self.factor_loss_tracker.update_state(
            self._factor_descent.step(
                lambda: self.factor_loss(batch),
                self.distribute_strategy.num_replicas_in_sync,
            )
        )

    def factor_loss(self, batch):
        rating = self.factors([batch["user_id"], batch["item_id"]])[:, 0]
        return ops.mean(ops.square(rating - batch["rating"]))

    def real_points(self, batch):
        """Returns the points of a batch of ratings, `(batch, point_dim)`."""
        points = [
            self.user_embedding(batch["user_id"]),
            self.item_embedding(batch["item_id"]),
            self.scaled(batch["rating"])[:, None],
        ]
        return ops.concatenate(points, axis=-1)

    def scaled(self, rating):
        """From the range of the ratings to [-0.4, 0.4]."""
        low, high = self.rating_range
        return 0.8 * (rating - low) / (high - low) - 0.4

    def fake_points(self, batch, training=True):
        """Returns generated points, as many as the batch has ratings."""
        noise = keras.random.normal(
            (ops.shape(batch["rating"])[0], self.noise_dim),
            seed=self.seed_generator,
        )
        noise = self.conditioned(noise, batch)
        return self.generator(noise, training=training)

    def logits(self, batch):
        """D's logits of real and of generated points, two of `(batch, 1)`."""
        return [
            self.discriminator(self.conditioned(points, batch), training=True)
            for points in (self.real_points(batch), self.fake_points(batch))
        ]

    def conditioned(self, inputs, batch):
        """What a player is given. A conditional model adds its labels."""
        return inputs

    def discriminator_loss(self, batch):
        return losses.non_saturating_discriminator_loss(*self.logits(batch))

    def generator_loss(self, batch):
        _, fake_logits = self.logits(batch)
        return losses.non_saturating_generator_loss(fake_logits)

    def realness(self, batch):
        return tuple(ops.squeeze(x, axis=-1) for x in self.logits(batch))

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
        self.item_centroids.assign(ops.zeros_like(self.item_centroids))

    def sample(self, n, condition, seed_generator):
        return self.generator(self.noise(n, seed_generator), training=False)

    def noise(self, n, seed_generator):
        return keras.random.normal(
            (n, self.noise_dim), stddev=self.noise_scale, seed=seed_generator
        )

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

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            "num_synthetic_items": self.num_synthetic_items,
            "samples_per_user": self.samples_per_user,
            "embedding_dim": self.embedding_dim,
            "noise_dim": self.noise_dim,
            "noise_scale": self.noise_scale,
            "rating_range": self.rating_range,
            "factorization_steps": self.factorization_steps,
            "g_hidden_dims": self.g_hidden_dims,
            "d_hidden_dim": self.d_hidden_dim,
        }


def without_repeats(table):
    """Keeps the first rating of each pair, the users in order."""
    table = table.drop_duplicates(["user", "item_id"])
    return table.sort_values("user", kind="stable", ignore_index=True)


def _new_items(vocabulary, n):
    """Raw ids of `n` new items, none of which is a real one."""
    if vocabulary.dtype.kind in "iu":
        return np.arange(n) + vocabulary.max() + 1
    return np.array([f"synthetic {item}" for item in range(n)])
