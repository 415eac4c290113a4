"""Extras: libraries that some parts of the package need, and most do not."""

import importlib


def load(module, library, extra, purpose):
    """Imports a module of a library that may not be installed.

    Args:
        module: str. Such as `"sklearn.cluster"`.
        library: str. The library's name, with its version if that matters.
        extra: str. The extra of this package that brings it.
        purpose: str. What it is needed for; the beginning of a sentence.

    Returns:
        The module.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{purpose} {library}, which is not installed. "
            f"Install it: `pip install 'keras_ganrec[{extra}]'`."
        ) from error
