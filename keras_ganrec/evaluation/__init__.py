"""What a model is worth: measured beside others, on the same users."""

from keras_ganrec.evaluation.compare import compare
from keras_ganrec.evaluation.compare import measure
from keras_ganrec.evaluation.compare import ranking_metrics

__all__ = ["compare", "measure", "ranking_metrics"]
