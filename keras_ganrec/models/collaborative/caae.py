"""CAAE: two autoencoders pick liked and disliked items, BPR judges them.

[Chae et al., IEEE Access 2019](https://doi.org/10.1109/ACCESS.2019.2905876)

r_u      profile of user u, ones at R_u, the items that u has seen
g, g'    what the autoencoders G and G' make of r_u, between 0 and 1
p, p'    softmax of g and of g' over the whole catalog: the items that G takes
         u to like, and G' to dislike
f        D's score of an item for u, p_u . q_i + b_i: BPR-MF
N_u      a share of the unseen items, drawn by p' without replacement
l        weight of the adversary
s        sigmoid

J_D  = - E_{i in R_u, k ~ p} log s(f_i - f_k)
       - E_{i in R_u, k ~ p'} log s(f_i - f_k)
J_G  = - l E_{k ~ p} r_k + (1 - l) sum_{i in R_u + N_u} (r_ui - g_i)^2
J_G' = - E_{k ~ p'} r'_k

r_k = log s(f_k - 1) and r'_k = log s(1 - f_k), by REINFORCE with a baseline.
G' supplies the zeros that G is to reconstruct: what it draws often is taken
for disliked, and the rest of the unseen is left open. G ranks.

The paper has no public code and this file was not written from its text, but
from its abstract and from the objectives as
[GANMF's authors](https://github.com/edervishaj/GANMF) reimplemented them.
Departures from those:
- Rewards have a baseline; theirs are all negative, so that whatever is drawn
  is punished.
- G and G' take their steps together, by one optimizer and on one batch.
"""

import keras
import numpy as np
from keras import ops

from keras_ganrec import losses
from keras_ganrec.factor_gan import uniform
from keras_ganrec.gan import GAN
from keras_ganrec.layers import MatrixFactorization
from keras_ganrec.policy import check_num_samples
from keras_ganrec.policy import reinforce
from keras_ganrec.recommender import Recommender
from keras_ganrec.sampling import sample_items
from keras_ganrec.sampling import sample_subset


@keras.saving.register_keras_serializable(package="keras_ganrec")
class CAAE(GAN, Recommender):
    """CAAE, collaborative adversarial autoencoders (Chae et al., 2019).

    Train it on `keras_ganrec.data.user_profiles(train)`.

    When to use it: for an autoencoder of profiles that comes close to the best
    linear models, also for new users.

    When not to: for the sake of its adversary: on ML-100K the same autoencoder
    without it is as good. Nor to quote the paper, whose text was not at hand.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        hidden_dims: Sequence of int. Widths of the hidden layers of G.
        disliked_hidden_dims: Sequence of int. The same of G'.
        embedding_dim: int. Size of D's embeddings.
        num_samples: int. Draws for each user and each expectation, at least 2.
        zero_ratio: float in [0, 1]. Share of the unseen items in N_u.
        adversarial_weight: float in [0, 1]. l above.
        activation: Activation of the hidden layers.
        g_regularizer: Optional regularizer of the kernels of G and G'.
        d_regularizer: Optional regularizer of D's weights.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If a number is out of range.

    References:
        - [Chae et al., 2019](https://doi.org/10.1109/ACCESS.2019.2905876)
    """

    paper = "https://doi.org/10.1109/ACCESS.2019.2905876"
    year = 2019

    def __init__(
        self,
        num_users,
        num_items,
        hidden_dims=(100,),
        disliked_hidden_dims=(100,),
        embedding_dim=20,
        num_samples=64,
        zero_ratio=0.3,
        adversarial_weight=0.5,
        activation="sigmoid",
        g_regularizer=None,
        d_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        for name, value in (
            ("zero_ratio", zero_ratio),
            ("adversarial_weight", adversarial_weight),
        ):
            if not 0 <= value <= 1:
                raise ValueError(
                    f"`{name}` must be between 0 and 1. "
                    f"Received: {name}={value}"
                )
        check_num_samples(num_samples)
        self.num_users = num_users
        self.num_items = num_items
        self.hidden_dims = tuple(hidden_dims)
        self.disliked_hidden_dims = tuple(disliked_hidden_dims)
        self.embedding_dim = embedding_dim
        self.num_samples = num_samples
        self.zero_ratio = zero_ratio
        self.adversarial_weight = adversarial_weight
        self.activation = activation
        self.g_regularizer = keras.regularizers.get(g_regularizer)
        self.d_regularizer = keras.regularizers.get(d_regularizer)
        profile = keras.Input((num_items,), name="seen")
        self.liked = self._autoencoder(self.hidden_dims, "liked")
        self.disliked = self._autoencoder(self.disliked_hidden_dims, "disliked")
        self.generator = keras.Model(
            profile,
            [self.liked(profile), self.disliked(profile)],
            name="generator",
        )
        self.discriminator = MatrixFactorization(
            num_users,
            num_items,
            embedding_dim,
            regularizer=self.d_regularizer,
            name="discriminator",
        )
        self.built = True

    def _autoencoder(self, hidden_dims, name):
        hidden = [
            keras.layers.Dense(
                dim,
                activation=self.activation,
                kernel_regularizer=self.g_regularizer,
                dtype=self.dtype_policy,
            )
            for dim in hidden_dims
        ]
        generated = keras.layers.Dense(
            self.num_items,
            activation="sigmoid",
            kernel_regularizer=self.g_regularizer,
            dtype="float32",
        )
        return keras.Sequential(
            [keras.Input((self.num_items,)), *hidden, generated], name=name
        )

    def call(self, inputs):
        return self.score_profiles(inputs["seen"])

    def score_profiles(self, seen):
        return self.liked(seen)

    def discriminator_loss(self, batch):
        liked, disliked = self.generator(batch["seen"])
        return self._bpr(batch, liked) + self._bpr(batch, disliked)

    def _bpr(self, batch, generated):
        fakes = ops.softmax(generated, axis=-1)  # (batch, num_items)
        items = [self._draw(batch["seen"]), self._draw(fakes)]
        logits = self.discriminator.score(
            batch["user_id"], ops.concatenate(items, axis=-1)
        )
        return losses.relativistic_discriminator_loss(
            *ops.split(logits, 2, axis=-1)
        )

    def generator_loss(self, batch):
        liked, disliked = self.generator(batch["seen"])
        log_p = ops.log_softmax(disliked, axis=-1)
        zeros = self._draw_zeros(batch["seen"], log_p)
        squares = (batch["seen"] + zeros) * ops.square(batch["seen"] - liked)
        reconstruction = ops.mean(ops.sum(squares, axis=-1))
        adversarial = self._policy_loss(
            batch, ops.log_softmax(liked, axis=-1), 1.0
        )
        return (
            self.adversarial_weight * adversarial
            + (1 - self.adversarial_weight) * reconstruction
            + self._policy_loss(batch, log_p, -1.0)
        )

    def _policy_loss(self, batch, log_p, sign):
        items = self._draw(ops.exp(log_p))  # (batch, num_samples)
        logits = self.discriminator.score(batch["user_id"], items)
        return reinforce(log_p, items, ops.log_sigmoid(sign * (logits - 1)))

    def _draw_zeros(self, seen, log_p):
        sizes = ops.round(self.zero_ratio * ops.sum(1 - seen, axis=-1))
        unseen = ops.where(seen > 0, -np.inf, log_p)
        return sample_subset(unseen, sizes, self.seed_generator)

    def _draw(self, weights):
        return sample_items(weights, self.num_samples, self.seed_generator)

    def realness(self, batch):
        logits = self.discriminator(batch["user_id"])  # (batch, num_items)
        p = ops.softmax(self.liked(batch["seen"]), axis=-1)
        weights = uniform(batch["seen"]), p
        return tuple(ops.sum(w * logits, axis=-1) for w in weights)

    def get_config(self):
        return {
            **super().get_config(),
            "num_users": self.num_users,
            "num_items": self.num_items,
            "hidden_dims": self.hidden_dims,
            "disliked_hidden_dims": self.disliked_hidden_dims,
            "embedding_dim": self.embedding_dim,
            "num_samples": self.num_samples,
            "zero_ratio": self.zero_ratio,
            "adversarial_weight": self.adversarial_weight,
            "activation": self.activation,
            "g_regularizer": keras.regularizers.serialize(self.g_regularizer),
            "d_regularizer": keras.regularizers.serialize(self.d_regularizer),
        }
