"""The zoo: one paper, one file."""

from keras_ganrec.models.collaborative import CFGAN
from keras_ganrec.models.collaborative import GANMF

__all__ = ["CFGAN", "GANMF"]
