"""Content: models that make things, such as images."""

from keras_ganrec.models.content.mlp_gan import MLPGAN

__all__ = ["MLPGAN"]
