"""FactorGAN: two players that are matrix factorizations, of which G ranks."""

import keras
from keras import ops

from keras_ganrec.gan import GAN
from keras_ganrec.layers import MatrixFactorization
from keras_ganrec.recommender import Recommender
from keras_ganrec.sampling import sample_items
from keras_ganrec.whole_numbers import check_positive


class FactorGAN(GAN, Recommender):
    """Base of GANs that draw items for users, and judge what was drawn.

    Trained on `keras_ganrec.data.user_profiles(train)`. Beside the losses of
    `GAN` a subclass writes `fake_weights(batch)`: how likely each item of the
    catalog is to be generated for D, of shape `(batch, num_items)`.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings of both players.
        num_samples: int. Draws for each user and each expectation.
        initializer: Initializer of the embeddings.
        g_regularizer: Optional regularizer of G's weights.
        d_regularizer: Optional regularizer of D's weights.
        d_constraint: Optional constraint of D's weights.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If `num_samples` is not a positive integer.
    """

    factorizes = True
    player_class = MatrixFactorization
    both_start = False  # whether `start_from` is for D, too

    def __init__(
        self,
        num_users,
        num_items,
        embedding_dim=20,
        num_samples=64,
        initializer="uniform",
        g_regularizer=None,
        d_regularizer=None,
        d_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive(num_samples=num_samples)
        self.num_users = num_users
        self.num_items = num_items
        self.embedding_dim = embedding_dim
        self.num_samples = num_samples
        self.initializer = keras.initializers.get(initializer)
        self.g_regularizer = keras.regularizers.get(g_regularizer)
        self.d_regularizer = keras.regularizers.get(d_regularizer)
        self.d_constraint = keras.constraints.get(d_constraint)
        sizes = num_users, num_items, embedding_dim, self.initializer
        self.generator = self.player_class(
            *sizes, self.g_regularizer, name="generator"
        )
        self.discriminator = self.player_class(
            *sizes, self.d_regularizer, self.d_constraint, name="discriminator"
        )
        self.built = True

    def start_from(self, other):
        """Lets G begin with the weights of a trained factor model.

        D begins with them, too, in models with `both_start = True`.

        Args:
            other: Model of the same sizes with `user_table`, `item_table` and
                `item_bias`, as `keras_ganrec.baselines.BPRMF`.

        Raises:
            ValueError: If its tables are of other sizes.
        """
        self.generator.start_from(other)
        if self.both_start:
            self.discriminator.start_from(other)

    def call(self, inputs):
        return self.generator(inputs["user_id"])

    def user_embeddings(self, user_id):
        return self.generator.user_embeddings(user_id)

    def item_embeddings(self):
        return self.generator.item_embeddings()

    def fake_weights(self, batch):
        raise NotImplementedError(
            f"`{type(self).__name__}` must write `fake_weights(batch)`."
        )

    def draw(self, weights):
        """Draws `num_samples` items of each row, in proportion to weights."""
        return sample_items(weights, self.num_samples, self.seed_generator)

    def judge_draws(self, batch):
        """Returns D's logits of seen and of fake items, drawn for each user.

        Two tensors of shape `(batch, num_samples)`.
        """
        items = [self.draw(batch["seen"]), self.draw(self.fake_weights(batch))]
        logits = self.discriminator.score(
            batch["user_id"], ops.concatenate(items, axis=-1)
        )
        return ops.split(logits, 2, axis=-1)

    def realness(self, batch):
        logits = self.discriminator(batch["user_id"])  # (batch, num_items)
        return tuple(
            ops.sum(weights * logits, axis=-1)
            for weights in (uniform(batch["seen"]), self.fake_weights(batch))
        )

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            "embedding_dim": self.embedding_dim,
            "num_samples": self.num_samples,
            "initializer": keras.initializers.serialize(self.initializer),
            "g_regularizer": keras.regularizers.serialize(self.g_regularizer),
            "d_regularizer": keras.regularizers.serialize(self.d_regularizer),
            "d_constraint": keras.constraints.serialize(self.d_constraint),
        }


def uniform(seen):
    """The distribution of which each seen item has the same share.

    Args:
        seen: float32 tensor of shape `(batch, num_items)`, ones and zeros,
            with a one in each row.

    Returns:
        Tensor of the same shape, whose rows sum to one.
    """
    return seen / ops.sum(seen, axis=-1, keepdims=True)
