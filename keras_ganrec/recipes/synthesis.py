"""What a generator is worth: from its recipe to a row of measured figures.

Each seed is another split of the users: 70 % to generate from, a third part of
10 % to choose by, and 20 % held out to measure on.

usefulness   EASE trained on the generated users, its `l2` the best one for the
             third part; shown 80 % of the items of each held-out user, it is
             to find the others
fidelity     degrees, lifts and ratings, against the 30 % whom no generator
             has seen; degrees of as many generated users, since those of
             items grow with the users
realism      PRDC and a classifier, against the held-out users, in a basis
             fitted to the third part
privacy      members are the 70 %, non-members the 30 %

As many users are generated as there are to generate from. The row of the real
users themselves shows what is the best, or the worst, that can be had.
"""

import contextlib
import sys
import time

import numpy as np

from keras_ganrec.baselines import EASE
from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets
from keras_ganrec.data import interactions_of
from keras_ganrec.evaluation import fidelity
from keras_ganrec.evaluation import privacy
from keras_ganrec.evaluation import realism
from keras_ganrec.evaluation import usefulness
from keras_ganrec.evaluation.measures import num_users
from keras_ganrec.evaluation.measures import some_users
from keras_ganrec.evaluation.similarity import ks_complement
from keras_ganrec.inequality import gini
from keras_ganrec.recipes import benchmark
from keras_ganrec.recipes import fitting
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.comparing import user_parts
from keras_ganrec.recommender import Recommender

EASE_L2 = (50.0, 200.0, 500.0)


def measure_generator(
    recipe: Recipe, data_dir=None, report=print, prepare=None
) -> dict:
    """Measures a generator, once for each seed, in a new process.

    Args:
        recipe: `Recipe` of a `Synthesizer`; or of a `Recommender`, whose
            usefulness alone is measured.
        data_dir: Optional path. Where the data sets are.
        report: Callable that is told, in a line, what is done next.
        prepare: Optional callable without arguments, called first in the new
            process.

    Returns:
        The result, of the types of JSON: what identifies the recipe, mean and
        spread (standard deviation of the sample) of each figure and of the
        seconds, the figures of each seed as `runs`, `peak_memory_mb`, and
        when, where and with what.
    """
    report(f"{recipe.name}: {len(recipe.seeds)} splits of the users")
    runs, peak = benchmark.apart(prepare, _all_seeds, recipe, data_dir)
    return {
        "recipe": recipe.name,
        "model": recipe.model.__name__,
        "dataset": recipe.dataset,
        "split": recipe.split,
        "seeds": list(recipe.seeds),
        "metrics": {
            name: benchmark.mean_and_spread([run[name] for run in runs])
            for name in runs[0]
        },
        "runs": runs,
        "peak_memory_mb": peak,
        "fingerprint": recipe.fingerprint,
        **benchmark.circumstances(),
    }


def _all_seeds(recipe, data_dir):
    with contextlib.redirect_stdout(sys.stderr):
        whole = datasets.load(recipe.dataset, data_dir=data_dir)
        runs = [run(recipe, whole, seed) for seed in recipe.seeds]
        return runs, benchmark.peak_memory_mb()


def run(recipe: Recipe, whole: Interactions, seed: int) -> dict[str, float]:
    """Trains a generator on one split, generates, and measures."""
    train, held_out, third = user_parts(whole, seed)
    start = time.perf_counter()
    model, _ = fitting.fit(recipe, train, seed, verbose=0)
    fitted = time.perf_counter()
    found = {"fit_seconds": fitted - start}
    if isinstance(model, Recommender):
        return found | use([model], third, held_out, seed)
    made = model.generate(model.schema.num_users, seed=seed)
    found["generate_seconds"] = time.perf_counter() - fitted
    synthetic = interactions_of(made, whole)
    others = whole.select(~np.isin(whole.user_id, train.user_id))
    return {
        **found,
        **use(_eases(synthetic), third, held_out, seed),
        **likeness(others, synthetic, seed),
        **joint_realism(third, held_out, synthetic, seed),
        **leaks(train, others, synthetic),
        "repeated_pairs": fidelity.repeated_pairs(synthetic),
    }


def use(models, third, held_out, seed) -> dict[str, float]:
    """What the model that is best for the third part is to the held-out one."""
    best, best_ndcg = None, -1.0
    known, wanted = usefulness.fold_in(third, seed=seed)
    for model in models:
        measured = usefulness.measure_profiles(model, known, wanted)
        if measured["ndcg_at_10"].mean() > best_ndcg:
            best, best_ndcg = model, measured["ndcg_at_10"].mean()
    known, wanted = usefulness.fold_in(held_out, seed=seed)
    return usefulness.measure_profiles(best, known, wanted).mean().to_dict()


def _eases(interactions):
    for l2 in EASE_L2:
        model = EASE(interactions.num_items, l2=l2)
        model.adapt(interactions)
        yield model


def likeness(others, synthetic, seed) -> dict[str, float]:
    """Degrees, lifts and ratings against those of the other real users."""
    as_many = some_users(synthetic, num_users(others), seed)
    users, items = fidelity.degrees(others)
    own_users, own_items = fidelity.degrees(as_many)
    found = {
        "lift_correlation": fidelity.lift_correlation(others, synthetic),
        "user_degree_ks": 1.0 - ks_complement(users, own_users),
        "item_degree_ks": 1.0 - ks_complement(items, own_items),
        "item_gini": gini(own_items),
    }
    if synthetic.rating is not None:
        found["rating_tv"] = fidelity.rating_tv(others, synthetic)
        found["bias_r2"] = fidelity.bias_r2(synthetic)
    return found


def joint_realism(third, held_out, synthetic, seed) -> dict[str, float]:
    """Whole users as points, in a basis that neither side was fitted to."""
    basis = realism.item_basis(fidelity.profiles(third))
    points = [
        realism.profile_features(fidelity.profiles(table), basis)
        for table in (held_out, synthetic)
    ]
    return {
        "prdc_recall": realism.prdc(*points)["recall"],
        "c2st_auc": realism.c2st_auc(*points, seed),
    }


def leaks(train, others, synthetic) -> dict[str, float]:
    """Whether it shows who was among those that it was made from."""
    members, non_members, made = map(
        fidelity.profiles, (train, others, synthetic)
    )
    scores = [
        privacy.nearest(people, made)[0][:, 0]
        for people in (members, non_members)
    ]
    return {
        "membership_auc": privacy.membership_auc(*scores),
        "membership_tpr_at_1_fpr": privacy.tpr_at_fpr(*scores),
        "exact_copies": privacy.exact_copies(made, members),
    }
