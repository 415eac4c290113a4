"""Popularity: everybody is shown what most users have seen.

    x^_ui = |{v : i in I_v}|

"TopPop" of
[Cremonesi et al., RecSys 2010](https://doi.org/10.1145/1864708.1864721).
What a recommender has to beat to be called personal.
"""

import keras
import numpy as np
from keras import ops

from keras_ganrec.recommender import Recommender


@keras.saving.register_keras_serializable(package="keras_ganrec")
class Popularity(Recommender):
    """Scores an item by the number of its users.

    When to use it: always, beside every other model: what is not better is not
    personal.

    When not to: as the only baseline: it is the weakest on every split here.

    Args:
        num_items: int. Size of the catalog.

    Example:

    >>> model = Popularity(num_items=train.num_items)
    >>> model.adapt(train)

    References:
        - [Cremonesi et al., 2010](https://doi.org/10.1145/1864708.1864721)
    """

    paper = "https://doi.org/10.1145/1864708.1864721"
    year = 2010

    def __init__(self, num_items, **kwargs):
        super().__init__(**kwargs)
        self.num_items = num_items
        # Never cast down: half precision cannot count beyond 2,048.
        self.popularity = self.add_weight(
            shape=(num_items,),
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="popularity",
        )
        self.built = True

    def call(self, inputs):
        return self._for_each(next(iter(inputs.values())))

    def score_profiles(self, seen):
        return self._for_each(seen)

    def _for_each(self, rows):
        batch = ops.shape(rows)[0]
        return ops.broadcast_to(self.popularity, (batch, self.num_items))

    def adapt(self, interactions):
        """Counts the users of each item.

        Args:
            interactions: `keras_ganrec.data.Interactions`.
        """
        self.remember(interactions)
        self.popularity.assign(
            np.bincount(interactions.item_id, minlength=self.num_items)
        )

    def get_config(self):
        return {**super().get_config(), "num_items": self.num_items}
