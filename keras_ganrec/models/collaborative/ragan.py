"""RAGAN: ratings that users did not give, made by a GAN, to train others on.

[Chae et al., WWW 2019](https://doi.org/10.1145/3308558.3313413)

e_u      mask of the items that user u has rated, shape (num_items,)
x_u      the ratings, from -1 for the lowest to 1 for the highest; 0 elsewhere
m_u      mask of the entries that both players are shown of them
t_u      1 or 0: whether their values are shown, or the items alone
c_u      the condition [e_u * m_u, t_u x_u * m_u] / |e_u * m_u|
N_u      unrated items drawn as uninteresting ones, n_u their mask
g_u      G(c_u), a rating for each item of the catalog
w        `adversarial_weight`

J_D = - E_u  log D(c_u, e_u + n_u, x_u - n_u)
             + log(1 - D(c_u, e_u + n_u, g_u * (e_u + n_u)))
J_G = - w E_u log D(c_u, e_u + n_u, g_u * (e_u + n_u))
      + (1 - w) E_u sum_{i in e_u + n_u} (x_ui - n_ui - g_ui)^2

Users rate what they expect to like, so that a G of given ratings alone finds
high ratings plausible for everything. The balanced treatment (RAGAN-BT) is
n_u: items that a user left out stand for the low ratings that are missing, in
what D takes for real and in what G is to make. Without, this is RAGAN.

`augment` is the paper's aim: some of g_u's ratings become rows of a table
that any recommender can be trained on. Besides, g_u itself ranks here.

Departures from the paper, of which the abstract, but neither the text nor a
code was at hand. Known are the aim, the bias to high ratings and that a
balanced treatment answers it; J_D is that of the authors' CFGAN. Ours are
- that N_u is drawn uniformly, and anew in each step. In other work
  (zero-injection) the authors find uninteresting items by a recommender;
- m_u and the squared error: a G that is shown all that it is to return would
  learn to return it;
- t_u, so that users can be ranked of whom the items are known and not the
  ratings, as in `recommend()`.
"""

import numbers

import keras
import numpy as np
import pandas as pd
from keras import ops

from keras_ganrec import losses
from keras_ganrec.gan import GAN
from keras_ganrec.ranking import multi_hot
from keras_ganrec.ranking import top_k_items
from keras_ganrec.rating_range import check_ratings
from keras_ganrec.recommender import Recommender
from keras_ganrec.reproducible import carried
from keras_ganrec.sampling import sample_unseen


@keras.saving.register_keras_serializable(package="keras_ganrec")
class RAGAN(GAN, Recommender):
    """RAGAN and RAGAN-BT (Chae et al., 2019): rating augmentation.

    Train it on `keras_ganrec.data.rated_profiles(train)`.

    When to use it: where there are explicit ratings, to add made-up ones to a
    table that another recommender is trained on (`augment`). It also ranks by
    itself.

    When not to: on implicit feedback. Nor for the sake of its adversary, which
    is worth little on ML-100K; nor to quote the paper, of which only the
    abstract was at hand.

    Args:
        num_items: int. Size of the catalog.
        rating_range: Pair of float. The lowest and the highest rating.
        g_hidden_dims: Sequence of int. Widths of G's hidden layers.
        d_hidden_dims: Sequence of int. Widths of D's hidden layers.
        low_ratio: float in [0, 1]. Share of the unrated items in N_u; 0 is
            RAGAN without the balanced treatment.
        dropout: float in [0, 1]. Share of the ratings that m_u hides.
        adversarial_weight: float in [0, 1]. w above; 0 is G without D.
        activation: Activation of the hidden layers of both players.
        g_regularizer: Optional regularizer of G's kernels.
        d_regularizer: Optional regularizer of D's kernels.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Call arguments:
        inputs: dict with `seen`, float tensor of shape `(batch, num_items)`,
            and where the users' ratings are known, `rating` of that shape.

    Returns:
        float32 tensor of shape `(batch, num_items)`: ratings, not clipped.

    Raises:
        ValueError: If a number is out of range.

    References:
        - [Chae et al., 2019](https://doi.org/10.1145/3308558.3313413)
    """

    paper = "https://doi.org/10.1145/3308558.3313413"
    year = 2019

    def __init__(
        self,
        num_items,
        rating_range=(1.0, 5.0),
        g_hidden_dims=(300,),
        d_hidden_dims=(250,),
        low_ratio=0.3,
        dropout=0.5,
        adversarial_weight=0.5,
        activation="tanh",
        g_regularizer=None,
        d_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        for name, value in (
            ("low_ratio", low_ratio),
            ("dropout", dropout),
            ("adversarial_weight", adversarial_weight),
        ):
            if not 0 <= value <= 1:
                raise ValueError(
                    f"`{name}` must be between 0 and 1. "
                    f"Received: {name}={value}"
                )
        lowest, highest = rating_range
        if not lowest < highest:
            raise ValueError(
                "`rating_range` must be the lowest and the highest rating, "
                f"two numbers. Received: rating_range={rating_range}"
            )
        self.num_items = num_items
        self.rating_range = (float(lowest), float(highest))
        self.g_hidden_dims = tuple(g_hidden_dims)
        self.d_hidden_dims = tuple(d_hidden_dims)
        self.low_ratio = low_ratio
        self.dropout = dropout
        self.adversarial_weight = adversarial_weight
        self.activation = activation
        self.g_regularizer = keras.regularizers.get(g_regularizer)
        self.d_regularizer = keras.regularizers.get(d_regularizer)

        self.generator = self._network(
            "generator", 2, g_hidden_dims, num_items, self.g_regularizer
        )
        self.discriminator = self._network(
            "discriminator", 4, d_hidden_dims, 1, self.d_regularizer
        )
        self.built = True

    def _network(self, name, num_rows, hidden_dims, output_dim, regularizer):
        """A perceptron on rows of the catalog side by side."""
        hidden = [
            keras.layers.Dense(
                dim,
                self.activation,
                kernel_regularizer=regularizer,
                dtype=self.dtype_policy,
            )
            for dim in hidden_dims
        ]
        output = keras.layers.Dense(
            output_dim, kernel_regularizer=regularizer, dtype="float32"
        )
        return keras.Sequential(
            [keras.Input((num_rows * self.num_items,)), *hidden, output],
            name=name,
        )

    def fit(self, x=None, *args, **kwargs):
        # Not in `remember`: users that are only ranked may have any ratings.
        interactions = carried(x, "interactions")
        if interactions is not None:
            check_ratings(interactions.rating, self.rating_range)
        return super().fit(x, *args, **kwargs)

    def call(self, inputs):
        seen = inputs["seen"]  # (batch, num_items)
        values = ops.zeros_like(seen)
        if "rating" in inputs:
            values = self._centered(inputs["rating"], seen)
        lowest, highest = self.rating_range
        scaled = self.generator(_condition(seen, values))
        return (lowest + highest) / 2 + (highest - lowest) / 2 * scaled

    def score_profiles(self, seen):
        return self({"seen": seen})

    def discriminator_loss(self, batch):
        real_logits, fake_logits = self._judge_both(batch)
        return losses.non_saturating_discriminator_loss(
            real_logits, fake_logits
        )

    def generator_loss(self, batch):
        condition, mask, target = self._draw(batch)
        generated = self.generator(condition)
        fake_logits = self._judge(condition, mask, generated)
        adversarial = losses.non_saturating_generator_loss(fake_logits)
        squares = mask * ops.square(target - generated)
        error = ops.mean(ops.sum(squares, axis=-1))
        weight = self.adversarial_weight
        return weight * adversarial + (1 - weight) * error

    def realness(self, batch):
        return tuple(ops.squeeze(x, -1) for x in self._judge_both(batch))

    def augment(self, profiles, k, low_share=0.5):
        """Makes `k` virtual ratings of each user, batch by batch.

        Of the items that the user has not rated: those that G rates highest,
        and those that it rates lowest. A user with fewer than `k` such items
        gets fewer ratings. For a recommender that takes every row for a
        liked item, as `EASE`, set `low_share=0`.

        Args:
            profiles: Batches of `keras_ganrec.data.rated_profiles`.
            k: int. Ratings per user.
            low_share: float in [0, 1]. Share of the lowest ones.

        Yields:
            A DataFrame for each batch, with the columns `user_id`, `item_id`
            and `rating`, within `rating_range`; for
            `Interactions.with_rows`.

        Raises:
            ValueError: If `k` is not between 1 and the number of items, or
                `low_share` not between 0 and 1.
        """
        if not isinstance(k, numbers.Integral) or not 1 <= k <= self.num_items:
            raise ValueError(
                "`k` must be an integer from 1 to the number of items, "
                f"{self.num_items}. Received: k={k!r}"
            )
        if not 0 <= low_share <= 1:
            raise ValueError(
                "`low_share` must be between 0 and 1. "
                f"Received: low_share={low_share}"
            )
        num_low = round(k * low_share)
        return (
            self._virtual(batch, k - num_low, num_low) for batch in profiles
        )

    def _virtual(self, batch, num_high, num_low):
        ratings, taken = self(batch), batch["seen"]
        tables = []
        for size, sign in ((num_high, 1), (num_low, -1)):
            if size == 0:
                continue
            best, item_ids = top_k_items(sign * ratings, size, taken)
            taken = taken + multi_hot(item_ids, self.num_items)
            best = ops.convert_to_numpy(best)
            row, place = np.nonzero(best > -np.inf)
            values = sign * best[row, place]
            tables.append(
                pd.DataFrame(
                    {
                        "user_id": ops.convert_to_numpy(batch["user_id"])[row],
                        "item_id": ops.convert_to_numpy(item_ids)[row, place],
                        "rating": np.clip(values, *self.rating_range),
                    }
                )
            )
        return pd.concat(tables, ignore_index=True)

    def _judge_both(self, batch):
        condition, mask, target = self._draw(batch)
        generated = self.generator(condition)
        return (
            self._judge(condition, mask, target),
            self._judge(condition, mask, generated),
        )

    def _judge(self, condition, mask, row):
        rows = ops.concatenate([condition, mask, row * mask], axis=-1)
        return self.discriminator(rows)  # (batch, 1)

    def _draw(self, batch):
        """Returns c_u, e_u + n_u and x_u - n_u, with draws of their own."""
        seen = batch["seen"]  # (batch, num_items)
        values = self._centered(batch["rating"], seen)
        shape = ops.shape(seen)
        is_shown = (
            keras.random.uniform(shape, seed=self.seed_generator)
            >= self.dropout
        )
        shown = seen * ops.cast(is_shown, seen.dtype)
        has_values = (
            keras.random.uniform((shape[0], 1), seed=self.seed_generator) < 0.5
        )
        told = values * shown * ops.cast(has_values, seen.dtype)
        low = sample_unseen(seen, self.low_ratio, self.seed_generator)
        return _condition(shown, told), seen + low, values - low

    def _centered(self, rating, seen):
        lowest, highest = self.rating_range
        middle = (lowest + highest) / 2
        return seen * (rating - middle) / ((highest - lowest) / 2)

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "rating_range": self.rating_range,
            "g_hidden_dims": self.g_hidden_dims,
            "d_hidden_dims": self.d_hidden_dims,
            "low_ratio": self.low_ratio,
            "dropout": self.dropout,
            "adversarial_weight": self.adversarial_weight,
            "activation": self.activation,
            "g_regularizer": keras.regularizers.serialize(self.g_regularizer),
            "d_regularizer": keras.regularizers.serialize(self.d_regularizer),
        }


def _condition(seen, values):
    """Both rows side by side, of the length 1 and less. (batch, 2 width)"""
    count = ops.sum(seen, axis=-1, keepdims=True)
    rows = ops.concatenate([seen, values], axis=-1)
    return rows / ops.sqrt(ops.maximum(count, 1.0))
