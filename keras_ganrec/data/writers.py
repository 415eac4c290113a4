"""Writers: a stream of synthetic users into files, in bounded memory.

The files appear under their names when all is written: an error, a full disk
or a kill leaves what was there before.
"""

import contextlib
import dataclasses
import gzip
import os
import pathlib
import shutil
import warnings
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq

from keras_ganrec.data.layout import Layout

FORMATS = (".csv", ".csv.gz", ".parquet")
PLAIN = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")


@dataclasses.dataclass(frozen=True)
class Written:
    """What was written.

    Args:
        files: list of str.
        num_users: int. Users with interactions.
        num_rows: int. Interactions.
    """

    files: list
    num_users: int
    num_rows: int


def write(
    parts: Iterable,
    path: str | os.PathLike,
    layout: Layout,
    features: Layout | None = None,
    rows_per_file: int | None = None,
) -> Written:
    """Writes synthetic users as they come.

    Args:
        parts: Iterable of `SyntheticUsers`, such as `model.stream(n)`.
        path: Path that ends in `.csv`, `.csv.gz` or `.parquet`.
        layout: `Layout` of the interactions.
        features: Optional `Layout` of the users' features. With it they are
            written beside, to `features_path(path)`, if the model makes any.
        rows_per_file: Optional int. With it `path` becomes a folder of files
            of about so many rows: each ends with the user who fills it.

    Raises:
        ValueError: The path is of no known format, its folder does not
            exist, or a folder with that name does; or the model makes no
            such columns.
        OSError: The disk is full, or the like. Nothing is left behind.
    """
    check(path, rows_per_file)
    path = pathlib.Path(path)
    paths = [path, features_path(path)]
    num_users = 0
    with contextlib.ExitStack() as stack:
        # Renamed last of all, after the files have been closed.
        partial = stack.enter_context(beside(*paths))
        table = _Output(partial[0], path, rows_per_file)
        stack.callback(table.close)
        users = _Output(partial[1], paths[1], None)
        stack.callback(users.close)
        for part in parts:
            num_users += part.interactions["user"].nunique()
            table.write(layout.restore(part.interactions), layout.names["user"])
            if features is not None and part.user_features is not None:
                users.write(features.restore(part.user_features))
    if not users.names and paths[1].exists():
        # Maybe of the table that was here before, maybe not ours to remove.
        warnings.warn(
            f"{str(paths[1])!r} does not belong to the new table, which has no "
            "features of users. Remove it, or give it another name.",
            UserWarning,
            stacklevel=2,
        )
    files = [str(path / name) if name else str(path) for name in table.names]
    files += [str(paths[1])] * len(users.names)
    return Written(files, num_users, table.num_rows)


def check(path: str | os.PathLike, rows_per_file: int | None = None) -> None:
    """Raises a `ValueError` unless `write` can write there."""
    path = pathlib.Path(path)
    if not path.name.endswith(FORMATS) or not path.parent.is_dir():
        raise ValueError(
            f"The table cannot be written to {str(path)!r}. Expected a file "
            f"that ends in {', '.join(FORMATS)}, in a folder that exists."
        )
    if rows_per_file is not None and rows_per_file < 1:
        raise ValueError(
            "The number of rows per file must be a positive integer. "
            f"Received: {rows_per_file}"
        )
    if path.is_dir() or (rows_per_file is not None and path.exists()):
        kind = "folder" if path.is_dir() else "file"
        raise ValueError(
            f"The table cannot be written to {str(path)!r}: there is a {kind} "
            "of that name, and a folder neither replaces anything nor is "
            "replaced. Remove it, or choose another name."
        )


def features_path(path: str | os.PathLike) -> pathlib.Path:
    """`synthetic.csv.gz` has its users' features in `synthetic.users.csv.gz`.

    Args:
        path: Path that ends in one of `FORMATS`.
    """
    path = pathlib.Path(path)
    ending = _ending(path)
    return path.with_name(f"{path.name.removesuffix(ending)}.users{ending}")


@contextlib.contextmanager
def beside(*paths: pathlib.Path):
    """Yields paths beside `paths`, and renames them at the end of the block.

    Those that are there by then.
    On an error what was written is removed, and `paths` stay as they are.
    """
    partial = [
        path.with_name(f".partial-{os.getpid()}-{path.name}") for path in paths
    ]
    try:
        yield partial
        for written, path in zip(partial, paths, strict=True):
            if written.exists():
                os.replace(written, path)
    finally:
        for left in partial:
            if left.is_dir():
                shutil.rmtree(left)
            left.unlink(missing_ok=True)


def _ending(path):
    return next(end for end in FORMATS if path.name.endswith(end))


class _Output:
    """One file, or a folder of them, that tables are written to.

    Args:
        partial: Path to write to.
        path: Path that it will have; its ending tells the format.
        rows_per_file: Optional int.
    """

    def __init__(self, partial, path, rows_per_file):
        self.partial = partial
        self.ending = _ending(path)
        self.rows_per_file = rows_per_file
        self.names = []
        self.num_rows = 0
        self.file = None
        if rows_per_file is not None:
            partial.mkdir()

    def write(self, table, user=None):
        cut = table.num_rows
        while table.num_rows or not self.names:
            if self.file is None:
                self._open(table.schema)
            if self.rows_per_file is not None:
                cut = self._cut(table, user)
            self.file.write(table.slice(0, cut))
            self.left -= cut
            self.num_rows += cut
            table = table.slice(cut)
            if self.rows_per_file is not None and self.left <= 0:
                self.close()

    def close(self):
        if self.file is not None:
            file, self.file = self.file, None
            file.close()

    def _open(self, schema):
        name, path = "", self.partial
        if self.rows_per_file is not None:
            name = f"part-{len(self.names):05}{self.ending}"
            path = self.partial / name
        made = _Parquet if self.ending == ".parquet" else _Csv
        self.file = made(path, schema)
        self.names.append(name)
        self.left = self.rows_per_file or 0

    def _cut(self, table, user):
        """The rows up to the end of the user who fills the file."""
        if table.num_rows <= self.left:
            return table.num_rows
        ids = table[user].to_numpy()
        starts = np.flatnonzero(ids[1:] != ids[:-1]) + 1
        after = starts[starts >= self.left]
        return int(after[0]) if len(after) else table.num_rows


def _is_plain(table):
    """Whether Arrow, which is faster, writes the same as pandas."""
    for column in table.columns:
        kind = column.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            marked = pa.compute.match_substring_regex(column, '[",\r\n]')
            if pa.compute.any(marked).as_py():
                return False
        elif not pa.types.is_integer(kind) or column.null_count:
            return False
    return True


class _Csv:
    def __init__(self, path, schema):
        self.closing = contextlib.ExitStack()
        file = self.closing.enter_context(open(path, "wb"))
        if path.name.endswith(".gz"):
            # Without a name and a time inside, a seed gives the same bytes.
            file = self.closing.enter_context(
                gzip.GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0)
            )
        self.file = file
        self._by_pandas(schema.empty_table(), header=True)

    def write(self, table):
        if not _is_plain(table):
            self._by_pandas(table, header=False)
            return
        pa.csv.write_csv(table, self.file, PLAIN)

    def _by_pandas(self, table, header):
        table.to_pandas().to_csv(
            self.file, index=False, header=header, lineterminator="\n"
        )

    def close(self):
        self.closing.close()


class _Parquet:
    def __init__(self, path, schema):
        self.writer = pq.ParquetWriter(path, schema)

    def write(self, table):
        self.writer.write_table(table)

    def close(self):
        self.writer.close()
