"""Users x items: models of who interacts with what."""

from keras_ganrec.models.collaborative.aae_rec import AAERec
from keras_ganrec.models.collaborative.acae import ACAE
from keras_ganrec.models.collaborative.adv_info_nce import AdvInfoNCE
from keras_ganrec.models.collaborative.amr import AMR
from keras_ganrec.models.collaborative.apl import APL
from keras_ganrec.models.collaborative.apr import APR
from keras_ganrec.models.collaborative.caae import CAAE
from keras_ganrec.models.collaborative.cfgan import CFGAN
from keras_ganrec.models.collaborative.cofigan import CoFiGAN
from keras_ganrec.models.collaborative.ganmf import GANMF
from keras_ganrec.models.collaborative.graphgan import GraphGAN
from keras_ganrec.models.collaborative.irgan import IRGAN
from keras_ganrec.models.collaborative.pure import PURE
from keras_ganrec.models.collaborative.ragan import RAGAN
from keras_ganrec.models.collaborative.vaegan import VAEGAN

__all__ = [
    "AAERec",
    "ACAE",
    "AdvInfoNCE",
    "AMR",
    "APL",
    "APR",
    "CAAE",
    "CFGAN",
    "CoFiGAN",
    "GANMF",
    "GraphGAN",
    "IRGAN",
    "PURE",
    "RAGAN",
    "VAEGAN",
]
