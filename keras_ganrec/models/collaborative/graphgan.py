"""GraphGAN: the generator walks through the graph of who has met what.

[Wang et al., AAAI 2018](https://arxiv.org/abs/1711.08267)

c        a user, from whom G walks
T_c      breadth-first tree of c: users and items along shortest paths
N_c(v)   neighbors of v in T_c: its parent and its children
x_vw     g_v . g_w + b_w: embeddings and biases of G
f_v      d_c . d_v + a_v: score of D
q(w | v) exp x_vw / sum_{j in N_c(v)} exp x_vj: one step of the walk
p(v)     G's probability of v, the graph softmax: with the path c = r_0, r_1,
         ..., r_m = v and the step back that ends the walk,
         q(r_1 | r_0) q(r_2 | r_1) ... q(r_m | r_{m-1}) q(r_{m-1} | r_m)
R_c      items that c has seen
s        sigmoid

J_D = - E_{i in R_c} log s(f_i) - E_{v ~ p} log(1 - s(f_v))
J_G = - E_{v ~ p} (r_v - r) log p(v)
r_v = log(1 + exp f_v) = - log(1 - s(f_v)), and r its mean over the draws

J_G is REINFORCE: its gradient is that of E_{v ~ p} log(1 - s(f_v)). The walk
moves away from c until it wants to go back. All p(v) of a user follow from one
x for each edge of T_c, so that p is computed for all vertices at once, and
drawn from, in the place of walks. Each expectation is a mean over `num_samples`
draws, for all users of a batch. G ranks, by x.

The trees take 4 bytes for each user and vertex, users and items: 10 MB for
ML-100K, .24 GB for ML-1M. A batch takes O(batch x vertices x embedding_dim).

Departures from the paper:
- Walks begin at users alone, not at items.
- Vertices have biases, as in the authors' code.
- The mean r is taken off the rewards: a baseline.
- Each player takes its steps on one batch, before the next batch; the authors'
  code makes whole passes over the vertices in turns.
- For each user as many seen items as fakes are drawn; in the code every seen
  item is real once, and there are as many fakes.

The authors' code is another method: in the place of log p it raises log s(x) of
all pairs up to two steps apart on a path, and for D's fakes it takes the root
out of the stored trees, so that no later walk ends at a neighbor of the root.
"""

import keras
from keras import ops

from keras_ganrec.factor_gan import FactorGAN
from keras_ganrec.factor_gan import uniform
from keras_ganrec.layers import MatrixFactorization
from keras_ganrec.losses import minimax_discriminator_loss
from keras_ganrec.policy import check_num_samples
from keras_ganrec.policy import entries
from keras_ganrec.policy import reinforce

MOST_BYTES = 4 * 2**30
NO_EDGE = -1e9  # As good as minus infinity, and can be subtracted.


class GraphFactorization(MatrixFactorization):
    """A player that scores all pairs of vertices: users have biases, too."""

    def __init__(
        self,
        num_users,
        num_items,
        embedding_dim,
        initializer="uniform",
        regularizer=None,
        constraint=None,
        **kwargs,
    ):
        super().__init__(
            num_users,
            num_items,
            embedding_dim,
            initializer,
            regularizer,
            constraint,
            **kwargs,
        )
        self.user_bias = self.add_weight(
            shape=(num_users,),
            initializer="zeros",
            regularizer=regularizer,
            constraint=constraint,
            name="user_bias",
        )

    def vertices(self):
        """Embeddings and biases of the vertices, users and then items."""
        return (
            ops.concatenate([self.user_table, self.item_table], axis=0),
            ops.concatenate([self.user_bias, self.item_bias], axis=0),
        )


@keras.saving.register_keras_serializable(package="keras_ganrec")
class GraphGAN(FactorGAN):
    """GraphGAN (Wang et al., 2018).

    Train it on `keras_ganrec.data.user_profiles(train)`, best from a trained
    factor model: `start_from`. `fit()` makes the trees before the first step.

    When to use it: to study the method, or to compare with it: the
    probabilities of all walks are computed, not sampled.

    When not to: to recommend: it adds nothing to the BPR-MF that it starts
    from. Its trees take memory by users times vertices, so large data are
    refused.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings of both players.
        num_samples: int. Draws for each user and each expectation, at least 2.
        **kwargs: `initializer`, `g_regularizer`, `d_regularizer` and
            `d_constraint` of the players' weights; `d_steps`, `g_steps`,
            `seed` and the arguments of `keras.Model`.

    Raises:
        ValueError: If `num_samples` is no integer of at least 2, or the trees
            of so many users and items take more than 4 GiB.

    Example:

    >>> start = keras_ganrec.baselines.BPRMF(
    ...     train.num_users, train.num_items, embedding_dim=20
    ... )
    >>> start.compile(optimizer=keras.optimizers.Adam(0.01))
    >>> start.fit(keras_ganrec.data.pairs(train), epochs=40)
    >>> model = GraphGAN(train.num_users, train.num_items)
    >>> model.start_from(start)
    >>> model.compile(
    ...     d_optimizer=keras.optimizers.Adam(0.001),
    ...     g_optimizer=keras.optimizers.Adam(0.001),
    ... )
    >>> model.fit(keras_ganrec.data.user_profiles(train), epochs=20)

    References:
        - [Wang et al., 2018](https://arxiv.org/abs/1711.08267)
    """

    paper = "https://arxiv.org/abs/1711.08267"
    year = 2018
    both_start = True
    player_class = GraphFactorization

    def __init__(
        self, num_users, num_items, embedding_dim=20, num_samples=20, **kwargs
    ):
        super().__init__(
            num_users, num_items, embedding_dim, num_samples, **kwargs
        )
        check_num_samples(num_samples)
        size = 4 * num_users * (num_users + num_items)
        if size > MOST_BYTES:
            raise ValueError(
                f"The trees of {num_users} users over {num_users + num_items} "
                f"vertices take {size / 2**30:.1f} GiB. Expected at most "
                f"{MOST_BYTES / 2**30:.0f} GiB. Take fewer users, or IRGAN, "
                "which has no trees."
            )

    def discriminator_loss(self, batch):
        real = self.draw(batch["seen"]) + self.num_users
        fake = self.draw(self.fake_weights(batch))
        logits = self._judge(batch)
        return minimax_discriminator_loss(
            entries(logits, real), entries(logits, fake)
        )

    def generator_loss(self, batch):
        log_p = self._log_p(batch)
        picked = self.draw(ops.exp(log_p))  # (batch, num_samples)
        rewards = ops.softplus(entries(self._judge(batch), picked))
        return reinforce(log_p, picked, rewards)

    def fake_weights(self, batch):
        """p of all vertices, users and then items: `(batch, num_vertices)`."""
        return ops.exp(self._log_p(batch))

    def realness(self, batch):
        logits = self._judge(batch)  # (batch, num_vertices)
        real = ops.sum(
            uniform(batch["seen"]) * logits[:, self.num_users :], axis=-1
        )
        return real, ops.sum(self.fake_weights(batch) * logits, axis=-1)

    def _log_p(self, batch):
        parents, depth = self._known_catalog().trees()
        return log_graph_softmax(
            *self.generator.vertices(),
            ops.take(parents, batch["user_id"], axis=0),
            depth,
        )

    def _judge(self, batch):
        """D's scores of all vertices, `(batch, num_vertices)`."""
        embeddings, biases = self.discriminator.vertices()
        users = ops.take(embeddings, batch["user_id"], axis=0)
        return ops.matmul(users, ops.transpose(embeddings)) + biases


def log_graph_softmax(embeddings, biases, parents, depth):
    """The logarithm of the graph softmax, from roots to all vertices.

    Args:
        embeddings: Tensor of shape `(num_vertices, embedding_dim)`.
        biases: Tensor of shape `(num_vertices,)`.
        parents: int32 tensor of shape `(batch, num_vertices)`: the parent of
            each vertex in the tree of each root; -1 of the root, and of what
            it does not reach.
        depth: int. Edges of the longest path of all trees, or more.

    Returns:
        Tensor of shape `(batch, num_vertices)`, minus infinity at the root
        and at what it does not reach.
    """
    batch, num_vertices = ops.shape(parents)[0], parents.shape[-1]
    has_parent = parents >= 0
    above = ops.where(has_parent, parents, ops.arange(num_vertices))
    # An edge for each vertex, that to its parent. Everything that follows is
    # (batch, num_vertices).
    products = ops.einsum(
        "vd,bvd->bv", embeddings, ops.take(embeddings, above, axis=0)
    )
    down = ops.where(has_parent, products + biases, NO_EDGE)
    up = ops.where(has_parent, products + ops.take(biases, above), NO_EDGE)

    # The logarithm of the sum over N_c(v), less its largest term.
    segment = ops.expand_dims(ops.arange(batch) * num_vertices, axis=1) + above

    def over_children(reduce, values):
        values = reduce(
            ops.reshape(values, (-1,)),
            ops.reshape(segment, (-1,)),
            num_segments=batch * num_vertices,
        )
        return ops.reshape(values, (-1, num_vertices))

    largest = ops.stop_gradient(
        ops.maximum(up, over_children(ops.segment_max, down))
    )
    terms = ops.exp(down - entries(largest, above))
    log_sum = largest + ops.log(
        ops.exp(up - largest) + over_children(ops.segment_sum, terms)
    )
    back = up - log_sum
    # log q of the step to v; then the sum of these from the root to v. Each
    # round the sums reach twice as far up.
    path = ops.where(has_parent, down - entries(log_sum, above), 0.0)
    for _ in range((depth - 1).bit_length()):
        path += entries(path, above)
        above = entries(above, above)
    return ops.where(has_parent, path + back, -float("inf"))
