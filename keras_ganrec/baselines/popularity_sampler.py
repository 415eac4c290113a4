"""PopularitySampler: everybody draws from the same popularity.

[Chung & Lu, 2002](https://doi.org/10.1007/PL00012580): a graph in which only
the expected degrees are given, here of users and items.

n_i     number of users who met item i
d_u     number of items of user u, drawn from those of the real users

User u draws d_u items one after the other, none twice, each time item i in
proportion to n_i among those that are left.

Departures from the paper: a user's degree is met exactly, not in expectation;
popular items are therefore met a little less often than in the data.
"""

import keras
import numpy as np

from keras_ganrec.synthesis.statistical import StatisticalSynthesizer
from keras_ganrec.synthesis.statistical import draw_degrees
from keras_ganrec.synthesis.statistical import draw_in_turn


@keras.saving.register_keras_serializable(package="keras_ganrec")
class PopularitySampler(StatisticalSynthesizer):
    """Generates users without any taste: the null model of the generators.

    It keeps how many items users have and how popular items are, and nothing
    else; ratings and times as in `keras_ganrec.synthesis.statistical`.

    When to use it: as the null of a comparison: users without any taste.

    When not to: for a table that a recommender is to be trained on.

    Args:
        num_items: int. Size of the catalog.

    Example:

    >>> model = PopularitySampler(num_items=train.num_items)
    >>> model.adapt(train)
    >>> model.generate(1000, seed=0).interactions

    References:
        - [Chung & Lu, 2002](https://doi.org/10.1007/PL00012580)
    """

    paper = "https://doi.org/10.1007/PL00012580"
    year = 2002

    def __init__(self, num_items, **kwargs):
        super().__init__(**kwargs)
        self.num_items = num_items
        self.popularity = self.add_weight(
            shape=(num_items,),
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="popularity",
        )
        self.built = True

    def estimate(self, interactions):
        self.popularity.assign(
            np.bincount(interactions.item_id, minlength=self.num_items)
        )

    def draw_items(self, n, rng):
        with np.errstate(divide="ignore"):
            log_weights = np.log(np.asarray(self.popularity))
        degree = draw_degrees(n, self.marginals.degrees, rng)
        return draw_in_turn(
            lambda users: log_weights, degree, self.num_items, rng
        )

    def get_config(self):
        return {**super().get_config(), "num_items": self.num_items}
