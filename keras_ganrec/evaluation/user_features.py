"""Are users the people they were, and are their tastes those of such people?

Features of users, beside those of real ones: each column, each pair of columns,
and whether tastes tell of them what those of real users tell.
"""

import numpy as np
import pandas as pd
import scipy.stats

from keras_ganrec.evaluation.similarity import compare_columns
from keras_ganrec.evaluation.similarity import is_number

LEAST_USERS = 5  # Of fewer with a value, nobody can say how well it is told.
RIDGE = 1.0


def features_of(interactions, columns) -> pd.DataFrame:
    """The features of those users who have rows, in their order."""
    present = np.unique(interactions.user_id)
    return interactions.user_features[columns].iloc[present].apply(_typed)


def _typed(column):
    # Numbers beside `None` are objects.
    if pd.api.types.infer_dtype(column) in ("integer", "floating"):
        return pd.to_numeric(column)
    return column


def has_pairs(features) -> bool:
    """Whether `column_figures` compares any pair of these columns."""
    numbers = sum(is_number(features[column]) for column in features)
    return numbers > 1 or len(features.columns) - numbers > 1


def column_figures(real, synthetic) -> dict[str, float]:
    """How alike the columns and their pairs are, by figure.

    Args:
        real: DataFrame.
        synthetic: DataFrame with the same columns.
    """
    found = {}
    for row in compare_columns(real, synthetic).itertuples():
        name = f"column_similarity ({row.first})"
        if row.second:
            name = f"pair_similarity ({row.first}, {row.second})"
        found[name] = row.similarity
    return found


def taste_auc(points, values, real_points, real_values) -> float:
    """How well tastes tell a feature of real users, learned from a table.

    By ridge regression from points to each value; a number is told to be above
    the median or not. The mean area under the ROC curve over the values, each
    as often as it occurs: 0.5 where tastes tell nothing.

    Args:
        points: Users of the table, `(n, size)`, of
            `keras_ganrec.evaluation.realism.profile_features`.
        values: Series `(n,)`, their feature.
        real_points: Real users, `(m, size)`, who are in no table.
        real_values: Series `(m,)`.

    Returns:
        float, not a number where all real users have the same value.
    """
    if is_number(real_values):
        middle = real_values.median()
        values, real_values = (
            (each > middle).where(each.notna())
            for each in (values, real_values)
        )
    counts = real_values.value_counts()
    counts = counts[(counts >= LEAST_USERS) & (counts < len(real_values))]
    kinds = counts.index
    if not len(kinds):
        return float("nan")
    mean, deviation = points.mean(axis=0), points.std(axis=0) + 1e-9
    points, real_points = (
        (each - mean) / deviation for each in (points, real_points)
    )
    wanted = np.stack([values == kind for kind in kinds], axis=1).astype(float)
    weights = np.linalg.solve(
        points.T @ points + RIDGE * np.eye(points.shape[1]),
        points.T @ (wanted - wanted.mean(axis=0)),
    )
    scores = real_points @ weights  # (m, kinds)
    aucs = [
        _auc(score, (real_values == kind).to_numpy())
        for kind, score in zip(kinds, scores.T, strict=True)
    ]
    return float(np.average(aucs, weights=counts.to_numpy()))


def _auc(scores, chosen):
    above = scipy.stats.mannwhitneyu(scores[chosen], scores[~chosen]).statistic
    return above / (chosen.sum() * (~chosen).sum())
