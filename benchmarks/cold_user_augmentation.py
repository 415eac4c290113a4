"""Do made-up rows help users of whom only five items are known?

    python benchmarks/cold_user_augmentation.py
    python benchmarks/cold_user_augmentation.py --seeds 2 --recommender EASE
    python benchmarks/cold_user_augmentation.py --json > results.jsonl
    python benchmarks/cold_user_augmentation.py --page results.jsonl

Of three in ten users of ML-100K only five items are left, drawn at random
(cold); the others keep 70 % of theirs (warm). A generator is fitted on that,
and completes the cold users' profiles with the k items that it holds for the
likeliest. A recommender then ranks by the longer profiles; the real items
alone are left out of its lists. Each seed draws users and items anew.

- **rows**: where the made-up rows are from. none; mixture: the kinds of users
  of a Bernoulli mixture, fitted on warm users, weighed by what a cold user has
  met; ragan, and RAGAN without its adversary.
- **trained on**: the longer table, or, where a recommender ranks by profiles,
  the real rows. The recommender is trained anew on each table.
- **k, l2**: chosen, as is that: the highest cold nDCG@10 on the validation
  part among those whose warm nDCG@10 there is at most 1 % below that of no
  rows at their best; `none` may choose its l2 so, too.
- **cold, warm**: nDCG@10 on the test part, mean of all users and seeds.
- **over none, over mixture, warm %**: change of the cold users' and of the warm
  users' in per cent; of the warm over `none`. **ahead**: seeds in which the
  cold users have more than with `none`.
- **p, p mix.**: paired over users and seeds: Wilcoxon, Holm-corrected, of the
  cold users' nDCG@10 against `none`, and against `mixture`. A user who is cold
  under two seeds counts twice.
- **aim**: this project's own: 5 % over none and over the mixture, the warm no
  worse than -1 %.
"""

import argparse
import collections
import pathlib

import cold_market
import keras
import measuring
import numpy as np

from keras_ganrec import baselines
from keras_ganrec.data import pairs
from keras_ganrec.evaluation.significance import paired_p_values

WARM_MAY_LOSE = 0.01
AIM = 5.0  # per cent
PROFILES = ("EASE", "IALS")  # rank by profiles
SIZES = {"EASE": (5, 10, 20, 40), "IALS": (5, 10, 20, 40), "BPRMF": (10, 40)}
L2 = {
    "EASE": (200.0, 400.0, 800.0, 1600.0),
    "IALS": (0.01, 0.02, 0.04),
    "BPRMF": (0.01, 0.02),
}
SOURCES = ("none", "mixture", "ragan", "ragan without D")
COLUMNS = {
    "recommender": ("recommender", ""),
    "rows": ("source", ""),
    "trained on": ("trained_on", ""),
    "k": ("k", ""),
    "l2": ("l2", "g"),
    "cold": ("cold", ".4f"),
    "warm": ("warm", ".4f"),
    "over none": ("cold_change", "+.1f"),
    "over mixture": ("mixture_change", "+.1f"),
    "warm %": ("warm_change", "+.1f"),
    "ahead": ("seeds_ahead", ""),
    "p": ("p", ".1g"),
    "p mix.": ("p_mixture", ".1g"),
    "aim": ("aim", ""),
}


def ease(table, l2, seed):
    model = baselines.EASE(table.num_items, l2=l2)
    model.adapt(table)
    return lambda rows: model.score_profiles(rows.to_csr().toarray())


def ials(table, l2, seed):
    model = baselines.IALS(
        table.num_users, table.num_items, embedding_dim=64, l2=l2, seed=seed
    )
    model.adapt(table)
    items = np.asarray(model.item_embeddings())
    return lambda rows: model.solve(rows.to_csr(), items) @ items.T


def bpr_mf(table, l2, seed):
    keras.utils.set_random_seed(seed)
    model = baselines.BPRMF(table.num_users, table.num_items, l2=l2)
    model.compile(optimizer=keras.optimizers.Adam(5e-3), steps_per_execution=16)
    model.fit(pairs(table, 2048, seed=seed), epochs=30, verbose=0)
    return lambda rows: model({"user_id": np.arange(table.num_users)})


FITTED = {"EASE": ease, "IALS": ials, "BPRMF": bpr_mf}


def all_scores(recommender, market, made, seed):
    """Yields (source, trained on, k, l2), and the scores of all users."""
    fitted = FITTED[recommender]
    for l2 in L2[recommender]:
        plain = fitted(market.train, l2, seed)
        yield ("none", "longer", 0, l2), plain(market.train)
        for source, ratings in made.items():
            for k in SIZES[recommender]:
                longer = market.completed(ratings, k)
                scores = fitted(longer, l2, seed)(longer)
                yield (source, "longer", k, l2), scores
                if recommender in PROFILES:
                    yield (source, "real", k, l2), plain(longer)


def measured(recommenders, num_seeds):
    """nDCGs of all settings, over the users of all seeds.

    Returns:
        Who is cold, a bool array; each user's seed; and a dict from
        (recommender, source, trained on, k, l2) to two arrays: nDCG@10 on the
        validation and on the test part.
    """
    values, cold = collections.defaultdict(list), []
    for seed in range(num_seeds):
        market = cold_market.Market(seed)
        cold.append(market.is_cold)
        made = {
            "mixture": cold_market.mixture_ratings(market, seed),
            "ragan": cold_market.ragan_ratings(market, seed, 0.5),
            "ragan without D": cold_market.ragan_ratings(market, seed, 0.0),
        }
        for name in recommenders:
            for setting, scores in all_scores(name, market, made, seed):
                ndcg = market.ndcg(np.asarray(scores))
                values[name, *setting].append(ndcg)
    joined = {
        key: [np.concatenate(part) for part in zip(*by_seed, strict=True)]
        for key, by_seed in values.items()
    }
    seeds = np.repeat(range(num_seeds), list(map(len, cold)))
    return np.concatenate(cold), seeds, joined


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


def rows_of(values, cold, seeds, recommender):
    chosen = choose(values, cold, recommender)
    chosen = {source: key for source, key in chosen.items() if key}
    test = {source: values[key][1] for source, key in chosen.items()}

    def p_values(against):
        if against not in test:
            return {}
        others = {s: v[cold] for s, v in test.items() if s != against}
        return paired_p_values(others, test[against][cold])

    def change(source, against, users):
        if against not in test:
            return None
        own, other = test[source][users].mean(), test[against][users].mean()
        return 100 * (own / other - 1)

    def ahead(source):
        more = np.where(cold, test[source] - test["none"], 0.0)
        return int((np.bincount(seeds, more) > 0).sum())

    over_none, over_mixture = p_values("none"), p_values("mixture")
    return [
        {
            "recommender": recommender,
            "seeds": int(seeds.max()) + 1,
            "source": source,
            "trained_on": key[2],
            "k": key[3],
            "l2": key[4],
            "cold": test[source][cold].mean(),
            "warm": test[source][~cold].mean(),
            "cold_change": change(source, "none", cold),
            "mixture_change": change(source, "mixture", cold),
            "warm_change": change(source, "none", ~cold),
            "seeds_ahead": ahead(source),
            "p": over_none.get(source),
            "p_mixture": over_mixture.get(source),
            **measuring.circumstances(),
        }
        for source, key in chosen.items()
    ]


def aim(row):
    """Whether the made-up rows of a network are worth what was aimed at."""
    if not row["source"].startswith("ragan"):
        return ""
    changes = (row["cold_change"], row["mixture_change"])
    enough = None not in changes and min(changes) >= AIM
    spared = row["warm_change"] >= -100 * WARM_MAY_LOSE
    return "met" if enough and spared else "missed"


def table(rows):
    return measuring.markdown([{**r, "aim": aim(r)} for r in rows], COLUMNS)


def page(rows):
    """The results as the page docs/cold_users.md."""
    counts = {row["recommender"]: row["seeds"] for row in rows}
    return measuring.page(
        "Made-up rows for cold users",
        "cold_user_augmentation",
        __doc__.split("\n\n", 2)[2],
        "Seeds: " + ", ".join(f"{k} {n}" for k, n in counts.items()) + ".",
        table(rows),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--recommender", choices=L2, nargs="*", default=[*L2])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--page", metavar="FILE", type=pathlib.Path)
    args = parser.parse_args()
    if args.page:
        print(page(measuring.read_rows(args.page)))
        return
    cold, seeds, values = measured(args.recommender, args.seeds)
    rows = [
        row
        for name in args.recommender
        for row in rows_of(values, cold, seeds, name)
    ]
    if args.json:
        for row in rows:
            measuring.print_row(row)
    else:
        print(table(rows))


if __name__ == "__main__":
    main()
