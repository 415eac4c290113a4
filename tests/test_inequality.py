"""Known answers of the measures of inequality."""

import numpy as np
import pytest

from keras_ganrec.inequality import gini
from keras_ganrec.inequality import head_share


def test_gini():
    assert gini([3, 3, 3]) == pytest.approx(0.0)
    assert gini([0, 0, 0, 8]) == pytest.approx(3 / 4)
    assert gini([0, 0]) == 0.0
    # Half of the mean difference of two, over the mean.
    counts = np.random.default_rng(0).geometric(0.1, 300)
    differences = np.abs(counts[:, None] - counts).mean()
    assert gini(counts) == pytest.approx(differences / 2 / counts.mean())


def test_head_share():
    assert head_share(np.array([7, 1, 2])) == 0.7
    assert head_share([5, *[1] * 18]) == pytest.approx(5 / 23)  # one of 19
    assert head_share([0, 0]) == 0.0
