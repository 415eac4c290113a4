import numpy as np
import pytest
import scipy.stats

from keras_ganrec.evaluation import paired_p_values


def test_wilcoxon_by_hand():
    # Five users, all better, ranks 1 to 5: both tails of 2 in 2^5 orders.
    better = {"better": np.array([0.1, 0.2, 0.3, 0.4, 0.5])}
    p = paired_p_values(better, np.zeros(5))
    assert p == {"better": pytest.approx(2 / 2**5)}


def test_pairs_and_not_means_are_compared():
    rng = np.random.default_rng(0)
    users = rng.uniform(size=400)  # users differ far more than models
    shifted = users + rng.normal(0.01, 0.02, size=400)
    p = paired_p_values({"shifted": shifted}, users)["shifted"]
    assert p < 1e-6
    assert scipy.stats.ttest_ind(shifted, users).pvalue > 0.3


def test_holm_by_hand(monkeypatch):
    raw = iter((0.04, 0.01, 0.03))

    class Result:
        def __init__(self, pvalue):
            self.pvalue = pvalue

    monkeypatch.setattr(
        scipy.stats, "wilcoxon", lambda difference: Result(next(raw))
    )
    values = {name: np.ones(3) for name in ("a", "b", "c")}
    p = paired_p_values(values, np.zeros(3))
    # .01 x 3, .03 x 2, and .04 x 1 is not below the one before it.
    assert list(p) == ["a", "b", "c"]
    assert p == {
        "a": pytest.approx(0.06),
        "b": pytest.approx(0.03),
        "c": pytest.approx(0.06),
    }


def test_few_false_alarms_among_many_models_that_are_the_same():
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(200):
        reference = rng.uniform(size=50)
        same = {n: reference + rng.normal(size=50) for n in range(5)}
        alarms += min(paired_p_values(same, reference).values()) < 0.05
    assert alarms <= 18  # 10 expected at most; without correction some 45


def test_the_model_itself_is_no_different():
    values = np.array([0.1, 0.7])
    assert paired_p_values({"itself": values}, values) == {"itself": 1.0}


def test_other_users_are_refused():
    with pytest.raises(ValueError, match="'a' was measured on 3 users"):
        paired_p_values({"a": np.ones(3)}, np.ones(4))
