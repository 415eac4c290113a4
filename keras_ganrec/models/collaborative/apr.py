"""APR: adversarial personalized ranking, on any factor model.

[He et al., SIGIR 2018](https://arxiv.org/abs/1808.03908); on matrix
factorization it is the paper's AMF.

(u, i, j)     triples: u has met i and not j
p_u, q_i, q_j their embeddings, Theta
x_uij         margin of a triple, p_u . q_i + b_i - p_u . q_j - b_j
L(Theta)      = E -log sigmoid(x_uij), the loss of BPR; L_u, that of a row of
                the batch: u, i and the items j that were drawn for them
D_v           perturbation of the embedding v, a constant to the gradient
w             `adversarial_weight` (lambda in the paper)

    minimize  L(Theta) + w L(Theta + D) + the recommender's own penalty
    D_v = e_u g_v / |g_v|,  g_v = dL_u / dv               v = p_u, q_i, q_j

x is an inner product, so g_v needs no second pass, only its direction:

    s_j = sigmoid(-x_uij)
    g_(p_u) ~ sum_j s_j (q_j - q_i),  g_(q_i) ~ -p_u,  g_(q_j) ~ p_u

e_u, by `magnitudes`:

    "uniform"  epsilon
    "pamacf"   epsilon 2 sigmoid(|p_u|^2 / mean |p|^2 - 1), the mean over the
               rows of the batch
               [Zhang et al., NeurIPS 2024](https://arxiv.org/abs/2410.22844)
    "vat"      epsilon 2 sigmoid(mean l / l_u - 1), l_u the loss of all of u's
               rows of the batch, the mean over its users
               [Zhang et al., RecSys 2024](https://arxiv.org/abs/2409.17476)

Departures from the paper:
- Each embedding's perturbation has the length e_u, as in the authors' code; the
  paper gives it to all of a triple together.
- An embedding that several rows of a batch share is moved in each by that row's
  own gradient; the authors' code adds the gradients of the rows.
"""

import keras
from keras import ops

from keras_ganrec.pairwise import RecommenderTrainer
from keras_ganrec.pairwise import bpr

MAGNITUDES = ("uniform", "pamacf", "vat")


@keras.saving.register_keras_serializable(package="keras_ganrec")
class APR(RecommenderTrainer):
    """Trains a factor model by BPR, and against the worst small step.

    It needs a trained start: `start_from(other)`, or an `adversarial_weight`
    that is 0 at first. Embeddings much shorter than `epsilon`, as random ones
    are, shrink to zero and stay there.

    When to use it: to refine a trained factor model, above all one without L2,
    which does much the same work.

    When not to: without a trained start: random embeddings shrink to zero. Nor
    where EASE can be trained, which is ahead on ML-1M.

    Args:
        recommender: Factor model that learns from pairs: `BPRMF`, `LightGCN`.
            Its weights are trained and rank.
        epsilon: float. Length of the perturbation of an average user.
        adversarial_weight: float, or
            `keras.optimizers.schedules.LearningRateSchedule` of the step:
            `PiecewiseConstantDecay([1000], [0.0, 1.0])` is BPR alone for the
            first thousand steps.
        magnitudes: `"uniform"`, `"pamacf"` or `"vat"`. Whether all users are
            perturbed alike, or more the larger their embeddings (PamaCF), or
            the better they are fitted (VAT).

    Raises:
        ValueError: If an argument is out of range, or `recommender` does not
            learn from pairs, or looks at features of items, which `AMR` is for.

    Example:

    >>> model = APR(BPRMF(train.num_users, train.num_items), epsilon=0.5)
    >>> model.start_from(trained_bpr_mf)
    >>> model.compile(optimizer=keras.optimizers.Adam(0.001))
    >>> model.fit(keras_ganrec.data.pairs(train), epochs=20)

    References:
        - [He et al., 2018](https://arxiv.org/abs/1808.03908)
        - [PamaCF](https://arxiv.org/abs/2410.22844) and
          [VAT](https://arxiv.org/abs/2409.17476) on `magnitudes`.
    """

    paper = "https://arxiv.org/abs/1808.03908"
    year = 2018

    def __init__(
        self,
        recommender,
        epsilon=0.5,
        adversarial_weight=1.0,
        magnitudes="uniform",
        **kwargs,
    ):
        super().__init__(recommender, **kwargs)
        if hasattr(recommender, "feature_kernel"):
            raise ValueError(
                "`recommender` must not look at features of items: not all "
                "of what stands for an item is an embedding then. Received: "
                f"recommender={recommender!r}. Use `AMR`, which perturbs the "
                "features."
            )
        if epsilon < 0:
            raise ValueError(
                "`epsilon` must not be negative: it is a length. "
                f"Received: epsilon={epsilon}"
            )
        if magnitudes not in MAGNITUDES:
            raise ValueError(
                f"`magnitudes` must be one of {MAGNITUDES}. "
                f"Received: magnitudes={magnitudes!r}"
            )
        if isinstance(adversarial_weight, dict):
            adversarial_weight = keras.optimizers.schedules.deserialize(
                adversarial_weight
            )
        if not callable(adversarial_weight) and adversarial_weight < 0:
            raise ValueError(
                "`adversarial_weight` must not be negative; 0 is BPR alone. "
                f"Received: adversarial_weight={adversarial_weight}"
            )
        self.epsilon = epsilon
        self.adversarial_weight = adversarial_weight
        self.magnitudes = magnitudes
        self.built = True

    def training_loss(self, batch):
        pairs = self.recommender.pairs(batch)
        perturbed = self.perturb(pairs, batch["user_id"])
        return (
            ops.mean(bpr(pairs.margins()))
            + self._weight() * ops.mean(bpr(perturbed.margins()))
            + pairs.penalty
        )

    def perturb(self, pairs, user_id):
        """Returns the pairs with each embedding moved up the loss.

        Args:
            pairs: `Pairs` of a batch.
            user_id: int tensor of shape `(batch,)`.
        """
        p_u, q_i, q_j, margins = map(
            ops.stop_gradient,
            (pairs.user, pairs.item, pairs.negatives, pairs.margins()),
        )
        s_j = ops.expand_dims(ops.sigmoid(-margins), -1)  # (batch, n, 1)
        g_u = ops.sum(s_j * (q_j - ops.expand_dims(q_i, 1)), axis=1)
        e_u = self._magnitudes(p_u, margins, user_id)  # (batch, 1)
        d_q = e_u * _directions(p_u)
        return pairs._replace(
            user=pairs.user + e_u * _directions(g_u),
            item=pairs.item - d_q,
            negatives=pairs.negatives + ops.expand_dims(d_q, 1),
        )

    def _magnitudes(self, p_u, margins, user_id):
        if self.magnitudes == "uniform":
            return self.epsilon * ops.ones_like(p_u[:, :1])
        if self.magnitudes == "pamacf":
            squares = ops.sum(ops.square(p_u), axis=-1)  # (batch,)
            # Embeddings that vanish have no mean to be measured by.
            ratio = squares / ops.maximum(ops.mean(squares), 1e-30)
        else:
            losses = ops.mean(bpr(margins), axis=-1)  # (batch,)
            of_users, rows = (
                ops.segment_sum(values, user_id, num_segments=self.num_users)
                for values in (losses, ops.ones_like(losses))
            )  # (num_users,)
            present = ops.sum(ops.cast(rows > 0, losses.dtype))
            mean = ops.sum(losses) / present
            ratio = mean / (ops.take(of_users, user_id) + 1e-9)
        return self.epsilon * 2 * ops.sigmoid(ops.expand_dims(ratio - 1, 1))

    def _weight(self):
        if callable(self.adversarial_weight):
            return self.adversarial_weight(self.optimizer.iterations)
        return self.adversarial_weight

    def get_config(self):
        weight = self.adversarial_weight
        if callable(weight):
            weight = keras.optimizers.schedules.serialize(weight)
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "adversarial_weight": weight,
            "magnitudes": self.magnitudes,
        }


def _directions(vectors):
    return ops.normalize(vectors, axis=-1)
