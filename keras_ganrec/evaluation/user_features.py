"""Are users the people they were, and are their tastes those of such people?

Features of users, beside those of real ones: each column, each pair of columns,
and whether tastes tell of them what those of real users tell.
"""

import numpy as np
import pandas as pd

from keras_ganrec.evaluation.realism import scikit_learn
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

    Raises:
        ImportError: If scikit-learn is not installed.
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
    wanted, truth = (
        np.stack([each == kind for kind in kinds], axis=1).astype(float)
        for each in (values, real_values)
    )
    scale = scikit_learn("preprocessing").StandardScaler().fit(points)
    ridge = scikit_learn("linear_model").Ridge(RIDGE)
    ridge.fit(scale.transform(points), wanted)
    scores = ridge.predict(scale.transform(real_points))  # (m, kinds)
    roc_auc = scikit_learn("metrics").roc_auc_score
    return float(roc_auc(truth, scores, average="weighted"))
