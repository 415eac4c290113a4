"""Recommender: scores of the whole catalog, ranked, measured and returned."""

import contextlib
from collections.abc import Mapping
from collections.abc import Sequence

import keras
import pandas as pd

from keras_ganrec.catalog import Catalog
from keras_ganrec.gradients import Descent
from keras_ganrec.metrics import RankingMetric
from keras_ganrec.ranking import rank
from keras_ganrec.recommending import recommended
from keras_ganrec.reproducible import ReproducibleModel
from keras_ganrec.reproducible import carried
from keras_ganrec.reproducible import is_no_batches
from keras_ganrec.reproducible import no_batches


class Recommender(ReproducibleModel):
    """Base of all models that rank items for users.

    `call(inputs)` returns the scores `(batch, num_items)` of the whole
    catalog, so that `evaluate()` is the full-ranking evaluation and
    `recommend()` works for every model.

    A subclass writes:

    - `call(inputs)`: `inputs["user_id"]` of shape `(batch,)`, and
      `inputs["seen"]` of shape `(batch, num_items)`, 1 where the user has
      interacted with the item.
    - `score_profiles(seen)`: scores of users known by their items alone,
      where the model can.
    - `training_loss(batch)`, if it is trained by gradients and is not a GAN;
      or `adapt(interactions)`, if it is fitted without.

    Models whose scores are inner products set `factorizes = True` and also
    give `user_embeddings(user_id)` and `item_embeddings()`; a large catalog is
    then ranked in blocks.
    """

    factorizes = False
    catalog = None
    _traced_catalog = None  # the one that the training step was traced with

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.ranking_metrics = []
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def compile(
        self, optimizer=None, metrics=None, jit_compile=False, **kwargs
    ):
        """Sets the optimizer, if the model has one, and the ranking metrics.

        Args:
            optimizer: Name or `keras.optimizers.Optimizer`; `None` for GANs,
                which have two, and for models fitted by `adapt`.
            metrics: List of `keras_ganrec.metrics`.
            jit_compile: bool. XLA, off unless asked for.
            **kwargs: As in `keras.Model.compile`.

        Raises:
            ValueError: If XLA is asked for and cannot compile the model, or a
                metric does not rank, or looks at more items than there are.
        """
        layers = self._flatten_layers()
        if jit_compile is True and not all(x.supports_jit for x in layers):
            raise ValueError(
                f"XLA cannot compile `{type(self).__name__}`: it has no sums "
                "over sparse graphs. Received: jit_compile=True. Leave it out."
            )
        metrics = self._checked(metrics)
        super().compile(optimizer=optimizer, jit_compile=jit_compile, **kwargs)
        self.ranking_metrics = metrics
        for metric in self.ranking_metrics:
            metric.build(self.num_items)
        self.keep_compile_config(
            optimizer=self.optimizer,
            metrics=self.ranking_metrics,
            jit_compile=jit_compile,
            **kwargs,
        )
        if self.optimizer is not None:
            self._descent = Descent(
                self.player(), self.optimizer, compiled=not self.run_eagerly
            )

    def _checked(self, metrics):
        metrics = [] if metrics is None else keras.tree.flatten(metrics)
        for metric in metrics:
            if not isinstance(metric, RankingMetric):
                raise ValueError(
                    "`metrics` must be of `keras_ganrec.metrics`, such as "
                    f"`[NDCGAtK(10)]`. Received: {metric!r}"
                )
            if metric.k > self.num_items:
                raise ValueError(
                    f"`{metric.name}` looks at {metric.k} items, and there "
                    f"are {self.num_items}. Take a `k` of at most as many."
                )
        return metrics

    def player(self):
        """Returns the model whose weights the optimizer moves: all of this."""
        return self

    @property
    def metrics(self):
        return [self.loss_tracker, *self.ranking_metrics, *super().metrics]

    def training_loss(self, batch):
        raise NotImplementedError(
            f"`{type(self).__name__}` is not trained by `fit()`. "
            "Use `adapt(interactions)`."
        )

    def train_step(self, data):
        self.check_optimizer()
        batch, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        loss = self._descent.step(
            lambda: self.training_loss(batch),
            self.distribute_strategy.num_replicas_in_sync,
        )
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def check_optimizer(self):
        """Raises a `ValueError` if there is none. For a `train_step`."""
        if self.optimizer is None:
            raise ValueError(
                f"`{type(self).__name__}` was compiled without an optimizer. "
                "Name one, `compile(optimizer='adam')`; but a model that is "
                "fitted by `adapt(interactions)` needs none, and no `fit()`."
            )

    def test_step(self, data):
        inputs, held_out, weight = keras.utils.unpack_x_y_sample_weight(data)
        if held_out is None:
            raise ValueError(
                "There is nothing to find in these batches. Make them by "
                "`keras_ganrec.data.ranking_batches(train, held_out)`."
            )
        # One sort serves the metrics of all list lengths.
        ranking = rank(
            self(inputs, training=False),
            held_out,
            k=max(metric.k for metric in self.ranking_metrics),
            seen=inputs["seen"],
        )
        for metric in self.ranking_metrics:
            metric.update_ranked(ranking, weight)
        return {m.name: m.result() for m in self.ranking_metrics}

    def evaluate(self, x=None, *args, **kwargs):
        """Ranks the whole catalog for each user, as `keras.Model.evaluate`.

        Args:
            x: `keras_ganrec.data.ranking_batches(train, held_out)`.
            *args: As in `keras.Model.evaluate`.
            **kwargs: As in `keras.Model.evaluate`.
        """
        if self.compiled and not self.ranking_metrics:
            raise ValueError(
                f"`{type(self).__name__}` was compiled without metrics, so "
                "there is nothing to evaluate. Compile it with "
                "`metrics=[keras_ganrec.metrics.NDCGAtK(10)]`."
            )
        _expect_ranking_batches(x)
        with self.ranking():
            return super().evaluate(x, *args, **kwargs)

    def test_on_batch(self, *args, **kwargs):
        with self.ranking():
            return super().test_on_batch(*args, **kwargs)

    def predict(self, *args, **kwargs):
        with self.ranking():
            return super().predict(*args, **kwargs)

    def predict_on_batch(self, *args, **kwargs):
        with self.ranking():
            return super().predict_on_batch(*args, **kwargs)

    @contextlib.contextmanager
    def ranking(self):
        """Whatever ranks users batch by batch does so within this context.

        A model whose embeddings cost more than a lookup makes them when it is
        entered, and `call` reads them. For the others there is nothing to do.
        """
        yield

    def fit(self, x=None, *args, **kwargs):
        if is_no_batches(x):
            raise no_batches(self, x)
        _expect_ranking_batches(kwargs.get("validation_data"))
        catalog = self.catalog
        interactions = carried(x, "interactions")
        if interactions is not None:
            self.remember(interactions)
        try:
            return super().fit(x, *args, **kwargs)
        # The weights may have moved; who has seen what is as before.
        except Exception:
            self.catalog = catalog
            self._forget_traces()
            raise

    def adapt(self, interactions):
        """Fits a model that needs no gradients. Others are given `fit()`."""
        raise NotImplementedError(
            f"`{type(self).__name__}` is trained by gradients. Use "
            "`compile()` and `fit()`."
        )

    def remember(self, interactions):
        """Keeps the raw ids and who has seen what, for `recommend()`.

        `fit()` and `adapt()` do it; call it to exclude, or to fold in, other
        interactions than those the model was trained on.

        Args:
            interactions: `keras_ganrec.data.Interactions`.
        """
        if not hasattr(interactions, "to_csr"):
            raise ValueError(
                "Expected `Interactions` of `keras_ganrec.data`, such as "
                f"`split.train`. Received: {type(interactions).__name__}"
            )
        if interactions.num_items != self.num_items:
            raise ValueError(
                f"The data has {interactions.num_items} items, but the model "
                f"was built for {self.num_items}. Build it with "
                f"`num_items={interactions.num_items}`."
            )
        num_users = getattr(self, "num_users", None)
        if num_users not in (None, interactions.num_users):
            raise ValueError(
                f"The data has {interactions.num_users} users, but the model "
                f"was built for {num_users}. Build one for these, with "
                f"`num_users={interactions.num_users}` or features of them."
            )
        catalog = Catalog(
            interactions.user_vocabulary,
            interactions.item_vocabulary,
            interactions.to_csr(),
        )
        if not catalog.equals(self.catalog):
            self.catalog = catalog
        self._forget_traces()

    def _forget_traces(self):
        # What was traced before refers to the former catalog.
        self.test_function = None
        self.predict_function = None
        # The step is slow to trace, and kept for more epochs on the same data.
        if self.catalog is not self._traced_catalog:
            self.train_function = None
            self._traced_catalog = self.catalog

    def score_profiles(self, seen):
        """Returns scores `(batch, num_items)` of users known by their items.

        Args:
            seen: Tensor of shape `(batch, num_items)`.
        """
        raise TypeError(
            f"`{type(self).__name__}` cannot score users it was not trained "
            "on. Train it again with them, or use a model that takes "
            "profiles (CFGAN in user mode, EASE, MultVAE) or folds in "
            "(GANMF, IALS, ItemKNN)."
        )

    @property
    def takes_profiles(self):
        """Whether it can score users known by their items."""
        return type(self).score_profiles is not Recommender.score_profiles

    def recommend(
        self,
        users: Sequence[str | int] | Mapping[str | int, Sequence[str | int]],
        k: int = 10,
        exclude_seen: bool = True,
        candidates: Sequence[str | int] | None = None,
        batch_size: int = 256,
    ) -> pd.DataFrame:
        """Returns the best items of each user, by raw ids.

        Args:
            users: List of raw ids of users of the training data; or a dict
                from any name to the list of raw item ids of a user that was
                not there.
            k: int. Items per user, at most the number of candidates.
            exclude_seen: bool. Leaves out what the user has interacted with.
            candidates: Optional list of raw item ids. Ranks these alone.
            batch_size: int. Users scored at once.

        Returns:
            A DataFrame with the columns `user`, `rank` (from 1), `item` and
            `score`, best first. Equal scores: the item with the lower id
            (the earlier one of the vocabulary) first. A user with fewer than
            `k` unseen candidates gets fewer rows.

        Raises:
            ValueError: If an id is unknown, `k` is larger than the number of
                candidates, or the model has not been trained on data with
                raw ids.
        """
        return recommended(
            self,
            self._known_catalog(),
            users,
            k,
            exclude_seen,
            candidates,
            batch_size,
        )

    def _known_catalog(self):
        if self.catalog is None:
            raise ValueError(
                f"`{type(self).__name__}` does not know the raw ids yet. "
                "Train it with `fit(keras_ganrec.data....(interactions))` or "
                "`adapt(interactions)`, or call `remember(interactions)`."
            )
        return self.catalog

    def save_assets(self, directory):
        if self.catalog is not None:
            self.catalog.save(directory)

    def load_assets(self, directory):
        self.catalog = Catalog.load(directory)


def _expect_ranking_batches(x):
    if is_no_batches(x):
        raise ValueError(
            f"There is nothing to rank in a {type(x).__name__}. Expected "
            "`keras_ganrec.data.ranking_batches(train, held_out)`."
        )
