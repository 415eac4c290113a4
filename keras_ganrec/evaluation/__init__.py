"""What a model is worth: measured beside others, on the same users."""

from keras_ganrec.evaluation.compare import compare
from keras_ganrec.evaluation.compare import measure
from keras_ganrec.evaluation.compare import measure_users
from keras_ganrec.evaluation.compare import ranking_metrics
from keras_ganrec.evaluation.significance import paired_p_values

__all__ = [
    "compare",
    "measure",
    "measure_users",
    "paired_p_values",
    "ranking_metrics",
]
