"""A small market with planted tastes, where the right answer is known."""

import numpy as np
import pandas as pd

from keras_ganrec.data import interactions as interactions_lib

TASTES = ("adventure", "comedy", "drama", "history", "music", "nature")
AGE_GROUPS = ("under 18", "18-29", "30-44", "45-59", "60 and over")
START = 1_577_836_800  # 2020-01-01
YEAR = 365 * 86_400
USERS_AT_ONCE = 20_000
MOST_DRAWS = 8_000_000


def synthetic(
    num_users: int = 500,
    num_items: int = 200,
    num_tastes: int = 4,
    interactions_per_user: int = 30,
    crossover: float = 0.1,
    popularity_exponent: float = 1.0,
    seed: int = 0,
) -> interactions_lib.Interactions:
    """Makes interactions whose cause is known; needs no file and no network.

    Every user and every item belongs to one taste. A user draws items one
    after the other, without repetition, with probability proportional to

        popularity[item] * (1 if tastes agree else crossover)

    where popularity falls with an item's rank r as r**-popularity_exponent
    (Zipf). Ratings are higher where tastes agree; times are uniform over one
    year, so every order of a user's items is equally likely, and the planted
    scores (see `planted_scores`) rank the unseen items as well as can be.
    The number of items per user is log-normal around `interactions_per_user`,
    at least 5 and at most the size of the smallest taste.

    Args:
        num_users: int. Number of users; raw ids are `"user 0"`, ...
        num_items: int. Number of items; raw ids are `"item 0"`, ...
        num_tastes: int. Number of tastes.
        interactions_per_user: int. Mean number of items of a user.
        crossover: float in [0, 1]. Appeal of other tastes' items relative to
            the user's own; 0 means that tastes never mix, 1 that there are
            none.
        popularity_exponent: float. 0 means equally popular items.
        seed: int. The same seed gives the same market.

    Returns:
        `Interactions` sorted by time, with ratings from 1 to 5. Its
        `user_features` are `taste`, `crossover` (the planted truth) and
        `age_group`, which depends on the taste; its `item_features` are
        `taste`, `popularity` (the planted truth), `genre` (the taste's name)
        and `title`.

    Raises:
        ValueError: A size is not positive, or a user would need more items
            than a taste has.
    """
    smallest_taste = num_items // max(num_tastes, 1)
    if min(num_users, num_tastes, interactions_per_user, smallest_taste) < 1:
        raise ValueError(
            "All sizes must be positive, and every taste needs an item. "
            f"Received: num_users={num_users}, num_items={num_items}, "
            f"num_tastes={num_tastes}, "
            f"interactions_per_user={interactions_per_user}"
        )
    if interactions_per_user > smallest_taste:
        raise ValueError(
            "`interactions_per_user` must not exceed the items of one taste, "
            f"num_items // num_tastes = {smallest_taste}. "
            f"Received: interactions_per_user={interactions_per_user}"
        )
    if not 0 <= crossover <= 1:
        raise ValueError(
            f"`crossover` must lie in [0, 1]. Received: crossover={crossover}"
        )
    if not 0 <= popularity_exponent <= 3:
        raise ValueError(
            "`popularity_exponent` must lie in [0, 3]: beyond, nobody ever "
            "meets a rare item. "
            f"Received: popularity_exponent={popularity_exponent}"
        )
    rng = np.random.default_rng(seed)
    user_taste = rng.permutation(np.arange(num_users) % num_tastes)
    item_taste = rng.permutation(np.arange(num_items) % num_tastes)
    ranks = rng.permutation(num_items) + 1.0
    popularity = ranks**-popularity_exponent
    popularity /= popularity.sum()
    spread = 0.5
    counts = rng.lognormal(
        np.log(interactions_per_user) - spread**2 / 2, spread, num_users
    )
    least = min(5, interactions_per_user)
    counts = np.clip(np.rint(counts), least, smallest_taste).astype(np.int64)

    user_id, item_id = _draw(
        rng, user_taste, item_taste, popularity, counts, crossover
    )
    timestamp = START + rng.integers(0, YEAR, len(user_id))
    agree = user_taste[user_id] == item_taste[item_id]
    rating = np.where(agree, 4.2, 2.8) + rng.normal(0, 0.8, len(user_id))
    order = np.argsort(timestamp, kind="stable")
    own_age = rng.random(num_users) < 0.7
    age = np.where(own_age, user_taste, rng.integers(0, 5, num_users)) % 5
    names = [_taste_name(taste) for taste in range(num_tastes)]
    return interactions_lib.Interactions(
        user_id=user_id[order].astype(np.int32),
        item_id=item_id[order].astype(np.int32),
        user_vocabulary=np.array([f"user {i}" for i in range(num_users)]),
        item_vocabulary=np.array([f"item {i}" for i in range(num_items)]),
        rating=np.clip(np.rint(rating), 1, 5)[order].astype(np.float32),
        timestamp=timestamp[order],
        user_features=pd.DataFrame(
            {
                "taste": user_taste,
                "crossover": np.full(num_users, float(crossover)),
                "age_group": np.array(AGE_GROUPS)[age],
            }
        ),
        item_features=pd.DataFrame(
            {
                "taste": item_taste,
                "popularity": popularity,
                "genre": np.array(names)[item_taste],
                "title": [
                    f"{names[taste].capitalize()} no. {item}"
                    for item, taste in enumerate(item_taste)
                ],
            }
        ),
    )


def planted_scores(
    interactions: interactions_lib.Interactions, user_id: np.ndarray
) -> np.ndarray:
    """The scores that a synthetic market was drawn from.

    Ranking a user's unseen items by them is Bayes-optimal: no recommender
    has a higher expected hit count at any k. Measures the gap to the ceiling.

    Args:
        interactions: What `synthetic` returned, or a part of a split of it.
        user_id: int array of shape `(batch,)`.

    Returns:
        float32 array of shape `(batch, num_items)`.
    """
    users = interactions.user_features.iloc[np.asarray(user_id)]
    items = interactions.item_features
    agree = users["taste"].to_numpy()[:, None] == items["taste"].to_numpy()
    appeal = np.where(agree, 1.0, users["crossover"].to_numpy()[:, None])
    return (appeal * items["popularity"].to_numpy()).astype(np.float32)


def _draw(rng, user_taste, item_taste, popularity, counts, crossover):
    """Successive draws without repetition; memory O(interactions)."""
    # Items sorted by taste: one cumulative sum serves every taste's range.
    by_taste = np.argsort(item_taste, kind="stable")
    ends = np.cumsum(np.bincount(item_taste))
    mass = np.append(0.0, np.cumsum(popularity[by_taste]))
    low, high = mass[np.append(0, ends[:-1])], mass[ends]
    users, items = [], []
    for start in range(0, len(user_taste), USERS_AT_ONCE):
        block = slice(start, start + USERS_AT_ONCE)
        taste = user_taste[block]
        user, place = _draw_places(
            rng, mass, low[taste], high[taste], counts[block], crossover
        )
        users.append(user + start)
        items.append(by_taste[place])
    return np.concatenate(users), np.concatenate(items)


def _draw_places(rng, mass, low, high, counts, crossover):
    """Distinct places on the axis `mass` for some users.

    Draws with repetition and keeps the first `counts[u]` distinct places of
    each user: that is the same distribution. Users who have too few draw
    again, twice as often each round.

    Args:
        rng: `np.random.Generator`.
        mass: float array of shape `(num_items + 1,)`, ascending. Place i is
            the range from `mass[i]` to `mass[i + 1]`.
        low: float array of shape `(users,)`. Where a user's taste begins.
        high: float array of shape `(users,)`. Where it ends.
        counts: int64 array of shape `(users,)`. Places to draw.
        crossover: float. Appeal of what is outside of the taste.

    Returns:
        `(users, places)`, two arrays of shape `(sum(counts),)`.
    """
    num_places = len(mass) - 1
    width = high - low
    own = width / (width + crossover * (1 - width))
    drawn = np.zeros(0, np.int64)  # user * num_places + place, in draw order
    open_users = np.arange(len(counts))
    draws_per_place = 2
    while len(open_users):
        number = draws_per_place * counts[open_users]
        # Where few items have nearly all of the mass, most draws repeat: a
        # part of the users at a time keeps the memory bounded.
        turns = np.cumsum(number) // MOST_DRAWS
        for turn in np.unique(turns):
            now = turns == turn
            user = np.repeat(open_users[now], number[now])
            inside = low[user] + rng.random(len(user)) * width[user]
            outside = rng.random(len(user)) * (1 - width[user])
            outside += np.where(outside >= low[user], width[user], 0.0)
            point = np.where(rng.random(len(user)) < own[user], inside, outside)
            place = np.searchsorted(mass, point, side="right") - 1
            place = np.clip(place, 0, num_places - 1)
            pairs = pd.Series(np.append(drawn, user * num_places + place))
            drawn = pairs.drop_duplicates().to_numpy()
        have = np.bincount(drawn // num_places, minlength=len(counts))
        open_users = np.flatnonzero(have < counts)
        draws_per_place *= 2
    # Later rounds append: a stable sort keeps each user's draw order.
    drawn = drawn[np.argsort(drawn // num_places, kind="stable")]
    starts = np.cumsum(have) - have
    place_of_user = np.arange(len(drawn)) - np.repeat(starts, have)
    drawn = drawn[place_of_user < np.repeat(counts, have)]
    return drawn // num_places, drawn % num_places


def _taste_name(taste):
    name, volume = TASTES[taste % len(TASTES)], taste // len(TASTES)
    return f"{name} {volume + 1}" if volume else name
