"""What a GAN has to beat, recommender or generator, under its contract."""

from keras_ganrec.baselines.bernoulli_mixture import BernoulliMixture
from keras_ganrec.baselines.bootstrap import Bootstrap
from keras_ganrec.baselines.bpr_mf import BPRMF
from keras_ganrec.baselines.ease import EASE
from keras_ganrec.baselines.hydra import HyDRA
from keras_ganrec.baselines.ials import IALS
from keras_ganrec.baselines.item_knn import ItemKNN
from keras_ganrec.baselines.lightgcn import LightGCN
from keras_ganrec.baselines.mult_vae import MultVAE
from keras_ganrec.baselines.popularity import Popularity
from keras_ganrec.baselines.popularity_sampler import PopularitySampler
from keras_ganrec.baselines.rec_vae import RecVAE
from keras_ganrec.baselines.rp3beta import RP3beta
from keras_ganrec.baselines.slim import SLIM
from keras_ganrec.baselines.vae_sampler import VAESampler
from keras_ganrec.baselines.vbpr import VBPR

__all__ = [
    "BPRMF",
    "BernoulliMixture",
    "Bootstrap",
    "EASE",
    "HyDRA",
    "IALS",
    "ItemKNN",
    "LightGCN",
    "MultVAE",
    "Popularity",
    "PopularitySampler",
    "RP3beta",
    "RecVAE",
    "SLIM",
    "VAESampler",
    "VBPR",
]
