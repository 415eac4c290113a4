"""ProfileSynthesizer: new users, from codes that a network makes."""

import dataclasses

import keras
import numpy as np
import pandas as pd
from keras import ops

from keras_ganrec.synthesis.statistical import Marginals
from keras_ganrec.synthesis.synthesizer import Synthesizer
from keras_ganrec.synthesis.synthesizer import numpy_generator
from keras_ganrec.synthesis.user_kinds import UserKinds
from keras_ganrec.synthesis.user_kinds import one_hot
from keras_ganrec.synthesis.user_kinds import values_of
from keras_ganrec.synthesis.visits import Visits

BALANCED_BY = 1000  # users


class ProfileSynthesizer(Synthesizer):
    """Base of models that make codes, for a `ProfileAutoencoder` to decode.

    A new user is of a kind and has a number of items, as `UserKinds` draws
    them; then come a code, items and ratings by it, and `Visits`.

    A subclass sets `num_items`, `rating_values`, `conditions` (a dict from
    columns of the users' features to values or ranges) and `autoencoder`, and
    writes:

    - `codes(known, seed_generator)`: codes `(n, code_dim)` of users of whom
      the length and the conditions are known, `(n, 1 + values)`.
    """

    marginals = kinds = visits = None

    def remember(self, interactions):
        super().remember(interactions)
        # Of the values in the data it knows those alone that it is built with.
        self.schema = dataclasses.replace(
            self.schema,
            condition_values={k: list(v) for k, v in self.conditions.items()},
        )
        self.autoencoder.remember(interactions)
        self.marginals = Marginals.of(interactions, self.schema)
        self.kinds = UserKinds.of(interactions, self.conditions)
        self.visits = None
        if interactions.timestamp is not None:
            self.visits = Visits.of(interactions, self.conditions)

    def fit(self, *args, **kwargs):
        history = super().fit(*args, **kwargs)
        # Batches of one's own making may not tell of the users.
        if self.rating_values is not None and self.kinds is not None:
            self._balance_ratings()
        return history

    def _balance_ratings(self):
        # Of its own, or whoever trains on after it would draw others.
        seed_generator = keras.random.SeedGenerator(0)
        rng = numpy_generator(seed_generator)
        _, *users = self._new_users(BALANCED_BY, None, seed_generator, rng)
        self.autoencoder.balance_ratings(*users, rng)

    def draw(self, n, condition, seed_generator):
        # A file that was written while it was trained has none of them.
        if self.rating_values is not None and not np.any(
            ops.convert_to_numpy(self.autoencoder.offsets)
        ):
            self._balance_ratings()
        rng = numpy_generator(seed_generator)
        places, codes, lengths, degree = self._new_users(
            n, condition, seed_generator, rng
        )
        drawn = self.autoencoder.draw(codes, lengths, degree, rng)
        if self.rating_values is None:
            items = drawn["item_id"]
            drawn |= self.marginals.draw_ratings(items, self.schema, rng)
        if self.visits is not None:
            drawn["timestamp"] = self.visits.draw(degree, rng, places)
        features = None
        if self.conditions:
            features = pd.DataFrame(values_of(places, self.conditions, rng))
            for column in () if condition is None else condition:
                # Who is asked for by a number has that very number.
                features[column] = condition[column].to_numpy(object)
        return pd.DataFrame(drawn), features

    def _new_users(self, n, condition, seed_generator, rng):
        """Places of their conditions, codes, l and d."""
        places, degree = self.kinds.draw(n, condition, self.conditions, rng)
        degree = np.minimum(degree, self.num_items)
        lengths = self.autoencoder.standardized_length(
            degree[:, None].astype("float32")
        )
        h = one_hot(places, self.conditions)
        codes = self.codes(ops.concatenate([lengths, h], -1), seed_generator)
        return places, codes, lengths, degree

    def save_assets(self, directory):
        super().save_assets(directory)
        for part in (self.marginals, self.kinds, self.visits):
            if part is not None:
                part.save(directory)

    def load_assets(self, directory):
        super().load_assets(directory)
        self.marginals = Marginals.load(directory)
        self.kinds = UserKinds.load(directory)
        self.visits = Visits.load(directory)
