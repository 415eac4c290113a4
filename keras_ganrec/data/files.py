"""Files as they lie on disk: plain or gzipped, whole or broken."""

import contextlib
import gzip
import os
import zipfile
import zlib

import pandas as pd

BROKEN = (ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile)
# Written in one way alone, but for the `.0` of a column that missed a value.
WHOLE_NUMBER = r"0|-?[1-9]\d{0,17}"


@contextlib.contextmanager
def reading(path):
    """Turns whatever a parser raises into one error that names the file.

    Raises:
        ValueError: The file is corrupt, truncated or of another format.
        OSError: It cannot be opened at all (the system's message names it).
    """
    try:
        yield
    except (FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except BROKEN as error:
        raise _unreadable(path, error) from error
    except OSError as error:
        # Parsers raise OSError without a number for broken content.
        if error.errno is not None:
            raise
        raise _unreadable(path, error) from error


def read_csv(path, ids) -> pd.DataFrame:
    """The table of a CSV file with a header, plain or compressed.

    Args:
        path: Path of the file.
        ids: Names of columns of ids; those that are not there do not matter.
            They become integers where each is written as one is, and stay
            text otherwise: `007` is not `7`, and `NA` is Namibia.

    Raises:
        ValueError: The file is corrupt, truncated or of another format.
    """
    how = {"skipinitialspace": True, "dtype": dict.fromkeys(ids, str)}
    with reading(path):
        table = pd.read_csv(path, low_memory=False, **how)
        # What pandas takes for missing may be an id: `NA`, `null`, `None`.
        lacking = [n for n in ids if n in table and table[n].isna().any()]
        if lacking:
            table[lacking] = pd.read_csv(
                path,
                usecols=lacking,
                keep_default_na=False,
                na_values=[""],
                **how,
            )[lacking]
    for name in ids:
        if name in table:
            table[name] = _as_written(table[name].astype("category"))
    return table


def _as_written(column):
    texts = column.cat.categories  # each different id once
    numbers = texts.str.removesuffix(".0")
    if numbers.str.fullmatch(WHOLE_NUMBER).all() and numbers.is_unique:
        column = column.cat.rename_categories(numbers.astype("int64"))
    if column.isna().any():  # an error further on, which counts them
        return column.astype(object)
    return column.astype(column.cat.categories.dtype)


def read_bytes(path) -> bytes:
    """The content of a file, unpacked if it is gzipped (told by its bytes)."""
    with reading(path):
        with open(path, "rb") as file:
            content = file.read()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
    return content


def _unreadable(path, error):
    return ValueError(
        f"{os.fspath(path)} cannot be read: it is corrupt, truncated or of "
        f"another format ({type(error).__name__}: {error}). "
        "Fetch the file again, or check how it was written."
    )
