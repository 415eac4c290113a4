"""Data sets by name, whole or in their published splits.

Files are looked for in `data_dir`, `$KERAS_GANREC_DATA` and the Keras cache,
plain or gzipped, and checked against the published checksums; MovieLens is
downloaded from GroupLens where it is absent. `SOURCES[name]` tells licence,
citation and page. `synthetic` needs no file.
"""

import functools
import os
import warnings

from keras_ganrec.data import fetching
from keras_ganrec.data import published
from keras_ganrec.data import readers
from keras_ganrec.data import splits
from keras_ganrec.data.interactions import Interactions
from keras_ganrec.data.sources import SOURCES
from keras_ganrec.data.split import Split
from keras_ganrec.data.synthetic import planted_scores
from keras_ganrec.data.synthetic import synthetic

__all__ = [
    "SOURCES",
    "load",
    "load_split",
    "planted_scores",
    "split_names",
    "synthetic",
]


def load(name: str, data_dir: str | os.PathLike | None = None) -> Interactions:
    """A public data set, every rating or visit an interaction.

    - `ml-100k`, `ml-1m`: ratings, times, user and item features. `ml-1m`
      without its original `ratings.dat` uses a rebuilt file, with a warning.
    - `ml-hetrec`: pairs, with matrix positions as raw ids.
    - `lastfm`: pairs (play counts are left out), with artists' names.
    - `gowalla`: pairs of both parts of the LightGCN split.
    - `citeulike-a`: pairs; the raw user id is the line number, from 0.
    - `citeulike-t`: the same, with the words of each article.
    - `msweb`: pairs of the training file, with titles of the areas.

    Args:
        name: str. One of the above.
        data_dir: Optional path of the folder that holds the data sets'
            folders.

    Raises:
        ValueError: There is no such data set, or a file is not the published
            one.
        FileNotFoundError: A file is absent and could not be downloaded.
    """
    if name not in LOADERS:
        raise ValueError(
            f"There is no data set {name!r}. Expected one of "
            f"{sorted(LOADERS)}. Read a file of your own with "
            "`Interactions.from_csv`."
        )
    return LOADERS[name](_finder(name, data_dir))


def load_split(
    name: str,
    split: str,
    data_dir: str | os.PathLike | None = None,
    seed: int = 0,
) -> Split:
    """A public data set as others split it, or in one of two usual ways.

    - `ganmf`: GANMF's random 80/20; validation is a quarter of its train
      part. For `ml-1m`, `ml-hetrec`, `lastfm`.
    - `cfgan`: CFGAN's 80/20, all ratings. For `ml-100k`.
    - `irgan`: IRGAN's 80/20 (MovieLens' own fold u1), ratings of 4 and 5;
      items of lower ratings stay in the catalog. For `ml-100k`.
    - `lightgcn`: the 80/20 of LightGCN. For `gowalla`, `lastfm`.
    - `cvae`: ten items of each user, or all where there are no more; the rest
      is the test. For `citeulike-t`.
    - `leave_last_out`: each user's last item is the test, the one before it
      the validation. Where there are times: `ml-100k`, `ml-1m`.
    - `random_80_20`: per user 20 % test and 10 % validation. For all.

    `cfgan`, `irgan`, `lightgcn` and `cvae` were published without a validation
    part: it is a seeded 20 % of each user's train rows.
    `split.train_and_validation` is the published train part.

    Args:
        name: str. A data set, see `load`.
        split: str. One of the above.
        data_dir: As in `load`.
        seed: int. Seeds what is drawn here: the validation part of `cfgan`,
            `irgan`, `lightgcn` and `cvae`, and all of `random_80_20`.

    Raises:
        ValueError: There is no such split of this data set, or a file is not
            the published one.
        FileNotFoundError: A file is absent and could not be downloaded.
    """
    if (name, split) in published.LOADERS:
        loader = published.LOADERS[name, split]
        return loader(_finder(name, data_dir), seed)
    if split not in split_names(name):
        known = {known: split_names(known) for known in LOADERS}
        raise ValueError(
            f"There is no split {split!r} of {name!r}. Expected one of "
            f"{known}. Split any data set yourself with `data.splits`."
        )
    interactions = load(name, data_dir)
    if split == "leave_last_out":
        return splits.leave_last_out(interactions)
    return splits.ratio_split(interactions, 0.2, 0.1, seed)


def split_names(name: str) -> list[str]:
    """The splits that `load_split` knows of a data set."""
    if name not in LOADERS:
        return []
    names = published.split_names(name)
    if name in ("ml-100k", "ml-1m"):
        names.append("leave_last_out")
    return names + ["random_80_20"]


def _finder(name, data_dir):
    return functools.partial(fetching.need, SOURCES[name], data_dir=data_dir)


def _load_ml_100k(need):
    return Interactions.from_dataframe(
        readers.read_rows(need(["u.data"])),
        rating="rating",
        timestamp="timestamp",
        user_features=readers.read_u_user(need(["u.user"])),
        item_features=readers.read_u_item(need(["u.item"])),
    )


def _load_ml_1m(need):
    path = need(published.ML_1M_RATINGS)
    table = readers.read_ratings_dat(path)
    timestamp = "timestamp" if "timestamp" in table else None
    if "imputed" in path.name:
        warnings.warn(
            f"{path.name}: 29.8 % of the times are interpolated, not "
            "original. Within a user their order is true; say so with any "
            "result of a split by time, or use the original ratings.dat.",
            stacklevel=3,
        )
    elif timestamp is None:
        warnings.warn(
            f"{path.name} has no times: splits by time need ratings.dat.",
            stacklevel=3,
        )
    return Interactions.from_dataframe(
        table,
        rating="rating",
        timestamp=timestamp,
        user_features=readers.read_users_dat(need(["users.dat"])),
        item_features=readers.read_movies_dat(need(["movies.dat"])),
    )


def _load_ml_hetrec(need):
    return published.whole(published.LOADERS["ml-hetrec", "ganmf"](need, 0))


def _load_lastfm(need):
    return Interactions.from_dataframe(
        readers.read_user_artists(need(["user_artists.dat"])),
        item_features=readers.read_artists(need(["artists.dat"])),
    )


def _load_gowalla(need):
    return published.whole(published.LOADERS["gowalla", "lightgcn"](need, 0))


def _load_citeulike_a(need):
    table = readers.read_citeulike_users(need(["users.dat"]))
    return Interactions.from_dataframe(table)


def _load_citeulike_t(need):
    return Interactions.from_dataframe(
        readers.read_citeulike_users(need(["users.dat"])),
        item_features=readers.read_citeulike_words(
            need(["mult.dat"]), need(["vocabulary.dat"])
        ),
    )


def _load_msweb(need):
    visits, areas = readers.read_dst(need(["anonymous-msweb.data"]))
    return Interactions.from_dataframe(visits, item_features=areas)


LOADERS = {
    "ml-100k": _load_ml_100k,
    "ml-1m": _load_ml_1m,
    "ml-hetrec": _load_ml_hetrec,
    "lastfm": _load_lastfm,
    "gowalla": _load_gowalla,
    "citeulike-a": _load_citeulike_a,
    "citeulike-t": _load_citeulike_t,
    "msweb": _load_msweb,
}
