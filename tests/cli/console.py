"""What the tests of the command share."""

import json

from keras_ganrec.cli import main

COLUMNS = ["--user-column", "who", "--item-column", "what"]
RATED = ["--rating-column", "stars", "--timestamp-column", "when"]
FAST = ["--model", "popularity_sampler"]


def answer(capsys, *argv):
    """Runs a command that succeeds; returns its JSON."""
    assert main([*argv, "--json"]) == 0
    return json.loads(capsys.readouterr().out)
