import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras.optimizers import Adam

from keras_ganrec.data import conditional_rows
from keras_ganrec.data import table_rows
from keras_ganrec.evaluation.similarity import contingency_similarity
from keras_ganrec.models import TabularGAN

pytest.importorskip("sklearn")


def planted(n=1000, seed=0):
    """The kind and x follow from the group; a fifth of x is missing in "c"."""
    random = np.random.default_rng(seed)
    group = random.choice(list("abc"), n, p=[0.6, 0.3, 0.1])
    kind = np.where(group == "a", "red", "blue").astype(object)
    x = np.select([group == "a", group == "b"], [0.0, 10.0], 20.0)
    x += random.normal(0, 1, n)
    x[(group == "c") & (random.random(n) < 0.5)] = np.nan
    return pd.DataFrame({"group": group, "kind": kind, "x": x})


def built(rows, rate=2e-3, compile_arguments=None, **kwargs):
    gan = TabularGAN(
        rows.encoding.num_choices,
        rows.encoding.has_place,
        **{
            "noise_dim": 16,
            "g_hidden_dims": (32, 32),
            "d_hidden_dims": (32, 32),
            "pac": 5,
            "seed": 1,
            **kwargs,
        },
    )
    gan.compile(
        d_optimizer=Adam(rate, 0.5, 0.9),
        g_optimizer=Adam(rate, 0.5, 0.9),
        **(compile_arguments or {}),
    )
    return gan


@pytest.fixture(scope="module")
def trained():
    keras.utils.set_random_seed(0)
    table = planted()
    rows = conditional_rows(table, batch_size=100)
    gan = built(rows, compile_arguments={"steps_per_execution": len(rows)})
    gan.fit(rows, epochs=80, verbose=0)
    return gan, table


def test_a_table_is_seen_through_steps_behind_its_rows():
    rows = conditional_rows(planted(100), batch_size=10)
    gan = built(rows)
    gan.fit(rows.take(2), verbose=0)
    assert list(gan.generate(3, seed=0)) == ["group", "kind", "x"]


def test_columns_that_depend_are_learned_together(trained):
    gan, table = trained
    made = gan.generate(2000, seed=0)
    random = np.random.default_rng(0)
    apart = table.apply(lambda column: random.permutation(column))
    pair = ["group", "kind"]
    null = contingency_similarity(table[pair], apart[pair])
    assert null < 0.6
    assert contingency_similarity(table[pair], made[pair]) > 0.9
    means = made.groupby("group")["x"].mean()
    assert means["a"] == pytest.approx(0, abs=2)
    assert means["b"] == pytest.approx(10, abs=2.5)
    assert abs(apart.groupby("group")["x"].mean()["b"] - 10) > 5
    missing = made["x"].isna().groupby(made["group"]).mean()
    assert missing["c"] > 3 * max(missing["a"], missing["b"])


def test_a_condition_is_respected(trained):
    gan, table = trained
    made = gan.generate(300, {"group": "c"}, seed=0)
    assert (made["group"] == "c").all()
    assert (made["kind"] == "blue").mean() > 0.8
    assert made["x"].mean() == pytest.approx(20, abs=5)
    # G itself does it mostly; else rows are drawn anew.
    both = gan.generate(50, {"group": "b", "kind": "blue"}, seed=0)
    assert (both["group"] == "b").all()
    assert (both["kind"] == "blue").all()
    rowwise = pd.DataFrame({"group": list("abc") * 20})
    made = gan.generate(60, rowwise, seed=0)
    assert made["group"].tolist() == rowwise["group"].tolist()


def test_a_generator_obeys_before_anything_is_drawn_anew(trained):
    gan, _ = trained
    condition = np.eye(gan.num_conditions, dtype="float32")
    condition = np.repeat(condition, 200, axis=0)
    rows = gan.sample(len(condition), condition, keras.random.SeedGenerator(0))
    has = np.asarray(rows)[:, gan.encoding.condition_features]
    assert ((has * condition).sum(axis=1) > 0.5).mean() > 0.8


def test_rows_look_like_those_of_the_table(trained):
    gan, table = trained
    made = gan.generate(5000, seed=0)
    assert len(made) == 5000
    assert (made.dtypes == table.dtypes).all()
    assert list(made) == list(table)
    assert set(made["group"]) == {"a", "b", "c"}
    assert made["x"].min() >= table["x"].min()
    # Without a condition values have the shares of the table.
    shares = made["group"].value_counts(normalize=True)
    assert shares["a"] == pytest.approx(0.6, abs=0.12)
    assert shares["c"] == pytest.approx(0.1, abs=0.08)


def test_a_seed_gives_the_same_rows(trained):
    gan, _ = trained
    state = gan.seed_generator.state.numpy()
    made = gan.generate(20, seed=3)
    pd.testing.assert_frame_equal(made, gan.generate(20, seed=3))
    assert not made.equals(gan.generate(20, seed=4))
    np.testing.assert_array_equal(gan.seed_generator.state, state)


def test_a_file_keeps_columns_and_weights(trained, tmp_path):
    gan, _ = trained
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    for condition in (None, {"group": "b"}):
        pd.testing.assert_frame_equal(
            loaded.generate(50, condition, seed=1),
            gan.generate(50, condition, seed=1),
        )
    assert loaded.get_config() == gan.get_config()


def test_a_served_model_gives_the_same_probabilities(trained, tmp_path):
    gan, _ = trained
    inputs = {
        "noise": np.random.default_rng(0).normal(size=(4, 16)).astype("f"),
        "condition": np.eye(gan.num_conditions, dtype="f")[:4],
    }
    gan.export(tmp_path / "gan", verbose=False)
    loaded = tf.saved_model.load(tmp_path / "gan")
    served = loaded.serve(inputs)
    np.testing.assert_allclose(served, gan(inputs), atol=1e-5)
    group, kind = served[:, :3], served[:, 3:5]
    np.testing.assert_allclose(tf.reduce_sum(group, 1), 1, rtol=1e-5)
    np.testing.assert_allclose(tf.reduce_sum(kind, 1), 1, rtol=1e-5)


def test_saved_model_resumes_exactly(tmp_path):
    rows = conditional_rows(planted(100)[["group", "kind"]], 20, num_batches=2)
    gan = built(rows, compile_arguments={"run_eagerly": True}, d_steps=2)
    gan.fit(rows, epochs=1, verbose=0)
    gan.save(tmp_path / "gan.keras")
    resumed = keras.saving.load_model(tmp_path / "gan.keras")
    for model in (gan, resumed):
        model.fit(rows, initial_epoch=1, epochs=2, verbose=0)
    for a, b in zip(gan.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def two_places(**kwargs):
    """Two numbers of one mode, and a column of three categories."""
    return TabularGAN(
        (1, 3, 1),
        (True, False, True),
        noise_dim=2,
        g_hidden_dims=(4,),
        d_hidden_dims=(4,),
        pac=2,
        **kwargs,
    )


def test_the_loss_of_d_by_hand(monkeypatch):
    gan = two_places(gradient_penalty_weight=3.0, temperature=1e-3)
    outputs = tf.constant([[0.5, 0.0, -99.0, 99.0, -99.0, -1.0, 0.0]] * 4)
    monkeypatch.setattr(gan, "generator", lambda x, training: outputs)
    seen = []

    def judge(packs, training):
        seen.append(packs)
        return 2.0 * packs[:, :1] + 10.0 * packs[:, -1:]

    monkeypatch.setattr(gan, "discriminator", judge)
    real = tf.constant([[0.1, 1, 0, 1, 0, 0.2, 1], [9.0] * 7] * 2)
    condition = tf.constant([[0.0, 1, 0], [0, 0, 1]] * 2)
    loss = gan.discriminator_loss({"row": real, "condition": condition})
    # Packs of two rows and then their conditions, the same for both.
    assert [x.shape for x in seen] == [(2, 20)] * 3
    fake = [np.tanh(0.5), 1, 0, 1, 0, np.tanh(-1.0), 1]
    np.testing.assert_allclose(seen[1][0, :14], fake * 2, atol=1e-6)
    np.testing.assert_allclose(seen[0][1, 14:], [0, 1, 0, 0, 0, 1])
    # The slope is 2; that for the condition is none of the rows.
    expected = 2 * np.tanh(0.5) - 2 * 0.1 + 3.0 * (2.0 - 1.0) ** 2
    assert float(loss) == pytest.approx(expected, rel=1e-4)


def test_the_loss_of_g_by_hand(monkeypatch):
    gan = two_places()
    logits = np.log([0.5, 0.3, 0.2])
    outputs = np.array([[0.7, 0, *logits, -1, 0]] * 2, "float32")
    monkeypatch.setattr(gan, "generator", lambda x, training: outputs)
    monkeypatch.setattr(
        gan, "discriminator", lambda x, training: 4.0 * x[:, :1]
    )
    condition = tf.constant([[0.0, 1, 0], [0, 0, 1]])
    loss = gan.generator_loss({"condition": condition})
    expected = -4 * np.tanh(0.7) - (np.log(0.3) + np.log(0.2)) / 2
    assert float(loss) == pytest.approx(expected, rel=1e-4)


def test_the_seed_draws_what_is_dropped():
    one, same, other = (
        TabularGAN((2, 3), (False, True), seed=seed) for seed in (1, 1, 2)
    )
    packs = np.ones((4, one.discriminator.input_shape[1]), "float32")
    for another in (same, other):
        another.discriminator.set_weights(one.discriminator.get_weights())
    logits = [
        np.asarray(gan.discriminator(packs, training=True))
        for gan in (one, same, other)
    ]
    np.testing.assert_array_equal(logits[0], logits[1])
    assert not np.array_equal(logits[0], logits[2])
    seeds = [
        layer.seed
        for layer in one.discriminator.layers
        if isinstance(layer, keras.layers.Dropout)
    ]
    assert len({one.seed, *seeds}) == 3  # of the noise, and of two layers


def test_one_player_moves_at_a_time():
    rows = conditional_rows(planted(50), batch_size=20)
    batch, gan = next(iter(rows)), built(rows)
    players = gan.discriminator, gan.generator
    for turn, (moving, resting) in (
        (gan.d_step, players),
        (gan.g_step, players[::-1]),
    ):
        before = [
            [w.numpy() for w in player.trainable_variables]
            for player in (moving, resting)
        ]
        turn(batch)
        for old, player, moves in zip(
            before, (moving, resting), (True, False), strict=True
        ):
            pairs = zip(old, player.trainable_variables, strict=True)
            assert any(np.any(a != b.numpy()) for a, b in pairs) == moves


def test_mixed_precision_and_a_table_of_numbers_alone():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        rows = conditional_rows(planted(60)[["x"]], batch_size=20)
        gan = built(rows, compile_arguments={"run_eagerly": True})
        logs = gan.fit(rows, epochs=2, verbose=0).history
        real, fake = gan.realness(next(iter(rows)))
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.all(np.isfinite(logs["d_loss"] + logs["g_loss"]))
    assert real.shape == fake.shape == (4,)
    assert gan.generate(7, seed=0)["x"].dtype == "float64"
    with pytest.raises(ValueError, match="'x' is no condition"):
        gan.generate(1, {"x": 0.5})


def test_a_collapse_is_told_of(trained, monkeypatch):
    gan, _ = trained
    rows = gan.sample(
        1, np.eye(gan.num_conditions)[:1], keras.random.SeedGenerator(0)
    )
    monkeypatch.setattr(
        gan, "sample", lambda n, *_: np.repeat(np.asarray(rows), n, axis=0)
    )
    with pytest.warns(
        RuntimeWarning, match="as if 1.0 of them .* has collapsed"
    ):
        gan.generate(100)


def test_what_cannot_be_asked_for(trained):
    gan, table = trained
    for n in (0, -1, 2.0, True):
        with pytest.raises(ValueError, match="`n` must be a positive integer"):
            gan.generate(n)
    with pytest.raises(ValueError, match="GB. Expected fewer"):
        gan.generate(10**12)
    with pytest.raises(ValueError, match=r"'z' is no known .*'a', 'b', 'c'"):
        gan.generate(2, {"group": "z"})
    with pytest.raises(ValueError, match="is no known value of 'group'"):
        gan.generate(2, {"group": None})
    with pytest.raises(ValueError, match="'job' is no condition"):
        gan.generate(2, {"job": "nurse"})
    with pytest.raises(ValueError, match="for each of the 2 new rows"):
        gan.generate(2, pd.DataFrame({"group": ["a"]}))


def test_values_that_never_go_together(trained, monkeypatch):
    gan, _ = trained
    monkeypatch.setattr(
        gan, "sample", lambda n, *_: np.zeros((n, gan.num_features))
    )
    with pytest.raises(ValueError, match="4 of 4 rows have not"):
        gan.generate(4, {"group": "b", "kind": "red"})


def test_the_table_fits_the_model():
    rows = conditional_rows(planted(50), batch_size=20)
    with pytest.raises(ValueError, match="has not seen a table yet"):
        built(rows).generate(1)
    with pytest.raises(ValueError, match="Build it with `TabularGAN"):
        other = conditional_rows(planted(50)[["group"]], batch_size=20)
        built(rows).fit(other)
    with pytest.raises(ValueError, match="on `keras_ganrec.data.conditional"):
        built(rows).fit(table_rows(planted(50)))
    with pytest.raises(ValueError, match="20 rows cannot be cut into .*pac=3"):
        built(rows, pac=3).fit(rows)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"num_choices": (2, 0)}, "at least 1"),
        ({"noise_dim": 0}, "at least 1.*noise_dim=0"),
        ({"g_hidden_dims": (8, 0)}, "at least 1"),
        ({"d_hidden_dims": (-1,)}, "at least 1"),
        ({"pac": 0}, "at least 1.*pac=0"),
        ({"num_choices": ()}, "a value for each"),
        ({"has_place": (True,)}, "a value for each"),
        ({"temperature": 0.0}, "`temperature` must be positive"),
        ({"gradient_penalty_weight": -1.0}, "gradient_penalty_weight=-1"),
        ({"dropout": 1.0}, "dropout=1"),
    ],
)
def test_wrong_arguments(wrong, message):
    sizes = {"num_choices": (2, 3), "has_place": (True, False)}
    with pytest.raises(ValueError, match=message):
        TabularGAN(**{**sizes, **wrong})
