"""What every generator of interactions keeps, whatever its paper says."""

import dataclasses
import inspect
import io
import warnings
import zipfile

import h5py
import keras
import numpy as np
import pandas as pd
import pytest

from keras_ganrec import export_saved_model
from keras_ganrec.data import Interactions
from keras_ganrec.data import interactions_of
from keras_ganrec.synthesis import synthesizer
from tests.synthesis_cases import SYNTHESIS_CASES
from tests.synthesis_cases import two_tastes

every_model = pytest.mark.parametrize("name", SYNTHESIS_CASES)
every_trained_model = pytest.mark.parametrize(
    "name", [name for name, case in SYNTHESIS_CASES.items() if case.feed]
)
# What it draws knows no taste.
TASTELESS = ("popularity_sampler",)


@pytest.fixture(scope="module")
def market():
    return two_tastes()


@pytest.fixture(scope="module")
def trained(market):
    """Each model, trained once for the tests that only look at it."""
    models = {}

    def get(name):
        if name not in models:
            keras.utils.set_random_seed(0)
            models[name] = SYNTHESIS_CASES[name].trained(market)
        return models[name]

    return get


def assert_same(one, other):
    pd.testing.assert_frame_equal(one.interactions, other.interactions)
    if one.user_features is None:
        assert other.user_features is None
    else:
        pd.testing.assert_frame_equal(one.user_features, other.user_features)


@every_model
def test_the_config_holds_every_argument(name):
    model = SYNTHESIS_CASES[name].build(40)
    config = model.get_config()
    for base in type(model).__mro__:
        init = base.__dict__.get("__init__")
        if init is None or not base.__module__.startswith("keras_ganrec"):
            continue
        for argument in set(inspect.signature(init).parameters) - {
            "self",
            "kwargs",
        }:
            assert argument in config
            value = getattr(model, argument, None)
            if isinstance(value, bool | int | float | str):
                assert config[argument] == value


@every_model
def test_makes_whole_users(name, trained, market):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # of a collapse
        made = trained(name).generate(50, seed=1)
    table = made.interactions
    assert list(table.columns) == ["user", "item", "rating", "timestamp"]
    assert not table.duplicated(["user", "item"]).any()
    assert table["user"].nunique() == 50
    # The rows of a user stand together.
    assert (table["user"] != table["user"].shift()).sum() == 50
    assert not set(table["user"]) & set(market.user_vocabulary)
    assert set(table["item"]) <= set(market.item_vocabulary)
    assert set(table["rating"]) <= set(market.rating)
    assert table["timestamp"].dtype == np.int64
    span = market.timestamp.min(), market.timestamp.max()
    assert table["timestamp"].between(*span).all()
    if made.user_features is not None:
        assert made.user_features["user"].tolist() == [
            *table["user"].drop_duplicates()
        ]
    again = interactions_of(made, market)
    assert (again.num_users, again.num_items) == (50, market.num_items)


@every_model
def test_users_have_tastes(name, trained, market):
    made = interactions_of(trained(name).generate(60, seed=1), market)
    second = market.item_features["taste"].to_numpy()[made.item_id]
    share = np.bincount(made.user_id, second) / np.bincount(made.user_id)
    own = np.maximum(share, 1 - share).mean()
    if name in TASTELESS:
        assert 0.5 < own < 0.75
    else:
        assert own > 0.8  # of real users 1


@every_model
def test_numbers_of_items_are_those_of_real_users(name, trained, market):
    made = interactions_of(trained(name).generate(200, seed=1), market)
    assert len(made) / 200 == pytest.approx(len(market) / 61, rel=0.3)


@every_model
def test_popular_items_are_popular(name, trained, market):
    made = interactions_of(trained(name).generate(300, seed=1), market)
    counts = (np.bincount(t.item_id, minlength=40) for t in (made, market))
    assert np.corrcoef(*counts)[0, 1] > 0.8


@every_model
def test_a_seed_is_a_table(name, trained):
    model = trained(name)
    one, same = (model.generate(20, seed=7) for _ in range(2))
    other, free = model.generate(20, seed=8), model.generate(20)
    assert_same(one, same)
    for another in (other, free):
        assert not another.interactions["item"].equals(one.interactions["item"])


@every_model
def test_saved_model_is_whole(name, trained, tmp_path):
    model = trained(name)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(
        loaded.schema.item_vocabulary, model.schema.item_vocabulary
    )
    assert (
        dataclasses.replace(
            loaded.schema, item_vocabulary=model.schema.item_vocabulary
        )
        == model.schema
    )
    assert_same(loaded.generate(20, seed=3), model.generate(20, seed=3))


@every_trained_model
def test_saved_model_resumes_training_exactly(name, market, tmp_path):
    case = SYNTHESIS_CASES[name]
    model = case.trained(market, epochs=2)
    model.save(tmp_path / "model.keras")
    resumed = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, resumed):
        case.train(one, market, epochs=4, initial_epoch=2)
    for a, b in zip(model.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def arrays_of_file(path):
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            content = io.BytesIO(archive.read(entry))
            if entry.endswith(".npz"):
                with np.load(content, allow_pickle=False) as arrays:
                    yield from arrays.items()
            elif entry.endswith(".h5"):
                found = []
                with h5py.File(content) as file:
                    file.visititems(
                        lambda key, it, found=found: (
                            found.append((key, np.asarray(it)))
                            if isinstance(it, h5py.Dataset)
                            else None
                        )
                    )
                yield from found
            else:
                assert entry in ("config.json", "metadata.json")


@every_model
def test_what_can_be_exported_is_and_the_rest_says_so(name, trained, tmp_path):
    model = trained(name)
    with pytest.raises(ValueError, match=r"does not rank.*`save\(\)`"):
        export_saved_model(model, tmp_path / "recommender")
    if SYNTHESIS_CASES[name].feed is None:
        with pytest.raises(ValueError, match="nothing to export.*--from-model"):
            model.export(tmp_path / "served")
        assert not any(tmp_path.iterdir())
    else:
        model.export(tmp_path / "served", verbose=False)
        assert (tmp_path / "served" / "saved_model.pb").exists()


@every_model
def test_the_file_does_not_tell_who_met_what(name, trained, market, tmp_path):
    model = trained(name)
    model.save(tmp_path / "model.keras")
    arrays = dict(arrays_of_file(tmp_path / "model.keras"))
    assert "item_vocabulary" in arrays  # the reader reads
    # Whatever has a place for each user, or for each of their items.
    sizes = {61, 62, len(market)}
    kept = [k for k, v in arrays.items() if sizes & set(v.shape)]
    assert bool(kept) == model.keeps_users
    names = set(market.user_vocabulary.tolist())
    assert not any(names & {*map(str, v.flat)} for v in arrays.values())


@every_model
def test_a_stream_is_the_table_in_parts(name, trained, monkeypatch):
    monkeypatch.setattr(synthesizer, "USERS_AT_ONCE", 7)
    model = trained(name)
    whole = model.generate(16, seed=5)
    parts = [part.interactions for part in model.stream(16, seed=5)]
    assert [part["user"].nunique() for part in parts] == [7, 7, 2]
    pd.testing.assert_frame_equal(
        pd.concat(parts, ignore_index=True), whole.interactions
    )


@every_model
def test_tables_without_ratings_and_times(name, market):
    plain = Interactions.from_csr(market.to_csr())
    model = SYNTHESIS_CASES[name].trained(plain, epochs=1)
    table = model.generate(12, seed=0).interactions
    assert list(table.columns) == ["user", "item"]
    assert table["user"].drop_duplicates().tolist() == list(range(12))
    assert table["item"].dtype.kind == "i"


@every_model
def test_tables_of_one_rating_and_one_time(name, market):
    flat = dataclasses.replace(
        market,
        rating=np.full(len(market), 4.0, "float32"),
        timestamp=np.full(len(market), 1_600_000_000),
    )
    table = (
        SYNTHESIS_CASES[name].trained(flat, epochs=1).generate(3).interactions
    )
    assert set(table["rating"]) == {4.0}
    assert set(table["timestamp"]) == {1_600_000_000}


@every_trained_model
def test_fit_with_a_table_says_what_it_takes(name, market):
    model = SYNTHESIS_CASES[name].build(40)
    with pytest.raises(ValueError, match="takes batches of tensors with names"):
        model.fit(market)
    assert model.schema is None


@every_model
def test_untrained_model(name):
    model = SYNTHESIS_CASES[name].build(40)
    with pytest.raises(ValueError, match="has not seen any data yet"):
        model.generate(3)
    with pytest.raises(ValueError, match="has not seen any data yet"):
        model.stream(3)


@every_model
def test_data_of_another_size_is_refused(name, market):
    model = SYNTHESIS_CASES[name].build(39)
    with pytest.raises(ValueError, match="has 40 items.*built for 39"):
        model.remember(market)
