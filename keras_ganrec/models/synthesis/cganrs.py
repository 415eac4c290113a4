"""CGANRS: GANRS with a demographic of the users as a condition.

[Bobadilla and Gutierrez, Applied Soft Computing 169, 2025]
(https://doi.org/10.1016/j.asoc.2024.112608)

p_u, q_i  embeddings of user u and item i, shape (embedding_dim,)
r_ui      rating; for the players scaled to [-0.4, 0.4]
c_u       demographic of user u, such as the gender: one of a few labels
a_c, b_c  embeddings of a label: G's, of the size of z; D's, of that of x
x         a real point [p_u, q_i, r_ui], shape (2 embedding_dim + 1,)
z         noise: N(0, I) in training, N(0, s^2 I) at generation
G(z * a_c), D(x * b_c)   a generated point; a logit

J_F = mean (p_u . q_i - r_ui)^2, for the first batches; then p and q stay, and
J_D = - E[log D(x, c_u)] - E[log(1 - D(G(z, c_u), c_u))]
J_G = - E[log D(G(z, c_u), c_u)]

The users of a new table are the K-means groups of the user parts of many
G(z, c), for each c apart; its items are those of all item parts.

Departures from the paper:
- Noise and labels are drawn alike for both players. In the authors' code G is
  judged on the noise that D has just seen, under uniform labels.
- All labels have the same s; the authors' code has 1.8 for one, 1 for the
  other.
- All sizes of an item's embedding are grouped, and each rating gets the item
  of its own point. In the authors' code the last size is left out, and the
  ratings of the second label get the items of the first one's points.
- Generated ratings are given the mean and the spread of the real ones. The
  authors' code multiplies the centered ratings of each label by the ratio of
  the two means.
- A pair is kept once, with the first of its ratings; in the authors' code
  with each that differs.
- D judges what G makes in training mode, as G is trained; in the authors'
  code it never sees dropout or the statistics of a batch.
- The factorization has the batch size of the players, 128; theirs was 32.
- Points are drawn per new user, so that a table can be made in parts. Items
  are grouped once, users for up to 4096 at a time, both by ten iterations of
  K-means on 64 points per group; the authors' code groups all points, by a
  hundred iterations at most.
"""

import keras
import numpy as np
import pandas as pd
from keras import ops

from keras_ganrec.synthesis.point_synthesizer import without_repeats
from keras_ganrec.synthesis.rating_gan import RatingGAN
from keras_ganrec.synthesis.rating_points import point_players
from keras_ganrec.whole_numbers import check_positive


@keras.saving.register_keras_serializable(package="keras_ganrec")
class CGANRS(RatingGAN):
    """CGANRS (Bobadilla and Gutierrez, 2025).

    Train it on `keras_ganrec.data.rated_pairs(interactions, batch_size=128)`
    of interactions with `user_features`. The paper's 20,000 batches for the
    players come after `factorization_steps`, which are 10 epochs there.

    Without a condition new users have the labels that the real ones have, in
    the same shares.

    When to use it: as GANRS, where it must be said how many users of a group,
    such as a gender, there are to be.

    When not to: in the place of real data: the items of the new table are none
    of yours. ProfileGAN takes conditions, too, and keeps your items.

    Args:
        num_users: int. Number of real users.
        num_items: int. Number of real items.
        condition_column: str. Column of the users' features that holds the
            labels.
        num_labels: int. Number of different labels.
        num_synthetic_items: int. Number of new items.
        samples_per_user: int. Points drawn per new user.
        embedding_dim: int. Size of p_u and q_i.
        noise_dim: int. Size of z.
        noise_scale: float. s above: more of it, more different points.
        rating_range: Pair of float. The lowest and the highest rating.
        factorization_steps: int. Batches for the embeddings.
        g_hidden_dims: Pair of int. Widths of G's hidden layers.
        d_hidden_dim: int. Width of D's hidden layer.
        **kwargs: `d_steps`, `g_steps`, `seed` and the arguments of
            `keras.Model`.

    Raises:
        ValueError: If a size is not a positive integer, `noise_scale` is not
            positive or `rating_range` is empty; in `fit()`, if a user has no
            label, or there are not `num_labels` of them.

    Example:

    >>> model = CGANRS(6040, 3706, condition_column="gender")
    >>> model.compile(d_optimizer=keras.optimizers.Adam(2e-4, 0.5),
    ...               g_optimizer=keras.optimizers.Adam(2e-4, 0.5),
    ...               steps_per_execution=100)
    >>> model.fit(rated_pairs(interactions, batch_size=128), epochs=13)
    >>> table = model.generate(500, {"gender": "F"}, seed=0).interactions

    References:
        - [Bobadilla and Gutierrez, 2025](
          https://doi.org/10.1016/j.asoc.2024.112608)
    """

    paper = "https://doi.org/10.1016/j.asoc.2024.112608"
    year = 2025

    def __init__(
        self,
        num_users,
        num_items,
        condition_column,
        num_labels=2,
        num_synthetic_items=1000,
        samples_per_user=100,
        embedding_dim=5,
        noise_dim=100,
        noise_scale=1.0,
        rating_range=(1.0, 5.0),
        factorization_steps=75_000,
        g_hidden_dims=(8, 10),
        d_hidden_dim=6,
        **kwargs,
    ):
        super().__init__(
            num_users,
            num_items,
            num_synthetic_items,
            samples_per_user,
            embedding_dim,
            noise_dim,
            noise_scale,
            rating_range,
            factorization_steps,
            g_hidden_dims,
            d_hidden_dim,
            **kwargs,
        )
        check_positive(num_labels=num_labels)
        self.condition_column = condition_column
        self.num_labels = num_labels
        self.condition_columns = (condition_column,)
        self.user_labels = self.add_weight(
            shape=(num_users,),
            dtype="int32",
            initializer="zeros",
            trainable=False,
            name="user_labels",
        )
        self.generator, self.discriminator = map(
            self._with_label, point_players(self)
        )
        self.built = True

    def _with_label(self, player):
        (size,) = player.input_shape[1:]
        inputs, label = keras.Input((size,)), keras.Input((), dtype="int32")
        policy = self.dtype_policy
        embedding = keras.layers.Embedding(self.num_labels, size, dtype=policy)
        product = keras.layers.Multiply(dtype=policy)(
            [inputs, embedding(label)]
        )
        return keras.Model([inputs, label], player(product), name=player.name)

    def call(self, inputs, training=False):
        inputs = [inputs["noise"], inputs["label"]]
        return self.generator(inputs, training=training)

    def serving_inputs(self):
        label = keras.InputSpec(shape=(None,), dtype="int32")
        return {**super().serving_inputs(), "label": label}

    def conditioned(self, inputs, batch):
        return [inputs, ops.take(self.user_labels, batch["user_id"])]

    def remember(self, interactions):
        super().remember(interactions)
        column = self.condition_column
        values = self.schema.condition_values[column]
        labels = pd.Index(values).get_indexer(
            interactions.user_features[column]
        )
        if len(values) != self.num_labels:
            raise ValueError(
                f"{column!r} has {len(values)} different values, but the "
                f"model was built for {self.num_labels}. Build it with "
                f"`num_labels={len(values)}`."
            )
        absent = np.bincount(interactions.user_id, minlength=len(labels)) == 0
        missing = (labels < 0) & ~absent
        if missing.any():
            raise ValueError(
                f"{missing.sum()} users have no value of {column!r}. "
                "Expected one for each. Leave these users out, or give them "
                "a value of their own, such as 'unknown'."
            )
        self.user_labels.assign(np.where(absent, -1, labels))

    def sample(self, n, condition, seed_generator):
        if condition is None:
            labels = self._labels_of_real_users(n, seed_generator)
        else:
            labels = ops.full((n,), condition, dtype="int32")
        return self.generator(
            [self.noise(n, seed_generator), labels], training=False
        )

    def _labels_of_real_users(self, n, seed_generator):
        labels = ops.convert_to_numpy(self.user_labels)
        labels = labels[labels >= 0]  # of users who have interactions
        users = keras.random.randint((n,), 0, len(labels), seed=seed_generator)
        return ops.take(labels, users)

    def draw(self, n, condition, seed_generator):
        values = self.schema.condition_values[self.condition_column]
        if condition is None:
            labels = np.array(self._labels_of_real_users(n, seed_generator))
        else:
            labels = pd.Index(values).get_indexer(
                condition[self.condition_column]
            )
        tables = []
        for label in np.unique(labels):
            users = np.flatnonzero(labels == label)
            table = self.draw_samples(len(users), label, seed_generator)
            tables.append(table.assign(user=users[table["user"]]))
        features = pd.DataFrame(
            {self.condition_column: np.array(values, object)[labels]}
        )
        return without_repeats(pd.concat(tables)), features

    def get_config(self):
        return {
            **super().get_config(),
            "condition_column": self.condition_column,
            "num_labels": self.num_labels,
        }
