"""Models side by side: the same users, the same ranking, the same metrics."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

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


class Measured(NamedTuple):
    """What is known of a model's lists.

    Attributes:
        metrics: dict from the name of each metric to its value.
        users: dict from each metric that was asked for to its value for each
            user, float32 `(users,)`, in the order of the data set.
        listed: On how many users' lists each item is, int64 `(num_items,)`.
    """

    metrics: dict[str, float]
    users: dict[str, np.ndarray]
    listed: np.ndarray


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
    return measure_all(model, dataset, lengths).metrics


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
    measured = measure_all(model, dataset, lengths, [by])
    return measured.metrics, measured.users[by]


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
    return measure_all(model, dataset, (k,)).listed


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
    measured = {
        name: measure_all(model, dataset, lengths, [by])
        for name, model in models.items()
    }
    return side_by_side(measured, by, against)


def measure_all(
    model: Recommender,
    dataset,
    lengths: Sequence[int] = LENGTHS,
    by: Sequence[str] = (),
) -> Measured:
    """All there is to know of a model's lists, from ranking once.

    Args:
        model: A trained `Recommender`.
        dataset: `keras_ganrec.data.pipelines.ranking_batches(known, test)`.
        lengths: Sequence of int. List lengths, none above the catalog's.
        by: Sequence of str. Metrics with one value per user. The length of
            the first is that of the lists that are counted; without any, the
            first of `lengths` is.

    Raises:
        ValueError: If a list is longer than the catalog, or there is no such
            metric as one of `by`.
    """
    made = ranking_metrics(lengths)
    for name in by:
        if not isinstance(made.get(name), metrics.MeanOverUsers):
            raise ValueError(
                f"There is no metric {name!r} with one value per user. "
                f"Expected one such as 'ndcg_at_{lengths[0]}', at a length of "
                f"{lengths}."
            )
    users = {name: [] for name in by}
    with model.ranking():
        for inputs, held_out in dataset:
            scores = model(inputs, training=False)
            ranking = rank(scores, held_out, max(lengths), inputs["seen"])
            for metric in made.values():
                metric.update_ranked(ranking)
            for name, parts in users.items():
                values = made[name].values(ranking.first(made[name].k))
                parts.append(ops.convert_to_numpy(values))
    k = made[by[0]].k if by else lengths[0]
    counts = ops.convert_to_tensor(made[f"coverage_at_{k}"].listed)
    return Measured(
        metrics={name: float(m.result()) for name, m in made.items()},
        users={name: np.concatenate(parts) for name, parts in users.items()},
        listed=ops.convert_to_numpy(counts).astype("int64"),
    )


def side_by_side(
    measured: Mapping[str, Measured], by: str, against: str | None = None
) -> pd.DataFrame:
    """The table of `compare`, of models that have been measured.

    Args:
        measured: dict from a name to `measure_all(..., by=[by])`.
        by: str.
        against: Optional str. One of the names; the best by default.
    """
    table = pd.DataFrame.from_dict(
        {name: each.metrics for name, each in measured.items()}, orient="index"
    )
    table = table.sort_values(by, ascending=False, kind="stable")
    users = pd.DataFrame(
        {name: each.users[by] for name, each in measured.items()}
    )
    differences = users.sub(users[against or table.index[0]], axis=0)
    table["difference"] = differences.mean()
    table["standard_error"] = differences.sem()
    return table.rename_axis("model")
