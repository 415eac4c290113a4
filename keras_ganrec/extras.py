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
    check([(module, library, extra)], purpose)
    return importlib.import_module(module)


def check(needs, purpose):
    """Names all that is not installed at once.

    Args:
        needs: List of tuples `(module, library, extra)`, as of `load`.
        purpose: As of `load`.

    Raises:
        ImportError: If something is not installed.
    """
    missing, cause = [], None
    for module, library, extra in needs:
        try:
            importlib.import_module(module)
        except ImportError as error:
            missing.append((library, extra))
            cause = error
    if missing:
        libraries, names = zip(*missing, strict=True)
        are, them = ("are", "them") if len(missing) > 1 else ("is", "it")
        raise ImportError(
            f"{purpose} {' and '.join(libraries)}, which {are} not installed. "
            f"Install {them}: `pip install 'keras_ganrec[{','.join(names)}]'`."
        ) from cause
