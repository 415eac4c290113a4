"""Bootstrap: real users, drawn again.

[Efron & Tibshirani, 1993](https://doi.org/10.1201/9780429246593)

Each new user is a copy of a real one, drawn with replacement: items, ratings
and times. As realistic as can be, and no protection at all.

Departures from the book: users are drawn, not rows, so that profiles stay
whole.
"""

import itertools
import os

import keras
import numpy as np
import pandas as pd

from keras_ganrec.synthesis.synthesizer import Synthesizer
from keras_ganrec.synthesis.synthesizer import numpy_generator

COLUMNS = ("item_id", "rating", "timestamp")
FILE = "users.npz"


@keras.saving.register_keras_serializable(package="keras_ganrec")
class Bootstrap(Synthesizer):
    """Copies real users. It leaks: who has its data has real people's data.

    The upper end of fidelity and the lower end of privacy, to measure others
    against; nothing to give away. It is the one generator that must keep the
    rows of its data, and its file holds them (`keeps_users`).

    When to use it: as the upper end of a comparison: the fidelity of real
    users.

    When not to: to give anything away: every user of the new table is a real
    one.

    Args:
        num_items: int. Size of the catalog.
        replace: bool. With `False` nobody is drawn twice: as many users as
            there are, and it is the data itself, in another order.

    References:
        - [Efron & Tibshirani, 1993](https://doi.org/10.1201/9780429246593)
    """

    paper = "https://doi.org/10.1201/9780429246593"
    year = 1993
    keeps_users = True
    rows = None

    def __init__(self, num_items, replace=True, **kwargs):
        super().__init__(**kwargs)
        self.num_items = num_items
        self.replace = replace
        self.built = True

    def adapt(self, interactions):
        """Keeps the rows, sorted by user, without the users' ids.

        Args:
            interactions: `keras_ganrec.data.Interactions`.
        """
        self.remember(interactions)
        order = np.argsort(interactions.user_id, kind="stable")
        columns = {name: getattr(interactions, name) for name in COLUMNS}
        self.rows = {k: v[order] for k, v in columns.items() if v is not None}
        _, degree = np.unique(interactions.user_id, return_counts=True)
        self.rows["ends"] = np.cumsum(degree)  # of each user's rows

    def draw(self, n, condition, seed_generator):
        return self._copies(self._chosen(n, seed_generator)), None

    def _parts(self, n, condition, seed_generator):
        if self.replace:
            return super()._parts(n, condition, seed_generator)
        # Chosen for all parts at once: a part does not know the others' users.
        chosen = iter(self._chosen(n, seed_generator))

        def draw_next(size, condition, seed_generator):
            return self._copies(list(itertools.islice(chosen, size))), None

        return super()._parts(n, condition, seed_generator, draw_next)

    def _chosen(self, n, seed_generator):
        num_users = len(self.rows["ends"])
        if not self.replace and n > num_users:
            raise ValueError(
                f"There are {num_users} real users, and none is drawn twice. "
                f"Received: n={n}. Draw fewer, or build the model with "
                "`replace=True`."
            )
        rng = numpy_generator(seed_generator)
        return rng.choice(num_users, n, replace=self.replace)

    def _copies(self, chosen):
        rows = dict(self.rows)
        ends = rows.pop("ends")
        starts = np.append(0, ends[:-1])
        degree = (ends - starts)[chosen]
        place = np.arange(degree.sum()) - np.repeat(
            np.cumsum(degree) - degree, degree
        )
        place += np.repeat(starts[chosen], degree)
        drawn = {name: column[place] for name, column in rows.items()}
        user = np.repeat(np.arange(len(chosen)), degree)
        return pd.DataFrame({"user": user, **drawn})

    def save_assets(self, directory):
        super().save_assets(directory)
        if self.rows is not None:
            np.savez(os.path.join(directory, FILE), **self.rows)

    def load_assets(self, directory):
        super().load_assets(directory)
        path = os.path.join(directory, FILE)
        if os.path.exists(path):
            with np.load(path, allow_pickle=False) as arrays:
                self.rows = dict(arrays)

    def get_config(self):
        return {
            **super().get_config(),
            "num_items": self.num_items,
            "replace": self.replace,
        }
