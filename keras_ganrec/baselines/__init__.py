"""What a GAN recommender has to beat, under the same contract."""

from keras_ganrec.baselines.bpr_mf import BPRMF
from keras_ganrec.baselines.ease import EASE
from keras_ganrec.baselines.ials import IALS
from keras_ganrec.baselines.item_knn import ItemKNN
from keras_ganrec.baselines.lightgcn import LightGCN
from keras_ganrec.baselines.mult_vae import MultVAE
from keras_ganrec.baselines.popularity import Popularity
from keras_ganrec.baselines.rec_vae import RecVAE
from keras_ganrec.baselines.rp3beta import RP3beta
from keras_ganrec.baselines.slim import SLIM
from keras_ganrec.baselines.vbpr import VBPR

__all__ = [
    "BPRMF",
    "EASE",
    "IALS",
    "ItemKNN",
    "LightGCN",
    "MultVAE",
    "Popularity",
    "RP3beta",
    "RecVAE",
    "SLIM",
    "VBPR",
]
