"""Do made-up rows help users of whom only five items are known?

    python benchmarks/cold_user_augmentation.py
    python benchmarks/cold_user_augmentation.py --seeds 2 --recommender EASE

Of three in ten users of ML-100K only five items are left, drawn at random
(cold); the others keep 70 % of theirs (warm). A generator is fitted on that,
and completes the cold users' profiles with the k items that it holds for the
likeliest. A recommender then ranks by the longer profiles; the real items
alone are left out of its lists.

recommender  trained anew on each table
rows         where the made-up rows are from. none; mixture: the kinds of
             users of a Bernoulli mixture, fitted on warm users, weighed by
             what a cold user has met; RAGAN, and RAGAN without its adversary
trained on   the longer table, or, where a recommender ranks by profiles, the
             real rows
k, l2        chosen, as is that: the highest cold nDCG@10 on the validation
             part among those whose warm nDCG@10 there is at most 1 % below
             that of no rows at their best; `none` may choose its l2 so, too
cold, warm   nDCG@10 on the test part, mean of all users and seeds
change       of the cold, over `none`, in per cent; and of the warm
p, p mix.    paired over users and seeds: Wilcoxon, Holm-corrected, of the
             cold users' nDCG@10 against `none`, and against `mixture`
"""

import argparse
import collections
import itertools

import keras
import measuring
import numpy as np
import pandas as pd

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec.data import datasets
from keras_ganrec.data import pairs
from keras_ganrec.data import rated_profiles
from keras_ganrec.evaluation.significance import paired_p_values
from keras_ganrec.metrics import NDCGAtK
from keras_ganrec.ranking import rank

COLD_SHARE, COLD_ITEMS = 0.3, 5
TRAIN, VALIDATION, TEST = range(3)
WARM_MAY_LOSE = 0.01
SIZES = {"EASE": (5, 10, 20, 40), "BPRMF": (10, 40)}
L2 = {"EASE": (200.0, 400.0, 800.0, 1600.0), "BPRMF": (0.01, 0.02)}
RAGAN = {"dropout": 0.8, "low_ratio": 0.3}
SOURCES = ("none", "mixture", "ragan", "ragan without D")
COLUMNS = {
    "recommender": ("recommender", ""),
    "rows": ("source", ""),
    "trained on": ("trained_on", ""),
    "k": ("k", ""),
    "l2": ("l2", "g"),
    "cold": ("cold", ".4f"),
    "warm": ("warm", ".4f"),
    "change %": ("cold_change", "+.1f"),
    "warm %": ("warm_change", "+.1f"),
    "p": ("p", ".1g"),
    "p mix.": ("p_mixture", ".1g"),
}


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


def fitted_scores(recommender, table, profiles, l2, seed):
    """Scores of all users, trained on one table, ranked by another."""
    if recommender == "EASE":
        model = baselines.EASE(table.num_items, l2=l2)
        model.adapt(table)
        return np.asarray(model.score_profiles(profiles.to_csr().toarray()))
    keras.utils.set_random_seed(seed)
    model = baselines.BPRMF(table.num_users, table.num_items, l2=l2)
    model.compile(optimizer=keras.optimizers.Adam(5e-3), steps_per_execution=16)
    model.fit(pairs(table, 2048, seed=seed), epochs=30, verbose=0)
    return np.asarray(model({"user_id": np.arange(table.num_users)}))


def measured(recommenders, num_seeds):
    """What is cold, and nDCGs of all settings, over the users of all seeds.

    Returns:
        A bool array, and a dict from (recommender, source, trained on, k, l2)
        to two arrays: nDCG@10 on the validation and on the test part.
    """
    values, cold = collections.defaultdict(list), []
    for seed in range(num_seeds):
        market = Market(seed)
        cold.append(market.is_cold)
        made = {
            "mixture": mixture_ratings(market, seed),
            "ragan": ragan_ratings(market, seed, 0.5),
            "ragan without D": ragan_ratings(market, seed, 0.0),
        }
        for recommender in recommenders:
            tables = {("none", 0): market.train} | {
                (source, k): market.completed(ratings, k)
                for source, ratings in made.items()
                for k in SIZES[recommender]
            }
            for (source, k), longer in tables.items():
                trained_on = {"longer": longer}
                if recommender == "EASE" and source != "none":
                    trained_on["real"] = market.train
                for (rows, table), l2 in itertools.product(
                    trained_on.items(), L2[recommender]
                ):
                    scores = fitted_scores(recommender, table, longer, l2, seed)
                    values[recommender, source, rows, k, l2].append(
                        market.ndcg(scores)
                    )
    joined = {
        key: [np.concatenate(part) for part in zip(*by_seed, strict=True)]
        for key, by_seed in values.items()
    }
    return np.concatenate(cold), joined


def choose(values, cold, recommender):
    """The best setting of each source, by the rule above."""
    mean = {
        key: [validation[cold].mean(), validation[~cold].mean()]
        for key, (validation, _) in values.items()
        if key[0] == recommender
    }
    plain = [k for k in mean if k[1] == "none"]
    base = max(plain, key=lambda key: sum(mean[key]))
    allowed = [
        k for k in mean if mean[k][1] >= (1 - WARM_MAY_LOSE) * mean[base][1]
    ]
    return {
        source: max(
            (k for k in allowed if k[1] == source),
            key=lambda key: mean[key][0],
            default=None,
        )
        for source in SOURCES
    }


def rows_of(values, cold, recommender):
    chosen = choose(values, cold, recommender)
    chosen = {source: key for source, key in chosen.items() if key}
    test = {source: values[key][1] for source, key in chosen.items()}
    means = {s: (v[cold].mean(), v[~cold].mean()) for s, v in test.items()}

    def p_values(against):
        if against not in test:
            return {}
        others = {s: v[cold] for s, v in test.items() if s != against}
        return paired_p_values(others, test[against][cold])

    over_none, over_mixture = p_values("none"), p_values("mixture")
    return [
        {
            "recommender": recommender,
            "source": source,
            "trained_on": key[2],
            "k": key[3],
            "l2": key[4],
            "cold": means[source][0],
            "warm": means[source][1],
            "cold_change": 100 * (means[source][0] / means["none"][0] - 1),
            "warm_change": 100 * (means[source][1] / means["none"][1] - 1),
            "p": over_none.get(source),
            "p_mixture": over_mixture.get(source),
        }
        for source, key in chosen.items()
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--recommender", choices=L2, nargs="*", default=[*L2])
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    cold, values = measured(args.recommender, args.seeds)
    rows = [
        row for name in args.recommender for row in rows_of(values, cold, name)
    ]
    measuring.report(rows, COLUMNS, args.json)


if __name__ == "__main__":
    main()
