"""Ratings as points: the nets that make and judge them, and groups of them."""

import keras
import scipy.spatial

from keras_ganrec import extras

# K-means is fitted on so many points per centroid; all points are assigned.
POINTS_PER_CENTROID = 64
ITERATIONS = 10


def point_players(model, constraint=None):
    """The papers' generator and discriminator of a `RatingGAN`.

    Args:
        model: `RatingGAN`, for sizes, seed and policy.
        constraint: Optional constraint of the weights of the discriminator.
    """
    dtype = model.dtype_policy
    return (
        _generator(
            model.noise_dim,
            model.g_hidden_dims,
            model.point_dim,
            model.seed,
            dtype,
        ),
        _discriminator(model.point_dim, model.d_hidden_dim, dtype, constraint),
    )


def _generator(noise_dim, hidden_dims, point_dim, seed, dtype):
    """From noise `(batch, noise_dim)` to points.

    Batch normalization before the last hidden layer, dropout after it. The
    noise is drawn by `seed`, so what is dropped by the next one.
    """
    if len(hidden_dims) != 2:
        raise ValueError(
            "The generator has two hidden layers, so it needs two widths. "
            f"Received: g_hidden_dims={tuple(hidden_dims)}"
        )
    first, last = hidden_dims
    seed = None if seed is None else seed + 1
    return keras.Sequential(
        [
            keras.Input((noise_dim,)),
            keras.layers.Dense(first, dtype=dtype),
            keras.layers.LeakyReLU(0.2, dtype=dtype),
            keras.layers.BatchNormalization(momentum=0.8, dtype=dtype),
            keras.layers.Dense(last, dtype=dtype),
            keras.layers.LeakyReLU(0.2, dtype=dtype),
            keras.layers.Dropout(0.2, seed=seed, dtype=dtype),
            keras.layers.Dense(point_dim, dtype="float32"),
        ],
        name="generator",
    )


def _discriminator(point_dim, hidden_dim, dtype, constraint):
    """From points to logits `(batch, 1)`."""

    def dense(dim, dtype):
        return keras.layers.Dense(
            dim,
            kernel_constraint=constraint,
            bias_constraint=constraint,
            dtype=dtype,
        )

    return keras.Sequential(
        [
            keras.Input((point_dim,)),
            dense(hidden_dim, dtype),
            keras.layers.LeakyReLU(0.2, dtype=dtype),
            dense(1, "float32"),
        ],
        name="discriminator",
    )


def centroids(points, n, random):
    """Returns `n` centroids of `points`, `(n, dim)`, by K-means."""
    cluster = extras.load(
        "sklearn.cluster",
        "scikit-learn",
        "synthesis",
        "Users and items are grouped by",
    )
    some = random.permutation(len(points))[: POINTS_PER_CENTROID * n]
    # Not in mini-batches, which move small groups to where points are many: all
    # users, and all items, would come out about equally popular.
    k_means = cluster.KMeans(
        n,
        n_init=1,
        max_iter=ITERATIONS,
        random_state=int(random.integers(2**31)),
    )
    return k_means.fit(points[some]).cluster_centers_


def nearest(points, centroids):
    """Returns the number of the nearest centroid of each point, `(n,)`."""
    return scipy.spatial.KDTree(centroids).query(points)[1]
