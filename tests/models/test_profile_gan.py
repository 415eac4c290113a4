"""ProfileGAN's clocks by SciPy, its packs, its two phases, its users."""

import dataclasses

import keras
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import scipy.stats
import tensorflow as tf

from keras_ganrec.data import Interactions
from keras_ganrec.data import condition_values
from keras_ganrec.data import conditioned
from keras_ganrec.data import datasets
from keras_ganrec.data import pipelines
from keras_ganrec.synthesis import profile_autoencoder
from tests.models.profile_gan import SEEN
from tests.models.profile_gan import build


@pytest.fixture(scope="module")
def market():
    return datasets.synthetic(
        num_users=50, num_items=30, num_tastes=2, interactions_per_user=8
    )


def test_reconstruction_loss_is_the_likelihood_of_the_clocks(monkeypatch):
    monkeypatch.setattr(profile_autoencoder, "CODE_NOISE", 0.0)
    model = build(dropout=0.0)
    codes = model.autoencoder.encode({"seen": SEEN})
    lengths = model.autoencoder.length(SEEN)
    f = np.asarray(model.autoencoder.decode(codes, lengths), "float64")
    rung = scipy.stats.expon.cdf(1.0, scale=np.exp(-f))
    expected = -np.log(np.where(SEEN, rung, 1.0 - rung)).sum(axis=1)
    # Not having seen a table, it takes users to have e items.
    expected *= np.e / SEEN.sum(axis=1)
    expected += 0.1 * (np.asarray(codes) ** 2).sum(axis=1)
    loss = model.autoencoder.loss({"seen": SEEN}, model.seed_generator)
    assert float(loss) == pytest.approx(expected.mean(), rel=1e-5)


def test_loss_is_finite_at_extreme_rates():
    model = build()
    for rate in (-1e4, 1e4):
        model.autoencoder.log_popularity.assign(np.full(5, rate))
        assert np.isfinite(
            float(model.autoencoder.loss({"seen": SEEN}, model.seed_generator))
        )


def test_what_it_knows_of_the_table(market):
    model = build(30)
    model.remember(market)
    counts = np.bincount(market.item_id, minlength=30)
    np.testing.assert_allclose(
        np.exp(model.autoencoder.log_popularity), (counts + 0.5) / 51, rtol=1e-5
    )
    degree = np.bincount(market.user_id)
    lengths = np.asarray(model.autoencoder.length(market.to_csr().toarray()))[
        :, 0
    ]
    expected = scipy.stats.zscore(np.log(degree))
    np.testing.assert_allclose(lengths, expected, atol=1e-4)


def test_packs_hold_every_row_and_fill_up_with_the_first_ones():
    model = build(dropout=0.0)
    real, fake = model._packs({"seen": SEEN})
    rows = np.asarray(real).reshape(4, 3)
    profile = SEEN / np.linalg.norm(SEEN, axis=1, keepdims=True)
    np.testing.assert_allclose(
        rows[:, :2],
        np.asarray(model.autoencoder.encoder(profile))[[0, 1, 2, 0]],
        atol=1e-6,
    )
    lengths = np.asarray(model.autoencoder.length(SEEN))[[0, 1, 2, 0]]
    np.testing.assert_allclose(rows[:, 2:], lengths)
    np.testing.assert_allclose(np.asarray(fake).reshape(4, 3)[:, 2:], lengths)
    assert model.discriminator.input_shape == (None, 6)


def test_autoencoder_first_and_then_the_players(market):
    model = build(30, autoencoder_steps=3)
    model.compile()
    data = pipelines.user_profiles(market, batch_size=20)  # 3 steps an epoch

    def moved(epochs):
        before = model.get_weights()
        names = [v.path for v in model.weights]
        model.fit(data, epochs=epochs, initial_epoch=epochs - 1, verbose=0)
        return {
            name.split("/")[0]
            for name, a, b in zip(
                names, before, model.get_weights(), strict=True
            )
            if not np.array_equal(a, b)
        }

    model.remember(market)
    groups = {
        network: {v.path.split("/")[0] for v in variables}
        for network, variables in {
            "autoencoder": model.autoencoder.trainable_variables,
            "g": model.generator.trainable_variables,
            "d": model.discriminator.trainable_variables,
        }.items()
    }
    assert moved(1) == groups["autoencoder"]
    assert moved(2) == groups["g"] | groups["d"]
    assert int(model.autoencoder_optimizer.iterations) == 3
    assert int(model.d_optimizer.iterations) == 3


@pytest.mark.parametrize("stop", [1, 3])  # before and after the change
def test_resumes_exactly_in_either_phase(stop, market, tmp_path):
    data = pipelines.user_profiles(market, batch_size=20)
    model = build(30, autoencoder_steps=5)
    model.compile(
        g_optimizer=keras.optimizers.Adam(use_ema=True), jit_compile=False
    )
    model.fit(data, epochs=stop, verbose=0)
    model.save(tmp_path / "model.keras")
    resumed = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, resumed):
        one.fit(data, epochs=5, initial_epoch=stop, verbose=0)
        assert int(one.g_optimizer.iterations) == 10
    for a, b in zip(model.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    a, b = (one.generate(9, seed=1).interactions for one in (model, resumed))
    assert a.equals(b)


def test_gradient_penalty_is_that_of_both_sides():
    model = build(gradient_weight=0.0)
    other = build(gradient_weight=2.0)
    other.set_weights(model.get_weights())
    plain, penalized = (
        float(m.discriminator_loss({"seen": SEEN})) for m in (model, other)
    )
    # A linear D has the same slope everywhere.
    assert penalized > plain
    for m in (model, other):
        first, last = m.discriminator.layers
        first.kernel.assign(np.abs(first.kernel))
        first.bias.assign(np.full(4, 100.0))
    slope = np.asarray(first.kernel) @ np.asarray(last.kernel)
    gap = float(other.discriminator_loss({"seen": SEEN})) - float(
        model.discriminator_loss({"seen": SEEN})
    )
    assert gap == pytest.approx(2.0 * float((slope**2).sum()), rel=1e-3)


def test_numbers_of_items_are_drawn_from_the_real_ones(market):
    model = build(30)
    model.remember(market)
    made = model.generate(500, seed=0).interactions
    degree = made.groupby("user").size()
    real = np.bincount(market.user_id)
    assert set(degree) <= set(real)
    assert scipy.stats.ks_2samp(degree, real).pvalue > 0.01


@pytest.mark.filterwarnings("ignore:.*collapsed")
def test_items_are_drawn_in_proportion_to_their_rates():
    # Of users with one item each.
    model = build()
    model.remember(Interactions.from_csr(scipy.sparse.eye_array(5)))
    rates = np.array([8.0, 4.0, 2.0, 1.0, 1.0])
    model.autoencoder.log_popularity.assign(np.log(rates))
    model.autoencoder.decoder.layers[-1].kernel.assign(np.zeros((4, 5)))
    made = model.generate(4000, seed=0).interactions
    share = np.bincount(made["item"], minlength=5) / 4000
    np.testing.assert_allclose(share, rates / 16, atol=0.03)


def test_conditions_make_the_users(market):
    """Two tastes, each with its own items: the condition decides."""
    taste = np.array(["left", "right"])[np.arange(market.num_users) % 2]
    table = market.to_csr().toarray() * 0
    table[::2, :15] = table[1::2, 15:] = 1.0
    table[::2, :5] = 0.0  # the left ones have fewer
    data = dataclasses.replace(
        Interactions.from_csr(scipy.sparse.csr_array(table)),
        user_features=pd.DataFrame({"taste": taste}),
    )
    values = condition_values(data, ["taste"])
    model = build(
        30,
        hidden_dim=16,
        player_dims=(16,),
        autoencoder_steps=100,
        conditions=values,
    )
    adam = keras.optimizers.Adam
    model.compile(adam(0.01), adam(0.01), adam(0.01))
    profiles = conditioned(pipelines.user_profiles(data, 10), values)
    model.fit(profiles, epochs=60, verbose=0)
    for side, items in (("left", range(5, 15)), ("right", range(15, 30))):
        made = model.generate(40, condition={"taste": side}, seed=0)
        assert set(made.user_features["taste"]) == {side}
        assert made.interactions["item"].isin(items).mean() > 0.8
        degree = made.interactions.groupby("user").size()
        assert degree.mean() == pytest.approx(len(items), rel=0.15)
    free = model.generate(100, seed=0).user_features["taste"]
    assert 35 < (free == "left").sum() < 65


def test_batches_without_the_conditions(market):
    model = build(30, conditions={"taste": [0, 1]})
    model.compile()
    with pytest.raises(ValueError, match="needs batches with 'condition', and"):
        model.fit(pipelines.user_profiles(market), verbose=0)


def test_values_that_it_was_not_built_with_are_refused(market, tmp_path):
    gender = np.array(["F", "M"])[np.arange(market.num_users) % 2]
    data = dataclasses.replace(
        market, user_features=pd.DataFrame({"gender": gender})
    )
    model = build(30, conditions={"gender": ["F"]})
    model.remember(data)
    model.save(tmp_path / "model.keras")
    for one in (model, keras.saving.load_model(tmp_path / "model.keras")):
        with pytest.raises(ValueError, match=r"'M' is no known.*\['F'\]"):
            one.generate(3, condition={"gender": "M"})
        made = one.generate(3, condition={"gender": "F"}, seed=0)
        assert set(made.user_features["gender"]) == {"F"}


def test_numbers_come_from_the_ranges_of_users(market, tmp_path):
    ages = np.where(np.arange(50) % 2, np.arange(50) % 15, 60.0)
    ages[7] = np.nan
    data = dataclasses.replace(
        market, user_features=pd.DataFrame({"age": ages})
    )
    ranges = [[0, 10], [10, 40], [40, 80]]
    model = build(30, conditions={"age": ranges})
    model.remember(data)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, loaded):
        made = one.generate(300, seed=0).user_features["age"].astype(float)
        shares = np.histogram(made.dropna(), [0, 10, 40, 80])[0] / 300
        real = np.histogram(data.user_features["age"], [0, 10, 40, 80])[0]
        np.testing.assert_allclose(shares, real / 50, atol=0.08)
        assert made.nunique() > 60 and made.isna().mean() < 0.06
        some = one.generate(3, condition={"age": 21}, seed=0).user_features
        assert some["age"].tolist() == [21] * 3
        with pytest.raises(ValueError, match="'90' .* a number from 0 to 79"):
            one.generate(3, condition={"age": 90})


@pytest.mark.parametrize("conditions", [None, {"gender": ["F", "M"]}])
def test_a_served_model_gives_the_same_rates(conditions, tmp_path):
    model = build(conditions=conditions)
    model.export(tmp_path / "served", verbose=False)
    random = np.random.default_rng(0)
    inputs = {
        "noise": random.normal(size=(3, 2)).astype("float32"),
        "degree": np.float32([[2], [4], [7]]),
    }
    known = lengths = np.log(inputs["degree"]) - 1.0
    if conditions:
        inputs["condition"] = np.float32([[1, 0], [0, 1], [0, 0]])
        known = np.concatenate([lengths, inputs["condition"]], axis=1)
    codes = model.generator(np.concatenate([inputs["noise"], known], axis=1))
    served = tf.saved_model.load(tmp_path / "served")
    np.testing.assert_allclose(
        served.serve(inputs),
        model.autoencoder.decode(codes, lengths),
        atol=1e-5,
    )


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"code_dim": 0}, "`code_dim` must be a positive integer"),
        ({"pack": 1.5}, "`pack` must be a positive integer"),
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1"),
        ({"rating_values": (3, 2)}, "`rating_values` must be .* ascending"),
        ({"loss": "loud"}, "There is no adversarial loss 'loud'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)


def test_one_optimizer_each():
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="Create three"):
        build().compile(d_optimizer=adam, autoencoder_optimizer=adam)
