"""Tables of interactions: reading, checking, splitting, feeding."""

from keras_ganrec.data import datasets
from keras_ganrec.data import pipelines
from keras_ganrec.data import readers
from keras_ganrec.data import splits
from keras_ganrec.data.interactions import Interactions
from keras_ganrec.data.split import Split

__all__ = [
    "Interactions",
    "Split",
    "datasets",
    "pipelines",
    "readers",
    "splits",
]
