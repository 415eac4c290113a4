"""Callbacks of ours, and Keras' own on two players."""

import keras
import numpy as np
import pytest

from keras_ganrec import callbacks
from keras_ganrec.data import pipelines
from keras_ganrec.models import MLPGAN
from keras_ganrec.models import TabularGAN
from tests.cases import CASES


@pytest.fixture
def case():
    return CASES["cfgan_user_zp"]


def validation(planted):
    return pipelines.ranking_batches(planted.train, planted.validation)


@pytest.mark.parametrize("player", ["d", "g"])
def test_nan_stops_with_the_name_of_the_player(player, case, planted):
    optimizers = {"d": 0.01, "g": 0.01, player: 1e38}
    model = case.build(60, 40)
    model.compile(
        keras.optimizers.SGD(optimizers["d"]),
        keras.optimizers.SGD(optimizers["g"]),
    )
    start = model.get_weights()
    with pytest.warns(RuntimeWarning, match=r"_loss.* not finite at epoch 1"):
        case.train(model, planted, epochs=3)
    # No epoch was good: the weights are those of the start.
    for a, b in zip(model.get_weights(), start, strict=True):
        np.testing.assert_array_equal(a, b)


def test_nan_in_one_player_names_that_player(case, planted):
    model = case.compiled(planted)
    loss = model.generator_loss
    model.generator_loss = lambda batch: loss(batch) * float("nan")
    with pytest.warns(RuntimeWarning, match="stopped: g_loss not finite"):
        case.train(model, planted, epochs=2)
    assert model.stop_training


def test_nan_later_keeps_the_last_good_epoch(case, planted):
    class Poison(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.weights = self.model.get_weights()
            self.model.g_optimizer.learning_rate = float("nan")

    poison = Poison()
    model = case.compiled(planted)
    with pytest.warns(RuntimeWarning, match="of epoch 1 are back in place"):
        case.train(model, planted, epochs=3, callbacks=[poison])
    for a, b in zip(model.get_weights(), poison.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_nan_leaves_nothing_in_the_optimizers(case, planted):
    class Poison(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.model.d_optimizer.learning_rate = float("inf")

    model = case.build(60, 40)
    averaging = keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.8)
    model.compile(keras.optimizers.Adam(0.01), averaging)
    with pytest.warns(RuntimeWarning, match="of epoch 1 are back in place"):
        case.train(
            model,
            planted,
            epochs=3,
            callbacks=[callbacks.GeneratorEMA(), Poison()],
        )
    optimizers = (model.d_optimizer, model.g_optimizer)
    slots = [slot for one in optimizers for slot in one.variables]
    for variable in [*model.variables, *slots]:
        assert np.isfinite(keras.ops.convert_to_numpy(variable)).all()
    assert float(model.d_optimizer.learning_rate) == pytest.approx(0.01)
    case.train(model, planted, epochs=1)  # warnings are errors


def test_early_stopping_and_checkpoints_on_a_ranking(case, planted, tmp_path):
    model = case.compiled(planted)
    best = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras",
        monitor="val_ndcg_at_10",
        mode="max",
        save_best_only=True,
    )
    history = case.train(
        model,
        planted,
        epochs=40,
        validation_data=validation(planted),
        callbacks=[
            keras.callbacks.EarlyStopping(
                "val_ndcg_at_10",
                mode="max",
                patience=3,
                restore_best_weights=True,
            ),
            best,
            keras.callbacks.TensorBoard(tmp_path / "logs"),
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
        ],
    ).history["val_ndcg_at_10"]
    assert len(history) < 40
    score = model.evaluate(validation(planted), verbose=0, return_dict=True)[
        "ndcg_at_10"
    ]
    assert score == pytest.approx(max(history), abs=1e-6)
    saved = keras.saving.load_model(tmp_path / "best.keras")
    for a, b in zip(model.get_weights(), saved.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert any((tmp_path / "logs").rglob("events*"))


def test_generator_ema_is_the_average_by_hand(case, planted):
    class Trace(keras.callbacks.Callback):
        seen = []

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append(self.model.generator.get_weights())

    trace = Trace()
    model = case.build(60, 40)
    model.compile(
        "adam",
        keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.8),
        metrics=[],
    )
    case.train(
        model, planted, epochs=3, callbacks=[callbacks.GeneratorEMA(), trace]
    )
    average = trace.seen[0]
    for weights in trace.seen[1:]:
        average = [
            0.8 * a + 0.2 * w for a, w in zip(average, weights, strict=True)
        ]
    for a, b in zip(average, model.generator.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_generator_ema_needs_an_average(case, planted):
    model = case.compiled(planted)
    with pytest.raises(ValueError, match="use_ema=True"):
        case.train(
            model, planted, epochs=1, callbacks=[callbacks.GeneratorEMA()]
        )


class Judge(keras.Model):
    """Stands for a GAN whose answers are known."""

    def __init__(self, real, fake):
        super().__init__()
        self.answers = np.array(real, "float32"), np.array(fake, "float32")
        self.seed_generator = keras.random.SeedGenerator(0)

    def realness(self, batch):
        keras.random.normal((2,), seed=self.seed_generator)
        return self.answers

    def generate(self, n, seed):
        return self.answers[1][:n]


def run(callback, model, epochs):
    callback.set_model(model)
    callback.on_train_begin()
    logs = {}
    for epoch in range(epochs):
        callback.on_epoch_end(epoch, logs)
    return logs


def test_balance_by_hand():
    # Of the four pairs, real wins three and ties one.
    logs = run(callbacks.BalanceMonitor(None), Judge([3.0, 2.0], [2.0, 1.0]), 1)
    assert logs["balance"] == pytest.approx(3.5 / 4)


def test_a_look_at_the_balance_draws_nothing():
    model = Judge([3.0], [1.0])
    before = np.array(model.seed_generator.state)
    run(callbacks.BalanceMonitor(None), model, 3)
    np.testing.assert_array_equal(model.seed_generator.state, before)


@pytest.mark.parametrize("layer", ["BatchNormalization", "Dropout"])
def test_a_look_at_the_balance_moves_no_layer(layer):
    if layer == "Dropout":
        model = TabularGAN((2,), (False,), noise_dim=2, pac=1)
        batch = {"row": np.eye(2), "condition": np.eye(2)}
    else:
        model = MLPGAN((2,), noise_dim=2, batch_normalization=True)
        batch = np.eye(2)
    assert any(type(x).__name__ == layer for x in model._flatten_layers())
    before = [np.array(variable) for variable in model.variables]
    run(callbacks.BalanceMonitor(batch), model, 1)
    for a, b in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(a, b)


def test_balance_warns_once_the_discriminator_has_won():
    with pytest.warns(RuntimeWarning, match="it has won") as record:
        run(callbacks.BalanceMonitor(None, patience=2), Judge([3.0], [1.0]), 5)
    assert len(record) == 1


def test_collapse_is_seen_and_diversity_is_one_on_the_data():
    real = np.random.default_rng(0).normal(size=(500, 3)).astype("float32")
    logs = run(callbacks.CollapseMonitor(real), Judge([0.0], real), 1)
    assert logs["diversity"] == pytest.approx(1.0)
    with pytest.warns(RuntimeWarning, match="generator collapses"):
        run(callbacks.CollapseMonitor(real), Judge([0.0], 0.01 * real), 3)


def test_a_collapse_to_one_class_is_seen_in_sorted_data():
    classes = np.repeat([0.0, 10.0], 250)[:, None].astype("float32")
    real = classes + np.random.default_rng(0).normal(size=(500, 1))
    both = run(callbacks.CollapseMonitor(real), Judge([0.0], real), 1)
    assert both["diversity"] == pytest.approx(1.0)
    one = np.concatenate([real[:250], real[:250]])
    alone = run(callbacks.CollapseMonitor(real), Judge([0.0], one), 1)
    assert alone["diversity"] < 0.4
