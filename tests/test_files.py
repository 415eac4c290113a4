"""Files stay whole when saving goes wrong, and broken ones are refused."""

import errno

import h5py
import keras
import pytest

from keras_ganrec import baselines
from tests.cases import CASES


@pytest.fixture
def model(planted):
    model = CASES["popularity"].compiled(planted)
    model.adapt(planted.train)
    return model


def test_full_disk_leaves_the_old_file(model, tmp_path, monkeypatch):
    path = tmp_path / "model.keras"
    model.save(path)
    before = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(model), "save_assets", full)
    with pytest.raises(OSError, match="No space left"):
        model.save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]


def test_full_disk_leaves_the_old_weights(model, tmp_path, monkeypatch):
    path = tmp_path / "model.weights.h5"
    model.save_weights(path)
    before = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(h5py.File, "close", full)
    with pytest.raises(OSError, match="No space left"):
        model.save_weights(path)
    monkeypatch.undo()
    assert path.read_bytes() == before


def test_sharded_weights_name_files_that_stay(planted, tmp_path):
    model = CASES["popularity"].compiled(planted)
    model.adapt(planted.train)
    path = tmp_path / "model.weights.json"
    model.save_weights(path, max_shard_size=1.0)
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]
    other = CASES["popularity"].compiled(planted)
    other.load_weights(path)
    for a, b in zip(model.weights, other.weights, strict=True):
        assert (a.numpy() == b.numpy()).all()


def test_paths_of_buckets_reach_keras_as_they_are(model, monkeypatch):
    written = []
    monkeypatch.setattr(
        keras.Model,
        "save",
        lambda self, filepath, **kwargs: written.append(filepath),
    )
    model.save("gs://bucket/folder/model.keras")
    assert written == ["gs://bucket/folder/model.keras"]


def test_overwrite_false_keeps_the_file(model, tmp_path):
    path = tmp_path / "model.keras"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="overwrite=False"):
        model.save(path, overwrite=False)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("damage", ["truncated", "corrupt", "empty"])
def test_damaged_file_is_refused(damage, model, tmp_path):
    path = tmp_path / "model.keras"
    model.save(path)
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(
        {
            "truncated": content[:middle],
            "corrupt": content[:40] + b"\x00" * 200 + content[240:],
            "empty": b"",
        }[damage]
    )
    with pytest.raises(Exception):  # noqa: B017
        keras.saving.load_model(path)


def test_unknown_raw_ids_of_a_loaded_model(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(loaded, baselines.Popularity)
    with pytest.raises(ValueError, match="unknown to the model"):
        loaded.recommend(["stranger"])
