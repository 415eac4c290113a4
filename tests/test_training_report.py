"""The record of a training, what it warns of, and the page it becomes."""

import json
import math
import types

import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec.data import Split
from keras_ganrec.data import datasets
from keras_ganrec.data import pipelines
from keras_ganrec.data import splits
from keras_ganrec.evaluation import compare
from keras_ganrec.evaluation import count_listed
from keras_ganrec.evaluation import training_record
from keras_ganrec.evaluation import training_report
from keras_ganrec.evaluation.training_record import leaks
from tests.pages import text_of

ADAM = {"class_name": "Adam", "config": {"learning_rate": 0.1}}
ABOUT = {
    "command": "ganrec train <&>",
    "commit": None,
    "settings": {"model": "EASE", "optimizers": {"d_optimizer": ADAM}},
}


def history(**logs):
    (number,) = {len(values) for values in logs.values()}
    return types.SimpleNamespace(history=logs, epoch=list(range(number)))


FINE = {
    "d_loss": [1.0, 0.8, 0.7],
    "g_loss": [1.0, 1.1, 1.2],
    "balance": [0.9, 0.8, 0.8],
    "val_ndcg_at_10": [0.1, 0.6, 0.5],
}
GUESSED = {"Popularity": 0.2, "EASE": 0.7}


@pytest.fixture(scope="module")
def split():
    market = datasets.synthetic(
        num_users=50, num_items=40, num_tastes=2, interactions_per_user=12
    )
    return splits.leave_last_out(market)


@pytest.fixture(scope="module")
def models(split):
    made = {
        "EASE": baselines.EASE(40, l2=30.0),
        "Popularity": baselines.Popularity(40),
    }
    for model in made.values():
        model.adapt(split.train)
        model.remember(split.train_and_validation)
    return made


@pytest.fixture(scope="module")
def test(split):
    return pipelines.ranking_batches(split.train_and_validation, split.test)


@pytest.fixture(scope="module")
def record(models, split, test):
    return training_record(
        models, split, test, history(**FINE), GUESSED, about=ABOUT
    )


def test_a_record_has_the_numbers_of_compare(record, models, split, test):
    table = compare(models, test, against="EASE").reset_index()
    assert record["results"] == table.to_dict("records")
    rows = {row["model"]: row for row in record["results"]}
    for name, model in models.items():
        listed = count_listed(model, test)
        assert record["listed"][name] == listed.tolist()
        assert np.mean(record["users"][name]) == pytest.approx(
            rows[name]["ndcg_at_10"], abs=1e-5
        )
    known = split.train_and_validation
    assert (
        record["popularity"]
        == np.bincount(known.item_id, minlength=40).tolist()
    )
    assert record["epochs"] == [1, 2, 3]
    assert record["history"] == FINE
    assert record["split"]["test_interactions"] == len(split.test)
    assert record["warnings"] == []


def test_a_record_is_json(record):
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_the_fingerprint_is_that_of_the_rows(record, models, split, test):
    def fingerprint(parts):
        return training_record(models, parts, test)["split"]["fingerprint"]

    assert fingerprint(split) == record["split"]["fingerprint"]
    swapped = Split(split.train, split.test, split.validation)
    assert fingerprint(swapped) != record["split"]["fingerprint"]


def test_histories_without_a_value_of_each_epoch(models, split, test):
    sparse = types.SimpleNamespace(
        history={"loss": [1.0] * 10, "val_ndcg_at_10": [0.1, 0.6]},
        epoch=list(range(10)),
    )
    with pytest.raises(ValueError, match="2 values of 'val_ndcg_at_10' for 10"):
        training_record(models, split, test, sparse)


@pytest.mark.parametrize(
    "logs, message",
    [
        ({"g_loss": [1.0, math.nan, 1.0]}, "g_loss was not .* at epoch 2"),
        ({"d_loss": [1.0, 1.0, math.inf]}, "d_loss was not .* at epoch 3"),
        ({"val_ndcg_at_10": [0.1, 0.5, 0.6]}, "epoch was the last one, 3"),
        ({"val_ndcg_at_10": [0.1, 0.19, 0.1]}, "0.190 at best.*has 0.200"),
        ({"val_ndcg_at_10": [0.1, math.nan, 0.1]}, "0.100 at best"),
        ({"diversity": [0.5, 0.1, 0.5]}, "lay 10% as far apart"),
    ],
)
def test_what_a_history_warns_of(models, split, test, logs, message):
    record = training_record(
        models, split, test, history(**FINE | logs), GUESSED
    )
    (warning,) = record["warnings"]
    with pytest.raises(UserWarning, match=message):
        raise UserWarning(warning)
    json.dumps(record, allow_nan=False)


@pytest.mark.parametrize(
    "balance, warned",
    [
        ([0.5] + [1.0] * 5, True),
        ([1.0] * 4, False),  # too few epochs to tell
        ([1.0] * 5 + [0.9], False),
        ([1.0] * 4 + [math.nan], False),
    ],
)
def test_a_discriminator_has_won_after_five_epochs(
    models, split, test, balance, warned
):
    record = training_record(models, split, test, history(balance=balance))
    assert warned == any("has won" in text for text in record["warnings"])


def test_a_model_that_knows_the_test_part_is_found_out(split, test):
    cheat = baselines.Popularity(40)
    cheat.adapt(split.test)
    (warning,) = training_record({"cheat": cheat}, split, test)["warnings"]
    assert f"{len(split.test)} of the {len(split.test)} test" in warning
    assert "known to cheat" in warning


def test_what_is_known_is_asked_before_more_is_remembered(split, test):
    model = baselines.EASE(split.train.num_items)
    model.adapt(split.train)
    assert leaks({"EASE": model}, split) == []
    model.adapt(split.test)
    (told,) = leaks({"EASE": model}, split)
    assert told.startswith(f"Leakage: {len(split.test)} of the")


def test_names_in_a_record_are_text_and_no_page(record):
    by = "<b>gain_at_10"
    rows = [{**row, by: row[record["by"]]} for row in record["results"]]
    page = training_report({**record, "by": by, "results": rows})
    assert "&lt;b&gt;gain" in page and "<b>gain" not in page


def test_a_random_split_looks_into_the_future():
    market = datasets.synthetic(
        num_users=50, num_items=40, num_tastes=2, interactions_per_user=12
    )
    parts = splits.ratio_split(market)
    batches = pipelines.ranking_batches(parts.train_and_validation, parts.test)
    model = baselines.EASE(40, l2=30.0)
    model.adapt(parts.train)
    (warning,) = training_record({"EASE": model}, parts, batches)["warnings"]
    newest = {
        user: parts.train.timestamp[parts.train.user_id == user].max()
        for user in np.unique(parts.train.user_id)
    }
    older = np.mean(
        [
            time < newest[user]
            for user, time in zip(
                parts.test.user_id, parts.test.timestamp, strict=True
            )
        ]
    )
    assert f"{older:.0%} of the test interactions are older" in warning


def test_one_list_for_everybody_is_a_collapse(split, test):
    models = {name: baselines.Popularity(40) for name in ("GAN", "Popularity")}
    for model in models.values():
        model.adapt(split.train)
    record = training_record(models, split, test)
    (warning,) = record["warnings"]
    own = np.count_nonzero(record["listed"]["GAN"])
    assert f"only {own} of 40 items" in warning


def test_a_record_needs_a_model(split, test):
    with pytest.raises(ValueError, match="a trained model"):
        training_record({}, split, test)


def test_the_page_says_what_was_measured(record):
    page = training_report(record)
    text = text_of(page)
    ease, popularity = (
        next(r for r in record["results"] if r["model"] == name)
        for name in ("EASE", "Popularity")
    )
    assert page.count("<svg") == 5
    assert f"EASE has NDCG at 10 {ease['ndcg_at_10']:.3f} ." in text
    assert f"EASE is {-popularity['difference']:.4f} above it" in text
    assert "more than chance." in text
    assert f"−{-popularity['difference']:.4f} ± " in text
    assert "ganrec train &lt;&amp;&gt;" in text
    assert "Adam(learning_rate=0.1)" in text
    assert "Warnings None. Looked for" in text
    warned = {**record, "warnings": ["It <broke>.", "Take `d_steps`"]}
    page = training_report(warned)
    assert "Warnings: 2 It &lt;broke&gt;. Take d_steps" in text_of(page)
    assert "<code>d_steps</code>" in page
    assert "Commit" not in text
    assert f"fingerprint {record['split']['fingerprint']}" in text


def test_a_small_difference_may_be_chance(record):
    def with_difference(difference, error):
        rows = [dict(row) for row in record["results"]]
        for row in rows:
            if row["model"] == "Popularity":
                row |= {"difference": difference, "standard_error": error}
        return text_of(training_report({**record, "results": rows}))

    text = with_difference(0.019, 0.01)
    assert "EASE is 0.0190 below it" in text
    assert "that may well be chance" in text
    assert "more than chance" in with_difference(0.021, 0.01)
    assert "that may well be chance" in with_difference(0.0, 0.0)
    of_one_user = with_difference(0.3, float("nan"))
    assert "that may well be chance" in of_one_user


def test_a_model_without_epochs_has_no_curves(models, split, test):
    record = training_record({"EASE": models["EASE"]}, split, test)
    page = training_report(record)
    assert page.count("<svg") == 2  # coverage and long tail
    assert "Curves" not in page and "best baseline" not in page


@pytest.mark.parametrize(
    "change, message",
    [
        ({"format": "another"}, "no record of a training"),
        ({"version": 2}, "is of version 2. This release.* reads version 1"),
        ({"results": None}, "is damaged"),
        ({"model": "missing"}, "is damaged"),
    ],
)
def test_what_is_no_record(record, change, message):
    with pytest.raises(ValueError, match=message):
        training_report({**record, **change})
    with pytest.raises(ValueError, match="no record of a training"):
        training_report([record])
