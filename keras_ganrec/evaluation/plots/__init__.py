"""Plots of trainings, of models, and of synthetic tables beside real ones.

Each function returns a `matplotlib.figure.Figure`, to be shown in a notebook
or saved by `figure.savefig("plot.png")`. Nothing is kept in
`matplotlib.pyplot`. The style in use decides the colours of text and ground:
on a dark page draw within `matplotlib.style.context("dark_background")`.

matplotlib is an extra: `pip install 'keras_ganrec[plots]'`.
"""

from keras_ganrec.evaluation.plots.embeddings import embedding_map
from keras_ganrec.evaluation.plots.models import coverage
from keras_ganrec.evaluation.plots.models import long_tail
from keras_ganrec.evaluation.plots.models import user_differences
from keras_ganrec.evaluation.plots.samples import generated_samples
from keras_ganrec.evaluation.plots.tables import co_occurrence
from keras_ganrec.evaluation.plots.tables import popularity_curve
from keras_ganrec.evaluation.plots.tables import ratings
from keras_ganrec.evaluation.plots.tables import time_of_day
from keras_ganrec.evaluation.plots.tables import user_degrees
from keras_ganrec.evaluation.plots.training import players
from keras_ganrec.evaluation.plots.training import ranking_quality

__all__ = [
    "co_occurrence",
    "coverage",
    "embedding_map",
    "generated_samples",
    "long_tail",
    "players",
    "popularity_curve",
    "ranking_quality",
    "ratings",
    "time_of_day",
    "user_degrees",
    "user_differences",
]
