"""Factor models that learn from pairs, and models that train such a one.

A batch of `keras_ganrec.data.pairs` has users u, an item i that each has met
and items j that they have not. x_ui = p_u . q_i + b_i is a score, x_ui - x_uj
the margin of a triple.
"""

from typing import Any
from typing import NamedTuple

import keras
from keras import ops

from keras_ganrec.recommender import Recommender


class Pairs(NamedTuple):
    """What a factor model knows of a batch.

    Attributes:
        user: p_u, tensor of shape `(batch, dim)`.
        item: q_i, tensor of shape `(batch, dim)`.
        negatives: q_j, tensor of shape `(batch, num_negatives, dim)`.
        item_bias: b_i, tensor of shape `(batch,)`; 0 without biases.
        negative_bias: b_j, tensor of shape `(batch, num_negatives)`; or 0.
        penalty: Scalar that is added to whatever loss they are trained by.
    """

    user: Any
    item: Any
    negatives: Any
    item_bias: Any = 0.0
    negative_bias: Any = 0.0
    penalty: Any = 0.0

    def margins(self):
        """Returns x_ui - x_uj, of shape `(batch, num_negatives)`."""
        x_ui = ops.sum(self.user * self.item, axis=-1) + self.item_bias
        x_uj = (
            ops.einsum("bd,bnd->bn", self.user, self.negatives)
            + self.negative_bias
        )
        return ops.expand_dims(x_ui, axis=-1) - x_uj


def bpr(margins):
    """-log sigmoid(margin), of the shape of the margins."""
    return ops.softplus(-margins)


def mean_square_norms(*embeddings):
    """Returns the sum of E|v|^2 over tensors of shape `(..., dim)`."""
    return sum(ops.mean(ops.sum(ops.square(v), axis=-1)) for v in embeddings)


class PairwiseRecommender(Recommender):
    """Base of factor models that are trained on `keras_ganrec.data.pairs`.

    By BPR, with the penalty of the pairs. A subclass writes `pairs(batch)`,
    which returns the `Pairs` of a batch.
    """

    factorizes = True

    def training_loss(self, batch):
        pairs = self.pairs(batch)
        return ops.mean(bpr(pairs.margins())) + pairs.penalty

    def pairs(self, batch):
        raise NotImplementedError(
            f"`{type(self).__name__}` must write `pairs(batch)`."
        )


class RecommenderTrainer(Recommender):
    """Base of models that train a given factor model by a loss of their own.

    They rank as it does; a subclass writes `training_loss(batch)`.

    Args:
        recommender: `PairwiseRecommender`, compiled or not. Its weights are
            the ones that are trained.

    Raises:
        ValueError: If `recommender` is no `PairwiseRecommender`.
    """

    factorizes = True

    def __init__(self, recommender, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(recommender, PairwiseRecommender):
            raise ValueError(
                "`recommender` must be a factor model that learns from pairs, "
                f"such as `BPRMF(num_users, num_items)`. Received: "
                f"recommender={recommender!r}"
            )
        self.recommender = recommender
        self.num_users = recommender.num_users
        self.num_items = recommender.num_items

    def player(self):
        return self.recommender

    def start_from(self, other):
        """Copies the weights of a trained model of the recommender's kind.

        Args:
            other: Model of the class and the sizes of `recommender`.

        Raises:
            ValueError: If it is of another class or of other sizes.
        """
        shapes = [
            [weight.shape for weight in model.weights]
            for model in (self.recommender, other)
        ]
        if type(other) is not type(self.recommender) or (
            shapes[0] != shapes[1]
        ):
            raise ValueError(
                "Weights can be copied from a model of the same class and "
                f"sizes alone. Expected a {type(self.recommender).__name__} "
                f"with weights of shapes {shapes[0]}. Received: a "
                f"{type(other).__name__} with {shapes[1]}"
            )
        self.recommender.set_weights(other.get_weights())

    def call(self, inputs):
        return self.recommender(inputs)

    def ranking(self):
        return self.recommender.ranking()

    def user_embeddings(self, user_id):
        return self.recommender.user_embeddings(user_id)

    def item_embeddings(self):
        return self.recommender.item_embeddings()

    def score_profiles(self, seen):
        return self.recommender.score_profiles(seen)

    @property
    def takes_profiles(self):
        return self.recommender.takes_profiles

    @property
    def catalog(self):
        return self.recommender.catalog

    @catalog.setter
    def catalog(self, catalog):
        self.recommender.catalog = catalog
        self.recommender._forget_traces()

    def remember(self, interactions):
        self.recommender.remember(interactions)
        self._forget_traces()

    # The file holds the catalog once, with the recommender.

    def save_assets(self, directory):
        pass

    def load_assets(self, directory):
        pass

    def get_config(self):
        return {
            **super().get_config(),
            "recommender": keras.saving.serialize_keras_object(
                self.recommender
            ),
        }

    @classmethod
    def from_config(cls, config):
        recommender = keras.saving.deserialize_keras_object(
            config["recommender"]
        )
        return super().from_config({**config, "recommender": recommender})
