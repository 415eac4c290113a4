"""AMR: adversarial multimedia recommendation, on VBPR.

[Tang et al., TKDE 2019](https://arxiv.org/abs/1809.07062)

(u, i, j)   triples: u has met i and not j
f_i         features of item i
L(f)        E -log sigmoid(x_ui - x_uj), the loss of VBPR
d_i         perturbation of f_i, a constant to the gradient
w           `adversarial_weight` (lambda in the paper)

    minimize  L(f) + w L(f + d) + the recommender's own penalty
    d_i = e g_i / |g_i|,  g_i = dL / df_i

Both items of a triple are perturbed. The recommender sees f_i as E^T f_i
alone, so it is enough to know what becomes of that:

    h_i    dL / d(E^T f_i), the sum over all rows of the batch with item i
    g_i    = E h_i
    E^T d_i = e E^T E h_i / sqrt(h_i . E^T E h_i)

Departures from the paper:
- It stands on VBPR with item biases and two vectors of each user; the paper
  leaves out the biases and has one vector for both inner products.
- The perturbation is a constant to the gradient, as the paper says; in the
  authors' code `tf.stop_gradient` is called and its result not used.
"""

import keras
from keras import ops

from keras_ganrec.pairwise import RecommenderTrainer
from keras_ganrec.pairwise import bpr


@keras.saving.register_keras_serializable(package="keras_ganrec")
class AMR(RecommenderTrainer):
    """Trains VBPR also on items whose features are a little worse.

    The paper lets it start from a trained VBPR: `start_from(other)`.

    When to use it: where items have features, above all if these are noisy. On
    ML-100K it gains over a VBPR that was trained on from the same start.

    When not to: without features of the items; or where EASE or IALS can be
    trained, which are ahead on ML-100K without any. On the words of CiteULike's
    articles BPR-MF is ahead of it, too.

    Args:
        recommender: Model that learns from pairs and from features of items:
            `VBPR`. Its weights are trained and rank.
        epsilon: float. Length of the perturbation of a row of features.
        adversarial_weight: float. w above.

    Raises:
        ValueError: If an argument is negative, or `recommender` does not look
            at features.

    Example:

    >>> model = AMR(VBPR(train.num_users, train.num_items, features))
    >>> model.start_from(trained_vbpr)
    >>> model.compile(optimizer=keras.optimizers.Adam(0.001))
    >>> model.fit(keras_ganrec.data.pairs(train), epochs=20)

    References:
        - [Tang et al., 2019](https://arxiv.org/abs/1809.07062)
    """

    paper = "https://arxiv.org/abs/1809.07062"
    year = 2019

    def __init__(
        self, recommender, epsilon=0.1, adversarial_weight=1.0, **kwargs
    ):
        super().__init__(recommender, **kwargs)
        if not hasattr(recommender, "feature_kernel"):
            raise ValueError(
                "`recommender` must look at features of items, as "
                "`VBPR(num_users, num_items, item_features)` does. Received: "
                f"recommender={recommender!r}"
            )
        for name, value in (
            ("epsilon", epsilon),
            ("adversarial_weight", adversarial_weight),
        ):
            if value < 0:
                raise ValueError(
                    f"`{name}` must not be negative. Received: {name}={value}"
                )
        self.epsilon = epsilon
        self.adversarial_weight = adversarial_weight
        self.built = True

    def training_loss(self, batch):
        pairs = self.recommender.pairs(batch)
        perturbed = self.perturb(pairs, batch)
        return (
            ops.mean(bpr(pairs.margins()))
            + self.adversarial_weight * ops.mean(bpr(perturbed.margins()))
            + pairs.penalty
        )

    def perturb(self, pairs, batch):
        """Returns the pairs with the features of items moved up the loss.

        Args:
            pairs: `Pairs` of a batch.
            batch: The batch, for the ids of its items.
        """
        kernel = self.recommender.feature_kernel()  # (dim, n)
        gradients = self._gradients(pairs, batch, kernel.shape[1])  # (rows, n)
        # The gradient goes through the E that d_i is projected with, and not
        # through the one that d_i is made of.
        square = ops.matmul(ops.transpose(ops.stop_gradient(kernel)), kernel)
        changes = ops.matmul(gradients, square)
        squares = ops.sum(gradients * changes, axis=-1, keepdims=True)
        lengths = ops.sqrt(ops.maximum(squares, 1e-12))
        changes *= ops.stop_gradient(self.epsilon / lengths)
        free = pairs.item.shape[-1] - changes.shape[-1]
        changes = ops.pad(changes, ((0, 0), (free, 0)))
        of_items = ops.shape(pairs.item)[0]
        return pairs._replace(
            item=pairs.item + changes[:of_items],
            negatives=pairs.negatives
            + ops.reshape(changes[of_items:], ops.shape(pairs.negatives)),
        )

    def _gradients(self, pairs, batch, size):
        """Directions of h_i of the items i, then of all j, row by row."""
        user, margins = map(ops.stop_gradient, (pairs.user, pairs.margins()))
        likes = ops.expand_dims(user[:, -size:], 1)  # (batch, 1, n)
        of_negatives = ops.expand_dims(ops.sigmoid(-margins), -1) * likes
        rows = ops.concatenate(
            [
                -ops.sum(of_negatives, axis=1),
                ops.reshape(of_negatives, (-1, size)),
            ]
        )
        negative_ids = ops.reshape(batch["negative_ids"], (-1,))
        ids = ops.concatenate([batch["item_id"], negative_ids])
        # A place for each item of the batch, not for each of the catalog.
        places = ops.searchsorted(ops.sort(ids), ids)
        sums = ops.segment_sum(rows, places, num_segments=ops.shape(ids)[0])
        return ops.take(ops.normalize(sums, axis=-1), places, axis=0)

    def get_config(self):
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "adversarial_weight": self.adversarial_weight,
        }
