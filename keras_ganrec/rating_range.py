"""The range of ratings that a model is built for, held against its data."""

import numpy as np


def check_ratings(ratings, rating_range):
    """Raises a `ValueError` unless there are ratings, all within the range.

    Args:
        ratings: `Interactions.rating`: an array, or `None`.
        rating_range: The lowest and the highest rating of the model.
    """
    if ratings is None:
        raise ValueError(
            "The model has a `rating_range`, but the data has no ratings. "
            "Read them with `rating=`, or take a model that needs none."
        )
    low, high = rating_range
    lowest, highest = np.min(ratings), np.max(ratings)
    if lowest < low or highest > high:
        raise ValueError(
            f"The ratings go from {lowest:g} to {highest:g}, "
            f"but the model was built for {low:g} to {high:g}. Build it "
            f"with `rating_range=({lowest:g}, {highest:g})`."
        )
