"""Users x items: models of who interacts with what."""

from keras_ganrec.models.collaborative.cfgan import CFGAN
from keras_ganrec.models.collaborative.ganmf import GANMF

__all__ = ["CFGAN", "GANMF"]
