"""The zoo: one paper, one file."""

from keras_ganrec.models.collaborative import ACAE
from keras_ganrec.models.collaborative import AMR
from keras_ganrec.models.collaborative import APL
from keras_ganrec.models.collaborative import APR
from keras_ganrec.models.collaborative import CAAE
from keras_ganrec.models.collaborative import CFGAN
from keras_ganrec.models.collaborative import GANMF
from keras_ganrec.models.collaborative import IRGAN
from keras_ganrec.models.collaborative import PURE
from keras_ganrec.models.collaborative import RAGAN
from keras_ganrec.models.collaborative import VAEGAN
from keras_ganrec.models.collaborative import AAERec
from keras_ganrec.models.collaborative import AdvInfoNCE
from keras_ganrec.models.collaborative import CoFiGAN
from keras_ganrec.models.collaborative import GraphGAN
from keras_ganrec.models.content import MLPGAN
from keras_ganrec.models.synthesis import CGANRS
from keras_ganrec.models.synthesis import GAIN
from keras_ganrec.models.synthesis import GANRS
from keras_ganrec.models.synthesis import WGANRS
from keras_ganrec.models.synthesis import ProfileGAN
from keras_ganrec.models.synthesis import TabularGAN

__all__ = [
    "AAERec",
    "ACAE",
    "AdvInfoNCE",
    "AMR",
    "APL",
    "APR",
    "CAAE",
    "CFGAN",
    "CGANRS",
    "CoFiGAN",
    "GAIN",
    "GANMF",
    "GANRS",
    "GraphGAN",
    "IRGAN",
    "MLPGAN",
    "PURE",
    "ProfileGAN",
    "RAGAN",
    "TabularGAN",
    "VAEGAN",
    "WGANRS",
]
