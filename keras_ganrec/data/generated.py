"""Generated tables, back under the ids of the real one."""

import dataclasses

import numpy as np
import pandas as pd

from keras_ganrec.data.interactions import Interactions


def interactions_of(synthetic, like: Interactions) -> Interactions:
    """Reads generated interactions under the item ids of a real table.

    So that a model trained on one can be measured on the other. Users are
    numbered anew; the items' features are those of the real table.

    Args:
        synthetic: `SyntheticUsers` of `generate()`, or a DataFrame with
            the columns `user` and `item`, and `rating` and `timestamp` where
            there are any. Of a repeated pair the last one is kept; `dropped`
            counts the others.
        like: `Interactions` that it was generated after.

    Raises:
        ValueError: An item is none of `like`, or the table is invalid.
    """
    table = getattr(synthetic, "interactions", synthetic)
    columns = {c: c for c in ("rating", "timestamp") if c in table}
    made = Interactions.from_dataframe(
        table,
        **columns,
        user_features=getattr(synthetic, "user_features", None),
    )
    ids = pd.Index(like.item_vocabulary).get_indexer(made.item_vocabulary)
    unknown = made.item_vocabulary[ids < 0].tolist()
    if unknown:
        known = like.item_vocabulary[0].item()
        raise ValueError(
            f"{len(unknown)} of {made.num_items} items are none of the real "
            f"table, the first one is {unknown[0]!r}. Expected its raw ids, "
            f"which look like {known!r} ({type(known).__name__}). Compare a "
            "generated table with the one that its model was trained on."
        )
    return dataclasses.replace(
        made,
        item_id=ids[made.item_id].astype(np.int32),
        item_vocabulary=like.item_vocabulary,
        item_features=like.item_features,
    )
