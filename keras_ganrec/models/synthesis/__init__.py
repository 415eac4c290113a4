"""Synthesis: data that looks like yours, and the cells that it lacks."""

from keras_ganrec.models.synthesis.cganrs import CGANRS
from keras_ganrec.models.synthesis.gain import GAIN
from keras_ganrec.models.synthesis.ganrs import GANRS
from keras_ganrec.models.synthesis.profile_gan import ProfileGAN
from keras_ganrec.models.synthesis.tabular_gan import TabularGAN
from keras_ganrec.models.synthesis.wganrs import WGANRS

__all__ = ["CGANRS", "GAIN", "GANRS", "ProfileGAN", "TabularGAN", "WGANRS"]
