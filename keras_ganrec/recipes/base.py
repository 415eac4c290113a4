"""Recipe: everything that a measured number depends on, as data."""

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Mapping

import keras

from keras_ganrec.evaluation import ranking_metrics
from keras_ganrec.evaluation.compare import LENGTHS


def adam(learning_rate: float | Mapping, **config) -> dict:
    """The config of an Adam, for `Recipe.optimizers`.

    The rate may be the config of a schedule.

    Its `epsilon` is that of TensorFlow 1, in which the papers' codes are
    written. Keras' own, 1e-7, is as large as the gradients of a mean over a
    whole profile: after 30 epochs on ML-1M GANMF is then at NDCG@5 .16 and
    not at .36.
    """
    return {
        "class_name": "Adam",
        "config": {"learning_rate": learning_rate, "epsilon": 1e-8, **config},
    }


def log_range(low: float, high: float) -> dict:
    """Where to search what counts by its order, for `Recipe.space`."""
    return {"low": low, "high": high, "log": True}


BATCHES = ("user_profiles", "item_profiles", "pairs", "rated_profiles")
# What tells about a number, but does not change it.
NO_SETTINGS = (
    "name",
    "reference",
    "published",
    "replicated",
    "ablates",
    "ablation",
    "lengths",
)
ABLATIONS = (
    "adversary off",  # its term is left out
    "adversary frozen",  # it stays as it was drawn
    "adversary alone",  # its term is all there is
    "no start",  # weights are as drawn, not those of a trained model
)
# The weight of an adversary's term beside which no other counts, where the
# model has no weight of the others.
ALONE = 1e6
# Not among the settings of a recipe that does without: its number is the same.
OPTIONAL_SETTINGS = ("batch_arguments", "start", "space")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a model is trained and measured. Holds data, runs nothing.

    With a `grid`, a `space` or a `patience` the recipe is tuned on the
    validation part: each candidate is trained once on the train part, the best
    one is trained again on train and validation with each seed and measured on
    the test part. Without, its arguments are fixed, and only the last step is
    done.

    Args:
        name: str. By which it is called and its result is kept.
        model: class. A `Recommender`.
        dataset: str. As in `keras_ganrec.recipes.loading.load_split`.
        split: str. Likewise.
        model_arguments: dict. Arguments of the model, besides `num_users`,
            `num_items`, `rating_range` and `seed`; objects of Keras as their
            config. A `recommender` to stand on is `{"class_name": "BPRMF",
            "config": {...}}`, its sizes and seed are filled in;
            `item_features` and `user_features` are columns of the data's
            tables, or arguments of `feature_matrix`; all columns where a model
            needs such a table and none are named.
        optimizers: dict from an argument of `compile` to the config of an
            optimizer, as `{"class_name": "Adam", "config": {...}}`.
        batches: Optional `"user_profiles"`, `"item_profiles"`, `"pairs"` or
            `"rated_profiles"`: what `fit()` is fed with. `None` if the model
            is fitted by `adapt()`.
        batch_size: Optional int.
        batch_arguments: dict. Further arguments of the pipeline, as
            `{"num_negatives": 5}`.
        start: Optional `Recipe`, of fixed settings. Its model is trained first
            on the same data with the same seed; the model then begins with
            `start_from(it)`. Its seconds count.
        epochs: Optional int. The most epochs, where `patience` is set.
        steps_per_execution: int.
        seeds: tuple of int. One run each; one is enough where nothing is
            drawn.
        grid: dict from a setting to its candidates. A setting is a path such
            as `"model_arguments.l2"` or `"batch_size"`.
        space: dict from a setting to where `ganrec tune` searches: a tuple of
            choices, or `{"low": ..., "high": ..., "log": ...}`, of integers or
            of floats. In the place of a `grid`.
        patience: Optional int. Tunes the number of epochs, too: a candidate
            stops when `monitor` has not improved for so many epochs.
        monitor: str. The metric of the validation part to tune by.
        lengths: tuple of int. Of the lists that are measured.
        reference: str. Where the settings or the published numbers are from.
        published: dict from a metric to the number of the paper.
        replicated: dict from a metric to the number that the authors' own
            code gives where others ran it.
        ablates: str. The name of the recipe that this one is without a part,
            to show what the part is worth.
        ablation: str. Without which: one of `ABLATIONS`.

    Raises:
        ValueError: If a setting is missing, or the grid names none.
    """

    name: str
    model: type
    dataset: str
    split: str
    model_arguments: Mapping = dataclasses.field(default_factory=dict)
    optimizers: Mapping = dataclasses.field(default_factory=dict)
    batches: str | None = None
    batch_size: int | None = None
    batch_arguments: Mapping = dataclasses.field(default_factory=dict)
    start: "Recipe | None" = None
    epochs: int | None = None
    steps_per_execution: int = 1
    seeds: tuple[int, ...] = (0, 1, 2)
    grid: Mapping[str, tuple] = dataclasses.field(default_factory=dict)
    space: Mapping[str, Mapping | tuple] = dataclasses.field(
        default_factory=dict
    )
    patience: int | None = None
    monitor: str = "ndcg_at_10"
    lengths: tuple[int, ...] = LENGTHS
    reference: str = ""
    published: Mapping[str, float] = dataclasses.field(default_factory=dict)
    replicated: Mapping[str, float] = dataclasses.field(default_factory=dict)
    ablates: str = ""
    ablation: str = ""

    def __post_init__(self):
        if self.batches not in (None, *BATCHES):
            raise ValueError(
                f"Recipe {self.name!r} is fed with {self.batches!r}. Expected "
                f"`batches` to be one of {BATCHES}, or None for `adapt()`."
            )
        needed = ("batch_size", "epochs", "optimizers")
        missing = [name for name in needed if not getattr(self, name)]
        if self.batches is not None and missing:
            raise ValueError(
                f"Recipe {self.name!r} is trained by `fit()`, and has no "
                f"{', '.join(missing)}. Set them."
            )
        if not self.seeds:
            raise ValueError(f"Recipe {self.name!r} has no seeds. Name one.")
        if self.monitor not in ranking_metrics(self.lengths):
            raise ValueError(
                f"Recipe {self.name!r} is tuned by {self.monitor!r}. Expected "
                f"one of {', '.join(ranking_metrics(self.lengths))}."
            )
        if self.start is not None and self.start.is_tuned:
            raise ValueError(
                f"Recipe {self.name!r} starts from {self.start.name!r}, which "
                "is to be tuned. Expected fixed settings: "
                "`start.with_settings(chosen)`, without a patience."
            )
        if bool(self.ablates) != (self.ablation in ABLATIONS):
            raise ValueError(
                f"Recipe {self.name!r} ablates {self.ablates!r} with the "
                f"{self.ablation!r}. Expected a recipe's name and one of "
                f"{', '.join(ABLATIONS)}; or neither."
            )
        if self.grid and self.space:
            raise ValueError(
                f"Recipe {self.name!r} has a `grid` and a `space`. Expected "
                "one way of tuning. Put all settings into the `space`."
            )
        for path in (*self.grid, *self.space):
            self._check(path)
        averaged = [
            player
            for player, optimizer in self.optimizers.items()
            if optimizer["config"].get("use_ema")
        ]
        if averaged and self.patience is not None:
            raise ValueError(
                f"Recipe {self.name!r} averages the weights of {averaged[0]!r} "
                "and has a patience, which would put back what was not "
                "measured. Expected one of them: set the number of epochs."
            )

    @property
    def settings(self) -> dict:
        """What the number depends on, in the types of JSON."""
        settings = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in NO_SETTINGS
        }
        for name in OPTIONAL_SETTINGS:
            if not settings[name]:
                del settings[name]
        settings["model"] = keras.saving.get_registered_name(self.model)
        if self.start is not None:
            settings["start"] = self.start.settings
        return json.loads(json.dumps(settings))

    @property
    def fingerprint(self) -> str:
        """A hash of all settings: another one, another number."""
        text = json.dumps(self.settings, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def is_tuned(self) -> bool:
        return bool(self.grid or self.space) or self.patience is not None

    def candidates(self) -> list[dict]:
        """All combinations of the grid, as dicts for `with_settings`."""
        return [
            dict(zip(self.grid, values, strict=True))
            for values in itertools.product(*self.grid.values())
        ]

    def with_settings(self, settings: Mapping) -> "Recipe":
        """The recipe with other values at some paths, and nothing to choose.

        Args:
            settings: dict from a path, as those of `grid`, to a value.

        Raises:
            ValueError: If there is no such setting.
        """
        changed = {"grid": {}, "space": {}}
        for path, value in settings.items():
            self._check(path)
            field, *keys = path.split(".")
            old = changed.get(field, getattr(self, field))
            changed[field] = _replaced(old, keys, value)
        return dataclasses.replace(self, **changed)

    def without(self, ablation: str, settings: Mapping) -> "Recipe":
        """The recipe without a part, as a recipe of its own.

        It is tuned as the whole is: with the same `grid` or `space`, but for
        what is set here, and the same `patience`.

        Args:
            ablation: str. One of `ABLATIONS`.
            settings: dict, as of `with_settings`.
        """
        fixed = self.with_settings(settings)
        return dataclasses.replace(
            fixed,
            name=f"{self.name}_{ablation.replace(' ', '_')}",
            grid={k: v for k, v in self.grid.items() if k not in settings},
            space={k: v for k, v in self.space.items() if k not in settings},
            published={},
            replicated={},
            reference="",
            ablates=self.name,
            ablation=ablation,
        )

    def _check(self, path):
        if path.split(".")[0] not in {*self.settings, "batch_arguments"}:
            raise ValueError(
                f"Recipe {self.name!r} has no setting {path!r}. Expected a "
                "path such as 'model_arguments.l2' or 'epochs'."
            )


def _replaced(tree, keys, value):
    if not keys:
        return value
    first, *rest = keys
    return {**tree, first: _replaced(tree.get(first, {}), rest, value)}
