"""RatingGAN: ratings as points, made by a GAN."""

import keras
from keras import ops

from keras_ganrec import losses
from keras_ganrec.gan import GAN
from keras_ganrec.gradients import Descent
from keras_ganrec.gradients import step_by_phase
from keras_ganrec.synthesis.point_synthesizer import PointSynthesizer
from keras_ganrec.whole_numbers import check_positive


class RatingGAN(PointSynthesizer, GAN):
    """Base of GANs that make a rating as a point: its user, its item, itself.

    Trained on `keras_ganrec.data.rated_pairs(interactions)`, in two phases of
    one `fit()`. For the first `factorization_steps` batches a matrix
    factorization learns embeddings of the real users and items. From then on
    it stays as it is, and a GAN learns the points (user embedding, item
    embedding, rating) of the batches.

    How users and items come of generated points: `PointSynthesizer`.

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
        check_positive(
            num_users=num_users,
            num_items=num_items,
            num_synthetic_items=num_synthetic_items,
            samples_per_user=samples_per_user,
            embedding_dim=embedding_dim,
            noise_dim=noise_dim,
            factorization_steps=factorization_steps,
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
        self.add_table_weights()

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

    def sample(self, n, condition, seed_generator):
        return self.generator(self.noise(n, seed_generator), training=False)

    def noise(self, n, seed_generator):
        return keras.random.normal(
            (n, self.noise_dim), stddev=self.noise_scale, seed=seed_generator
        )

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
