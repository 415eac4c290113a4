"""Readers of the formats that public data sets come in.

Interactions come back as a DataFrame with columns `user`, `item` and, where
the format has them, `rating` and `timestamp`: hand it to
`Interactions.from_dataframe`. Feature tables have their ids in `user` or
`item`, titles in `title`, and genres in `genres`, separated by `|`.

All readers take plain and gzipped files alike, and raise a `ValueError` that
names the file when it is corrupt or truncated.
"""

import csv
import io
import os

import numpy as np
import pandas as pd
import scipy.sparse

from keras_ganrec.data import files

MOVIELENS_100K_GENRES = (
    "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|"
    "Drama|Fantasy|Film-Noir|Horror|Musical|Mystery|Romance|Sci-Fi|Thriller|"
    "War|Western"
).split("|")


def read_rows(
    path, names=("user", "item", "rating", "timestamp")
) -> pd.DataFrame:
    """One interaction per line, numbers separated by blanks or tabs.

    MovieLens 100K `u.data` and its folds (all four columns), the splits of
    CFGAN and IRGAN (`user item rating`), Last.FM of LightGCN-PyTorch (`user
    item weight`).

    Args:
        path: Path of the file.
        names: Names of the columns, in order.

    Returns:
        DataFrame with columns `names`; ids are integers.
    """
    content = files.read_bytes(path)
    return _numbers(path, content, r"\s+", names)


def read_ratings_dat(path: str | os.PathLike) -> pd.DataFrame:
    """MovieLens 1M/10M `ratings.dat`: `UserID::MovieID::Rating::Timestamp`.

    A file without the fourth field gives a table without `timestamp`.
    """
    content = files.read_bytes(path)
    fields = content.partition(b"\n")[0].count(b"::") + 1
    names = ("user", "item", "rating", "timestamp")[: max(fields, 3)]
    return _numbers(path, content.replace(b"::", b"\t"), "\t", names)


def read_u_item(path: str | os.PathLike) -> pd.DataFrame:
    """MovieLens 100K `u.item`: titles, dates and genres of the movies."""
    names = ["item", "title", "release_date", "video_release_date", "url"]
    table = _texts(path, "|", names + MOVIELENS_100K_GENRES)
    genres = table[MOVIELENS_100K_GENRES].to_numpy() == "1"
    table["genres"] = [
        "|".join(np.array(MOVIELENS_100K_GENRES)[flags]) for flags in genres
    ]
    return table[["item", "title", "genres", "release_date", "url"]]


def read_u_user(path: str | os.PathLike) -> pd.DataFrame:
    """MovieLens 100K `u.user`: age, gender, occupation and zip code."""
    names = ["user", "age", "gender", "occupation", "zip_code"]
    table = _texts(path, "|", names)
    with files.reading(path):
        return table.astype({"age": np.int64})


def read_users_dat(path: str | os.PathLike) -> pd.DataFrame:
    """MovieLens 1M `users.dat`: gender, age group, occupation, zip code.

    Age is the lower bound of the group in years (1 for under 18), occupation
    a code from 0 to 20: see the README of the data set.
    """
    names = ["user", "gender", "age", "occupation", "zip_code"]
    table = _texts(path, "::", names)
    with files.reading(path):
        return table.astype({"age": np.int64, "occupation": np.int64})


def read_movies_dat(path: str | os.PathLike) -> pd.DataFrame:
    """MovieLens 1M/10M `movies.dat`: titles and genres."""
    return _texts(path, "::", ["item", "title", "genres"])


def read_item_lists(path: str | os.PathLike) -> pd.DataFrame:
    """LightGCN `train.txt`/`test.txt`: `user item item ...`, a user a line.

    Users whose list is empty give no row.
    """
    tokens, lengths = _integer_lines(path)
    return _first_and_others(tokens, lengths)


def read_sequences(path: str | os.PathLike) -> pd.DataFrame:
    """SASRec rows `user item` or S3-Rec lines `user item item ...`.

    Both hold each user's items in order of time without the times: the
    `timestamp` is the position in the user's sequence, from 0. It orders a
    user's items and means nothing across users, so `leave_last_out` is right
    for it and `temporal_split` is not.
    """
    tokens, lengths = _integer_lines(path)
    table = _first_and_others(tokens, lengths)
    table["timestamp"] = table.groupby("user").cumcount().astype(np.int64)
    return table


def read_citeulike_users(path: str | os.PathLike) -> pd.DataFrame:
    """CiteULike `users.dat`: line u is `count item item ...` of user u."""
    tokens, lengths = _integer_lines(path)
    starts = np.cumsum(lengths) - lengths
    counts = tokens[starts]
    wrong = np.flatnonzero(counts != lengths - 1)
    with files.reading(path):
        if len(wrong):
            line = wrong[0]
            raise ValueError(
                f"line {line + 1} announces {counts[line]} items and holds "
                f"{lengths[line] - 1}"
            )
    table = _first_and_others(tokens, lengths)
    table["user"] = np.repeat(np.arange(len(lengths)), lengths - 1)
    return table


def read_citeulike_words(
    path: str | os.PathLike, vocabulary: str | os.PathLike
) -> pd.DataFrame:
    """CiteULike `mult.dat`: the bag of words of each article.

    Line i is `count word:times word:times ...` of article i; words are line
    numbers of the vocabulary, from 0.

    Args:
        path: Path of `mult.dat`.
        vocabulary: Path of `vocabulary.dat`, a word a line.

    Returns:
        DataFrame with columns `item` and `words`, a text that holds each word
        as often as the article does.
    """
    content = files.read_bytes(vocabulary)
    with files.reading(vocabulary):
        words = [word.decode("utf-8") for word in content.splitlines()]
        words = np.array(words, object)
    lines = files.read_bytes(path).splitlines()
    with files.reading(path):
        texts = [
            " ".join(_words_of(line, number, words))
            for number, line in enumerate(lines, 1)
        ]
        if not texts:
            raise ValueError("the file is empty")
    return pd.DataFrame({"item": np.arange(len(texts)), "words": texts})


def read_user_artists(path: str | os.PathLike) -> pd.DataFrame:
    """HetRec 2011 Last.FM `user_artists.dat`: `user`, `item`, `weight`.

    The weight is a play count, not a rating.
    """
    content = files.read_bytes(path).partition(b"\n")[2]
    return _numbers(path, content, "\t", ("user", "item", "weight"))


def read_artists(path: str | os.PathLike) -> pd.DataFrame:
    """HetRec 2011 Last.FM `artists.dat`: names and addresses of artists."""
    names = ["item", "title", "url", "picture_url"]
    return _texts(path, "\t", names, encoding="utf-8", skiprows=1)


def read_dst(path: str | os.PathLike) -> tuple[pd.DataFrame, pd.DataFrame]:
    """UCI `anonymous-msweb`: who visited which area of a web site.

    Lines `A,id,1,"title","url"` are areas; a line `C,"user",user` is followed
    by one `V,id,1` per visit of this user.

    Returns:
        `(interactions, areas)`: DataFrames with columns `user`, `item` and
        `item`, `title`, `url`.
    """
    content = files.read_bytes(path)
    with files.reading(path):
        table = pd.read_csv(
            io.BytesIO(content),
            names=list("abcdef"),
            encoding="latin-1",
            dtype=str,
            keep_default_na=False,
        )
        kind = table["a"]
        areas = table[kind == "A"]
        user = table["c"].where(kind == "C").ffill()
        visits = (kind == "V").to_numpy()
        interactions = pd.DataFrame(
            {
                "user": user[visits].to_numpy(dtype=np.int64),
                "item": table["b"][visits].to_numpy(dtype=np.int64),
            }
        )
        if not len(interactions):
            raise ValueError("there is no line `V,id,1`")
        areas = pd.DataFrame(
            {
                "item": areas["b"].to_numpy(dtype=np.int64),
                "title": areas["d"].to_numpy(),
                "url": areas["e"].to_numpy(),
            }
        )
    return interactions, areas


def read_csr(path: str | os.PathLike) -> scipy.sparse.csr_array:
    """A users x items matrix of `scipy.sparse.save_npz`."""
    with files.reading(path):
        content = io.BytesIO(files.read_bytes(path))
        return scipy.sparse.csr_array(scipy.sparse.load_npz(content))


def _words_of(line, number, words):
    count, *pairs = line.split() or [b""]
    if count != b"%d" % len(pairs):
        raise ValueError(
            f"line {number} announces {count.decode('latin-1')} words and "
            f"holds {len(pairs)}"
        )
    ids, times = (
        np.array([pair.split(b":") for pair in pairs], np.int64)
        .reshape(-1, 2)
        .T
    )
    if len(ids) and not 0 <= ids.min() <= ids.max() < len(words):
        raise ValueError(
            f"line {number} has a word beyond the {len(words)} of the "
            "vocabulary"
        )
    return np.repeat(words[ids], times)


def _numbers(path, content, separator, names):
    """A table of numbers, ids whole."""
    with files.reading(path):
        table = pd.read_csv(io.BytesIO(content), sep=separator, header=None)
        _expect(1, table.shape[1], names)
        table.columns = list(names)
        for name in names:
            column = table[name]
            if column.isna().any():
                line = int(column.isna().to_numpy().argmax()) + 1
                raise ValueError(f"line {line} has no {name}")
            kinds = "iu" if name in ("user", "item") else "iuf"
            if column.dtype.kind not in kinds:
                raise ValueError(f"the {name} column holds more than numbers")
    return table


def _texts(path, separator, names, encoding="latin-1", skiprows=0):
    """A table of strings but for the integer ids in `user` or `item`."""
    content = files.read_bytes(path)
    if len(separator) > 1:
        # One byte that occurs in no text keeps pandas on its fast parser.
        content = content.replace(separator.encode(), b"\x01")
        separator = "\x01"
    with files.reading(path):
        if not content.strip():
            raise ValueError("the file is empty")
        for number, line in enumerate(content.splitlines(), 1):
            if line:
                _expect(number, line.count(separator.encode()) + 1, names)
        table = pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            header=None,
            names=names,
            encoding=encoding,
            dtype=str,
            skiprows=skiprows,
            quoting=csv.QUOTE_NONE,
            keep_default_na=False,
        )
        for name in table.columns.intersection(["user", "item"]):
            table[name] = table[name].astype(np.int64)
    return table


def _expect(number, num_fields, names):
    if num_fields != len(names):
        raise ValueError(
            f"line {number} has {num_fields} fields, expected {len(names)}: "
            f"{', '.join(names)}"
        )


def _integer_lines(path):
    """All integers of the file, and how many each line has."""
    content = files.read_bytes(path)
    with files.reading(path):
        lengths = [len(line.split()) for line in content.splitlines()]
        lengths = np.array([length for length in lengths if length], np.int64)
        if not len(lengths):
            raise ValueError("the file is empty")
        tokens = np.array(content.split()).astype(np.int64)
    return tokens, lengths


def _first_and_others(tokens, lengths):
    starts = np.cumsum(lengths) - lengths
    others = np.ones(len(tokens), bool)
    others[starts] = False
    return pd.DataFrame(
        {
            "user": np.repeat(tokens[starts], lengths - 1),
            "item": tokens[others],
        }
    )
