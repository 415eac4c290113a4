"""KeptArrays: what a model keeps of its data, in a file beside its weights."""

import dataclasses
import os

import numpy as np


class KeptArrays:
    """Base of frozen dataclasses of arrays, or of arrays and `None`.

    A subclass names its `file`.
    """

    file = None

    def save(self, directory):
        arrays = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if getattr(self, field.name) is not None
        }
        np.savez(os.path.join(directory, self.file), **arrays)

    @classmethod
    def load(cls, directory):
        """Returns what is saved in `directory`, `None` without any."""
        path = os.path.join(directory, cls.file)
        if not os.path.exists(path):
            return None
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**arrays)
