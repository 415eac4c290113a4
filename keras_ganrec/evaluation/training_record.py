"""What is kept of a training: all that its report shows, in types of JSON."""

import hashlib
import math
from collections.abc import Mapping
from collections.abc import Sequence

import numpy as np

from keras_ganrec.callbacks import COLLAPSED
from keras_ganrec.callbacks import WON
from keras_ganrec.evaluation.compare import LENGTHS
from keras_ganrec.evaluation.compare import measure_all
from keras_ganrec.evaluation.compare import side_by_side
from keras_ganrec.evaluation.fidelity import item_popularity
from keras_ganrec.evaluation.figures import spelled
from keras_ganrec.recommender import Recommender

FORMAT, VERSION = "keras_ganrec training", 1
EPOCHS_WON = 5
# Share of the test part that may be older than what was trained on.
OLDER = 0.05


def training_record(
    models: Mapping[str, Recommender],
    split,
    test,
    history=None,
    baselines: Mapping[str, float] | None = None,
    lengths: Sequence[int] = LENGTHS,
    by: str = "ndcg_at_10",
    about: Mapping | None = None,
) -> dict:
    """Measures a trained model on the test part, beside baselines.

    Looks for what makes such numbers worthless, too: a training that broke or
    a generator that collapsed, and test rows that the models have seen.

    Args:
        models: dict from a name to a trained `Recommender`; the first one is
            the one that the record is of.
        split: `keras_ganrec.data.Split` that it was trained on.
        test: `keras_ganrec.data.ranking_batches(known, split.test)`.
        history: Optional; what `fit()` returned.
        baselines: Optional dict from a name to `by` on the validation part.
        lengths: Sequence of int. List lengths, none above the catalog's.
        by: str. A metric with one value per user, to compare by.
        about: Optional dict from a label to anything of JSON: settings,
            versions, the command.

    Returns:
        A dict for `training_report` and `json.dump`.

    Raises:
        ValueError: If there is no model, or no metric `by`; or if a list is
            longer than the catalog.
    """
    if not models:
        raise ValueError(
            "`models` is empty: a record needs a trained model, the first of "
            "them, and takes baselines to compare it with."
        )
    measured = {
        name: measure_all(model, test, lengths, [by])
        for name, model in models.items()
    }
    name, *_ = models
    epochs, logs = _logs(history)
    record = {
        "format": FORMAT,
        "version": VERSION,
        "model": name,
        "by": by,
        "split": {**split.describe(), "fingerprint": _fingerprint(split)},
        "epochs": epochs,
        "history": logs,
        "baselines": dict(baselines or {}),
        "results": side_by_side(measured, by, name)
        .reset_index()
        .to_dict("records"),
        "users": {
            each: [round(float(v), 6) for v in found.users[by]]
            for each, found in measured.items()
        },
        "listed": {
            each: found.listed.tolist() for each, found in measured.items()
        },
        "popularity": item_popularity(test.interactions).tolist(),
        "about": dict(about or {}),
    }
    record["warnings"] = [
        *_of_players(epochs, logs),
        *_of_ranking(record),
        *_of_lists(record),
        *leaks(models, split),
        *_of_future(split),
    ]
    return record


def _logs(history):
    if history is None:
        return [], {}
    logs = {
        name: [float(v) if math.isfinite(v) else None for v in values]
        for name, values in history.history.items()
    }
    for name, values in logs.items():
        if len(values) != len(history.epoch):
            raise ValueError(
                f"The history has {len(values)} values of {name!r} for "
                f"{len(history.epoch)} epochs. Expected one of each epoch: "
                "train without `validation_freq`."
            )
    return [epoch + 1 for epoch in history.epoch], logs


def _fingerprint(split):
    """A hash of who has what in which part: of other data, another one."""
    content = hashlib.sha256()
    for part in (split.train, split.validation, split.test):
        if part is not None:
            content.update(part.user_id.astype("<i4").tobytes())
            content.update(part.item_id.astype("<i4").tobytes())
        content.update(b"|")
    return content.hexdigest()[:16]


def _of_players(epochs, logs):
    for name, values in logs.items():
        if name.endswith("loss") and None in values:
            yield (
                f"The training broke: {name} was not a finite number at epoch "
                f"{epochs[values.index(None)]}. The weights of an earlier one "
                "are in place. Lower that player's learning rate, or clip its "
                "gradients."
            )
    last = [v or 0.0 for v in logs.get("balance", [])[-EPOCHS_WON:]]
    if len(last) == EPOCHS_WON and min(last) > WON:
        yield (
            "The discriminator has won: in the last "
            f"{EPOCHS_WON} epochs it told real from generated rows in more "
            f"than {WON:.0%} of the pairs. The generator learns little from "
            "it, and the rest from the other terms of its loss. Lower "
            "`d_steps` or the discriminator's learning rate."
        )
    spread = [v for v in logs.get("diversity", []) if v is not None]
    if spread and min(spread) < COLLAPSED:
        yield (
            "The generator collapsed: its samples lay "
            f"{min(spread):.0%} as far apart as the data."
        )


def _of_ranking(record):
    name, by, baselines = record["model"], record["by"], record["baselines"]
    values = [
        -math.inf if v is None else v
        for v in record["history"].get(f"val_{by}", [])
    ]
    if not values:
        return
    best = int(np.argmax(values))
    if baselines and values[best] < min(baselines.values()):
        worst = min(baselines, key=baselines.get)
        yield (
            f"At no epoch did {name} rank the validation part as well as "
            f"{worst}: {spelled(by)} {values[best]:.3f} at best, where "
            f"{worst} has {baselines[worst]:.3f}. It has learned no tastes: "
            "its settings do not suit the data, or it was stopped too early."
        )
    if best == len(values) - 1 > 0:
        yield (
            f"The best epoch was the last one, {record['epochs'][best]}: the "
            "ranking was still getting better. Train for more epochs."
        )


def _of_lists(record):
    name, listed = record["model"], record["listed"]
    own = np.count_nonzero(listed[name])
    same = np.count_nonzero(listed.get("Popularity", []))
    if name != "Popularity" and own <= same:
        yield (
            f"{name} shows everybody nearly the same: only {own} of "
            f"{len(listed[name])} items are on any list; of Popularity, which "
            f"knows no tastes, it is {same}. The generator may have collapsed."
        )


def leaks(models: Mapping[str, Recommender], split) -> list[str]:
    """Says of which models the test interactions are known to them.

    They know what they were trained on, or what they `remember` since then:
    ask before they are told of more.

    Args:
        models: dict from a name to a trained `Recommender`.
        split: `keras_ganrec.data.Split` that they were trained on.

    Returns:
        A sentence for each such model.
    """
    test, found = split.test, []
    for name, model in models.items():
        if model.catalog is None:
            continue
        seen = model.catalog.seen[test.user_id, test.item_id]
        leaked = np.count_nonzero(np.asarray(seen))
        if leaked:
            found.append(
                f"Leakage: {leaked} of the {len(test)} test interactions are "
                f"known to {name}. Its numbers say nothing. Train it on the "
                "train part alone."
            )
    return found


def _of_future(split):
    test = split.test
    if test.timestamp is None or split.train.timestamp is None:
        return
    newest = np.full(split.train.num_users, np.iinfo("int64").min)
    np.maximum.at(newest, split.train.user_id, split.train.timestamp)
    older = np.mean(test.timestamp < newest[test.user_id])
    if older > OLDER:
        yield (
            f"The split looks into the future: {older:.0%} of the test "
            "interactions are older than something that the same user did in "
            "the train part. That measures how well gaps are filled, not how "
            "well the next thing is foretold; for that take a split by time "
            "(leave_last_out)."
        )
