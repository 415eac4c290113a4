"""Finding, checking and downloading; no network: archives are local files."""

import dataclasses
import hashlib
import zipfile

import keras
import pytest

from keras_ganrec.data import datasets
from keras_ganrec.data import sources

FILES = {
    "u.data": "1\t10\t5\t100\n1\t20\t3\t200\n2\t10\t4\t300\n",
    "u.user": "1|24|M|technician|85711\n2|53|F|other|94043\n",
    "u.item": "".join(
        f"{item}|Film {item}|||url|{'|'.join('0' * 18)}|1\n"
        for item in (10, 20)
    ),
}


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def isolated(tmp_path, monkeypatch):
    """A machine without data, and a small ml-100k with true checksums."""
    monkeypatch.delenv("KERAS_GANREC_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()

    def set_source(**changes):
        source = dataclasses.replace(
            sources.SOURCES["ml-100k"],
            archive=(tmp_path / "ml-100k.zip").as_uri(),
            checksums={name: sha256(text) for name, text in FILES.items()},
        )
        source = dataclasses.replace(source, **changes)
        monkeypatch.setitem(sources.SOURCES, "ml-100k", source)

    set_source()
    return set_source


@pytest.fixture
def folder(tmp_path):
    """Puts the small ml-100k into `<tmp>/<name>/ml-100k`."""

    def put(name, **changes):
        path = tmp_path / name / "ml-100k"
        path.mkdir(parents=True)
        for file, text in (FILES | changes).items():
            (path / file).write_text(text)
        return tmp_path / name

    return put


def archive(tmp_path, **changes):
    with zipfile.ZipFile(tmp_path / "ml-100k.zip", "w") as file:
        for name, text in (FILES | changes).items():
            file.writestr(f"ml-100k/{name}", text)
    return tmp_path / "ml-100k.zip"


def test_load_from_data_dir(isolated, folder):
    result = datasets.load("ml-100k", folder("mine"))
    assert len(result) == 3
    assert result.user_vocabulary.tolist() == [1, 2]
    assert result.user_features["occupation"].tolist() == [
        "technician",
        "other",
    ]
    assert result.item_features["title"].tolist() == ["Film 10", "Film 20"]
    assert result.timestamp.tolist() == [100, 200, 300]


def test_search_order(isolated, folder, monkeypatch):
    mine, other = folder("mine"), folder("env", **{"u.data": "broken"})
    monkeypatch.setenv("KERAS_GANREC_DATA", str(other))
    assert len(datasets.load("ml-100k", mine)) == 3
    with pytest.raises(ValueError, match="env/ml-100k/u.data is not the publ"):
        datasets.load("ml-100k")


def test_download_checks_unpacks_and_is_done_once(isolated, tmp_path, capsys):
    path = archive(tmp_path)
    assert len(datasets.load("ml-100k")) == 3
    assert "may be used for research" in capsys.readouterr().out
    cache = tmp_path / "home" / "datasets" / "keras_ganrec"
    assert sorted(p.name for p in (cache / "ml-100k").iterdir()) == sorted(
        FILES
    )
    path.unlink()
    assert len(datasets.load("ml-100k")) == 3
    assert capsys.readouterr().out == ""


def test_download_with_a_wrong_file_is_not_used(isolated, tmp_path):
    archive(tmp_path, **{"u.data": FILES["u.data"] + "3\t10\t1\t400\n"})
    with pytest.raises(ValueError, match="ml-100k.zip: u.data is not the pub"):
        datasets.load("ml-100k")
    cache = tmp_path / "home" / "datasets" / "keras_ganrec"
    assert not list(cache.iterdir())
    archive(tmp_path)
    assert len(datasets.load("ml-100k")) == 3, "the next try starts afresh"


def test_truncated_download(isolated, tmp_path):
    path = archive(tmp_path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match="ml-100k.zip cannot be read"):
        datasets.load("ml-100k")


def test_offline_and_absent_says_what_to_do(isolated):
    with pytest.raises(
        FileNotFoundError, match=r"could not be down.*`data_dir` or \$KERAS_G"
    ):
        datasets.load("ml-100k")


def test_absent_without_download(isolated, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("must not download")

    monkeypatch.setattr(keras.utils, "get_file", never)
    for name in ("msweb", "gowalla", "citeulike-a", "lastfm", "ml-hetrec"):
        with pytest.raises(FileNotFoundError, match="get the data set from"):
            datasets.load(name)
    for (name, split), page in {
        ("ml-100k", "cfgan"): "github.com/Bigdasgit/CFGAN",
        ("ml-100k", "irgan"): "github.com/geek-ai/irgan",
        ("ml-1m", "ganmf"): "github.com/edervishaj/GANMF",
        ("ml-hetrec", "ganmf"): "github.com/edervishaj/GANMF",
        ("lastfm", "ganmf"): "github.com/edervishaj/GANMF",
        ("lastfm", "lightgcn"): "github.com/gusye1234/LightGCN-PyTorch",
        ("citeulike-t", "cvae"): "github.com/eelxpeng/CollaborativeVAE",
        ("gowalla", "lightgcn"): "github.com/kuandeng/LightGCN",
    }.items():
        with pytest.raises(FileNotFoundError, match=f"from https://{page} "):
            datasets.load_split(name, split)
    with pytest.raises(FileNotFoundError, match="put it into ml-100k/cfgan/"):
        datasets.load_split("ml-100k", "cfgan")


def test_git_blob_ids_are_checksums(isolated, folder):
    text = FILES["u.data"].encode()
    blob = hashlib.sha1(b"blob %d\0" % len(text) + text).hexdigest()
    isolated(checksums={"u.data": f"git:{blob}"})
    assert len(datasets.load("ml-100k", folder("mine"))) == 3
    isolated(checksums={"u.data": "git:" + "0" * 40})
    with pytest.raises(ValueError, match=f"checksum is git:{blob}"):
        datasets.load("ml-100k", folder("again"))
