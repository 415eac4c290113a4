"""Finds the files of public data sets, or downloads them, and checks them."""

import hashlib
import os
import pathlib
import zipfile

import keras

from keras_ganrec.data import files
from keras_ganrec.data.sources import Source


def find(source: Source, names, data_dir=None) -> pathlib.Path | None:
    """The first of `names` that is on this machine, checked.

    Looks in `data_dir`, `$KERAS_GANREC_DATA` and the Keras cache, in this
    order, for `<folder>/<name>` and the same with `.gz`.

    Args:
        source: `Source` that the file belongs to.
        names: List of str. Alternatives, best first.
        data_dir: Optional path of a data directory.

    Returns:
        Path of the file, or `None`.

    Raises:
        ValueError: The file's checksum is not the published one.
    """
    roots = [data_dir, os.environ.get("KERAS_GANREC_DATA"), _cache()]
    for root in filter(None, roots):
        for name in names:
            for suffix in ("", ".gz"):
                path = pathlib.Path(root, source.folder, name + suffix)
                if path.is_file():
                    _check(source, name, files.read_bytes(path), path)
                    return path
    return None


def need(source: Source, names, data_dir=None) -> pathlib.Path:
    """As `find`, but downloads what is not here, where that is allowed.

    Raises:
        FileNotFoundError: The file is neither here nor could be downloaded.
        ValueError: A checksum is not the published one.
    """
    path = find(source, names, data_dir)
    if path is None and set(names) & set(source.archived):
        _download(source)
        path = find(source, names, data_dir)
    if path is None:
        raise FileNotFoundError(_absent(source, names))
    return path


def _cache():
    home = os.environ.get("KERAS_HOME", pathlib.Path.home() / ".keras")
    return pathlib.Path(home, "datasets", "keras_ganrec")


def _absent(source, names):
    folder = os.path.dirname(f"{source.folder}/{names[0]}")
    return (
        f"{source.folder}/{names[0]} is not on this machine: get the data set "
        f"from {source.page_of(names[0])}, put it into {folder}/, and name "
        f"the folder that holds {source.folder} by `data_dir` or "
        "$KERAS_GANREC_DATA."
    )


def _download(source):
    """Puts the files of the archive into the cache, checked."""
    print(source.licence)
    name = os.path.basename(source.archive)
    try:
        path = keras.utils.get_file(
            name,
            source.archive,
            cache_dir=_cache().parent.parent,
            cache_subdir="datasets/keras_ganrec",
        )
    except Exception as error:  # Keras raises no narrower type when offline.
        raise FileNotFoundError(
            f"{source.archive} could not be downloaded ({error}). "
            + _absent(source, source.archived)
        ) from error
    try:
        _unpack(source, path)
    finally:
        os.remove(path)


def _unpack(source, path):
    with files.reading(path), zipfile.ZipFile(path) as archive:
        contents = {
            name: archive.read(f"{source.folder}/{name}")
            for name in source.archived
        }
    for name, content in contents.items():
        _check(source, name, content, f"{source.archive}: {name}")
    folder = pathlib.Path(path).parent / source.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        # Renamed when complete: a killed download leaves no half file.
        (folder / f"{name}.part").write_bytes(content)
        os.replace(folder / f"{name}.part", folder / name)


def _check(source, name, content, where):
    expected = source.checksums.get(name)
    if expected is None:
        return
    if expected.startswith("git:"):
        header = f"blob {len(content)}\0".encode()
        digest = "git:" + hashlib.sha1(header + content).hexdigest()
    else:
        digest = hashlib.sha256(content).hexdigest()
    if digest != expected:
        raise ValueError(
            f"{where} is not the published file: its checksum is {digest}, "
            f"expected {expected}. It was not used. Remove it and fetch it "
            f"again from {source.page_of(name)}; your own data go in through "
            "`Interactions.from_csv`."
        )
