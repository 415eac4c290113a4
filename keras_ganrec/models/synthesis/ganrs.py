"""GANRS: tables of ratings, made by a GAN on dense embeddings.

[Bobadilla et al., Knowledge-Based Systems 280, 2023]
(https://arxiv.org/abs/2303.01297)

p_u, q_i  embeddings of user u and item i, shape (embedding_dim,)
r_ui      rating; for the players scaled to [-0.4, 0.4]
x         a real point [p_u, q_i, r_ui], shape (2 embedding_dim + 1,)
z         noise: N(0, I) in training, N(0, s^2 I) at generation
G(z), D   a generated point; D(x) is a logit

J_F = mean (p_u . q_i - r_ui)^2, for the first batches; then p and q stay, and
J_D = - E[log D(x)] - E[log(1 - D(G(z)))]
J_G = - E[log D(G(z))]

The users and items of a new table are the K-means groups of the user parts
and of the item parts of many G(z).

Departures from the paper:
- Generated ratings are given the mean and the spread of the real ones. The
  authors' code multiplies the centered ratings by the ratio of the two means,
  which changes their spread at will, and their sign where the means differ in
  it.
- A pair is kept once, with the first of its ratings. The authors' code keeps
  two that differ, and drops a pair altogether that has three, so the densest
  pairs are lost.
- D judges what G makes in training mode, which is what G is trained on; in
  the authors' code D never sees dropout or the statistics of a batch.
- Each point is a real rating. In the authors' code one is all zeros, and the
  first row of the result is read as its heading.
- Points are drawn per new user, so that a table can be made in parts. Items
  are grouped once, users for up to 4096 at a time, both by ten iterations of
  K-means on 64 points per group; the authors' code groups all points, by a
  hundred iterations at most.
"""

import keras

from keras_ganrec.synthesis.rating_gan import RatingGAN
from keras_ganrec.synthesis.rating_points import point_players


@keras.saving.register_keras_serializable(package="keras_ganrec")
class GANRS(RatingGAN):
    """GANRS (Bobadilla et al., 2023).

    Train it on `keras_ganrec.data.rated_pairs(interactions, batch_size=32)`.
    The paper's 20,000 batches for the players come after
    `factorization_steps`, which are 10 epochs there.

    When to use it: to make tables of the kind that its authors published, with
    any number of users and items.

    When not to: in the place of real data: the items of the new table are none
    of yours, and far more alike in popularity than real ones. Take ProfileGAN
    or HyDRA.

    Args:
        num_users: int. Number of real users.
        num_items: int. Number of real items.
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
            positive or `rating_range` is empty.

    Example:

    >>> model = GANRS(943, 1682, num_synthetic_items=4000, noise_scale=2.5)
    >>> model.compile(d_optimizer=keras.optimizers.Adam(2e-4, 0.5),
    ...               g_optimizer=keras.optimizers.Adam(2e-4, 0.5),
    ...               steps_per_execution=100)
    >>> model.fit(rated_pairs(interactions, batch_size=32), epochs=16)
    >>> table = model.generate(1000, seed=0).interactions

    References:
        - [Bobadilla et al., 2023](https://arxiv.org/abs/2303.01297)
    """

    paper = "https://arxiv.org/abs/2303.01297"
    year = 2023

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
        self.generator, self.discriminator = point_players(self)
        self.built = True
