"""What every model keeps, whatever its paper says: how it ranks."""

import functools
import inspect

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from keras_ganrec import recommending
from keras_ganrec.data import pipelines
from keras_ganrec.evaluation import measure
from tests.cases import CASES
from tests.cases import every_model
from tests.cases import every_trained_model
from tests.cases import held_out

# They know only the users they were trained on.
NO_FOLD_IN = (
    "bpr_mf",
    "apr",
    "lightgcn",
    "apr_lightgcn",
    "adv_info_nce",
    "adv_info_nce_lightgcn",
    "apl",
    "cofigan",
    "graphgan",
    "irgan",
    "pure",
    "vbpr",
    "amr",
)


@every_model
def test_the_config_holds_every_argument(name):
    model = CASES[name].build(60, 40)
    config = model.get_config()
    for base in type(model).__mro__:
        init = base.__dict__.get("__init__")
        if init is None or not base.__module__.startswith("keras_ganrec"):
            continue
        arguments = inspect.signature(init).parameters
        for argument in set(arguments) - {"self", "kwargs"}:
            assert argument in config
            value = getattr(model, argument, None)
            if isinstance(value, bool | int | float | str):
                assert config[argument] == value


@every_model
def test_learns_planted_tastes(name, trained, planted):
    recall = trained(name).evaluate(
        held_out(planted), verbose=0, return_dict=True
    )["recall_at_5"]
    tastes_known = 5 / 12  # 5 of the 12 or so unseen items of the own taste
    if name == "popularity":
        assert 0.05 < recall < 0.7 * tastes_known
    else:
        assert recall > 0.75 * tastes_known


@every_trained_model
def test_evaluation_draws_nothing(name, trained, planted):
    model, batches = trained(name), held_out(planted)
    evaluated = model.evaluate(batches, verbose=0, return_dict=True)
    measured = measure(model, batches)
    assert evaluated["ndcg_at_10"] == pytest.approx(measured["ndcg_at_10"])


@every_model
def test_scores_the_whole_catalog(name, trained, planted):
    inputs, _ = next(iter(held_out(planted)))
    scores = trained(name)(inputs)
    assert scores.shape == (16, planted.train.num_items)
    assert np.isfinite(scores).all()


@every_model
def test_factors_multiply_to_the_scores(name, trained, planted):
    model = trained(name)
    if not model.factorizes:
        pytest.skip("its scores are no inner products")
    inputs, _ = next(iter(held_out(planted)))
    users = np.asarray(model.user_embeddings(inputs["user_id"]))
    items = np.asarray(model.item_embeddings())
    np.testing.assert_allclose(users @ items.T, model(inputs), atol=1e-5)


@every_model
def test_recommends_unseen_items_by_raw_ids(name, trained, planted):
    model = trained(name)
    seen = {
        user: {
            f"item {i}"
            for i in planted.train.item_id[planted.train.user_id == user]
        }
        for user in (0, 7)
    }
    table = model.recommend(["user 0", "user 7"], k=10)
    assert list(table.columns) == ["user", "rank", "item", "score"]
    assert list(table["rank"]) == [*range(1, 11)] * 2
    for user, rows in table.groupby("user"):
        assert not seen[int(user.split()[1])] & set(rows["item"])
        assert rows["score"].is_monotonic_decreasing
    everything = model.recommend(["user 0"], k=40, exclude_seen=False)
    assert seen[0] <= set(everything["item"])
    rest = model.recommend(["user 0"], k=40)
    assert len(rest) == 40 - len(seen[0])


@every_model
def test_large_catalogs_are_ranked_alike(name, trained, monkeypatch):
    model = trained(name)
    if not model.factorizes:
        pytest.skip("its scores are no inner products")
    users = ["user 5", "user 17", "user 2"]
    dense = {
        exclude: model.recommend(users, k=40, exclude_seen=exclude)
        for exclude in (True, False)
    }
    monkeypatch.setattr(recommending, "DENSE_UP_TO", 0)
    monkeypatch.setattr(
        recommending,
        "top_k_in_blocks",
        functools.partial(recommending.top_k_in_blocks, block_size=7),
    )
    for exclude, table in dense.items():
        blocks = model.recommend(users, k=40, exclude_seen=exclude)
        pd.testing.assert_frame_equal(blocks, table, rtol=1e-5, atol=1e-6)


def test_users_in_batches_get_what_they_get_together(trained, planted):
    model = trained("ease")
    users = planted.train.user_vocabulary.tolist()
    together = model.recommend(users, k=3)
    assert together["user"].unique().tolist() == users
    in_batches = model.recommend(users, k=3, batch_size=7)
    pd.testing.assert_frame_equal(in_batches, together, atol=1e-6)


@every_model
def test_ranks_candidates_alone(name, trained):
    candidates = ["item 3", "item 11", "item 25"]
    table = trained(name).recommend(
        ["user 1"], k=3, candidates=candidates, exclude_seen=False
    )
    assert sorted(table["item"]) == sorted(candidates)


@every_model
def test_history_of_an_unknown_user(name, trained, planted):
    model = trained(name)
    taste = planted.train.item_features["taste"].to_numpy()
    liked = np.flatnonzero(taste == 1)[:6]
    histories = {"somebody": [f"item {i}" for i in liked]}
    if name in NO_FOLD_IN:
        with pytest.raises(TypeError, match="cannot score users"):
            model.recommend(histories)
        return
    table = model.recommend(histories, k=5)
    assert set(table["user"]) == {"somebody"}
    assert not set(histories["somebody"]) & set(table["item"])
    found = taste[[int(item.split()[1]) for item in table["item"]]]
    if name != "popularity":
        assert found.mean() >= 0.8


@every_model
def test_bad_requests_say_what_to_do(name, trained):
    model = trained(name)
    with pytest.raises(ValueError, match="1 of 2 user ids.*'nobody'") as error:
        model.recommend(["user 1", "nobody"])
    assert ("as a history" in str(error.value)) == (name not in NO_FOLD_IN)
    with pytest.raises(ValueError, match="item ids are unknown.*'no item'"):
        model.recommend(["user 1"], candidates=["no item"])
    with pytest.raises(ValueError, match="from 1 to .* 40. Received: k=41"):
        model.recommend(["user 1"], k=41)
    with pytest.raises(ValueError, match="empty"):
        model.recommend([])


def test_untrained_model_knows_no_raw_ids(planted):
    model = CASES["cfgan_user_zp"].compiled(planted)
    with pytest.raises(ValueError, match="does not know the raw ids"):
        model.recommend(["user 1"])


def test_data_of_another_size_is_refused(planted):
    model = CASES["ganmf_user"].build(60, 39)
    with pytest.raises(ValueError, match="has 40 items.*built for 39"):
        model.remember(planted.train)
    model = CASES["ganmf_user"].build(59, 40)
    with pytest.raises(ValueError, match="has 60 users.*built for 59"):
        model.remember(planted.train)


def test_what_is_remembered_later_counts(trained, planted):
    # In item mode CFGAN makes its scores of what it remembers.
    model, batches = trained("cfgan_item_zp"), held_out(planted)
    before = model.predict(batches, verbose=0)
    model.evaluate(batches, verbose=0)
    model.remember(planted.test)
    try:
        inputs = [inputs for inputs, _ in batches]
        expected = np.concatenate([model(i).numpy() for i in inputs])
        after = model.predict(batches, verbose=0)
        np.testing.assert_allclose(after, expected, atol=1e-5)
        assert np.abs(after - before).max() > 1e-3
        evaluated = model.evaluate(batches, verbose=0, return_dict=True)
        measured = measure(model, batches)
        assert evaluated["ndcg_at_10"] == pytest.approx(measured["ndcg_at_10"])
    finally:
        model.remember(planted.train)


def test_users_weigh_what_the_batches_say(trained, planted):
    model = trained("popularity")
    batches = pipelines.ranking_batches(planted.train, planted.validation)
    recall = {}
    for first in (0.0, 1.0):
        weighted = batches.map(
            lambda inputs, held_out, first=first: (
                inputs,
                held_out,
                tf.where(inputs["user_id"] == 0, first, 1.0 - first),
            )
        )
        recall[first] = model.evaluate(weighted, verbose=0)[0]
    of_all = model.evaluate(batches, verbose=0)[0]
    users = sum(len(held_out) for _, held_out in batches)
    mean = (recall[1.0] + (users - 1) * recall[0.0]) / users
    assert mean == pytest.approx(of_all, abs=1e-6)
    assert recall[1.0] != pytest.approx(of_all)
