"""Blocks that several models use unchanged."""

import keras
from keras import ops


def in_float32(function):
    """A layer that calls a function which reads other layers' weights.

    Under mixed precision a model's `call` reads the weights of its layers in
    half precision, whatever the weights say of `autocast`. A layer of float32
    does not.
    """
    layer = keras.layers.Lambda(function, dtype="float32")
    layer.built = True  # It has no weights of its own.
    return layer


class MatrixFactorization(keras.layers.Layer):
    """Scores `p_u . q_i + b_i`: a player with embeddings and item biases.

    Everything is float32, also under mixed precision: probabilities are made
    of the scores.

    Args:
        num_users: int. Number of users.
        num_items: int. Size of the catalog.
        embedding_dim: int. Size of the embeddings.
        initializer: Initializer of the embeddings. Biases begin at zero.
        regularizer: Optional regularizer of embeddings and biases.
        constraint: Optional constraint of embeddings and biases.

    Call arguments:
        user_id: int32 tensor of shape `(batch,)`.

    Returns:
        float32 tensor of shape `(batch, num_items)`: scores of all items.
    """

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
        super().__init__(dtype="float32", **kwargs)
        initializer = keras.initializers.get(initializer)
        shapes = {
            "user_table": (num_users, embedding_dim),
            "item_table": (num_items, embedding_dim),
            "item_bias": (num_items,),
        }
        for name, shape in shapes.items():
            table = self.add_weight(
                shape=shape,
                initializer=(
                    "zeros" if name == "item_bias" else initializer.clone()
                ),
                regularizer=regularizer,
                constraint=constraint,
                name=name,
            )
            setattr(self, name, table)
        self.built = True

    def call(self, user_id):
        users = ops.take(self.user_table, user_id, axis=0)
        return ops.matmul(users, ops.transpose(self.item_table)) + (
            self.item_bias
        )

    def score(self, user_id, item_ids):
        """Scores of a few items of each user alone.

        Args:
            user_id: int32 tensor of shape `(batch,)`.
            item_ids: int32 tensor of shape `(batch, n)`.

        Returns:
            float32 tensor of shape `(batch, n)`.
        """
        users = ops.take(self.user_table, user_id, axis=0)
        items = ops.take(self.item_table, item_ids, axis=0)
        biases = ops.take(self.item_bias, item_ids)
        return ops.einsum("bd,bnd->bn", users, items) + biases

    def user_embeddings(self, user_id):
        """Returns `(batch, embedding_dim + 1)`: a one stands by the bias."""
        users = ops.take(self.user_table, user_id, axis=0)
        return ops.pad(users, ((0, 0), (0, 1)), constant_values=1.0)

    def item_embeddings(self):
        """Returns `(num_items, embedding_dim + 1)`: the bias comes last."""
        bias = ops.expand_dims(self.item_bias, axis=-1)
        return ops.concatenate([self.item_table, bias], axis=-1)

    def start_from(self, other):
        """Copies embeddings and biases.

        Args:
            other: Model with `user_table`, `item_table` and `item_bias`, as
                `keras_ganrec.baselines.BPRMF`.

        Raises:
            ValueError: If it has none, or of other sizes.
        """
        names = ("user_table", "item_table", "item_bias")
        tables = [getattr(other, name, None) for name in names]
        ours = [tuple(getattr(self, name).shape) for name in names]
        theirs = [t if t is None else tuple(t.shape) for t in tables]
        if ours != theirs:
            raise ValueError(
                f"A `{type(other).__name__}` of tables {theirs} is no start "
                f"for players of tables {ours}. Expected the same users, "
                "items and `embedding_dim`, and item biases. Give both the "
                "same sizes."
            )
        for name, table in zip(names, tables, strict=True):
            getattr(self, name).assign(table)


def unit_profiles(seen):
    """Returns profiles of length 1, float32; empty ones stay zero.

    Args:
        seen: Tensor of shape `(batch, num_items)`.
    """
    # In half precision the length of an empty profile would divide by 0.
    return ops.normalize(ops.cast(seen, "float32"), axis=-1)


def perceptron(input_dim, hidden_dims, output_dim, activation, dtype):
    """Returns a `keras.Sequential` of dense layers, the last one linear.

    Its output is float32, also under mixed precision: it is a code or logits.

    Args:
        input_dim: int.
        hidden_dims: Widths of the hidden layers.
        output_dim: int.
        activation: Activation of the hidden layers.
        dtype: Policy of the hidden layers.
    """
    hidden = [
        keras.layers.Dense(dim, activation, dtype=dtype) for dim in hidden_dims
    ]
    output = keras.layers.Dense(output_dim, dtype="float32")
    return keras.Sequential([keras.Input((input_dim,)), *hidden, output])
