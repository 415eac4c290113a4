"""CoFiGAN: the discriminator picks pairs of items, the generator ranks them.

[Liu et al., KBS 2020](https://github.com/LiuJiXiong/CoFiGAN)

g, f     scores of G and of D for an item of user u, p_u . q_i + b_i each
R_u      items that u has seen
p        softmax of g over the items that u has not seen
d+, d-   softmax of f, and of -f, over the whole catalog
s        sigmoid

J_D = - E_{i in R_u} log s(f_i) - E_{k ~ p} log(1 - s(f_k))
J_G = - E_{i ~ d+, j ~ d-} log s(g_i - g_j)

D is logistic matrix factorization, G is BPR on pairs that D draws: nothing is
differentiated through a draw, and there is no REINFORCE. Each expectation is
a mean over `num_samples` draws, for all users of a batch at once. G ranks.

Departures from the paper, as far as the authors' code shows it:
- Both players begin with the weights of one model; the paper pre-trains D by
  itself, as logistic matrix factorization.
- Users count alike in J_D; in the code, each of their items does.
- Each player takes its steps on one batch, before the next batch; the code
  makes whole passes over the data in turns.
- L2 falls on all weights alike, not on those of each example.
"""

import keras
import numpy as np
from keras import ops

from keras_ganrec.factor_gan import FactorGAN
from keras_ganrec.losses import minimax_discriminator_loss
from keras_ganrec.ranking import mask_seen
from keras_ganrec.reproducible import carried


@keras.saving.register_keras_serializable(package="keras_ganrec")
class CoFiGAN(FactorGAN):
    """CoFiGAN (Liu et al., 2020).

    Train it on `keras_ganrec.data.user_profiles(train)`, best from a trained
    factor model: `start_from`. Users who have seen every item are refused: G
    has none to pick.

    When to use it: to refine a trained BPR-MF: on ML-100K it gains clearly over
    its start, and ranks best of the GANs of two factor models that were
    measured there.

    When not to: without a validation part to stop by: after some twenty passes
    the players agree, and the ranking gets worse. EASE and IALS are ahead of
    it.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings of both players.
        num_samples: int. Draws for each user and each expectation.
        **kwargs: `initializer`, `g_regularizer`, `d_regularizer` and
            `d_constraint` of the players' weights; `d_steps`, `g_steps`,
            `seed` and the arguments of `keras.Model`.

    Raises:
        ValueError: If `num_samples` is not a positive integer.

    References:
        - [Liu et al., 2020](https://github.com/LiuJiXiong/CoFiGAN)
    """

    paper = "https://github.com/LiuJiXiong/CoFiGAN"
    year = 2020
    both_start = True

    def fit(self, x=None, *args, **kwargs):
        interactions = carried(x, "interactions")
        if interactions is not None:
            degree = np.diff(interactions.to_csr().indptr)
            full = int((degree == self.num_items).sum())
            if full:
                raise ValueError(
                    f"{full} users have interacted with all {self.num_items} "
                    "items. CoFiGAN needs an item that the user has not met. "
                    "Remove these users, or add items."
                )
        return super().fit(x, *args, **kwargs)

    def discriminator_loss(self, batch):
        return minimax_discriminator_loss(*self.judge_draws(batch))

    def fake_weights(self, batch):
        scores = self.generator(batch["user_id"])  # (batch, num_items)
        return ops.softmax(mask_seen(scores, batch["seen"]), axis=-1)

    def generator_loss(self, batch):
        user_id = batch["user_id"]
        logits = self.discriminator(user_id)  # (batch, num_items)
        better = self.draw(ops.softmax(logits, axis=-1))
        worse = self.draw(ops.softmax(-logits, axis=-1))
        margins = self.generator.score(user_id, better) - (
            self.generator.score(user_id, worse)
        )  # (batch, num_samples)
        return ops.mean(ops.softplus(-margins))
