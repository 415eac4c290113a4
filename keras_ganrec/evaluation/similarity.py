"""How alike two columns are, or two pairs of columns.

1 is alike and 0 as far as can be. The definitions, and the treatment of
missing values, are those of [SDMetrics](https://docs.sdv.dev/sdmetrics) 0.32;
its golden values are in the tests. The library itself is no dependency: it
pulls in `copulas`, which is under the Business Source Licence.
"""

import numpy as np
import pandas as pd
import scipy.spatial.distance
import scipy.stats


def ks_complement(real, synthetic) -> float:
    """KSComplement: 1 - the Kolmogorov-Smirnov distance of two samples.

    Args:
        real: Numbers, `(n,)`. Missing ones are left out.
        synthetic: Numbers, `(m,)`.
    """
    real, synthetic = pd.Series(real).dropna(), pd.Series(synthetic).dropna()
    if real.empty or synthetic.empty:
        return float("nan")
    return 1.0 - float(scipy.stats.ks_2samp(real, synthetic).statistic)


def tv_complement(real, synthetic) -> float:
    """TVComplement: 1 - the total variation distance of two samples.

    Args:
        real: Values of any kind, `(n,)`. Missing ones are left out.
        synthetic: Values of the same kind, `(m,)`.
    """
    real, synthetic = _shares(pd.Series(real), pd.Series(synthetic), True)
    return 1.0 - 0.5 * float((real - synthetic).abs().sum(skipna=False))


def contingency_similarity(real, synthetic) -> float:
    """ContingencySimilarity: 1 - total variation of the pairs of values.

    Args:
        real: DataFrame of two columns. A missing value is one more value.
        synthetic: DataFrame of the same two columns.
    """
    real, synthetic = _shares(real, synthetic, False)
    return 1.0 - 0.5 * float((real - synthetic).abs().sum(skipna=False))


def correlation_similarity(real, synthetic, coefficient="pearson") -> float:
    """CorrelationSimilarity: 1 - half the difference of two correlations.

    Args:
        real: DataFrame of two columns of numbers. Rows with a missing one
            are left out.
        synthetic: DataFrame of the same two columns.
        coefficient: `"pearson"` or `"spearman"`.

    Returns:
        float, not a number where a column is constant.
    """
    correlations = [
        table.iloc[:, 0].corr(table.iloc[:, 1], method=coefficient)
        for table in (real, synthetic)
    ]
    return 1.0 - abs(correlations[0] - correlations[1]) / 2


def jensen_shannon(real_counts, synthetic_counts) -> float:
    """Jensen-Shannon divergence of two histograms, in bits: 0 to 1.

    Not of SDMetrics, and no similarity: 0 is alike.

    Args:
        real_counts: Counts, `(bins,)`.
        synthetic_counts: Counts in the same bins.
    """
    root = scipy.spatial.distance.jensenshannon(
        np.asarray(real_counts, "float64"),
        np.asarray(synthetic_counts, "float64"),
        base=2,
    )
    return float(root**2)


def compare_columns(real: pd.DataFrame, synthetic: pd.DataFrame):
    """Compares two tables column by column and pair by pair.

    For the features of users and items. Numbers are compared by their
    distribution (`ks_complement`) and in pairs by their correlation; all
    other columns by the shares of their values (`tv_complement`), in pairs
    with one another by `contingency_similarity`. A number and a value that
    is none are not compared as a pair.

    Args:
        real: DataFrame.
        synthetic: DataFrame with the same columns.

    Returns:
        A DataFrame with the columns `first`, `second` (empty for a single
        column), `measure` and `similarity`.

    Raises:
        ValueError: If a column is missing.
    """
    missing = [name for name in real if name not in synthetic]
    if missing:
        raise ValueError(
            f"`synthetic` lacks the columns {missing}. Expected those of "
            f"`real`: {list(real)}. Received: {list(synthetic)}"
        )
    rows = []
    for index, first in enumerate(real):
        measure = ks_complement if is_number(real[first]) else tv_complement
        value = measure(real[first], synthetic[first])
        rows.append((first, "", measure.__name__, value))
        for second in list(real)[index + 1 :]:
            if is_number(real[first]) != is_number(real[second]):
                continue
            measure = contingency_similarity
            if is_number(real[first]):
                measure = correlation_similarity
            pair = [first, second]
            value = measure(real[pair], synthetic[pair])
            rows.append((first, second, measure.__name__, value))
    return pd.DataFrame(
        rows, columns=["first", "second", "measure", "similarity"]
    )


def is_number(column) -> bool:
    """Whether a column is of numbers, booleans apart."""
    return pd.api.types.is_numeric_dtype(
        column
    ) and not pd.api.types.is_bool_dtype(column)


def _shares(real, synthetic, dropna):
    """The share of each value in both, aligned."""
    real = real.value_counts(normalize=True, dropna=dropna)
    synthetic = synthetic.value_counts(normalize=True, dropna=dropna)
    if real.empty or synthetic.empty:
        return pd.Series([np.nan]), pd.Series([np.nan])
    return real.align(synthetic, fill_value=0.0)
