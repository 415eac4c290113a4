"""Adversarial recommenders for Keras.

The names are those of Keras itself: `keras_ganrec.models`, `.losses`,
`.metrics`, `.callbacks`, `.datasets`. Everything that learns is a
`keras.Model` and is trained by `fit()`.
"""

import importlib
import os
import sys

__version__ = "0.1.0"

# Where the public names live.
_PLACES = {
    "GAN": "keras_ganrec.gan",
    "Imputer": "keras_ganrec.imputer",
    "Recommender": "keras_ganrec.recommender",
    "baselines": "keras_ganrec.baselines",
    "callbacks": "keras_ganrec.callbacks",
    "data": "keras_ganrec.data",
    "datasets": "keras_ganrec.data.datasets",
    "evaluation": "keras_ganrec.evaluation",
    "export_saved_model": "keras_ganrec.export",
    "losses": "keras_ganrec.losses",
    "metrics": "keras_ganrec.metrics",
    "models": "keras_ganrec.models",
    "penalties": "keras_ganrec.penalties",
    "ranking": "keras_ganrec.ranking",
    "Synthesizer": "keras_ganrec.synthesis.synthesizer",
    "TableSynthesizer": "keras_ganrec.synthesis.table_synthesizer",
}

__all__ = ["__version__", *_PLACES]


def __getattr__(name):
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(_PLACES[name])
    value = getattr(module, name, module)
    globals()[name] = value
    return value


def __dir__():
    return __all__


# Loaded at once, so that `keras.models.load_model` knows our classes after
# `import keras_ganrec`. Only the command `ganrec` answers without TensorFlow.
if os.path.basename(sys.argv[0]) not in ("ganrec", "ganrec.exe"):
    for _name in _PLACES:
        __getattr__(_name)
