"""Users x items: models of who interacts with what."""

from keras_ganrec.models.collaborative.adv_info_nce import AdvInfoNCE
from keras_ganrec.models.collaborative.apl import APL
from keras_ganrec.models.collaborative.apr import APR
from keras_ganrec.models.collaborative.caae import CAAE
from keras_ganrec.models.collaborative.cfgan import CFGAN
from keras_ganrec.models.collaborative.cofigan import CoFiGAN
from keras_ganrec.models.collaborative.ganmf import GANMF
from keras_ganrec.models.collaborative.irgan import IRGAN

__all__ = [
    "AdvInfoNCE",
    "APL",
    "APR",
    "CAAE",
    "CFGAN",
    "CoFiGAN",
    "GANMF",
    "IRGAN",
]
