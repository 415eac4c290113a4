"""Files as they lie on disk: plain or gzipped, whole or broken."""

import contextlib
import gzip
import os
import zipfile
import zlib

BROKEN = (ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile)


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
