"""The page of mistakes shows the messages that are raised, word for word.

Numbers aside: how much memory a machine has is not up to us.
"""

import pathlib
import re
import sys
import warnings

import keras
import numpy as np
import pandas as pd
import pytest

import keras_ganrec as kg
from keras_ganrec import extras

PAGE = pathlib.Path(__file__).parents[1] / "docs" / "troubleshooting.md"
SHOWN = re.compile(
    r"^```text\n(\w+(?:Error|Warning): .*?)\n```", re.MULTILINE | re.DOTALL
)
NUMBER = re.compile(r"\d[\d,.]*\d|\d")
TABLE = pd.DataFrame(
    {"user": ["ann", "ann", "bob"], "film": [10, 20, 20], "stars": [5, 3, 4]}
)
NUM_USERS, NUM_ITEMS = 60, 40


def read(**columns):
    table = TABLE.assign(**columns)
    others = [name for name in columns if name not in TABLE]
    return kg.data.Interactions.from_dataframe(
        table,
        item="film",
        rating="stars",
        timestamp=others[0] if others else None,
    )


def wrong_column(market, trained):
    kg.data.Interactions.from_dataframe(TABLE, user="userId", item="film")


def missing_ids(market, trained):
    read(user=["ann", None, "bob"])


def mixed_ids(market, trained):
    read(user=["ann", 1, "bob"])


def ratings_as_text(market, trained):
    read(stars=["5", "n/a?", "4"])


def milliseconds(market, trained):
    read(time=[1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_002])


def no_times(market, trained):
    kg.data.temporal_split(read())


def data_set_without_a_file(market, trained):
    kg.datasets.load("ml-10m")


def table_in_place_of_batches(market, trained):
    cfgan().fit(market)


def array_in_place_of_batches(market, trained):
    cfgan().fit(market.to_csr().toarray(), verbose=0)


def batches_of_another_kind(market, trained):
    cfgan().fit(kg.data.pairs(market), verbose=0)


def one_optimizer(market, trained):
    cfgan().compile(optimizer="adam")


def the_same_optimizer(market, trained):
    adam = keras.optimizers.Adam()
    cfgan().compile(d_optimizer=adam, g_optimizer=adam)


def no_optimizer(market, trained):
    model = kg.baselines.Popularity(NUM_ITEMS)
    model.compile()
    model.fit(kg.data.user_profiles(market), verbose=0)


def gan_by_adapt(market, trained):
    cfgan().adapt(market)


def another_catalog(market, trained):
    cfgan(num_items=50).fit(kg.data.user_profiles(market), verbose=0)


def no_direction(market, trained):
    fit(market, keras.callbacks.EarlyStopping("val_ndcg_at_10"))


def learning_rate_of_no_optimizer(market, trained):
    fit(market, keras.callbacks.LearningRateScheduler(lambda epoch: 1e-3))


def no_average(market, trained):
    fit(market, kg.callbacks.GeneratorEMA())


def no_metrics(market, trained):
    cfgan().evaluate(kg.data.ranking_batches(market, market))


def loss_that_explodes(market, trained):
    model = cfgan(g_optimizer=keras.optimizers.SGD(1e30))
    model.fit(kg.data.user_profiles(market, batch_size=8), verbose=0)


def discriminator_that_wins(market, trained):
    batch = next(iter(kg.data.user_profiles(market)))
    fit(market, kg.callbacks.BalanceMonitor(batch, patience=1, threshold=0.0))


def generator_that_collapses(market, trained):
    data = np.random.default_rng(0).normal(size=(64, 2)).astype("float32")
    gan = kg.models.MLPGAN((2,), g_hidden_dims=(4,), d_hidden_dims=(4,))
    gan.compile()
    monitor = kg.callbacks.CollapseMonitor(data, threshold=100.0)
    gan.fit(data, verbose=0, callbacks=[monitor])


def catalog_too_large(market, trained):
    kg.baselines.EASE(num_items=10_000_000)


def unknown_user(market, trained):
    trained.recommend([7])


def user_without_a_list(market, trained):
    trained.recommend("user 7")


def unknown_item(market, trained):
    trained.recommend({"somebody new": ["item 3", "item 999"]})


def too_many_asked_for(market, trained):
    trained.recommend(["user 7"], k=50)


def new_user_without_fold_in(market, trained):
    model = kg.baselines.BPRMF(NUM_USERS, NUM_ITEMS)
    model.remember(market)
    model.recommend({"somebody new": ["item 3"]})


def never_trained(market, trained):
    cfgan().recommend(["user 7"])


def extra_not_installed(market, trained):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "sklearn", None)
        patch.setattr(extras.importlib, "import_module", not_there)
        kg.baselines.SLIM(NUM_ITEMS, l1=1.0, l2=1.0).adapt(market)


def package_not_imported(market, trained):
    # As Keras sees it in a process that has not imported keras_ganrec.
    config = keras.saving.serialize_keras_object(trained)
    with pytest.MonkeyPatch.context() as patch:
        known = dict(keras.saving.get_custom_objects())
        for name in known:
            if name.startswith("keras_ganrec>"):
                patch.delitem(keras.saving.get_custom_objects(), name)
        keras.saving.deserialize_keras_object(config)


def not_there(name):
    raise ImportError(name)


def cfgan(num_items=NUM_ITEMS, **compiled):
    model = kg.models.CFGAN(num_items, g_hidden_dims=[8], d_hidden_dims=[8])
    model.compile(**compiled)
    return model


def fit(market, callback):
    model = cfgan(metrics=[kg.metrics.NDCGAtK(10)])
    known = kg.data.user_profiles(market, batch_size=NUM_USERS)
    held_out = kg.data.ranking_batches(market, market)
    model.fit(known, validation_data=held_out, verbose=0, callbacks=[callback])


MISTAKES = (
    *(wrong_column, missing_ids, mixed_ids, ratings_as_text, milliseconds),
    *(no_times, data_set_without_a_file),
    *(table_in_place_of_batches, array_in_place_of_batches),
    *(batches_of_another_kind, one_optimizer, the_same_optimizer),
    *(no_optimizer, gan_by_adapt, another_catalog, no_direction),
    *(learning_rate_of_no_optimizer, no_average, no_metrics),
    *(loss_that_explodes, discriminator_that_wins, generator_that_collapses),
    *(catalog_too_large, unknown_user, user_without_a_list, unknown_item),
    *(too_many_asked_for, new_user_without_fold_in, never_trained),
    *(extra_not_installed, package_not_imported),
)


@pytest.fixture(scope="module")
def market():
    return kg.datasets.synthetic(
        num_users=NUM_USERS,
        num_items=NUM_ITEMS,
        num_tastes=2,
        interactions_per_user=12,
    )


@pytest.fixture(scope="module")
def trained(market):
    model = cfgan()
    model.remember(market)
    return model


def said(mistake, market, trained):
    """The kind and the message of what is raised, or else of the warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", RuntimeWarning)
        try:
            mistake(market, trained)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    (warning,) = caught
    return f"{warning.category.__name__}: {warning.message}"


def without_numbers(text):
    # Of what Keras says of a class the whole config follows.
    return NUMBER.sub("0", text.partition(" Full object config")[0])


def on_the_page():
    return [without_numbers(text) for text in SHOWN.findall(PAGE.read_text())]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.__name__)
def test_the_page_has_the_message(mistake, market, trained):
    assert without_numbers(said(mistake, market, trained)) in on_the_page()


def test_the_page_has_no_other_messages():
    assert len(on_the_page()) == len(set(on_the_page())) == len(MISTAKES)
