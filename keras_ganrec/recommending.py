"""The best items of each user, by raw ids: what `recommend()` answers."""

import numbers

import numpy as np
import pandas as pd
from keras import ops

from keras_ganrec.ranking import mask_seen
from keras_ganrec.ranking import top_k_in_blocks
from keras_ganrec.ranking import top_k_items

# Above so many items a factor model is ranked in blocks of the catalog.
DENSE_UP_TO = 20_000


def recommended(
    model, catalog, users, k, exclude_seen, candidates, batch_size
) -> pd.DataFrame:
    """Answers `Recommender.recommend`.

    Args:
        model: The `Recommender` that is asked.
        catalog: `Catalog`, its raw ids and who has seen what.
        users: As in `Recommender.recommend`, like all that follow.
        k: int.
        exclude_seen: bool.
        candidates: List of raw item ids, or `None`.
        batch_size: int.

    Raises:
        ValueError: If an id is unknown, there is no user, or `k` is larger
            than the number of candidates.
    """
    if isinstance(users, (str, int)):
        raise ValueError(
            "`users` must be a list of raw ids. "
            f"Received: users={users!r}. Write `recommend([{users!r}])`."
        )
    excluded = _excluded_items(catalog, candidates)
    _check_length(k, catalog.num_items - int(excluded.sum()))
    if len(users) == 0:
        raise ValueError("`users` is empty: there is nobody to serve.")
    names, is_known = list(users), not isinstance(users, dict)
    if is_known:
        keys = catalog.encode_users(names, model.takes_profiles)
    else:
        keys = [catalog.encode_items(items) for items in users.values()]
    in_blocks = (
        model.factorizes
        and catalog.num_items > DENSE_UP_TO
        and is_known
        and candidates is None
    )

    def best_of(part):
        if in_blocks:
            return top_k_in_blocks(
                model.user_embeddings(part),
                model.item_embeddings(),
                k,
                seen=catalog.seen_ids(part) if exclude_seen else None,
            )
        if is_known:
            seen = catalog.seen_rows(part)
            scores = model({"user_id": part, "seen": seen})
        else:
            seen = catalog.rows_of(part)
            scores = model.score_profiles(seen)
        return top_k_items(
            mask_seen(scores, excluded[None, :]),
            k,
            seen=seen if exclude_seen else None,
        )

    tables = []
    with model.ranking():
        for start in range(0, len(names), batch_size):
            part = slice(start, start + batch_size)
            best, item_ids = map(ops.convert_to_numpy, best_of(keys[part]))
            tables.append(
                _table(names[part], item_ids, best, catalog.item_vocabulary)
            )
    return pd.concat(tables, ignore_index=True)


def _excluded_items(catalog, candidates):
    excluded = np.zeros(catalog.num_items, "float32")
    if candidates is not None:
        excluded[:] = 1.0
        excluded[catalog.encode_items(candidates)] = 0.0
    return excluded


def _check_length(k, available):
    is_integer = isinstance(k, numbers.Integral) and type(k) is not bool
    if not is_integer or not 1 <= k <= available:
        raise ValueError(
            f"`k` must be an integer from 1 to the number of candidate "
            f"items, {available}. Received: k={k!r}"
        )


def _table(names, item_ids, scores, item_vocabulary):
    row, position = np.nonzero(scores > -np.inf)
    return pd.DataFrame(
        {
            "user": [names[index] for index in row],
            "rank": position + 1,
            "item": item_vocabulary[item_ids[row, position]],
            "score": scores[row, position],
        }
    )
