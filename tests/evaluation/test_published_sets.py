"""The statistics of `generation.md` 1.2, on the authors' own files."""

import numpy as np
import pandas as pd
import pytest

from keras_ganrec.evaluation import fidelity
from keras_ganrec.evaluation.similarity import ks_complement
from keras_ganrec.inequality import gini
from keras_ganrec.inequality import head_share
from tests.evaluation.tables import raw_table

# rows without repeats, share of repeats, Gini of users and items, share of the
# top tenth, sd of user and item means, R^2 of the biases, correlation of
# popularity and mean rating, sd of the lift
LEVELS = {
    "ml-100k": (
        *(99_999, 0.0, 0.472, 0.629, 0.427),
        *(0.445, 0.576, 0.336, 0.50, 0.556),
    ),
    "ganrs_ml100k_1000x4000_sd2.5": (
        *(181_315, 0.26, 0.217, 0.232, 0.176),
        *(1.05, 0.90, 0.844, -0.06, 2.12),
    ),
    "ganrs_ml100k_100x4000_sd2": (
        *(76_254, 0.46, 0.193, 0.235, 0.175),
        *(0.71, 0.61, 0.643, 0.24, 0.37),
    ),
    "wganrs_ml1m_1000x800": (
        *(82_643, 0.06, 0.446, 0.291, 0.187),
        *(1.40, 0.35, 0.696, -0.17, 0.40),
    ),
    "wganrs_gender_ml1m_2000x800": (
        *(33_719, 0.18, 0.248, 0.375, 0.257),
        *(0.73, 0.70, 0.818, -0.01, 3.33),
    ),
}
WITHIN = (0, 0.005, 0.0006, 0.0006, 0.0006, 0.006, 0.006, 0.0006, 0.006, 0.006)
# total variation of ratings, KS of item degree, of user degree, of the lift
DISTANCES = {
    "ganrs_ml100k_1000x4000_sd2.5": (0.058, 0.42, 0.34, 0.43),
    "ganrs_ml100k_100x4000_sd2": (0.151, 0.42, 0.39, 0.18),
    "wganrs_ml1m_1000x800": (0.424, 0.35, 0.08, 0.26),
    "wganrs_gender_ml1m_2000x800": (0.222, 0.35, 0.33, 0.56),
}


@pytest.fixture
def published(real_data):
    def read(name):
        if name == "ml-100k":
            frame = pd.read_csv(
                real_data("ml-100k/u.data"),
                sep="\t",
                names=["user", "item", "rating", "timestamp"],
            )
            frame = frame.iloc[1:]  # as the authors read it
        else:
            frame = pd.read_csv(real_data(f"ganrs-published/{name}.csv"))
        return raw_table(frame)

    return read


@pytest.mark.parametrize("name", LEVELS)
def test_levels(published, name):
    table = published(name)
    users, items = fidelity.degrees(table)
    of_users, of_items = fidelity.mean_ratings(table)
    found = (
        len(fidelity.first_rows(table)),
        fidelity.repeated_pairs(table),
        gini(users),
        gini(items),
        head_share(items),
        fidelity.spread_of_means(of_users),
        fidelity.spread_of_means(of_items),
        fidelity.bias_r2(table),
        fidelity.popularity_rating_correlation(table),
        fidelity.lift(table).std(),
    )
    away = np.abs(np.array(found) - LEVELS[name])
    assert (away <= WITHIN).all(), found


@pytest.mark.parametrize("name", DISTANCES)
def test_distances_to_movielens_100k(published, name):
    """Degrees over their mean: the sets differ in size."""
    real, table = published("ml-100k"), published(name)
    ratings = fidelity.rating_tv(real, table)
    users, items = zip(
        *(
            [degrees / degrees.mean() for degrees in fidelity.degrees(each)]
            for each in (real, table)
        ),
        strict=True,
    )
    lifts = fidelity.lift(real), fidelity.lift(table)
    found = (
        ratings,
        *(1.0 - ks_complement(*pair) for pair in (items, users, lifts)),
    )
    away = np.abs(np.array(found) - DISTANCES[name])
    assert (away <= (0.0006, 0.006, 0.006, 0.006)).all(), found
