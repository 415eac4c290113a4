import json

import keras
import numpy as np
import pandas as pd
import pytest
import scipy.stats
import tensorflow as tf
from keras.optimizers import Adam

from keras_ganrec.data import table_rows
from keras_ganrec.models import GAIN
from keras_ganrec.models.synthesis.gain import LEVELS


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


def batch(b=4, d=3, missing=0.4):
    random = np.random.default_rng(0)
    observed = (random.random((b, d)) > missing).astype("float32")
    values = random.random((b, d)).astype("float32") * observed
    return {"values": tf.constant(values), "observed": tf.constant(observed)}


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


def test_hints_tell_of_a_share_of_the_known_cells(monkeypatch):
    gain = GAIN(3, hint_rate=0.7, seed=0)
    seen = []
    monkeypatch.setattr(
        gain,
        "discriminator",
        lambda x: seen.append(x[:, 3:]) or tf.zeros((len(x), 3)),
    )
    cells = batch(20_000)
    gain.discriminator_loss(cells)
    hint, observed = seen[0].numpy(), cells["observed"].numpy()
    assert set(np.unique(hint)) == {0.0, 1.0}
    assert not hint[observed == 0].any()
    given = hint[observed == 1]
    assert given.mean() == pytest.approx(0.7, abs=0.01)
    # Cells of a row are drawn apart.
    whole = observed.all(axis=1)
    assert hint[whole].all(axis=1).mean() == pytest.approx(0.7**3, abs=0.03)


def test_hidden_cells_are_known_ones_and_whole_columns():
    gain = GAIN(4, column_sizes=(1, 3), hide_rate=0.3, seed=0)
    observed = np.ones((20_000, 4), "float32")
    observed[:5000, 0] = 0
    shown = gain._shown({"values": observed, "observed": observed}).numpy()
    assert not shown[:5000, 0].any()
    assert shown[5000:, 0].mean() == pytest.approx(0.7, abs=0.02)
    np.testing.assert_array_equal(shown[:, 1], shown[:, 2])
    np.testing.assert_array_equal(shown[:, 1], shown[:, 3])
    assert shown[:, 1].mean() == pytest.approx(0.7, abs=0.02)


def by_hand(gain, center, logits, monkeypatch):
    """Players that say the same whatever they are shown."""
    monkeypatch.setattr(
        gain, "generator", lambda x: tf.constant(center, "float32")
    )
    monkeypatch.setattr(
        gain, "discriminator", lambda x: tf.constant(logits, "float32")
    )


def test_losses_by_hand(monkeypatch):
    gain = GAIN(
        2,
        reconstruction_weight=10.0,
        adversarial_weight=3.0,
        output_activation=None,
    )
    by_hand(
        gain, [[0.5, 0.9]], [[np.log(3.0), 0.0]], monkeypatch
    )  # p = 3/4, 1/2
    cells = {
        "values": tf.constant([[0.3, 0.0]]),
        "observed": tf.constant([[1.0, 0.0]]),
    }
    assert float(gain.discriminator_loss(cells)) == pytest.approx(
        -(np.log(3 / 4) + np.log(1 / 2)) / 2, rel=1e-5
    )
    assert float(gain.generator_loss(cells)) == pytest.approx(
        3.0 * -np.log(1 / 2) / 2 + 10.0 * 0.2**2, rel=1e-5
    )
    real, fake = gain.realness(cells)
    assert float(real[0]) == pytest.approx(np.log(3))
    assert float(fake[0]) == 0


def test_only_hidden_cells_are_reconstructed(monkeypatch):
    gain = GAIN(
        2, hide_rate=0.5, adversarial_weight=0.0, output_activation=None
    )
    by_hand(gain, [[0.5, 0.9]], [[0.0, 0.0]], monkeypatch)
    monkeypatch.setattr(gain, "_shown", lambda batch: tf.constant([[1.0, 0.0]]))
    cells = {
        "values": tf.constant([[0.3, 0.7]]),
        "observed": tf.constant([[1.0, 1.0]]),
    }
    assert float(gain.generator_loss(cells)) == pytest.approx(
        100.0 * 0.2**2, rel=1e-4
    )


def test_without_adversary_the_discriminator_says_nothing():
    for weight, moved in ((0.0, False), (1.0, True)):
        losses = []
        for bias in (0.0, 5.0):
            keras.utils.set_random_seed(0)
            gain = GAIN(3, adversarial_weight=weight, seed=0)
            gain.discriminator.layers[-1].bias.assign([bias] * 3)
            losses.append(float(gain.generator_loss(batch())))
        assert (losses[0] != losses[1]) == moved


def test_quantiles_of_a_coin_and_an_even_draw(monkeypatch):
    gain = GAIN(2, hide_rate=0.5, quantile_weight=1.0, seed=0)
    # One cell is 0 or 1 with equal chance, the other even in [0, 1].
    coin = np.repeat([0.0, 1.0], 10)
    outputs = np.concatenate([[0.5, 0.5], coin, LEVELS]).astype("float32")
    gain.output_activation = None
    monkeypatch.setattr(
        gain, "generator", lambda x: tf.tile(outputs[None], (len(x), 1))
    )
    holes = np.zeros((20_000, 2), "float32")
    drawn = gain.complete(holes, holes, keras.random.SeedGenerator(0)).numpy()
    # Between the two sides of the coin is one part in twenty.
    assert np.mean(drawn[:, 0] == 0) == pytest.approx(0.475, abs=0.01)
    assert np.mean(drawn[:, 0] == 1) == pytest.approx(0.475, abs=0.01)
    assert scipy.stats.kstest(drawn[:, 1], "uniform").statistic < 0.035
    # The best guess is not drawn.
    assert np.all(gain.complete(holes, holes) == 0.5)


def test_the_loss_of_quantiles_by_hand(monkeypatch):
    gain = GAIN(
        1,
        hide_rate=0.5,
        reconstruction_weight=0.0,
        adversarial_weight=0.0,
        quantile_weight=3.0,
        output_activation=None,
    )
    by_hand(gain, [[0.0] + [0.4] * 20], [[0.0]], monkeypatch)
    monkeypatch.setattr(gain, "_shown", lambda batch: tf.zeros((1, 1)))
    for x in (0.5, 0.3):
        # The mean level is 1/2, over and under.
        cell = {"values": tf.constant([[x]]), "observed": tf.ones((1, 1))}
        assert float(gain.generator_loss(cell)) == pytest.approx(3.0 * 0.1 / 2)


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


def test_players_pull_in_opposite_directions():
    cells = batch(64)
    gain = GAIN(3, reconstruction_weight=0.0, hint_rate=0.0, seed=0)
    gain.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0))

    def gap():
        real, fake = gain.realness(cells)
        return float(np.mean(real) - np.mean(fake))

    start = gap()
    for _ in range(30):
        gain.d_step(cells)
    apart = gap()
    for _ in range(30):
        gain.g_step(cells)
    assert gap() < apart > start


def test_mixed_precision_trains_and_gives_float32():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        rows = table_rows(related(100)[0])
        gain = built(rows, run_eagerly=True, hide_rate=0.2, quantile_weight=1.0)
        logs = gain.fit(rows, epochs=2, verbose=0).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.all(np.isfinite(logs["d_loss"] + logs["g_loss"]))
    cells = batch(4, rows.encoding.num_features)
    assert gain.complete(**cells).dtype == "float32"


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
