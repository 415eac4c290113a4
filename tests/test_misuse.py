"""What is handed over by mistake: said at once, and nothing has changed."""

import keras
import numpy as np
import pytest

from keras_ganrec import GAN
from keras_ganrec import baselines
from keras_ganrec import callbacks
from keras_ganrec import metrics
from keras_ganrec import models
from keras_ganrec.data import pipelines
from keras_ganrec.data import splits


@pytest.fixture
def cfgan(planted):
    model = models.CFGAN(planted.train.num_items, seed=0)
    model.compile(metrics=[metrics.NDCGAtK(5)])
    return model


def test_batches_of_another_kind(cfgan, planted):
    train = pipelines.user_profiles(planted.train)
    for given in (planted, planted.train, planted.train.to_dataframe()):
        with pytest.raises(ValueError, match="takes batches of tensors"):
            cfgan.fit(given)
        with pytest.raises(ValueError, match="nothing to rank in a"):
            cfgan.evaluate(given)
        with pytest.raises(ValueError, match="nothing to rank in a"):
            cfgan.fit(train, validation_data=given)
    with pytest.raises(ValueError, match="nothing to find in these batches"):
        cfgan.evaluate(train)


def test_item_mode_takes_items(planted):
    market = planted.train
    model = models.CFGAN(
        market.num_items, market.num_users, mode="item", seed=0
    )
    model.compile()
    with pytest.raises(ValueError, match="is trained on `keras_ganrec.data.it"):
        model.fit(pipelines.user_profiles(market), verbose=0)


@pytest.mark.parametrize("whole", [True, False], ids=["split", "table"])
def test_what_is_no_interactions(planted, whole):
    given = planted if whole else planted.train.to_dataframe()
    for reads in (
        pipelines.user_profiles,
        pipelines.item_profiles,
        pipelines.pairs,
        splits.ratio_split,
        splits.leave_last_out,
        baselines.EASE(planted.train.num_items).adapt,
    ):
        with pytest.raises(ValueError, match="Expected .*`Interactions`"):
            reads(given)


def test_metrics_that_do_not_rank(planted):
    model = models.CFGAN(planted.train.num_items)
    for given in (["ndcg"], keras.metrics.AUC(), [keras.metrics.AUC()]):
        with pytest.raises(ValueError, match="of `keras_ganrec.metrics`"):
            model.compile(metrics=given)
    number = planted.train.num_items + 1
    with pytest.raises(ValueError, match=f"looks at {number} items"):
        model.compile(metrics=[metrics.NDCGAtK(number)])
    model.compile(metrics=metrics.NDCGAtK(5))
    assert [metric.name for metric in model.ranking_metrics] == ["ndcg_at_5"]


def test_a_fit_that_fails_leaves_the_answers_as_they_were(cfgan, planted):
    train = pipelines.user_profiles(planted.train)
    cfgan.fit(train, verbose=0)
    before = cfgan.recommend(["user 0"], k=3)
    with pytest.raises(ValueError, match="needs batches with 'seen'"):
        cfgan.fit(pipelines.pairs(planted.test), verbose=0)
    assert cfgan.recommend(["user 0"], k=3).equals(before)
    untrained = models.CFGAN(planted.train.num_items)
    with pytest.raises(ValueError, match="compile"):
        untrained.fit(train)
    with pytest.raises(ValueError, match="does not know the raw ids"):
        untrained.recommend(["user 0"])


@pytest.mark.parametrize("k", [True, 2.0, np.float64(2)])
def test_lists_of_no_whole_number(cfgan, planted, k):
    cfgan.remember(planted.train)
    assert len(cfgan.recommend(["user 0"], k=np.int64(2))) == 2
    with pytest.raises(ValueError, match="must be an integer"):
        cfgan.recommend(["user 0"], k=k)


@pytest.mark.parametrize(
    ("callback", "lacks"),
    [
        (callbacks.BalanceMonitor(None), "realness"),
        (callbacks.GeneratorEMA(), "g_optimizer"),
        (callbacks.CollapseMonitor(np.eye(2)), "generate"),
    ],
)
def test_monitors_of_players_that_are_not_there(planted, callback, lacks):
    market = planted.train
    model = baselines.BPRMF(market.num_users, market.num_items)
    model.compile("adam")
    with pytest.raises(ValueError, match=f"needs a model with `{lacks}`"):
        model.fit(pipelines.pairs(market), callbacks=[callback], verbose=0)


def test_monitors_of_nothing(cfgan, planted):
    with pytest.raises(TypeError, match="does not generate samples"):
        cfgan.fit(
            pipelines.user_profiles(planted.train),
            callbacks=[callbacks.CollapseMonitor(np.eye(2))],
            verbose=0,
        )
    with pytest.raises(ValueError, match="must be one batch"):
        callbacks.BalanceMonitor(pipelines.user_profiles(planted.train))
    monitor = callbacks.CollapseMonitor(np.ones((3, 2)))
    monitor.set_model(models.MLPGAN((2,)))
    with pytest.raises(ValueError, match="are the same"):
        monitor.on_train_begin()


class Own(GAN):
    """A GAN as a reader of the docs may write it."""

    def __init__(self, *layers, **kwargs):
        super().__init__(**kwargs)
        self.discriminator = keras.Sequential([*layers, keras.layers.Dense(1)])
        self.generator = keras.Sequential([*layers, keras.layers.Dense(1)])
        self.built = True

    def discriminator_loss(self, batch):
        return keras.ops.mean(self.discriminator(batch))

    def generator_loss(self, batch):
        return self.generator(batch)


def test_a_network_without_weights():
    with pytest.raises(ValueError, match="no `discriminator` with weights"):
        Own().compile()


def test_a_loss_of_each_row():
    model = Own(keras.Input((2,)))
    model.compile()
    with pytest.raises(ValueError, match=r"must be a scalar.*, 1\)"):
        model.fit(np.ones((3, 2), "float32"), verbose=0)


def test_a_gan_that_writes_no_samples():
    with pytest.raises(TypeError, match="has no `sample"):
        Own(keras.Input((2,))).generate(np.int64(3))
