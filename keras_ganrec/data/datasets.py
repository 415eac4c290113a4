"""Data sets by name, and one that needs no file."""

from keras_ganrec.data.synthetic import planted_scores
from keras_ganrec.data.synthetic import synthetic

__all__ = ["planted_scores", "synthetic"]
