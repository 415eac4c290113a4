"""Data sets by name: terms, counts as published, splits; on the real files."""

import dataclasses
import hashlib

import numpy as np
import pytest
import scipy.sparse

from keras_ganrec.data import datasets
from keras_ganrec.data import readers
from keras_ganrec.data import sources


def test_unknown_names_list_what_there_is():
    with pytest.raises(ValueError, match=r"no data set 'ml-20m'.*'ml-100k'"):
        datasets.load("ml-20m")
    with pytest.raises(ValueError, match=r"no split 'ganmf' of 'gowalla'.*ir"):
        datasets.load_split("gowalla", "ganmf")
    with pytest.raises(ValueError, match="no split 'cfgan' of 'ml-20m'"):
        datasets.load_split("ml-20m", "cfgan")


def test_every_source_says_its_terms():
    assert set(datasets.SOURCES) == set(datasets.LOADERS)
    for source in datasets.SOURCES.values():
        assert source.licence and source.citation
        assert source.page.startswith("https://")
        assert set(source.archived) <= set(source.checksums)
    allowed = [n for n, s in datasets.SOURCES.items() if s.archive]
    assert allowed == ["ml-100k", "ml-1m"]


def test_split_of_articles_with_their_words(tmp_path, monkeypatch):
    texts = {
        "mult.dat": "1 0:2\n0\n2 0:1 1:1\n1 1:1\n0\n0\n0\n",
        "vocabulary.dat": "gene\nxylem\n",
        # Article 1 is nobody's, and of 3 only the test part knows.
        "cvae/cf-train-10-users.dat": "5 0 2 4 5 6\n1 2\n",
        "cvae/cf-test-10-users.dat": "1 3\n0\n",
    }
    (tmp_path / "citeulike-t" / "cvae").mkdir(parents=True)
    for name, text in texts.items():
        (tmp_path / "citeulike-t" / name).write_text(text)
    source = dataclasses.replace(
        sources.SOURCES["citeulike-t"],
        checksums={
            name: hashlib.sha256(text.encode()).hexdigest()
            for name, text in texts.items()
        },
    )
    monkeypatch.setitem(sources.SOURCES, "citeulike-t", source)
    split = datasets.load_split("citeulike-t", "cvae", tmp_path)
    assert split.train.item_vocabulary.tolist() == [0, 2, 3, 4, 5, 6]
    words = split.train.item_features["words"].tolist()
    assert words == ["gene gene", "gene xylem", "xylem", "", "", ""]
    assert (len(split.train), len(split.validation)) == (5, 1)
    assert split.test.item_vocabulary[split.test.item_id].tolist() == [3]
    (tmp_path / "citeulike-t" / "mult.dat").write_text("1 0:1\n")
    with pytest.raises(ValueError, match="not the published file"):
        datasets.load_split("citeulike-t", "cvae", tmp_path)


COUNTS = {  # users, items, interactions, as published
    "ml-100k": (943, 1682, 100_000),
    "ml-1m": (6040, 3706, 1_000_209),
    "ml-hetrec": (2113, 10_109, 855_598),
    "lastfm": (1892, 17_632, 92_834),
    "gowalla": (29_858, 40_981, 1_027_370),
    "citeulike-a": (5551, 16_980, 204_986),
    "citeulike-t": (7947, 25_584, 134_860),
    "msweb": (32_711, 285, 98_654),
}
SPLITS = {  # users, items, train and validation, test, as published
    ("ml-1m", "ganmf"): (6040, 3706, 799_983, 200_226),
    ("ml-hetrec", "ganmf"): (2113, 10_109, 684_308, 171_290),
    ("lastfm", "ganmf"): (1884, 17_632, 74_238, 18_588),
    ("ml-100k", "cfgan"): (943, 1653, 80_000, 19_963),
    ("ml-100k", "irgan"): (943, 1682, 44_140, 11_235),
    ("gowalla", "lightgcn"): (29_858, 40_981, 810_128, 217_242),
    ("lastfm", "lightgcn"): (1880, 4489, 42_135, 10_533),
    ("citeulike-t", "cvae"): (7947, 25_584, 53_399, 81_461),
}


@pytest.mark.filterwarnings("ignore:.*interpolated")
@pytest.mark.parametrize("name", COUNTS)
def test_real_counts(real_data, name):
    real_data(sources.SOURCES[name].folder)
    result = datasets.load(name, real_data.root)
    counts = (result.num_users, result.num_items, len(result))
    assert counts == COUNTS[name]
    assert result.to_csr().nnz == len(result)


@pytest.mark.parametrize(("name", "split"), SPLITS)
def test_real_published_splits(real_data, name, split):
    real_data(sources.SOURCES[name].folder)
    result = datasets.load_split(name, split, real_data.root)
    assert (
        result.train.num_users,
        result.train.num_items,
        len(result.train_and_validation),
        len(result.test),
    ) == SPLITS[name, split]
    # Two test users of LightGCN's Last.FM are not in its train part.
    unknown = result.describe()["test_users_without_train_rows"]
    assert unknown == (2 if (name, split) == ("lastfm", "lightgcn") else 0)
    assert len(result.validation) > 0.15 * len(result.train)


@pytest.mark.filterwarnings("ignore:.*interpolated")
def test_real_ganmf_ids_are_movielens_ids(real_data):
    real_data("ml-1m")
    split = datasets.load_split("ml-1m", "ganmf", real_data.root)
    whole = datasets.load("ml-1m", real_data.root)
    parts = scipy.sparse.csr_array(split.train_and_validation.to_csr())
    parts = parts + split.test.to_csr()
    assert np.array_equal(split.train.user_vocabulary, whole.user_vocabulary)
    assert np.array_equal(split.train.item_vocabulary, whole.item_vocabulary)
    assert abs(parts - whole.to_csr()).nnz == 0
    assert len(split.validation) == 202_272
    titles = split.train.item_features["title"]
    assert titles[0] == "Toy Story (1995)"


def test_real_irgan_is_movielens_fold_u1(real_data):
    real_data("ml-100k")
    fold = readers.read_rows(real_data("ml-100k/folds/u1.test"))
    liked = fold[fold["rating"] >= 4]
    split = datasets.load_split("ml-100k", "irgan", real_data.root)
    test = split.test
    assert set(zip(liked["user"], liked["item"], strict=True)) == set(
        zip(
            test.user_vocabulary[test.user_id],
            test.item_vocabulary[test.item_id],
            strict=True,
        )
    )
    assert test.item_features["title"][0] == "Toy Story (1995)"
    assert test.rating.min() == split.train.rating.min() == 4


def test_real_validation_is_seeded(real_data):
    real_data("ml-100k")
    first, same, other = (
        datasets.load_split("ml-100k", "cfgan", real_data.root, seed=seed)
        for seed in (0, 0, 1)
    )
    assert np.array_equal(first.validation.item_id, same.validation.item_id)
    assert abs(first.validation.to_csr() - other.validation.to_csr()).nnz
    shares = np.bincount(first.validation.user_id) / np.bincount(
        first.train_and_validation.user_id
    )
    assert np.abs(shares - 0.2).max() < 0.08


def test_real_imputed_times_are_confessed(real_data, recwarn):
    real_data("ml-1m/ratings.imputed-timestamps.dat")
    datasets.load("ml-1m", real_data.root)
    assert "29.8 % of the times are interpolated" in str(recwarn[0].message)


@pytest.mark.filterwarnings("ignore:.*interpolated")
@pytest.mark.parametrize("name", ["ml-100k", "ml-1m"])
def test_real_leave_last_out(real_data, name):
    real_data(sources.SOURCES[name].folder)
    split = datasets.load_split(name, "leave_last_out", real_data.root)
    users = split.train.num_users
    assert len(split.test) == len(split.validation) == users
    last = np.zeros(users)
    last[split.test.user_id] = split.test.timestamp
    rest = split.train_and_validation
    assert (rest.timestamp <= last[rest.user_id]).all()


def test_real_sequences(real_data):
    for name, counts in {
        "seq-beauty-s3rec/Beauty.txt": (22_363, 12_101, 198_502),
        "seq-video-sasrec/Video.txt": (31_013, 23_715, 287_107),
        "ml-1m/sasrec/ml-1m.txt": (6040, 3416, 999_611),
    }.items():
        table = readers.read_sequences(real_data(name))
        assert (
            table["user"].nunique(),
            table["item"].nunique(),
            len(table),
        ) == counts
