"""What the SavedModel answers, to a process that has TensorFlow alone."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import tensorflow as tf

from keras_ganrec import baselines
from keras_ganrec import export_saved_model
from keras_ganrec.data import Interactions
from tests.cases import CASES

NAMES = ["cfgan_user_zp", "cfgan_item_zp", "ganmf_user", "bpr_mf", "item_knn"]


@pytest.fixture(scope="module", params=NAMES)
def served(request, planted, tmp_path_factory):
    case = CASES[request.param]
    model = case.compiled(planted)
    case.train(model, planted, epochs=3)
    path = tmp_path_factory.mktemp("export") / request.param
    export_saved_model(model, path)
    return request.param, model, tf.saved_model.load(str(path))


def test_recommends_what_the_model_recommends(served):
    _, model, loaded = served
    for users, k in ((["user 3"], 4), (["user 8", "user 0", "user 59"], 12)):
        answer = loaded.signatures["recommend"](
            user_id=tf.constant(users), k=tf.constant(k)
        )
        table = model.recommend(users, k=k)
        assert answer["item_id"].shape == (len(users), k)
        assert answer["known"].numpy().all()
        items = [i.decode() for i in answer["item_id"].numpy().ravel()]
        assert items == list(table["item"])
        np.testing.assert_allclose(
            answer["score"].numpy().ravel(),
            table["score"],
            rtol=1e-5,
            atol=1e-6,
        )


def test_scores_pairs_as_the_model_does(served):
    _, model, loaded = served
    table = model.recommend(["user 3"], k=40, exclude_seen=False)
    items = list(table["item"])
    answer = loaded.signatures["score"](
        user_id=tf.constant(["user 3"] * 40), item_id=tf.constant(items)
    )
    np.testing.assert_allclose(
        answer["score"], table["score"], rtol=1e-5, atol=1e-6
    )
    unknown = loaded.signatures["score"](
        user_id=tf.constant(["user 3", "nobody"]),
        item_id=tf.constant(["nothing", items[0]]),
    )
    assert np.isnan(unknown["score"]).all()


def test_unknown_users_get_the_most_popular_items(served, planted):
    _, _, loaded = served
    answer = loaded.signatures["recommend"](
        user_id=tf.constant(["nobody", "user 1"]), k=tf.constant(5)
    )
    counts = np.bincount(planted.train.item_id, minlength=40)
    best = np.argsort(-counts, kind="stable")[:5]
    assert list(answer["known"].numpy()) == [False, True]
    assert [i.decode() for i in answer["item_id"][0].numpy()] == [
        f"item {i}" for i in best
    ]
    np.testing.assert_array_equal(answer["score"][0], counts[best])


def test_short_lists_are_padded(served, planted):
    _, _, loaded = served
    num_seen = int((planted.train.user_id == 2).sum())
    answer = loaded.signatures["recommend"](
        user_id=tf.constant(["user 2"]), k=tf.constant(40)
    )
    items = answer["item_id"][0].numpy()
    assert (items[40 - num_seen :] == b"").all()
    assert (items[: 40 - num_seen] != b"").all()
    assert np.isneginf(answer["score"][0, 40 - num_seen :]).all()


def test_k_beyond_the_catalog_is_an_error(served):
    _, _, loaded = served
    for k in (0, 41):
        with pytest.raises(tf.errors.InvalidArgumentError, match="`k` must"):
            loaded.signatures["recommend"](
                user_id=tf.constant(["user 2"]), k=tf.constant(k)
            )


def test_histories(served):
    name, model, loaded = served
    if name == "bpr_mf":
        assert "recommend_from_history" not in loaded.signatures
        return
    histories = {"a": ["item 1", "item 2", "item 9"], "b": ["item 30"]}
    answer = loaded.signatures["recommend_from_history"](
        item_id=tf.constant(
            [["item 1", "item 2", "item 9"], ["item 30", "", "no such item"]]
        ),
        k=tf.constant(6),
    )
    table = model.recommend(histories, k=6)
    items = [i.decode() for i in answer["item_id"].numpy().ravel()]
    assert items == list(table["item"])
    np.testing.assert_allclose(
        answer["score"].numpy().ravel(), table["score"], rtol=1e-4, atol=1e-6
    )


def test_loads_in_a_process_without_this_package(planted, tmp_path):
    case = CASES["cfgan_user_zp"]
    model = case.compiled(planted)
    case.train(model, planted, epochs=2)
    export_saved_model(model, tmp_path / "served")
    script = """
import json, sys
sys.modules["keras_ganrec"] = None  # an import of it would raise
import tensorflow as tf
served = tf.saved_model.load(sys.argv[1])
answer = served.signatures["serving_default"](
    user_id=tf.constant(["user 5"]), k=tf.constant(3))
print(json.dumps([i.decode() for i in answer["item_id"][0].numpy()]))
"""
    answer = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "served"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    expected = list(model.recommend(["user 5"], k=3)["item"])
    assert json.loads(answer.stdout.splitlines()[-1]) == expected


def test_integer_ids_and_no_more_weights_than_needed(tmp_path):
    table = Interactions.from_csr(scipy.sparse.eye(4, 5, format="csr"))
    model = CASES["ganmf_user"].build(4, 5)
    model.compile()
    model.remember(table)
    export_saved_model(model, tmp_path / "served")
    served = tf.saved_model.load(str(tmp_path / "served"))
    answer = served.signatures["recommend"](
        user_id=tf.constant([2, 77], tf.int64), k=tf.constant(5)
    )
    assert answer["item_id"].dtype == tf.int64
    assert answer["item_id"][0, -1] == -1
    assert list(answer["known"].numpy()) == [True, False]
    names = [
        name
        for name, _ in tf.train.list_variables(
            str(tmp_path / "served" / "variables" / "variables")
        )
    ]
    # Ids, splits, seen items, popularity, two embeddings, the object graph.
    assert len(names) == 7, names


def test_export_replaces_a_saved_model_and_nothing_else(planted, tmp_path):
    case = CASES["popularity"]
    model = case.compiled(planted)
    with pytest.raises(ValueError, match="does not know the raw ids"):
        export_saved_model(model, tmp_path / "served")
    case.train(model, planted)
    export_saved_model(model, tmp_path / "served")
    export_saved_model(model, tmp_path / "served")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="holds something else"):
        export_saved_model(model, mine)
    assert (mine / "thesis.txt").read_text() == "years of work"
    (mine / "thesis.txt").rename(tmp_path / "served" / "thesis.txt")
    for path in (tmp_path / "served", tmp_path / "served" / "thesis.txt"):
        with pytest.raises(FileExistsError, match="holds something else"):
            export_saved_model(model, path)
    (tmp_path / "served" / "thesis.txt").rename(mine / "thesis.txt")
    assert sorted(p.name for p in pathlib.Path(tmp_path).iterdir()) == [
        "mine",
        "served",
    ]


def test_an_item_with_the_id_of_the_padding(tmp_path):
    table = pd.DataFrame({"user": [1, 1, 2], "item": [-1, 0, 0]})
    model = baselines.Popularity(2)
    model.adapt(Interactions.from_dataframe(table))
    with pytest.raises(ValueError, match="An item has the id -1"):
        export_saved_model(model, tmp_path / "served")
    assert not list(tmp_path.iterdir())
