"""Figures of a table of interactions: size, long tail, time span."""

import datetime

import numpy as np

from keras_ganrec.inequality import gini
from keras_ganrec.inequality import head_share

SECONDS_PER_DAY = 86_400


def describe(interactions) -> dict:
    """See `Interactions.describe`."""
    per_user = np.bincount(
        interactions.user_id, minlength=interactions.num_users
    )
    per_item = np.bincount(
        interactions.item_id, minlength=interactions.num_items
    )
    num_rows = len(interactions)
    cells = interactions.num_users * interactions.num_items
    facts = {
        "num_interactions": num_rows,
        "num_users": interactions.num_users,
        "num_items": interactions.num_items,
        "users_without_rows": int((per_user == 0).sum()),
        "items_without_rows": int((per_item == 0).sum()),
        "density": num_rows / cells if cells else 0.0,
        "median_interactions_per_user": _median(per_user),
        "median_interactions_per_item": _median(per_item),
        "top_10_percent_items_share": head_share(per_item),
        "item_gini": gini(per_item),
    }
    for name, features in (
        ("users_without_features", interactions.user_features),
        ("items_without_features", interactions.item_features),
    ):
        if features is not None:
            facts[name] = int(features.isna().all(axis=1).sum())
    if interactions.timestamp is not None and num_rows:
        first = int(interactions.timestamp.min())
        last = int(interactions.timestamp.max())
        facts["first_time"] = _iso(first)
        facts["last_time"] = _iso(last)
        facts["days"] = (last - first) / SECONDS_PER_DAY
    facts |= {f"dropped_{why}": n for why, n in interactions.dropped.items()}
    return facts


def _median(counts):
    return float(np.median(counts)) if len(counts) else 0.0


def _iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat()
