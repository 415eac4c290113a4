"""Synthesis: data that looks like yours, and the cells that it lacks."""

from keras_ganrec.models.synthesis.gain import GAIN

__all__ = ["GAIN"]
