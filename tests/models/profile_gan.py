"""A small ProfileGAN, and profiles for it."""

import numpy as np

from keras_ganrec.models import ProfileGAN

SEEN = np.float32([[1, 0, 0, 1, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0]])


def build(num_items=5, **arguments):
    return ProfileGAN(
        num_items,
        **{
            "code_dim": 2,
            "hidden_dim": 4,
            "player_dims": (4,),
            "pack": 2,
            "seed": 0,
            **arguments,
        },
    )
