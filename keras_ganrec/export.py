"""A SavedModel that recommends with TensorFlow alone, by raw ids."""

import os
import pathlib
import shutil

import numpy as np
import tensorflow as tf

from keras_ganrec.ranking import top_k_items
from keras_ganrec.recommender import Recommender

SAVED_MODEL = {"saved_model.pb", "fingerprint.pb", "variables", "assets"}


def export_saved_model(model, path: str | os.PathLike) -> None:
    """Writes a trained recommender as a SavedModel that needs no other code.

    Only what serves is in it: the weights that scores are made of, the raw
    ids, and who has seen what. The endpoints, with `ID` the type of the raw
    ids of the training data (string or int64):

    - `recommend(user_id: ID (batch,), k: int32 ())` gives `item_id: ID
      (batch, k)`, `score: float32 (batch, k)` and `known: bool (batch,)`.
      Seen items are left out. A user the model does not know gets the most
      popular items, with their number of users as score. Where a user has
      fewer than `k` unseen items, `item_id` is padded with `""` or `-1` and
      `score` with minus infinity. `k` above the number of items is an error.
      It is also the default signature.
    - `score(user_id: ID (batch,), item_id: ID (batch,))` gives `score:
      float32 (batch,)` of each pair, NaN where one of the two is unknown.
    - `recommend_from_history(item_id: ID (batch, length), k: int32 ())` gives
      `item_id` and `score` as above for users who are known by their items
      alone; padding and unknown items are passed over. Only for models that
      write `score_profiles`.

    Example:

    >>> served = tf.saved_model.load("served/")  # keep this name alive
    >>> served.signatures["recommend"](
    ...     user_id=tf.constant(["user 7"]), k=tf.constant(10)
    ... )

    Args:
        model: A trained `keras_ganrec.Recommender`.
        path: Directory to write. A SavedModel that is there is replaced once
            the new one is complete.

    Raises:
        ValueError: If the model is no recommender, does not know the raw ids,
            or has an item -1, which is what lists are padded with.
        FileExistsError: If `path` is a file, or holds anything but a
            SavedModel.
    """
    if not isinstance(model, Recommender):
        raise ValueError(
            f"`{type(model).__name__}` does not rank items, so there is "
            "nothing to recommend. Expected a `Recommender`. Other models are "
            "kept by `save()`, and generate or impute when they are loaded; "
            "`export()` writes their network alone."
        )
    if model.catalog is None:
        raise ValueError(
            f"`{type(model).__name__}` does not know the raw ids, so it "
            "cannot be served by them. Train it with `fit()` or `adapt()` on "
            "data of `keras_ganrec.data`, or call `remember(interactions)`."
        )
    path = pathlib.Path(path)
    if path.exists():
        held = {path} if path.is_file() else {p.name for p in path.iterdir()}
        if not held <= SAVED_MODEL:
            raise FileExistsError(
                f"`{path}` holds something else than a SavedModel, which "
                "would be lost. Give a new directory."
            )
    served = _Served(model)
    if served.padding in model.catalog.item_vocabulary:
        raise ValueError(
            f"An item has the id {served.padding}, which lists are padded "
            "with where they are short. Give that item another id, and train "
            "again."
        )
    beside = path.with_name(f".partial-{os.getpid()}-{path.name}")
    former = path.with_name(f".former-{os.getpid()}-{path.name}")
    # TensorFlow would announce the passing name of the folder.
    logger = tf.get_logger()
    level = logger.level
    try:
        logger.setLevel("WARNING")
        with model.ranking():
            signatures = served.signatures()
        tf.saved_model.save(
            served,
            str(beside),
            signatures=signatures,
            # What is served is not trained.
            options=tf.saved_model.SaveOptions(
                experimental_custom_gradients=False
            ),
        )
        if path.exists():
            path.rename(former)
        beside.rename(path)
        shutil.rmtree(former, ignore_errors=True)
    finally:
        logger.setLevel(level)
        shutil.rmtree(beside, ignore_errors=True)


class _Served(tf.Module):
    def __init__(self, model):
        super().__init__(name="recommender")
        catalog = model.catalog
        self._score = lambda user_id, seen: model(
            {"user_id": user_id, "seen": seen}, training=False
        )
        self._score_profiles = model.score_profiles
        self._num_users = catalog.num_users
        self._num_items = catalog.num_items
        self._id_type, self.padding = tf.int64, -1
        if catalog.item_vocabulary.dtype.kind == "U":
            self._id_type, self.padding = tf.string, ""
        self._user_type = tf.int64
        if catalog.user_vocabulary.dtype.kind == "U":
            self._user_type = tf.string
        self._user_lookup = _lookup(catalog.user_vocabulary)
        self._item_lookup = _lookup(catalog.item_vocabulary)
        # The last entry answers where a list is shorter than k.
        self._raw_item_ids = tf.Variable(
            np.append(catalog.item_vocabulary, self.padding), trainable=False
        )
        # One more row, empty, for users who are not known.
        self._row_splits = tf.Variable(
            np.append(catalog.seen.indptr, catalog.seen.nnz).astype("int64"),
            trainable=False,
        )
        self._seen_items = tf.Variable(
            catalog.seen.indices.astype("int32"), trainable=False
        )
        self._popularity = tf.Variable(
            np.bincount(catalog.seen.indices, minlength=self._num_items).astype(
                "float32"
            ),
            trainable=False,
        )

    def signatures(self):
        users = tf.TensorSpec([None], self._user_type, name="user_id")
        items = tf.TensorSpec([None], self._id_type, name="item_id")
        histories = tf.TensorSpec([None, None], self._id_type, name="item_id")
        k = tf.TensorSpec([], tf.int32, name="k")
        endpoints = {
            "recommend": tf.function(self.recommend, [users, k]),
            "score": tf.function(self.score, [users, items]),
        }
        try:
            self._score_profiles(tf.zeros((1, self._num_items)))
        except TypeError:
            pass  # This model knows only the users it was trained on.
        else:
            endpoints["recommend_from_history"] = tf.function(
                self.recommend_from_history, [histories, k]
            )
        traced = {
            name: endpoint.get_concrete_function()
            for name, endpoint in endpoints.items()
        }
        # What the endpoints use of the model, and nothing else of it.
        self._weights = [
            variable
            for endpoint in traced.values()
            for variable in endpoint.graph.variables
        ]
        return {**traced, "serving_default": traced["recommend"]}

    def recommend(self, user_id, k):
        row, known = self._find(self._user_lookup, user_id, self._num_users)
        seen = self._seen(row)
        scores = self._score(tf.where(known, row, 0), seen)
        scores = tf.where(known[:, None], scores, self._popularity[None, :])
        return {**self._best(scores, k, seen), "known": known}

    def recommend_from_history(self, item_id, k):
        items, _ = self._find(self._item_lookup, item_id, self._num_items)
        seen = tf.math.bincount(
            items,
            minlength=self._num_items + 1,
            maxlength=self._num_items + 1,
            binary_output=True,
            dtype=tf.float32,
            axis=-1,
        )[:, : self._num_items]
        seen = tf.ensure_shape(seen, (None, self._num_items))
        return self._best(self._score_profiles(seen), k, seen)

    def score(self, user_id, item_id):
        row, known_user = self._find(
            self._user_lookup, user_id, self._num_users
        )
        item, known_item = self._find(
            self._item_lookup, item_id, self._num_items
        )
        scores = self._score(tf.where(known_user, row, 0), self._seen(row))
        scores = tf.gather(
            scores, tf.where(known_item, item, 0), axis=1, batch_dims=1
        )
        known = tf.logical_and(known_user, known_item)
        return {"score": tf.where(known, tf.cast(scores, tf.float32), np.nan)}

    def _find(self, lookup, raw_ids, unknown):
        """Returns ids (`unknown` where there is none) and whether known."""
        ids = lookup.lookup(raw_ids)
        known = ids >= 0
        return tf.where(known, ids, unknown), known

    def _seen(self, row):
        rows = tf.gather(
            tf.RaggedTensor.from_row_splits(
                self._seen_items, self._row_splits, validate=False
            ),
            row,
        )
        seen = tf.math.bincount(
            rows,
            minlength=self._num_items,
            maxlength=self._num_items,
            binary_output=True,
            dtype=tf.float32,
            axis=-1,
        )
        return tf.ensure_shape(seen, (None, self._num_items))

    def _best(self, scores, k, seen):
        checks = [
            tf.debugging.assert_positive(k, "`k` must be at least 1."),
            tf.debugging.assert_less_equal(
                k,
                self._num_items,
                f"`k` must not exceed the number of items, {self._num_items}.",
            ),
        ]
        # Before the sort, which would fail with words of its own.
        with tf.control_dependencies(checks):
            k = tf.identity(k)
        best, items = top_k_items(tf.cast(scores, tf.float32), k, seen)
        items = tf.where(best > -np.inf, items, self._num_items)
        return {"item_id": tf.gather(self._raw_item_ids, items), "score": best}


def _lookup(vocabulary):
    return tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(
            tf.constant(vocabulary),
            tf.range(len(vocabulary), dtype=tf.int32),
        ),
        default_value=-1,
    )
