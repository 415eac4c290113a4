"""What all commands say, and how."""

import argparse
import contextlib
import dataclasses
import json
import os
import sys
from typing import Any

# What errors of functions name, and what it is called here.
OPTIONS = {
    "`Interactions.from_dataframe(df, rating=...)`": "`--rating-column`",
    "`recommend({'new user': [item, item]})`": "`--history`",
    "`item_features=` (or `user_features=`)": "`--item-features`",
    "`user_features=`": "`--user-features`",
    **{
        f"`{column}=`": f"`--{column}-column`"
        for column in ("user", "item", "rating", "timestamp")
    },
    "`ratio_split`": "`--split random_80_20`",
    "Read a file of your own with `Interactions.from_csv`": "Name a file of "
    "your own by its path",
    "`min_rating`": "`--min-rating`",
    "`data_dir`": "`--data-dir`",
}
MOST_SEED = 2**31 - 1


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a command prints: text for people, data for machines.

    A check that `failed` is no error: its answer is printed as any other.
    """

    text: str
    data: Any
    failed: bool = False

    def as_json(self) -> str:
        return json.dumps(self.data, indent=2, default=lambda v: v.item())


def progress(text: str) -> None:
    """Says what is being done."""
    print(text, file=sys.stderr, flush=True)


def table(frame) -> str:
    """A DataFrame as aligned columns, four decimals."""
    return frame.to_string(
        index=False, float_format=lambda x: f"{x:.4f}", na_rep=""
    )


def said(error: Exception) -> str:
    """What an error says, in a line, and in the words of the command."""
    text = " ".join(str(error).split())
    for named, option in OPTIONS.items():
        text = text.replace(named, option)
    return text


def seed(text: str) -> int:
    """The type of `--seed`."""
    if not 0 <= int(text) <= MOST_SEED:
        raise argparse.ArgumentTypeError(
            f"expected 0 to {MOST_SEED}, received {text}"
        )
    return int(text)


def load_tensorflow() -> None:
    """Imports TensorFlow without the greetings of its libraries."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _silent_standard_error():
        import tensorflow  # noqa: F401


def load_model(path):
    """Reads the recommender in a `.keras` file.

    Raises:
        ValueError: The file is corrupt, or holds no recommender.
        FileNotFoundError: There is no such file.
    """
    from keras_ganrec.recommender import Recommender

    model = _load(path, "ganrec train")
    if not isinstance(model, Recommender) or model.catalog is None:
        raise ValueError(
            f"{path!r} holds a {type(model).__name__} that knows no users and "
            "items. Expected a trained recommender, as `ganrec train` writes. "
            "A generator of users is used by `ganrec synthesize --from-model`."
        )
    return model


def load_generator(path):
    """Reads the generator of users in a `.keras` file.

    Raises:
        ValueError: The file is corrupt, or holds no trained generator.
        FileNotFoundError: There is no such file.
    """
    from keras_ganrec.synthesis.synthesizer import Synthesizer

    model = _load(path, "ganrec synthesize --save-model")
    if not isinstance(model, Synthesizer) or model.schema is None:
        raise ValueError(
            f"{path!r} holds a {type(model).__name__} that makes no users. "
            "Expected a trained generator, as `ganrec synthesize "
            "--save-model` writes."
        )
    return model


def _load(path, command):
    import keras

    from keras_ganrec.recipes import zoo

    zoo.classes()  # Keras finds what is registered.
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"There is no model {path!r}. Write one with `{command}`."
        )
    try:
        return keras.models.load_model(path)
    except Exception as error:
        raise ValueError(
            f"{path!r} cannot be read as a model: it is corrupt, truncated or "
            f"no `.keras` file ({type(error).__name__}: {error}). Write it "
            f"again with `{command}`."
        ) from error


@contextlib.contextmanager
def _silent_standard_error():
    # C++ writes to the file descriptor itself.
    sys.stderr.flush()
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)
