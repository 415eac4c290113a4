"""WGANRS: GANRS with a Wasserstein critic.

[Bobadilla and Gutierrez, Applied Intelligence 54, 2024]
(https://doi.org/10.1007/s10489-024-05313-4)

p_u, q_i  embeddings of user u and item i, shape (embedding_dim,)
r_ui      rating; for the players scaled to [-0.4, 0.4]
x         a real point [p_u, q_i, r_ui], shape (2 embedding_dim + 1,)
z         noise: N(0, I) in training, N(0, s^2 I) at generation
G(z), f   a generated point; the critic's value of a point

J_F = mean (p_u . q_i - r_ui)^2, for the first batches; then p and q stay, and
J_f = E[f(G(z))] - E[f(x)], the weights of f clipped to [-c, c]
J_G = - E[f(G(z))]

The users and items of a new table are the K-means groups of the user parts
and of the item parts of many G(z).

Departures from the paper:
- f is linear in its last layer. The authors' code leaves GANRS' sigmoid there,
  and so compares bounded values that saturate.
- G is judged on noise of its own; in the authors' code on the critic's last.
- The critic's steps of a round see the same ratings, with new noise each.
- The factorization has the batch size of the players, 64; theirs was 32.
- Generated ratings are given the mean and the spread of the real ones. The
  authors' code multiplies the centered ratings by the ratio of the two means.
- A pair is kept once, with the first of its ratings. The authors' code keeps
  two that differ, and drops a pair altogether that has three.
- The critic judges what G makes in training mode, as G is trained; in the
  authors' code it never sees dropout or the statistics of a batch.
- Each point is a real rating. In the authors' code one is all zeros, and the
  first row of the data and of the result is read as a heading.
- Points are drawn per new user, so that a table can be made in parts. Items
  are grouped once, users for up to 4096 at a time, both by ten iterations of
  K-means on 64 points per group; the authors' code groups all points, by a
  hundred iterations at most.
"""

import keras

from keras_ganrec import losses
from keras_ganrec.penalties import WeightClipping
from keras_ganrec.synthesis.rating_gan import RatingGAN
from keras_ganrec.synthesis.rating_points import point_players


@keras.saving.register_keras_serializable(package="keras_ganrec")
class WGANRS(RatingGAN):
    """WGANRS (Bobadilla and Gutierrez, 2024).

    Train it on `keras_ganrec.data.rated_pairs(interactions, batch_size=64)`.
    The paper's 20,000 rounds of the players come after
    `factorization_steps`, which are 10 epochs there.

    When to use it: to make tables of the kind that its authors published, by a
    Wasserstein critic with clipped weights.

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
        d_hidden_dim: int. Width of the critic's hidden layer.
        clip_limit: float. c above.
        d_steps: int. Steps of the critic for each one of G.
        **kwargs: `g_steps`, `seed` and the arguments of `keras.Model`.

    Raises:
        ValueError: If a size is not a positive integer, `noise_scale` or
            `clip_limit` is not positive or `rating_range` is empty.

    Example:

    >>> model = WGANRS(6040, 3706, num_synthetic_items=800)
    >>> model.compile(d_optimizer=keras.optimizers.RMSprop(5e-5),
    ...               g_optimizer=keras.optimizers.RMSprop(5e-5),
    ...               steps_per_execution=100)
    >>> model.fit(rated_pairs(interactions, batch_size=64), epochs=12)
    >>> table = model.generate(2000, seed=0).interactions

    References:
        - [Bobadilla and Gutierrez, 2024](
          https://doi.org/10.1007/s10489-024-05313-4)
    """

    paper = "https://doi.org/10.1007/s10489-024-05313-4"
    year = 2024

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
        factorization_steps=150_000,
        g_hidden_dims=(10, 20),
        d_hidden_dim=4,
        clip_limit=0.01,
        d_steps=5,
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
            d_steps=d_steps,
            **kwargs,
        )
        self.clip_limit = clip_limit
        self.generator, self.discriminator = point_players(
            self, WeightClipping(clip_limit)
        )
        self.built = True

    def discriminator_loss(self, batch):
        return losses.wasserstein_discriminator_loss(*self.logits(batch))

    def generator_loss(self, batch):
        _, fake_logits = self.logits(batch)
        return losses.wasserstein_generator_loss(fake_logits)

    def get_config(self):
        return {
            **super().get_config(),
            "clip_limit": self.clip_limit,
        }
