"""What of ProfileGAN gives its users away: the decoder, or the players?

    python benchmarks/generator_gap.py
    python benchmarks/generator_gap.py --seeds 2
    python benchmarks/generator_gap.py --json > results.jsonl
    python benchmarks/generator_gap.py --page results.jsonl

A new user is a code that G makes, and items drawn by what is decoded of it.
Beside such users stand those that are drawn by the codes of the real users
themselves, whom G has not touched: what they are told by is the decoder's and
the draw's, what generated users are told by besides is G's. The splits are
those of `profile_gan` (ML-100K, 70 % of the users to generate from), and others
than its settings were looked for on; all figures are means over the splits,
with the standard deviation behind them, and over three draws of each.

- **users**: real, those generated from; decoded, drawn by the codes of these,
  each with as many items as she has; generated.
- **C2ST**: how well a classifier tells them from the held-out users.
  **above real**: the difference from the real ones, split by split.
- **popularity KS**: distance from the held-out users in how popular their items
  are, in the mean.
- **recall**: share of held-out users near one of them (PRDC).
- **MIA**: how well the nearest of them tells who was generated from.
"""

import argparse
import pathlib

import keras
import measuring
import numpy as np
import scipy.sparse

from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets
from keras_ganrec.data import interactions_of
from keras_ganrec.evaluation import fidelity
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes import page_parts
from keras_ganrec.recipes import synthesis
from keras_ganrec.recipes.comparing import user_parts
from keras_ganrec.recipes.generators import GENERATORS

DRAWS = 3
FIGURES = ("c2st_auc", "user_popularity_ks", "prdc_recall", "membership_auc")
COLUMNS = {
    "users": ("users", ""),
    "C2ST": ("c2st_auc", ""),
    "above real": ("c2st_above_real", ""),
    "popularity KS": ("user_popularity_ks", ""),
    "recall": ("prdc_recall", ""),
    "MIA": ("membership_auc", ""),
}


def decoded(model, train, seed):
    """Users drawn by the codes of those whom the model was trained on."""
    seen = fidelity.profiles(train)
    profiles = seen.toarray()
    drawn = model.autoencoder.draw(
        model.autoencoder.encode(
            {"seen": profiles}, keras.random.SeedGenerator(seed)
        ),
        model.autoencoder.length(profiles),
        np.diff(seen.indptr),
        np.random.default_rng(seed),
    )
    pairs = drawn["user"], drawn["item_id"]
    return Interactions.from_csr(
        scipy.sparse.csr_array(
            (np.ones(len(pairs[0]), "float32"), pairs), shape=seen.shape
        )
    )


def figures(table, parts, whole, seed):
    train, held_out, third = parts
    others = whole.select(~np.isin(whole.user_id, train.user_id))
    found = {
        **synthesis.joint_realism(third, held_out, table, seed),
        **synthesis.leaks(train, others, table),
        "user_popularity_ks": fidelity.user_popularity_ks(held_out, table),
    }
    return {name: found[name] for name in FIGURES}


def rows_of(recipe, whole, seed):
    """Yields a row for each kind of users of one split."""
    parts = user_parts(whole, seed)
    train = parts[0]
    model, _ = fitting.fit(recipe, train, seed, verbose=0)
    number = model.schema.num_users
    tables = {
        "real": [train],
        "decoded": [decoded(model, train, draw) for draw in range(DRAWS)],
        "generated": [
            interactions_of(model.generate(number, seed=draw), whole)
            for draw in range(DRAWS)
        ],
    }
    for users, of_kind in tables.items():
        by_draw = [figures(each, parts, whole, seed) for each in of_kind]
        yield {
            "users": users,
            "seed": seed,
            "draws": len(by_draw),
            **{
                name: float(np.mean([found[name] for found in by_draw]))
                for name in FIGURES
            },
            **measuring.circumstances(),
        }


def table(rows):
    """Means over the splits, with the standard deviation behind them."""
    floor = {r["seed"]: r["c2st_auc"] for r in rows if r["users"] == "real"}
    by_users = {}
    for row in rows:
        above = {"c2st_above_real": row["c2st_auc"] - floor[row["seed"]]}
        by_users.setdefault(row["users"], []).append(row | above)

    names = (*FIGURES, "c2st_above_real")
    return measuring.markdown(
        [
            {
                "users": users,
                **{
                    name: page_parts.spread((r[name] for r in of_kind), ".3f")
                    for name in names
                },
            }
            for users, of_kind in by_users.items()
        ],
        COLUMNS,
    )


def page(rows):
    """The results as the page docs/generator_gap.md."""
    return measuring.page(
        "Where ProfileGAN betrays itself",
        "generator_gap",
        __doc__.split("\n\n", 2)[2],
        table(rows),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--page", metavar="FILE", type=pathlib.Path)
    args = parser.parse_args()
    if args.page:
        print(page(measuring.read_rows(args.page)))
        return
    recipe = GENERATORS["profile_gan"]
    whole = datasets.load(recipe.dataset)
    rows = []
    for seed in recipe.seeds[: args.seeds]:
        for row in rows_of(recipe, whole, seed):
            rows.append(row)
            if args.json:
                measuring.print_row(row)
    if not args.json:
        print(table(rows))


if __name__ == "__main__":
    main()
