"""GAIN on tables whose columns tell each other."""

import json

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras.optimizers import Adam

from keras_ganrec.data import table_rows
from keras_ganrec.models import GAIN


def related(n=600, missing=0.2, seed=0):
    """b = 10 a, c = 5 - a, whole numbers d, text e: each tells the others.

    Returns the table with holes and the one without.
    """
    random = np.random.default_rng(seed)
    a = random.random(n)
    truth = pd.DataFrame(
        {
            "a": a,
            "b": 10 * a,
            "c": 5 - a,
            "d": np.rint(20 * a),
            "e": np.where(a < 0.5, "low", "high"),
        }
    )
    return truth.mask(random.random(truth.shape) < missing), truth


def built(rows, run_eagerly=False, **kwargs):
    gain = GAIN(
        rows.encoding.num_features,
        rows.encoding.column_sizes,
        seed=1,
        **kwargs,
    )
    gain.compile(
        d_optimizer=Adam(3e-3),
        g_optimizer=Adam(3e-3),
        steps_per_execution=len(rows),
        run_eagerly=run_eagerly,
    )
    return gain


@pytest.fixture(scope="module")
def corrected():
    keras.utils.set_random_seed(0)
    table, truth = related()
    rows = table_rows(table, batch_size=32)
    gain = built(
        rows,
        g_hidden_dims=(64, 64),
        hide_rate=0.2,
        quantile_weight=20.0,
        output_activation=None,
    )
    gain.fit(rows, epochs=40, verbose=0)
    return gain, table, truth


def errors(filled, table, truth):
    """RMSE of each column of numbers over its holes, in its deviations."""
    numbers = ["a", "b", "c", "d"]
    error = (filled[numbers] - truth[numbers]) / truth[numbers].std()
    return np.sqrt((error**2).where(table[numbers].isna()).mean())


def test_relations_are_found(corrected):
    gain, table, truth = corrected
    assert (
        errors(table.fillna(table.mean(numeric_only=True)), table, truth).min()
        > 0.9
    )
    assert errors(gain.impute(table), table, truth).max() < 0.3
    holes = table["e"].isna()
    right = gain.impute(table)["e"][holes] == truth["e"][holes]
    assert right.mean() > 0.9


def test_as_published_beats_the_mean():
    table, truth = related()
    numbers = table.drop(columns="e").to_numpy()
    rows = table_rows(numbers, batch_size=32)
    gain = built(rows)
    gain.fit(rows, epochs=40, verbose=0)
    filled = pd.DataFrame(gain.impute(numbers), columns=list("abcd"))
    assert errors(filled, table, truth).max() < 0.7


def test_draws_rank_like_the_truth(corrected):
    gain, table, truth = corrected
    holes = table["b"].isna()
    draws = np.array(
        [gain.impute(table, seed)["b"][holes] for seed in range(19)]
    )
    below = (draws < truth["b"][holes].to_numpy()).sum(axis=0)
    assert 0.75 < np.mean((below > 0) & (below < 19)) <= 1  # 0.9 of many


def test_what_is_known_stays_bit_for_bit(corrected):
    gain, table, _ = corrected
    before = table.copy()
    for seed in (None, 3):
        filled = gain.impute(table, seed)
        assert not filled.isna().any(axis=None)
        assert (filled.dtypes == table.dtypes).all()
        pd.testing.assert_frame_equal(
            filled.where(table.notna()), table, check_exact=True
        )
        assert filled["d"].isin(np.arange(21)).all()
        assert filled["a"].between(table["a"].min(), table["a"].max()).all()
    pd.testing.assert_frame_equal(table, before)


def test_a_seed_draws_and_none_guesses(corrected):
    gain, table, _ = corrected
    pd.testing.assert_frame_equal(gain.impute(table), gain.impute(table))
    pd.testing.assert_frame_equal(gain.impute(table, 3), gain.impute(table, 3))
    assert not gain.impute(table, 3).equals(gain.impute(table, 4))
    state = gain.seed_generator.state.numpy()
    gain.impute(table, 3)
    np.testing.assert_array_equal(gain.seed_generator.state, state)


def test_parts_of_a_table_are_completed_alike(corrected):
    gain, table, _ = corrected
    pd.testing.assert_frame_equal(
        gain.impute(table), gain.impute(table, batch_size=7)
    )
    new = table.iloc[[5]]
    pd.testing.assert_frame_equal(
        gain.impute(new), gain.impute(table).iloc[[5]]
    )


def test_a_file_keeps_columns_and_weights(corrected, tmp_path):
    gain, table, _ = corrected
    gain.save(tmp_path / "gain.keras")
    loaded = keras.saving.load_model(tmp_path / "gain.keras")
    pd.testing.assert_frame_equal(
        loaded.impute(table, 1), gain.impute(table, 1)
    )
    assert loaded.get_config() == gain.get_config()


def test_a_served_model_guesses_the_same(corrected, tmp_path):
    gain, table, _ = corrected
    values, observed = gain.encoding.encode(table)
    gain.export(tmp_path / "gain", verbose=False)
    served = tf.saved_model.load(tmp_path / "gain")
    np.testing.assert_allclose(
        served.serve({"values": values, "observed": observed}),
        gain.complete(values, observed),
        atol=1e-6,
    )


def test_saved_model_resumes_exactly(tmp_path):
    rows = table_rows(related(100)[0], batch_size=64)
    gain = built(
        rows,
        run_eagerly=True,
        hide_rate=0.3,
        quantile_weight=2.0,
        num_blocks=1,
    )
    gain.fit(rows, epochs=2, verbose=0)
    gain.save(tmp_path / "gain.keras")
    resumed = keras.saving.load_model(tmp_path / "gain.keras")
    for model in (gain, resumed):
        model.fit(rows, initial_epoch=2, epochs=4, verbose=0)
    for a, b in zip(gain.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_one_player_moves_at_a_time():
    gain = built(table_rows(related(50)[0]))
    cells = next(iter(table_rows(related(50)[0])))
    players = gain.discriminator, gain.generator
    for turn, (moving, resting) in (
        (gain.d_step, players),
        (gain.g_step, players[::-1]),
    ):
        before = moving.get_weights(), resting.get_weights()
        turn(cells)
        assert any(
            np.any(a != b)
            for a, b in zip(before[0], moving.get_weights(), strict=True)
        )
        for a, b in zip(before[1], resting.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_mixed_precision_trains_and_gives_float32():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        rows = table_rows(related(100)[0])
        gain = built(rows, run_eagerly=True, hide_rate=0.2, quantile_weight=1.0)
        logs = gain.fit(rows, epochs=2, verbose=0).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.all(np.isfinite(logs["d_loss"] + logs["g_loss"]))
    assert gain.complete(**next(iter(rows))).dtype == "float32"


def test_a_table_is_seen_through_steps_behind_its_rows():
    holes, _ = related(50)
    rows = table_rows(holes, batch_size=10)
    gain = built(rows)
    gain.fit(rows.take(2), verbose=0)
    assert not gain.impute(holes).isna().any(axis=None)


def test_a_table_must_have_been_seen():
    with pytest.raises(ValueError, match="has not seen a table yet"):
        GAIN(3).impute(np.zeros((2, 3)))


def test_the_table_fits_the_model():
    rows = table_rows(related(50)[0])
    gain = GAIN(rows.encoding.num_features)
    gain.compile()
    with pytest.raises(ValueError, match="Build it with `GAIN"):
        gain.fit(rows, verbose=0)


def test_it_makes_no_new_rows():
    with pytest.raises(TypeError, match="makes no new ones"):
        GAIN(3).generate(2)


def test_sizes_may_be_arrays():
    gain = GAIN(3, np.array([1, 2]), np.array([4]), np.array([5, 5]))
    assert gain.column_sizes == (1, 2)
    assert (gain.g_hidden_dims, gain.d_hidden_dims) == ((4,), (5, 5))
    assert json.loads(json.dumps(gain.get_config()))["column_sizes"] == [1, 2]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"num_features": 0}, "sizes of at least 1"),
        ({"g_hidden_dims": (8, 0)}, "sizes of at least 1"),
        ({"d_hidden_dims": (-1,)}, "sizes of at least 1"),
        ({"g_hidden_dims": ()}, "needs a hidden layer"),
        ({"d_hidden_dims": ()}, "needs a hidden layer"),
        ({"column_sizes": (3, 0)}, "sizes of at least 1"),
        ({"num_blocks": -1}, "`num_blocks` must be in .* -1"),
        ({"column_sizes": (1, 1)}, "must add up to `num_features`"),
        ({"hint_rate": 1.1}, "`hint_rate` must be in"),
        ({"hide_rate": -0.1}, "`hide_rate` must be in"),
        ({"noise_scale": -1.0}, "`noise_scale` must be in .* -1"),
        (
            {"reconstruction_weight": -1.0},
            "`reconstruction_weight` must be in .* -1",
        ),
        ({"adversarial_weight": -1.0}, "`adversarial_weight` must be in .* -1"),
        (
            {"hide_rate": 0.1, "quantile_weight": -1.0},
            "`quantile_weight` must be in .* -1",
        ),
        ({"quantile_weight": 1.0}, "needs a `hide_rate`"),
    ],
)
def test_wrong_arguments(wrong, message):
    with pytest.raises(ValueError, match=message):
        GAIN(**{"num_features": 3, **wrong})
