import numpy as np
import pytest

from keras_ganrec.baselines import Bootstrap
from keras_ganrec.data import datasets
from keras_ganrec.data import interactions_of
from keras_ganrec.synthesis import synthesizer


def rows_of(table, columns):
    """The rows of each user, as a sorted list of sorted lists."""
    users = []
    for user in range(table.num_users):
        rows = table.user_id == user
        users.append(
            sorted(
                zip(*(c[rows].tolist() for c in columns(table)), strict=True)
            )
        )
    return sorted(users)


def test_whole_users_are_copied():
    market = datasets.synthetic(num_users=20)

    def columns(table):
        return table.item_id, table.rating, table.timestamp

    model = Bootstrap(200)
    model.adapt(market)
    real = rows_of(market, columns)
    copies = rows_of(interactions_of(model.generate(30), market), columns)
    assert all(copy in real for copy in copies)
    assert 10 < len({str(copy) for copy in copies}) < 20

    model = Bootstrap(200, replace=False)
    model.adapt(market)
    made = model.generate(20, seed=0)
    assert rows_of(interactions_of(made, market), columns) == real
    assert not np.array_equal(made.interactions["item"], market.item_id)
    with pytest.raises(ValueError, match="20 real users.*Received: n=21"):
        model.generate(21)


def test_nobody_is_drawn_twice_in_different_parts(monkeypatch):
    market = datasets.synthetic(num_users=20)
    model = Bootstrap(200, replace=False)
    model.adapt(market)
    whole = model.generate(20, seed=0).interactions
    monkeypatch.setattr(synthesizer, "USERS_AT_ONCE", 6)
    assert model.generate(20, seed=0).interactions.equals(whole)
    with pytest.raises(ValueError, match="20 real users.*Received: n=21"):
        model.stream(21)
