"""Models side by side: the same users, the same ranking, the same metrics."""

from collections.abc import Mapping
from collections.abc import Sequence

import numpy as np
import pandas as pd
from keras import ops

from keras_ganrec import metrics
from keras_ganrec.ranking import rank
from keras_ganrec.recommender import Recommender

FAMILIES = (
    metrics.PrecisionAtK,
    metrics.RecallAtK,
    metrics.NDCGAtK,
    metrics.MRRAtK,
    metrics.MAPAtK,
    metrics.HitRateAtK,
    metrics.Coverage,
    metrics.Gini,
    metrics.Novelty,
)
LENGTHS = (5, 10, 20)


def ranking_metrics(lengths: Sequence[int] = LENGTHS) -> dict:
    """A new metric of each family at each list length, by name."""
    made = [family(k) for k in lengths for family in FAMILIES]
    return {metric.name: metric for metric in made}


def measure(
    model: Recommender,
    dataset,
    lengths: Sequence[int] = LENGTHS,
) -> dict[str, float]:
    """Ranks the whole catalog for each user and measures the lists.

    What `model.evaluate(dataset)` does, for a model that need not be
    compiled, and whose optimizers stay as they are.

    Args:
        model: A trained `Recommender`.
        dataset: `keras_ganrec.data.pipelines.ranking_batches(known, test)`.
        lengths: Sequence of int. List lengths, none above the catalog's.

    Returns:
        dict from the name of each metric, as `ndcg_at_10`, to its value.

    Raises:
        ValueError: If a list is longer than the catalog.
    """
    return _measure(model, dataset, lengths, None)[0]


def measure_users(
    model: Recommender,
    dataset,
    by: str,
    lengths: Sequence[int] = LENGTHS,
) -> tuple[dict[str, float], np.ndarray]:
    """As `measure`, and with the value of one metric for each user.

    Args:
        model: A trained `Recommender`.
        dataset: `keras_ganrec.data.pipelines.ranking_batches(known, test)`.
        by: str. A metric with one value per user, so not coverage, Gini or
            novelty.
        lengths: Sequence of int. List lengths, none above the catalog's.

    Returns:
        The dict of `measure`, and the values, float32 `(users,)`, in the
        order of the data set.

    Raises:
        ValueError: If a list is longer than the catalog, or there is no such
            metric `by`.
    """
    _check(by, lengths)
    return _measure(model, dataset, lengths, by)


def count_listed(model: Recommender, dataset, k: int = 10) -> np.ndarray:
    """Counts on how many users' lists each item is.

    What `coverage_at_k` and `gini_at_k` are made from, for
    `plots.long_tail` and `plots.coverage`.

    Args:
        model: A trained `Recommender`.
        dataset: `keras_ganrec.data.pipelines.ranking_batches(known, test)`.
        k: int. Length of the lists.

    Returns:
        An int64 array of shape `(num_items,)`.

    Raises:
        ValueError: If a list is longer than the catalog.
    """
    coverage = metrics.Coverage(k)
    _rank_all(model, dataset, k, coverage.update_ranked)
    counts = ops.convert_to_tensor(coverage.listed)
    return ops.convert_to_numpy(counts).astype("int64")


def compare(
    models: Mapping[str, Recommender],
    dataset,
    lengths: Sequence[int] = LENGTHS,
    by: str = "ndcg_at_10",
    against: str | None = None,
) -> pd.DataFrame:
    """Measures models on the same users, the best one first.

    The difference from one of them is paired, both rank for the same user;
    its spread over the users gives its standard error. A difference of less
    than two standard errors may well be chance.

    Args:
        models: dict from a name to a trained `Recommender`.
        dataset: `keras_ganrec.data.pipelines.ranking_batches(known, test)`.
        lengths: Sequence of int. List lengths, none above the catalog's.
        by: str. What to sort by and to take differences of; a metric with
            one value per user, so not coverage, Gini or novelty.
        against: Optional str. Whom to compare with; the best by default.

    Returns:
        A DataFrame indexed by the names, with a column per metric, then
        `difference` and `standard_error`.

    Raises:
        ValueError: If there is no model, none by the name `against`, or no
            such metric `by`; or if a list is longer than the catalog.
    """
    if not models or against not in (None, *models):
        raise ValueError(
            "`compare` needs models, and `against` to be one of them. "
            f"Received: models={list(models)}, against={against!r}"
        )
    _check(by, lengths)
    rows, values = {}, {}
    for name, model in models.items():
        rows[name], values[name] = _measure(model, dataset, lengths, by)
    table = pd.DataFrame.from_dict(rows, orient="index")
    table = table.sort_values(by, ascending=False, kind="stable")
    reference = values[against or table.index[0]]
    differences = pd.DataFrame(values).sub(reference, axis=0)  # users x models
    table["difference"] = differences.mean()
    table["standard_error"] = differences.sem()
    return table.rename_axis("model")


def _check(by, lengths):
    if not isinstance(ranking_metrics(lengths).get(by), metrics.MeanOverUsers):
        raise ValueError(
            f"There is no metric {by!r} with one value per user. Expected "
            f"one such as 'ndcg_at_{lengths[0]}', at a length of {lengths}."
        )


def _measure(model, dataset, lengths, by):
    """Returns the value of each metric, and each user's value of `by`."""
    made = ranking_metrics(lengths)
    values = []

    def look(ranking):
        for metric in made.values():
            metric.update_ranked(ranking)
        if by is not None:
            cut = ranking.first(made[by].k)
            values.append(ops.convert_to_numpy(made[by].values(cut)))

    _rank_all(model, dataset, max(lengths), look)
    row = {name: float(metric.result()) for name, metric in made.items()}
    return row, np.concatenate(values) if values else None


def _rank_all(model, dataset, k, look):
    """Calls `look` with the `Ranking` of each batch."""
    with model.ranking():
        for inputs, held_out in dataset:
            scores = model(inputs, training=False)
            look(rank(scores, held_out, k, inputs["seen"]))
