"""How long does it take to rank the whole catalog for all users?

    python benchmarks/evaluation_speed.py
    python benchmarks/evaluation_speed.py --model ease --json
    python benchmarks/evaluation_speed.py --dataset synthetic

`model.evaluate()` on the test part of ML-1M, 6,040 users x 3,706 items, seen
ones masked, with all 27 metrics of `evaluation.ranking_metrics()`. What a
model has learned does not change its speed: those of `fit()` are not trained.

first           seconds of the first `evaluate()`, which traces the graph
evaluate        the same again, best of three. Goal: below 2
users/s         users of `evaluate` per second on the wall
recommend       users/s of `model.recommend(all users, k=20)`: raw ids in, a
                DataFrame of raw ids out, best of three
"""

import argparse

import measuring

from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import ranking_metrics
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import fitting

ML_1M = {"dataset": "ml-1m", "split": "ganmf"}
RANKED = {
    "popularity": ("popularity_ml_1m", {}),
    "item_knn": ("item_knn_ml_1m", {}),
    "ease": ("ease_ml_1m", {}),
    "bpr_mf": ("bpr_mf_ml_1m", {}),
    "mult_vae": ("mult_vae_ml_1m", {}),
    "cfgan_user": ("cfgan_user_ml_1m", {}),
    "cfgan_item": ("cfgan_ml_100k", ML_1M),
    "ganmf_user": ("ganmf_ml_1m", {}),
    "ganmf_item": ("ganmf_ml_1m", {"model_arguments.mode": "item"}),
}

COLUMNS = {
    "model": ("model", ""),
    "users": ("users", ","),
    "items": ("items", ","),
    "first": ("first_s", ".2f"),
    "cpu-s": ("first_cpu_s", ".2f"),
    "evaluate": ("evaluate_s", ".2f"),
    "cpu-s ": ("evaluate_cpu_s", ".2f"),
    "users/s": ("users_per_s", ",.0f"),
    "recommend": ("recommended_per_s", ",.0f"),
    "peak MB": ("peak_mb", ",.0f"),
}


def measure(name, dataset):
    """Returns one row of the table, a dict."""
    base, changes = RANKED[name]
    recipe = RECIPES[base].with_settings(changes)
    split = measuring.load(recipe, dataset)
    known = split.train_and_validation
    model = fitting.build(recipe, known, seed=0)
    if recipe.batches is None:
        model.adapt(known)
    model.remember(known)
    model.compile(metrics=list(ranking_metrics().values()))
    batches = pipelines.ranking_batches(known, split.test)

    first, *again = _clocks(4, lambda: model.evaluate(batches, verbose=0))
    users = known.user_vocabulary.tolist()
    _, *served = _clocks(4, lambda: model.recommend(users, k=20))
    evaluate_s = min(clock.wall for clock in again)
    evaluated = len({*split.test.user_id.tolist()})
    _, peak_mb = measuring.memory_mb()
    return {
        "model": name,
        "dataset": dataset,
        "users": evaluated,
        "items": known.num_items,
        "first_s": first.wall,
        "first_cpu_s": first.cpu,
        "evaluate_s": evaluate_s,
        "evaluate_cpu_s": min(clock.cpu for clock in again),
        "users_per_s": evaluated / evaluate_s,
        "recommended_per_s": len(users) / min(c.wall for c in served),
        "recommended_per_cpu_s": len(users) / min(c.cpu for c in served),
        "peak_mb": peak_mb,
    }


def _clocks(times, function):
    clocks = []
    for _ in range(times):
        with measuring.Clock() as clock:
            function()
        clocks.append(clock)
    return clocks


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--model", nargs="+", choices=RANKED, default=list(RANKED)
    )
    parser.add_argument(
        "--dataset", choices=["published", "synthetic"], default="published"
    )
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = [
        measuring.apart(measure, name, arguments.dataset)
        for name in arguments.model
    ]
    measuring.report(rows, COLUMNS, arguments.json)


if __name__ == "__main__":
    main()
