"""How fast do embeddings go around the graph? Ways to sum over neighbors.

    python benchmarks/propagation_speed.py
    python benchmarks/propagation_speed.py --dataset synthetic --json

One sum sends the embeddings of all items to the users who have met them. A
pass is what a step of LightGCN with three layers needs: six sums forward, of
users and of items, and their gradient. On Gowalla as LightGCN's authors split
it, 29,858 x 40,981 and 810,128 edges, 64 dimensions; best of five.

sum             cpu-ms of one sum
pass            cpu-ms of a pass, with the gradient that TensorFlow derives
own gradient    the same where the gradient is the sum the other way, as in
                `keras_ganrec.catalog`
"""

import argparse

import measuring
import numpy as np
import scipy.sparse
import tensorflow as tf

from keras_ganrec.data import datasets
from keras_ganrec.recipes import loading

EMBEDDING_DIM = 64
NUM_LAYERS = 3

COLUMNS = {
    "way": ("way", ""),
    "sum": ("sum_cpu_ms", ".1f"),
    "pass": ("pass_cpu_ms", ".0f"),
    "own gradient": ("own_pass_cpu_ms", ".0f"),
}


def sparse_segment_sum(matrix):
    columns, rows = _entries(matrix)
    return lambda table: tf.sparse.segment_sum(
        table, columns, rows, num_segments=matrix.shape[0]
    )


def gather_and_segment_sum(matrix):
    columns, rows = _entries(matrix)
    return lambda table: tf.math.unsorted_segment_sum(
        tf.gather(table, columns), rows, matrix.shape[0]
    )


def sparse_dense_matmul(matrix):
    columns, rows = _entries(matrix)
    tensor = tf.SparseTensor(
        tf.cast(tf.stack([rows, columns], axis=1), tf.int64),
        tf.ones(matrix.nnz),
        matrix.shape,
    )
    return lambda table: tf.sparse.sparse_dense_matmul(tensor, table)


WAYS = {
    way.__name__: way
    for way in (sparse_segment_sum, gather_and_segment_sum, sparse_dense_matmul)
}


def _entries(matrix):
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return tf.constant(matrix.indices), tf.constant(rows.astype("int32"))


def measure(name, dataset):
    """Returns one row of the table, a dict."""
    seen = _seen(dataset)
    num_users, num_items = seen.shape
    users = tf.random.normal((num_users, EMBEDDING_DIM))
    items = tf.random.normal((num_items, EMBEDDING_DIM))
    to_users = WAYS[name](seen)
    to_items = WAYS[name](seen.T.tocsr())
    own = _with_gradient(to_users, to_items), _with_gradient(to_items, to_users)
    return {
        "way": name,
        "sum_cpu_ms": 1e3 * _seconds(lambda: to_users(items)),
        "pass_cpu_ms": 1e3 * _pass_seconds(users, items, to_users, to_items),
        "own_pass_cpu_ms": 1e3 * _pass_seconds(users, items, *own),
    }


def _seen(dataset):
    if dataset == "published":
        split = loading.load_split("gowalla", "lightgcn")
        return split.train_and_validation.to_csr()
    market = datasets.synthetic(29858, 40981, interactions_per_user=27)
    return scipy.sparse.csr_matrix(market.to_csr())


def _with_gradient(there, back):
    @tf.custom_gradient
    def sums(table):
        return there(table), back

    return sums


def _pass_seconds(users, items, to_users, to_items):
    def gradient():
        with tf.GradientTape() as tape:
            tape.watch((users, items))
            u, i = users, items
            loss = 0.0
            for _ in range(NUM_LAYERS):
                u, i = to_users(i), to_items(u)
                loss += tf.reduce_sum(u) + tf.reduce_sum(i)
        of_users, of_items = tape.gradient(loss, (users, items))
        return tf.concat([of_users, of_items], axis=0)

    return _seconds(gradient)


def _seconds(function):
    return measuring.cpu_seconds(function, times=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--way", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument(
        "--dataset", choices=["published", "synthetic"], default="published"
    )
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = [
        measuring.apart(measure, name, arguments.dataset)
        for name in arguments.way
    ]
    measuring.report(rows, COLUMNS, arguments.json)


if __name__ == "__main__":
    main()
