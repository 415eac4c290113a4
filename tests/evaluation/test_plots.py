"""Plots of trainings and models draw the numbers that they are given."""

import types

import matplotlib.style
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import scipy.stats
import sklearn.decomposition

from keras_ganrec.data import Interactions
from keras_ganrec.evaluation import plots
from keras_ganrec.evaluation.plots.samples import STEPS
from keras_ganrec.inequality import gini

HISTORY = {
    "d_loss": [1.5, 1.2, 1.0],
    "g_loss": [20.0, 30.0, 25.0],
    "balance": [0.6, 0.9, 0.8],
    "val_ndcg_at_10": [0.1, 0.3, 0.2],
}


@pytest.fixture(scope="module")
def known():
    """Five users; items are had by 4, 1, 0 and 2 of them."""
    columns = [[1, 1, 1, 1, 0], [0, 0, 0, 0, 1], [0] * 5, [0, 0, 1, 1, 0]]
    return Interactions.from_csr(scipy.sparse.csr_array(np.array(columns).T))


def drawn(line):
    return line.get_label(), *map(list, line.get_data())


def test_players_have_a_panel_and_a_scale_each():
    d, g, watched = plots.players(HISTORY).axes
    assert list(d.lines[0].get_ydata()) == HISTORY["d_loss"]
    assert list(g.lines[0].get_ydata()) == HISTORY["g_loss"]
    assert "discriminator" in d.get_ylabel()
    assert "generator" in g.get_ylabel()
    ideal, balance = watched.lines
    assert set(ideal.get_ydata()) == {0.5}
    assert list(balance.get_ydata()) == HISTORY["balance"]
    for line in (d.lines[0], g.lines[0], balance):
        assert list(line.get_xdata()) == [1, 2, 3]


def test_a_resumed_training_goes_on_at_its_epoch():
    history = types.SimpleNamespace(history=HISTORY, epoch=[5, 6, 7])
    for axes in plots.players(history).axes:
        assert list(axes.lines[-1].get_xdata()) == [6, 7, 8]
    curve, *_ = plots.ranking_quality(history).axes[0].lines
    assert curve.get_label() == "model: 0.300 at epoch 7"


def test_a_model_without_players_has_its_loss():
    (axes,) = plots.players({"loss": [2.0], "val_ndcg_at_10": [0.1]}).axes
    assert drawn(axes.lines[0])[1:] == ([1], [2.0])
    assert axes.lines[0].get_marker() == "."  # a line of one point is unseen


def test_ranking_quality_stands_beside_baselines():
    other = {"val_ndcg_at_10": [0.25, np.nan]}
    figure = plots.ranking_quality(
        {"GAN": HISTORY, "other": other}, {"knn": 0.15, "EASE": 0.35}
    )
    gan, second, *lines = figure.axes[0].lines
    label, x, y = drawn(gan)
    assert label == "GAN: 0.300 at epoch 2"
    assert (x, y) == ([1, 2, 3], HISTORY["val_ndcg_at_10"])
    assert gan.get_markevery() == [1]
    assert second.get_label() == "other: 0.250 at epoch 1"
    # The best baseline first.
    assert [(line.get_label(), set(line.get_ydata())) for line in lines] == [
        ("EASE: 0.350", {0.35}),
        ("knn: 0.150", {0.15}),
    ]
    assert figure.axes[0].get_ylabel() == "NDCG at 10, validation"


def test_baselines_may_be_the_table_of_compare():
    table = pd.DataFrame(
        {"ndcg_at_10": [0.4], "ndcg_at_5": [0.3]}, index=["EASE"]
    )
    lines = plots.ranking_quality(HISTORY, table).axes[0].lines
    assert lines[1].get_label() == "EASE: 0.400"
    with pytest.raises(ValueError, match="no column 'hit_rate_at_5'"):
        plots.ranking_quality({"val_hit_rate_at_5": [0.1]}, table)


@pytest.mark.parametrize(
    "draw, history, message",
    [
        (plots.players, {}, "history is empty"),
        (plots.players, {"d_loss": []}, "history is empty"),
        (plots.players, {"val_loss": [1.0]}, "only val_loss. Expected it to"),
        (plots.players, [1.0], "A list is no history"),
        (plots.ranking_quality, {}, "history is empty"),
        (plots.ranking_quality, {"loss": [1.0]}, "a metric of the validation"),
        (
            plots.ranking_quality,
            {"val_ndcg_at_10": [0.1], "val_recall_at_5": [0.1]},
            "one of ndcg_at_10, recall_at_5",
        ),
        (
            plots.ranking_quality,
            {"loss": [1.0, 1.0], "val_ndcg_at_10": [0.1]},
            "without `validation_freq`",
        ),
        (
            plots.ranking_quality,
            {"val_ndcg_at_10": [np.nan]},
            "not a number at any epoch",
        ),
    ],
)
def test_histories_that_cannot_be_drawn(draw, history, message):
    with pytest.raises(ValueError, match=message):
        draw(history)


def test_a_metric_is_named_with_or_without_val():
    logs = {"val_ndcg_at_10": [0.1], "val_recall_at_5": [0.2]}
    for name in ("recall_at_5", "val_recall_at_5"):
        axes = plots.ranking_quality(logs, metric=name).axes[0]
        assert axes.lines[0].get_ydata() == [0.2]
    with pytest.raises(ValueError, match="`val_mrr_at_5`, which"):
        plots.ranking_quality(logs, metric="mrr_at_5")


def test_long_tail_puts_lists_over_popularity(known):
    listed = {"a": [5, 5, 0, 0], "b": [1, 2, 3, 4]}
    figure = plots.long_tail(listed, known)
    for axes, (name, counts) in zip(figure.axes, listed.items(), strict=True):
        points, line = axes.lines
        places = sorted(zip(*points.get_data(), strict=True))
        assert places == sorted(zip([4, 1, 0, 2], counts, strict=True))
        # Ten lists for seven interactions.
        np.testing.assert_allclose(
            np.divide(*line.get_data()[::-1]), [10 / 7] * 2
        )
        covered = np.count_nonzero(counts)
        assert axes.get_title("left") == f"{name}: {covered} of 4 items"
        assert axes.get_ylim()[1] > 5 and axes.get_xlim()[0] < 0


def test_coverage_ends_where_the_lists_end(known):
    listed = {"a": [5, 5, 0, 0], "b": [0, 2, 1, 7]}
    own, a, b = plots.coverage(listed, known).axes[0].lines
    np.testing.assert_allclose(a.get_data(), [[0, 0.25, 0.5], [0, 0.5, 1]])
    np.testing.assert_allclose(
        b.get_data(), [[0, 0.25, 0.5, 0.75], [0, 0.7, 0.9, 1]]
    )
    assert own.get_xdata()[-1] == 0.75
    assert [line.get_label() for line in (own, a, b)] == [
        "users themselves: 75.0%",
        "a: 50.0%",
        "b: 75.0%",
    ]
    assert a.get_linestyle() != b.get_linestyle()
    # With the rest of the catalog at 100 %, the Gini coefficient.
    x, y = (np.append(values, 1) for values in b.get_data())
    area = np.trapezoid(y, x)
    assert 2 * area - 1 == pytest.approx(gini(listed["b"]))


@pytest.mark.parametrize("draw", [plots.long_tail, plots.coverage])
def test_counts_of_another_catalog(draw, known):
    with pytest.raises(ValueError, match="a has 3 items.*have 4"):
        draw({"a": [1, 2, 3]}, known)
    with pytest.raises(ValueError, match="no model to draw"):
        draw({}, known)


def test_differences_of_users_are_sorted_around_their_mean():
    against = np.array([0.5, 0.5, 0.0, 1.0, 0.2])
    own = np.array([0.5, 0.9, 0.3, 0.4, 0.3])
    figure = plots.user_differences(
        {"GAN": own, "same": against}, against, "EASE"
    )
    axes, same = figure.axes
    curve, zero, mean = axes.lines
    np.testing.assert_allclose(curve.get_ydata(), [0.4, 0.3, 0.1, 0, -0.6])
    assert list(mean.get_ydata()) == pytest.approx([0.04, 0.04])
    assert set(zero.get_ydata()) == {0}
    error = scipy.stats.sem(own - against)
    (band,) = axes.patches
    assert (band.get_y(), band.get_height()) == pytest.approx(
        (0.04 - 2 * error, 4 * error)
    )
    assert axes.get_title("left") == f"GAN: mean +0.0400 ± {error:.4f}"
    assert axes.texts[0].get_text() == "better for 60%\nworse for 20%"
    assert same.get_title("left") == "same: mean +0.0000 ± 0.0000"
    assert figure.get_supylabel() == "NDCG at 10, minus EASE"


@pytest.mark.parametrize(
    "values, against, message",
    [
        ({}, [0.1, 0.2], "at least one model"),
        ({"a": [0.1, 0.2, 0.3]}, [0.1, 0.2], "same users"),
        ({"a": [0.1]}, [0.1], "at least two users"),
    ],
)
def test_differences_of_other_users(values, against, message):
    with pytest.raises(ValueError, match=message):
        plots.user_differences(values, against)


def test_a_map_shows_the_principal_components(known):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(4, 6)) * [3, 1, 1, 1, 2, 1]
    figure = plots.embedding_map(points, known)
    (axes,) = figure.axes
    (shown,) = axes.collections
    pca = sklearn.decomposition.PCA(2).fit(points)
    np.testing.assert_allclose(
        np.abs(shown.get_offsets()), np.abs(pca.transform(points)), atol=1e-12
    )
    first, second = pca.explained_variance_ratio_
    assert axes.get_xlabel() == f"first direction, {first:.0%} of the variance"
    assert axes.get_ylabel().startswith(f"second direction, {second:.0%}")
    # By popularity: 4, 1, 0 and 2.
    assert list(np.argsort(shown.get_sizes())) == [2, 1, 3, 0]


def test_labels_of_a_map_look_different():
    labels = pd.Series(list("aaabbc") + list("defghi"), name="genre")
    figure = plots.embedding_map(np.eye(12, 3), labels=labels)
    groups = figure.axes[0].collections
    assert [group.get_label() for group in groups] == list("abcde") + ["other"]
    assert [len(group.get_offsets()) for group in groups] == [3, 2, 1, 1, 1, 4]
    shapes = {group.get_paths()[0].vertices.tobytes() for group in groups}
    assert len(shapes) == 6
    assert figure.legends[0].get_title().get_text() == "genre"


def test_maps_that_cannot_be_drawn(known):
    with pytest.raises(ValueError, match=r"shape \(4, 1\) have no map"):
        plots.embedding_map(np.ones((4, 1)))
    with pytest.raises(ValueError, match="finite numbers"):
        plots.embedding_map(np.full((4, 2), np.nan))
    with pytest.raises(ValueError, match="The table of embeddings has 3 items"):
        plots.embedding_map(np.eye(3), known)
    with pytest.raises(ValueError, match="2 labels and 3 items"):
        plots.embedding_map(np.eye(3), labels=["a", "b"])


def test_images_stand_in_rows_of_epochs():
    first = np.arange(2 * 3 * 3.0).reshape(2, 3, 3) - 1  # from -1 to 16
    real = np.full((4, 3, 3), 16.0)
    figure = plots.generated_samples({1: first, 20: first[:1]}, real)
    shown = [[im.get_array() for im in axes.images] for axes in figure.axes]
    assert list(map(len, shown)) == [1, 1, 0, 0] + [1, 0, 0, 0] + [1] * 4
    np.testing.assert_allclose(
        shown[1][0], (first[1] + 1) / 17, atol=0.5 / STEPS
    )
    np.testing.assert_allclose(shown[-1][0], np.ones((3, 3)))
    assert [axes.get_ylabel() for axes in figure.axes[::4]] == [
        "epoch 1",
        "epoch 20",
        "real",
    ]


def test_a_figure_shows_itself_in_a_notebook():
    figure = plots.players({"d_loss": [1.0], "g_loss": [2.0]})
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_points_have_a_panel_per_epoch():
    rng = np.random.default_rng(0)
    samples = {1: rng.normal(size=(30, 2)), "end": rng.normal(size=(30, 2))}
    real = rng.normal(size=(40, 2))
    first, end = plots.generated_samples(samples, real).axes
    assert first.get_title("left") == "epoch 1"
    assert end.get_title("left") == "end"
    behind, generated = end.lines
    np.testing.assert_array_equal(behind.get_xydata(), real)
    np.testing.assert_array_equal(generated.get_xydata(), samples["end"])
    assert behind.get_marker() != generated.get_marker()


@pytest.mark.parametrize(
    "samples, message",
    [
        ({}, "no samples to draw"),
        ({1: np.ones((3, 5))}, r"shapes \[\(5,\)\] cannot be drawn"),
        ({1: np.ones((3, 2)), 2: np.ones((3, 4, 4))}, "cannot be drawn"),
    ],
)
def test_samples_that_cannot_be_drawn(samples, message):
    with pytest.raises(ValueError, match=message):
        plots.generated_samples(samples)


def test_the_ink_is_the_colour_of_text():
    with matplotlib.style.context("dark_background"):
        figure = plots.players(HISTORY)
    assert figure.axes[0].lines[0].get_color() == "white"
    assert figure.get_facecolor() == (0, 0, 0, 1)
