"""ProfileAutoencoder: users' profiles as short codes, and back as clocks.

x_u      profile of user u, shape (num_items,), ones and zeros
d_u      sum_i x_ui, and l_u its logarithm, standardized over the users
r_ui     rating, standardized over all ratings; 0 where there is none
x'_u     x_u / |x_u| with dropout
b_u      mean difference of u's ratings from those of their items, over the
         users' standard deviation of it
c_u      encoder(x'_u), or [encoder(x'_u, x'_u * r_u), b_u] with ratings: the
         code
e        Normal(0, 0.3^2)
f_ui     log p_i + decoder(c_u + e, l_u)_i, where p_i is the share of users who
         have item i
s_v      the v-th of the values that a rating can have, standardized
m_iv     share of value v among the ratings of item i
t_ui     rating_decoder(c_u + e, l_u)_i: how much more u likes i than others do
q_u      its last output: how much u likes extreme values
o_v      offset of value v, 0 in training

To each item of a user a clock is set, that rings after a time drawn from
Exponential(exp f_ui). What rings before time 1 is the profile, and the first d
items to ring are a draw without replacement, in proportion to exp f. So the
likelihood of items and ratings, and the objective, are

L_u = sum_i [x_ui log(1 - exp(-exp f_ui)) - (1 - x_ui) exp f_ui]
      + sum_i x_ui log softmax_v(log m_iv + t_ui s_v + q_u s_v^2) at r_ui
J = E_u [0.1 |c_u|^2 - L_u d_0 / d_u], where d_0 is the geometric mean of d

Without the weights 1 / d_u, users of long profiles are learned by heart, and
given away by what is generated.

The codes of generated users differ less than those of real ones, so that they
would rate too seldom at the extremes. After training o is chosen so that their
ratings, drawn from softmax_v(log m_iv + t_ui s_v + q_u s_v^2 + o_v), are shared
among the values as the real ones.

A decoder trained as a multinomial, of draws with replacement, makes popular
items too rare among draws without.

Sampling without replacement by clocks: [Kool et al., 2019](
https://arxiv.org/abs/1903.06059).
"""

import keras
import numpy as np
import scipy.special
from keras import ops

from keras_ganrec.layers import perceptron
from keras_ganrec.layers import unit_profiles
from keras_ganrec.synthesis.statistical import draw_in_turn
from keras_ganrec.synthesis.statistical import rating_shares
from keras_ganrec.whole_numbers import check_positive

CODE_NOISE = 0.3  # standard deviation of e
CODE_WEIGHT = 0.1  # keeps codes near 0, or they would outgrow e
RATERS_AT_ONCE = 256
BALANCING_ROUNDS = 20


class ProfileAutoencoder(keras.layers.Layer):
    """Encodes profiles, and decodes rates of items and chances of ratings.

    Args:
        num_items: int. Size of the catalog.
        code_dim: int. Size of c.
        hidden_dim: int. Width of the hidden layer of each network.
        dropout: float in [0, 1). Share of a profile that is not encoded.
        rating_values: Optional sequence of float, ascending. The values that
            a rating can have.
    """

    def __init__(
        self,
        num_items,
        code_dim,
        hidden_dim,
        dropout,
        rating_values=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive(
            num_items=num_items,
            code_dim=code_dim,
            hidden_dim=hidden_dim,
        )
        if not 0 <= dropout < 1:
            raise ValueError(
                "`dropout` must be at least 0 and less than 1. "
                f"Received: dropout={dropout}"
            )
        if rating_values is not None and (
            len(rating_values) < 2 or (np.diff(rating_values) <= 0).any()
        ):
            raise ValueError(
                "`rating_values` must be at least two numbers, ascending. "
                f"Received: rating_values={rating_values}"
            )
        self.num_items = num_items
        self.dropout = dropout
        self.rating_values = rating_values

        def network(input_dim, output_dim):
            return perceptron(
                input_dim, [hidden_dim], output_dim, "tanh", self.dtype_policy
            )

        rated = rating_values is not None
        self.encoder = network(num_items * (1 + rated), code_dim - rated)
        self.decoder = network(code_dim + 1, num_items)
        self.log_popularity = self._statistic((num_items,))
        # Mean and standard deviation, of the logarithm of d and of ratings.
        self.log_length = self._statistic((2,))
        if rated:
            self.rating_decoder = network(code_dim + 1, num_items + 1)
            self.rating_scale = self._statistic((2,))
            self.bias_scale = self._statistic(())
            self.log_shares = self._statistic((num_items, len(rating_values)))
            self.shares_of_all = self._statistic((len(rating_values),))
            self.offsets = self._statistic((len(rating_values),), "zeros")
        self.built = True

    def _statistic(self, shape, initializer="ones"):
        return self.add_weight(
            shape=shape,
            initializer=initializer,
            trainable=False,
            autocast=False,
        )

    def remember(self, interactions):
        """Keeps p, m, and the scale of d and r, of `Interactions`."""
        user = np.unique(interactions.user_id, return_inverse=True)[1]
        degree = np.bincount(user)
        counts = np.bincount(interactions.item_id, minlength=self.num_items)
        # Nothing is impossible because it has not been seen.
        share = (counts + 0.5) / (len(degree) + 1.0)
        self.log_popularity.assign(np.log(share))
        self.log_length.assign(_scale(np.log(degree)))
        if self.rating_values is None:
            return
        ratings = interactions.rating
        if ratings is None:
            raise ValueError(
                "The model has `rating_values`, but the data has no ratings. "
                "Read them with `rating=`, or build the model without."
            )
        shares = rating_shares(interactions, self.rating_values)
        self.log_shares.assign(np.log(shares))
        value = np.searchsorted(self._middles(), ratings)
        of_all = np.bincount(value, minlength=len(self.rating_values))
        self.shares_of_all.assign(of_all / len(ratings))
        self.rating_scale.assign(_scale(ratings))
        means = shares @ np.asarray(self.rating_values)
        left = np.bincount(user, ratings - means[interactions.item_id])
        self.bias_scale.assign(_scale(left / degree)[1])

    def _middles(self):
        values = np.asarray(self.rating_values, "float32")
        return (values[1:] + values[:-1]) / 2.0

    def length(self, seen):
        """Returns l of some profiles, `(batch, 1)`."""
        degree = ops.sum(ops.cast(seen, "float32"), axis=-1, keepdims=True)
        return self.standardized_length(ops.maximum(degree, 1.0))

    def standardized_length(self, degree):
        return (ops.log(degree) - self.log_length[0]) / self.log_length[1]

    def encode(self, batch, seed_generator=None):
        """Returns codes, `(batch, code_dim)`, with dropout where seeded."""
        x = unit_profiles(batch["seen"])
        if seed_generator is not None:
            x = keras.random.dropout(x, self.dropout, seed=seed_generator)
        if self.rating_values is None:
            return self.encoder(x)
        rating = ops.cast(batch["rating"], "float32")
        standard = (rating - self.rating_scale[0]) / self.rating_scale[1]
        codes = self.encoder(ops.concatenate([x, x * standard], axis=-1))
        bias = self.rating_bias(batch["seen"], rating)
        return ops.concatenate([codes, bias], axis=-1)

    def rating_bias(self, seen, rating):
        """Returns b, `(batch, 1)`."""
        seen = ops.cast(seen, "float32")
        values = ops.convert_to_tensor(self.rating_values, "float32")
        means = ops.matmul(ops.exp(self.log_shares), values)
        left = ops.sum(seen * (rating - means), axis=-1, keepdims=True)
        degree = ops.sum(seen, axis=-1, keepdims=True)
        return left / ops.maximum(degree, 1.0) / self.bias_scale

    def decode(self, codes, lengths):
        """Returns f, `(batch, num_items)`."""
        rows = ops.concatenate([codes, lengths], axis=-1)
        return self.decoder(rows) + self.log_popularity

    def tilts(self, codes, lengths):
        """Returns t, `(batch, num_items)`, and q, `(batch, 1)`."""
        rows = ops.concatenate([codes, lengths], axis=-1)
        tilts = self.rating_decoder(rows)
        return tilts[:, :-1], tilts[:, -1:]

    def rating_logits(self, log_shares, t, q):
        """Returns logits of the values, with one axis more than t and q."""
        values = ops.convert_to_tensor(self.rating_values, "float32")
        s = (values - self.rating_scale[0]) / self.rating_scale[1]
        t, q = (ops.expand_dims(tilt, axis=-1) for tilt in (t, q))
        return log_shares + t * s + q * ops.square(s)

    def loss(self, batch, seed_generator):
        """Returns J, a scalar."""
        x = ops.cast(batch["seen"], "float32")
        codes = self.encode(batch, seed_generator)
        noise = keras.random.normal(ops.shape(codes), seed=seed_generator)
        noisy, lengths = codes + CODE_NOISE * noise, self.length(x)
        f = self.decode(noisy, lengths)
        rate = ops.exp(ops.clip(f, -20.0, 10.0))
        rung = ops.log(-ops.expm1(-rate))
        log_likelihood = x * rung - (1.0 - x) * rate  # (batch, num_items)
        if self.rating_values is not None:
            rating = ops.expand_dims(ops.cast(batch["rating"], "float32"), -1)
            value = ops.sum(ops.cast(rating > self._middles(), "int32"), -1)
            is_value = ops.one_hot(value, len(self.rating_values))
            logits = self.rating_logits(
                self.log_shares, *self.tilts(noisy, lengths)
            )
            chances = ops.log_softmax(logits, axis=-1)
            log_likelihood += x * ops.sum(is_value * chances, axis=-1)
        # Each user counts alike, however long her profile.
        share = ops.exp(self.log_length[0]) / ops.maximum(ops.sum(x, -1), 1.0)
        size = ops.sum(ops.square(codes), axis=-1)  # (batch,)
        return ops.mean(
            CODE_WEIGHT * size - share * ops.sum(log_likelihood, axis=-1)
        )

    def draw(self, codes, lengths, degree, rng):
        """Draws what users do.

        Args:
            codes: Tensor of shape `(n, code_dim)`.
            lengths: Tensor of shape `(n, 1)`.
            degree: int array of shape `(n,)`, numbers of items.
            rng: `numpy.random.Generator`.

        Returns:
            dict of arrays `user`, ascending, `item_id`, no pair twice, and
            `rating`, where there are `rating_values`.
        """
        user, item = self._draw_items(codes, lengths, degree, rng)
        drawn = {"user": user, "item_id": item}
        if self.rating_values is None:
            return drawn
        values = []
        for logits in self._logits_of(user, item, codes, lengths):
            keys = logits + rng.gumbel(size=logits.shape)
            values.append(np.argmax(keys, axis=1))
        ratings = np.array(self.rating_values)
        return drawn | {"rating": ratings[np.concatenate(values)]}

    def balance_ratings(self, codes, lengths, degree, rng):
        """Chooses o by some generated users. Arguments as in `draw`."""
        self.offsets.assign(np.zeros(len(self.rating_values)))
        user, item = self._draw_items(codes, lengths, degree, rng)
        logits = np.concatenate(
            list(self._logits_of(user, item, codes, lengths))
        )
        wanted = np.maximum(self.shares_of_all, 1e-6)  # of an unused value
        offsets = np.zeros(len(self.rating_values))
        for _ in range(BALANCING_ROUNDS):
            shares = scipy.special.softmax(logits + offsets, axis=1).mean(0)
            offsets += np.log(wanted / shares)
        self.offsets.assign(offsets)

    def _draw_items(self, codes, lengths, degree, rng):
        return draw_in_turn(
            lambda rows: np.asarray(self.decode(codes[rows], lengths[rows])),
            degree,
            self.num_items,
            rng,
        )

    def _logits_of(self, user, item, codes, lengths):
        """Yields those of ratings, `(ratings, values)`, some users at once."""
        for start in range(0, len(codes), RATERS_AT_ONCE):
            rows = slice(start, start + RATERS_AT_ONCE)
            t, q = map(np.asarray, self.tilts(codes[rows], lengths[rows]))
            here = slice(*np.searchsorted(user, [rows.start, rows.stop]))
            rater, rated = user[here] - start, item[here]
            logits = self.rating_logits(
                ops.take(self.log_shares, rated, axis=0),
                t[rater, rated],
                q[rater, 0],
            )
            yield np.asarray(logits + self.offsets)


def _scale(numbers):
    """Mean and standard deviation; 1 where they are all the same."""
    return [np.mean(numbers), np.std(numbers) or 1.0]
