"""All pairs of items at once: how often seen together, and what fits."""

import numpy as np

from keras_ganrec.memory import memory_of_machine


def gram_matrix(seen, dtype="float64", block_size=1024):
    """Returns `X'X`, dense and in column order, `(num_items, num_items)`.

    Args:
        seen: `scipy.sparse.csr_matrix` of shape `(num_users, num_items)`.
        dtype: Of the result. The counts are exact in float32, too, up to 16
            million users.
        block_size: int. Columns made at once, to spare a sparse copy.
    """
    num_items = seen.shape[1]
    transposed, columns = seen.T.tocsr(), seen.tocsc()
    gram = np.empty((num_items, num_items), dtype, order="F")
    for start in range(0, num_items, block_size):
        block = slice(start, start + block_size)
        gram[:, block] = (transposed @ columns[:, block]).toarray()
    return gram


def check_memory(model, num_items, bytes_per_pair, purpose, bytes_to_fit):
    """Raises a `ValueError` unless so many item pairs fit into memory.

    Args:
        model: str. The name of the model that needs them.
        num_items: int. Size of the catalog.
        bytes_per_pair: int. What is needed now.
        purpose: str. For what: `"to hold"` or `"to fit"`.
        bytes_to_fit: int. The most per pair that the model will need.
    """
    needed, installed = num_items**2 * bytes_per_pair, memory_of_machine()
    if installed is not None and needed > installed:
        limit = int((installed / bytes_to_fit) ** 0.5)
        raise ValueError(
            f"`{model}` needs {needed / 1e9:,.1f} GB {purpose} the dense "
            f"weights between {num_items:,} items, and this machine has "
            f"{installed / 1e9:,.1f} GB, enough to fit {limit:,} items. "
            "Leave out rare items, or use `IALS` or `ItemKNN`, whose memory "
            "grows with the number of items and not with its square."
        )
