import keras
import numpy as np
import pytest
import ranx
import tensorflow as tf
from sklearn.metrics import ndcg_score

from keras_ganrec import metrics
from keras_ganrec.ranking import rank

PER_USER = [
    metrics.RecallAtK,
    metrics.PrecisionAtK,
    metrics.NDCGAtK,
    metrics.MRRAtK,
    metrics.MAPAtK,
    metrics.HitRateAtK,
]
OVER_CATALOG = [metrics.Coverage, metrics.Gini, metrics.Novelty]
ALL = PER_USER + OVER_CATALOG
ORACLE = {
    metrics.RecallAtK: "recall",
    metrics.PrecisionAtK: "precision",
    metrics.NDCGAtK: "ndcg",
    metrics.MRRAtK: "mrr",
    metrics.MAPAtK: "map",
    metrics.HitRateAtK: "hit_rate",
}


def market(num_levels, seed=0, num_users=40, num_items=150):
    """Scores, held-out and seen items; few score levels make many ties."""
    random = np.random.default_rng(seed)
    scores = random.integers(num_levels, size=(num_users, num_items))
    # Some users have more held-out items than any list is long.
    share = random.choice([0.02, 0.3], size=(num_users, 1))
    held_out = random.random((num_users, num_items)) < share
    held_out[np.arange(num_users), random.integers(num_items, size=40)] = True
    seen = (random.random((num_users, num_items)) < 0.1) & ~held_out
    return [x.astype("float32") for x in (scores, held_out, seen)]


def untied(scores):
    """The same order without ties, by the documented rule: lower id first."""
    num_items = scores.shape[-1]
    return scores.astype("float64") * num_items - np.arange(num_items)


def measure(metric, *batch):
    metric.update_state(*batch)
    return float(metric.result())


def oracle_of_ranx(name, k, scores, held_out, seen):
    exact = untied(scores)
    # ranx sorts users by name.
    qrels = {
        f"u{u:03d}": {f"i{i}": 1 for i in np.flatnonzero(row)}
        for u, row in enumerate(held_out)
    }
    run = {
        f"u{u:03d}": {f"i{i}": exact[u, i] for i in np.flatnonzero(row == 0)}
        for u, row in enumerate(seen)
    }
    per_user = ranx.evaluate(
        ranx.Qrels(qrels), ranx.Run(run), f"{name}@{k}", return_mean=False
    )
    if name == "map":
        # ranx divides by |held out|; here a perfect list of k scores 1.
        num_held_out = held_out.sum(axis=-1)
        per_user = per_user * num_held_out / np.minimum(num_held_out, k)
    return np.mean(per_user)


@pytest.mark.parametrize("num_levels", [4, 10**6])
@pytest.mark.parametrize("k", [1, 5, 20])
@pytest.mark.parametrize("metric", PER_USER)
def test_equals_ranx(metric, k, num_levels):
    scores, held_out, seen = market(num_levels)
    expected = oracle_of_ranx(ORACLE[metric], k, scores, held_out, seen)
    value = measure(metric(k), held_out, scores, seen)
    assert value == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("num_levels", [4, 10**6])
@pytest.mark.parametrize("k", [1, 10, 150])
def test_ndcg_equals_scikit_learn(k, num_levels):
    scores, held_out, _ = market(num_levels, seed=1)
    expected = ndcg_score(held_out, untied(scores), k=k)
    value = measure(metrics.NDCGAtK(k), held_out, scores)
    assert value == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        # List: items 1, 3, 0; hits at ranks 2 and 3 of three held out.
        (metrics.RecallAtK(3), 2 / 3),
        (metrics.PrecisionAtK(3), 2 / 3),
        (metrics.HitRateAtK(3), 1.0),
        (metrics.HitRateAtK(1), 0.0),
        (metrics.MRRAtK(3), 1 / 2),
        (metrics.MRRAtK(1), 0.0),
        (metrics.MAPAtK(3), (1 / 2 + 2 / 3) / 3),
        (metrics.MAPAtK(2), (1 / 2) / 2),
        (
            metrics.NDCGAtK(3),
            (1 / np.log2(3) + 1 / 2) / (1 + 1 / np.log2(3) + 1 / 2),
        ),
        (metrics.NDCGAtK(2), (1 / np.log2(3)) / (1 + 1 / np.log2(3))),
    ],
)
def test_one_user_by_hand(metric, expected):
    scores = np.float32([[0.3, 0.9, 1.0, 0.4, 0.1]])
    held_out = np.float32([[1, 0, 0, 1, 1]])
    seen = np.float32([[0, 0, 1, 0, 0]])
    value = measure(metric, held_out, scores, seen)
    assert value == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("metric", [metrics.MAPAtK, metrics.NDCGAtK])
def test_a_perfect_list_scores_one_whatever_k(metric):
    scores, held_out, seen = market(10**6)
    for k in (1, 7, 100):
        assert measure(metric(k), held_out, held_out) == pytest.approx(1.0)


def test_catalog_metrics_by_hand():
    scores = np.float32([[4, 3, 2, 1], [4, 3, 2, 1], [1, 2, 4, 3]])
    held_out = np.eye(3, 4, dtype="float32")
    seen = np.float32([[0, 0, 0, 1], [1, 0, 0, 1], [0, 1, 0, 0]])
    # Lists of two: (0, 1), (1, 2), (2, 3).
    # Listed: 1, 2, 2, 1 times. Seen: 1, 1, 0 (counts as 1), 2 of 3 users.
    expected = {
        metrics.Coverage(2): 1.0,
        metrics.Coverage(1): 3 / 4,
        metrics.Gini(2): (-3 * 1 - 1 * 1 + 1 * 2 + 3 * 2) / (4 * 6),
        metrics.Novelty(2): (5 * np.log2(3) + np.log2(3 / 2)) / 6,
    }
    for metric, value in expected.items():
        metric.update_state(held_out, scores, seen)
        assert float(metric.result()) == pytest.approx(value, abs=1e-6)


def test_gini_of_equal_and_of_single_exposure():
    num_items = 50
    equal, single = metrics.Gini(1), metrics.Gini(1)
    held_out = np.ones((num_items, num_items), "float32")
    equal.update_state(held_out, np.eye(num_items, dtype="float32"))
    single.update_state(held_out, np.zeros((num_items, num_items), "float32"))
    assert float(equal.result()) == pytest.approx(0.0, abs=1e-6)
    assert float(single.result()) == pytest.approx(1 - 1 / num_items)


@pytest.mark.parametrize("metric", ALL)
def test_users_without_held_out_items_weigh_nothing(metric):
    scores, held_out, seen = market(4)
    value = measure(metric(10), held_out[::2], scores[::2], seen[::2])
    held_out[1::2] = 0
    assert measure(metric(10), held_out, scores, seen) == pytest.approx(value)


@pytest.mark.parametrize("metric", ALL)
def test_nobody_to_evaluate(metric):
    assert float(metric(3).result()) == 0
    nothing = np.zeros((2, 5), "float32")
    assert measure(metric(3), nothing, nothing, nothing) == 0


@pytest.mark.parametrize("metric", PER_USER)
def test_sample_weight_two_is_the_user_twice(metric):
    scores, held_out, seen = market(4)
    twice = [np.concatenate([x, x[:10]]) for x in (held_out, scores, seen)]
    weights = np.where(np.arange(40) < 10, 2.0, 1.0)
    value = measure(metric(10), held_out, scores, seen, weights)
    assert value == pytest.approx(measure(metric(10), *twice), abs=1e-6)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("in_graph", [False, True])
def test_batches_equal_one_batch(metric, in_graph):
    scores, held_out, seen = market(4)
    whole, streamed = metric(10), metric(10)
    whole.update_state(held_out, scores, seen)
    update = streamed.update_state
    if in_graph:
        update = tf.function(update, reduce_retracing=True)
    for part in np.array_split(np.arange(40), [3, 4, 30]):
        update(held_out[part], scores[part], seen[part])
    assert float(streamed.result()) == pytest.approx(float(whole.result()))
    streamed.reset_state()
    assert float(streamed.result()) == 0


@pytest.mark.parametrize("metric", ALL)
def test_one_long_ranking_serves_all(metric):
    scores, held_out, seen = market(4)
    alone, shared = metric(7), metric(7)
    alone.update_state(held_out, scores, seen)
    shared.update_ranked(rank(scores, held_out, 50, seen))
    assert float(shared.result()) == float(alone.result())


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_precision_of_the_scores_does_not_matter(metric, dtype):
    scores, held_out, seen = market(100)  # exact in every dtype
    value = measure(metric(10), held_out, scores, seen)
    assert value == measure(metric(10), held_out, tf.cast(scores, dtype), seen)


@pytest.mark.parametrize("metric", ALL)
def test_config_round_trip(metric):
    scores, held_out, seen = market(4)
    for original in (metric(7), metric(7, name="mine")):
        config = keras.saving.serialize_keras_object(original)
        restored = keras.saving.deserialize_keras_object(config)
        assert type(restored) is metric
        assert restored.name == original.name
        value = measure(original, held_out, scores, seen)
        assert measure(restored, held_out, scores, seen) == value


def test_names():
    names = [metric(10).name for metric in ALL]
    assert names == [
        "recall_at_10",
        "precision_at_10",
        "ndcg_at_10",
        "mrr_at_10",
        "map_at_10",
        "hit_rate_at_10",
        "coverage_at_10",
        "gini_at_10",
        "novelty_at_10",
    ]


@pytest.mark.parametrize("metric", ALL)
def test_k_larger_than_the_catalog(metric):
    with pytest.raises(ValueError, match="k=6 .*catalog of 5.*up to 5"):
        metric(6).update_state(*np.ones((3, 2, 5), "float32"))


@pytest.mark.parametrize("metric", ALL)
def test_ranking_shorter_than_k(metric):
    batch = np.ones((2, 5), "float32")
    with pytest.raises(ValueError, match="ranking of 3 items.*k=4.*largest"):
        metric(4).update_ranked(rank(batch, batch, 3, batch))


@pytest.mark.parametrize("k", [0, -1, 2.5, True])
def test_k_is_a_positive_integer(k):
    with pytest.raises(ValueError, match=f"k={k} items. Expected a positive"):
        metrics.NDCGAtK(k)


def test_novelty_needs_seen():
    batch = np.ones((2, 5), "float32")
    with pytest.raises(ValueError, match="Expected `seen`.*None. Pass it"):
        metrics.Novelty(3).update_state(batch, batch)


def test_empty_places_are_not_counted_as_listed():
    # Each user has one unseen item, and lists of three.
    seen = 1 - np.eye(3, 4, dtype="float32")
    held_out = np.ones((3, 4), "float32")
    coverage, gini = metrics.Coverage(3), metrics.Gini(3)
    for metric in (coverage, gini):
        metric.update_state(held_out, held_out, seen)
    assert float(coverage.result()) == 3 / 4
    np.testing.assert_array_equal(gini.listed, [1, 1, 1, 0])
