"""ML-100K with cold users, and who is taken to like what of them.

The data of `cold_user_augmentation.py`, whose head says what it is.
"""

import keras
import numpy as np
import pandas as pd

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec.data import datasets
from keras_ganrec.data import rated_profiles
from keras_ganrec.metrics import NDCGAtK
from keras_ganrec.ranking import rank

COLD_SHARE, COLD_ITEMS = 0.3, 5
TRAIN, VALIDATION, TEST = range(3)
RAGAN = {"dropout": 0.8, "low_ratio": 0.3}


class Market:
    """One way to cut users and rows. Profiles are dense: 943 x 1682."""

    def __init__(self, seed):
        whole = datasets.load("ml-100k")
        rng = np.random.default_rng(seed)
        self.is_cold = rng.random(whole.num_users) < COLD_SHARE
        users = pd.Series(rng.random(len(whole))).groupby(whole.user_id)
        place = users.rank().to_numpy() - 1  # a user's rows in random order
        count = np.bincount(whole.user_id)[whole.user_id]
        # Of what is left to find a third is for validation.
        known = np.where(
            self.is_cold[whole.user_id], COLD_ITEMS, np.rint(0.7 * count)
        )
        found = (place - known) / (count - known)
        part = np.where(found < 0, TRAIN, np.where(found < 1 / 3, 1, 2))
        self.train = whole.select(part == TRAIN)
        self.seen, self.validation, self.test = (
            whole.select(part == p).to_csr().toarray() for p in range(3)
        )

    def ndcg(self, scores):
        """nDCG@10 of each user, on the validation and on the test part."""
        known = self.seen + self.validation
        return [
            np.asarray(NDCGAtK(10).values(rank(scores, held_out, 10, seen)))
            for held_out, seen in (
                (self.validation, self.seen),
                (self.test, known),
            )
        ]

    def completed(self, ratings, k):
        """The train rows, and of the cold users the `k` likeliest items."""
        cold = np.flatnonzero(self.is_cold)
        scores = np.where(self.seen[cold] > 0, -np.inf, ratings[cold])
        items = np.argsort(-scores, axis=1)[:, :k]
        return self.train.with_rows(
            pd.DataFrame(
                {"user_id": np.repeat(cold, k), "item_id": items.ravel()}
            )
        )


def mixture_ratings(market, seed):
    """Probability of each item given a user's kind, given his items."""
    warm = market.train.select(~market.is_cold[market.train.user_id])
    model = baselines.BernoulliMixture(
        warm.num_items, num_components=20, seed=seed
    )
    model.adapt(warm)
    # By what was met alone: how little it is says nothing of a cold user.
    chances = np.maximum(model.probabilities, 1e-9)
    log_r = market.seen @ np.log(chances / chances.sum(1, keepdims=True)).T
    log_r += np.log(np.asarray(model.shares) + 1e-9)
    r = np.exp(log_r - log_r.max(axis=1, keepdims=True))
    return r / r.sum(axis=1, keepdims=True) @ chances


def ragan_ratings(market, seed, adversarial_weight):
    keras.utils.set_random_seed(seed)
    model = models.RAGAN(
        market.train.num_items,
        adversarial_weight=adversarial_weight,
        seed=seed,
        **RAGAN,
    )
    model.compile(
        keras.optimizers.Adam(1e-4, epsilon=1e-8),
        keras.optimizers.Adam(1e-3, epsilon=1e-8),
        steps_per_execution=15,
    )
    profiles = rated_profiles(market.train, seed=seed)
    model.fit(profiles, epochs=40, verbose=0)
    rows = {}
    for batch in profiles:
        rows |= zip(batch["user_id"].numpy(), model(batch).numpy(), strict=True)
    return np.stack([rows[user] for user in range(market.train.num_users)])
