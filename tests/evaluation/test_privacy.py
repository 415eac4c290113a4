import numpy as np
import pytest
import scipy.sparse
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve

from keras_ganrec.evaluation import privacy


def random_profiles(num_users, seed):
    rows = np.random.default_rng(seed).random((num_users, 30)) < 0.3
    rows[:, 0] |= ~rows.any(axis=1)
    return scipy.sparse.csr_array(rows.astype("float32"))


@pytest.mark.parametrize("at_once", [2**24, 60])
def test_nearest_is_by_jaccard(monkeypatch, at_once):
    monkeypatch.setattr(privacy, "FLOATS_AT_ONCE", at_once)
    first, second = random_profiles(25, 0), random_profiles(20, 1)
    similarity = 1 - cdist(
        first.toarray().astype(bool), second.toarray().astype(bool), "jaccard"
    )
    found, other_found = privacy.nearest(first, second)
    for values, expected in (
        (found, similarity),
        (other_found, similarity.T),
    ):
        expected = -np.sort(-expected, axis=1)[:, :2]
        np.testing.assert_allclose(values, expected, rtol=1e-6)


def test_nearest_of_a_single_profile():
    found, other_found = privacy.nearest(
        random_profiles(3, 0), random_profiles(1, 0)
    )
    assert found.shape == (3, 2)
    assert other_found.shape == (1, 2)
    np.testing.assert_array_equal(found[:, 1], 0.0)
    np.testing.assert_array_equal(other_found[0, 0], found[:, 0].max())


def test_membership_is_as_scikit_learn_has_it():
    random = np.random.default_rng(0)
    members = random.binomial(20, 0.6, 300) / 20  # with ties
    others = random.binomial(20, 0.5, 250) / 20
    label = np.repeat([1, 0], [300, 250])
    scores = np.concatenate([members, others])
    assert privacy.membership_auc(members, others) == pytest.approx(
        roc_auc_score(label, scores)
    )
    fpr, tpr, _ = roc_curve(label, scores, drop_intermediate=False)
    for limit in (0.0, 0.01, 0.1):
        assert privacy.tpr_at_fpr(members, others, limit) == pytest.approx(
            tpr[fpr <= limit].max()
        )


def test_ties_give_nobody_away():
    assert privacy.membership_auc(np.ones(5), np.ones(7)) == 0.5
    assert privacy.tpr_at_fpr(np.ones(5), np.ones(7)) == 0.0


def test_copies():
    real, other = random_profiles(30, 0), random_profiles(30, 1)
    made = scipy.sparse.vstack([real[:10], other[:30]], format="csr")
    assert privacy.exact_copies(made, real) == 0.25
    assert privacy.exact_copies(other, real) == 0.0


def test_neighbor_distance_ratio():
    similarities = [[1.0, 0.5], [0.5, 0.0], [0.8, 0.8]]  # 0, 1/2, 1
    assert privacy.neighbor_distance_ratio(similarities) == 0.5
    assert privacy.neighbor_distance_ratio([[1.0, 1.0]]) == 1.0
    assert privacy.neighbor_distance_ratio([[1.0, 0.9]] * 3) == 0.0


def test_protections_are_those_of_sdmetrics():
    """SDMetrics 0.32.0 on the same columns, its own random seed 0."""
    random = np.random.RandomState(5)
    train, holdout, made = (
        random.uniform(0, 1, (n, 2)) for n in (100, 100, 80)
    )
    made = np.concatenate([made, train[:30] + 0.001])

    def distance(rows, reference):
        span = np.ptp(reference, axis=0)
        apart = cdist(rows / span, reference / span, "cityblock") / 2
        return apart.min(axis=1)

    to_train = distance(made, train)
    assert privacy.dcr_overfitting_protection(
        to_train, distance(made, holdout)
    ) == pytest.approx(0.8545454545454545)
    generator = np.random.default_rng(0)
    low, high = train.min(axis=0), train.max(axis=0)
    baseline = np.column_stack(
        [generator.uniform(low[i], high[i], size=110) for i in (0, 1)]
    )
    assert privacy.dcr_baseline_protection(
        to_train, distance(baseline, train)
    ) == pytest.approx(0.7724822996497226)


def test_protections_are_bounded():
    far, near = np.ones(4), np.zeros(4)
    assert privacy.dcr_overfitting_protection(near, far) == 0.0
    assert privacy.dcr_overfitting_protection(far, near) == 1.0
    assert privacy.dcr_baseline_protection(far, far / 2) == 1.0
    assert np.isnan(privacy.dcr_baseline_protection(far, near))
