"""Splits as others published them, under ids of this package."""

import dataclasses
import functools

import numpy as np
import pandas as pd

from keras_ganrec.data import columns
from keras_ganrec.data import readers
from keras_ganrec.data import splits
from keras_ganrec.data.interactions import Interactions
from keras_ganrec.data.split import Split
from keras_ganrec.data.split import concatenate

ML_1M_RATINGS = [
    "ratings.dat",
    "ratings.imputed-timestamps.dat",
    "ratings.no-timestamps.dat",
]
VALIDATION_RATIO = 0.2


def whole(split: Split) -> Interactions:
    """The table that a split was made of, row order aside."""
    return concatenate(split.train_and_validation, split.test)


def _ganmf(prefix, need, seed):
    """GANMF's matrices; raw ids are the positions in them."""
    del seed  # Every part is published.
    train, validation, test = (
        readers.read_csr(need([f"{prefix}_URM_{part}.npz"]))
        for part in ("train", "validation", "test")
    )
    # The published train matrix includes the validation part.
    train = train - validation
    return _with_vocabularies(
        [Interactions.from_csr(part) for part in (train, validation, test)]
    )


def _ganmf_ml_1m(need, seed):
    """Row u is UserID u + 1, column i the i-th rated MovieID in order."""
    split = _ganmf("ganmf/Movielens1M", need, seed)
    ratings = readers.read_ratings_dat(need(ML_1M_RATINGS))
    movies = np.unique(ratings["item"])
    if len(movies) != split.train.num_items:
        raise ValueError(
            f"The ratings hold {len(movies)} movies, GANMF's matrices "
            f"{split.train.num_items}. Expected the files of one data set. "
            "Check the ml-1m folder."
        )
    return _with_vocabularies(
        [split.train, split.validation, split.test],
        user_vocabulary=split.train.user_vocabulary + 1,
        item_vocabulary=movies,
        user_features=readers.read_users_dat(need(["users.dat"])),
        item_features=readers.read_movies_dat(need(["movies.dat"])),
    )


def _cfgan(need, seed):
    return _train_and_test(
        _triples(need, "cfgan/ML100K.train"),
        _triples(need, "cfgan/ML100K.test"),
        seed,
        rating="rating",
    )


def _irgan(need, seed):
    """Ids are MovieLens' own less 1 (the parts equal its fold u1)."""
    train = _triples(need, "irgan/movielens-100k-train.txt")
    test = _triples(need, "irgan/movielens-100k-test.txt")
    for table in (train, test):
        table[["user", "item"]] += 1
    return _train_and_test(
        train,
        test,
        seed,
        rating="rating",
        min_rating=4,
        user_features=readers.read_u_user(need(["u.user"])),
        item_features=readers.read_u_item(need(["u.item"])),
    )


def _lightgcn_gowalla(need, seed):
    return _train_and_test(
        readers.read_item_lists(need(["train.txt"])),
        readers.read_item_lists(need(["test.txt"])),
        seed,
    )


def _lightgcn_lastfm(need, seed):
    return _train_and_test(
        _triples(need, "lightgcn/data1.txt"),
        _triples(need, "lightgcn/test1.txt"),
        seed,
    )


def _cvae(need, seed):
    train, test = (
        readers.read_citeulike_users(need([f"cvae/cf-{part}-10-users.dat"]))
        for part in ("train", "test")
    )
    return _train_and_test(
        train,
        test,
        seed,
        item_features=readers.read_citeulike_words(
            need(["mult.dat"]), need(["vocabulary.dat"])
        ),
    )


def _triples(need, name):
    return readers.read_rows(need([name]), ("user", "item", "rating"))


def _train_and_test(train, test, seed, min_rating=None, **kwargs):
    """Two tables under the ids of both; validation is drawn from train.

    `min_rating` drops rows here, after the ids are given: all items of the
    published files stay in the catalog.
    """
    table = pd.concat([train, test], ignore_index=True)
    rows = Interactions.from_dataframe(table, duplicates="error", **kwargs)
    is_test = np.arange(len(rows)) >= len(train)
    liked = np.ones(len(rows), bool)
    if min_rating is not None:
        liked = rows.rating >= min_rating
    inner = splits.ratio_split(
        rows.select(liked & ~is_test), VALIDATION_RATIO, 0, seed
    )
    return Split(
        train=inner.train,
        validation=inner.test,
        test=rows.select(liked & is_test),
    )


def _with_vocabularies(
    parts, user_features=None, item_features=None, **vocabularies
):
    """A `Split` of three parts that share vocabularies and features."""
    shared = {
        name: vocabularies.get(name, getattr(parts[0], name))
        for name in ("user_vocabulary", "item_vocabulary")
    }
    for kind, features in (("user", user_features), ("item", item_features)):
        if features is not None:
            shared[f"{kind}_features"] = columns.align_features(
                features, kind, kind, shared[f"{kind}_vocabulary"]
            )
    return Split(*(dataclasses.replace(part, **shared) for part in parts))


LOADERS = {
    ("ml-1m", "ganmf"): _ganmf_ml_1m,
    ("ml-hetrec", "ganmf"): functools.partial(_ganmf, "Movielenshetrec2011"),
    ("lastfm", "ganmf"): functools.partial(_ganmf, "ganmf/LastFM"),
    ("ml-100k", "cfgan"): _cfgan,
    ("ml-100k", "irgan"): _irgan,
    ("gowalla", "lightgcn"): _lightgcn_gowalla,
    ("lastfm", "lightgcn"): _lightgcn_lastfm,
    ("citeulike-t", "cvae"): _cvae,
}


def split_names(dataset: str) -> list[str]:
    """The published splits of a data set."""
    return [split for owner, split in LOADERS if owner == dataset]
