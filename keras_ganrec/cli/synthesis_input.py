"""What `ganrec synthesize` is given: read, and checked before it trains."""

import os
import shutil

from keras_ganrec import extras
from keras_ganrec.cli import data
from keras_ganrec.cli.console import progress
from keras_ganrec.cli.report import MODEL

# Of fewer, a generator repeats the users rather than learns from them.
LEAST_USERS = 100
LEAST_ITEMS = 20
# Fewer rows than this for each id, and the column tells rows apart.
LEAST_ROWS_PER_ID = 2
BYTES_PER_ROW = 25
SHOWN_VALUES = 10


def check(args):
    # Before hours of training, not after.
    for name in ("users", "epochs"):
        number = getattr(args, name)
        if number is not None and number < 1:
            raise ValueError(f"--{name} must be positive. Received: {number}")
    _check_source(args)
    if args.output is None:
        table = args.data or ""
        endings = [end for end in data.FILES if table.endswith(end)]
        args.output = "synthetic" + (endings or [".csv"])[0]
    if args.save_model is not None:
        _check_target(args.save_model, MODEL, "model", "--save-model")
    if args.report is None:
        return
    extras.check(
        [
            ("matplotlib", "matplotlib", "plots"),
            ("sklearn", "scikit-learn", "synthesis"),
        ],
        "The report needs",
    )
    _check_target(args.report, ".html", "report", "--report")


def _check_source(args):
    """Either a table to learn from, or a generator that has learned."""
    if args.from_model is None:
        if args.data is None:
            raise ValueError(
                "There is nothing to learn from. Name a table, or a saved "
                "generator with --from-model."
            )
        return
    for name in ("model", "epochs", "save_model"):
        if getattr(args, name) is not None:
            raise ValueError(
                f"--{name.replace('_', '-')} tells about a training, and the "
                "generator of --from-model is trained. Leave one of them out."
            )
    if args.data is not None:
        return
    if args.report is not None:
        raise ValueError(
            "A report compares new users with real ones. Name the table that "
            "the generator of --from-model learned from, too."
        )
    for name in (*data.ABOUT_FILES, "data_dir"):
        if getattr(args, name, None) != data.ABOUT_FILES.get(name):
            raise ValueError(
                f"--{name.replace('_', '-')} tells about a table, and none is "
                "named. Name it, or leave the option out."
            )


def _check_target(path, ending, what, option):
    folder = os.path.dirname(path) or "."
    if not path.endswith(ending) or not os.access(folder, os.W_OK):
        raise ValueError(
            f"The {what} cannot be written to {path!r}. Expected a file that "
            f"ends in {ending}, in a folder that exists and can be written "
            f"to. Name another {option}."
        )


def check_output(args):
    from keras_ganrec.data import writers

    writers.check(args.output, args.rows_per_file)
    inputs = [args.data, args.user_features]
    inputs = [os.path.realpath(path) for path in inputs if path is not None]
    for path in (args.output, writers.features_path(args.output)):
        if os.path.realpath(path) in inputs:
            raise ValueError(
                f"The output {str(path)!r} is the input. Name another --output."
            )


def read(args):
    """Returns the interactions, their layout and that of the features."""
    from keras_ganrec.data.layout import Layout
    from keras_ganrec.data.times import text_times

    if not data.is_file(args.data):
        whole = data.read(args)
        users = whole.user_features
        if users is None:
            return whole, Layout.of_interactions(whole), None
        users = users.assign(user=whole.user_vocabulary)
        users = users[["user", *whole.user_features]]
        return whole, Layout.of_interactions(whole), _features(users, "user")
    table = data.read_table(args, args.data)
    for name in ("rating", "timestamp"):
        if getattr(args, f"{name}_column") is None and name in table:
            setattr(args, f"{name}_column", name)
    columns = {
        name: getattr(args, f"{name}_column")
        for name in data.COLUMNS
        if getattr(args, f"{name}_column") is not None
    }
    how, time = None, args.timestamp_column
    if time in table and not table[time].isna().any():
        if table[time].dtype.kind not in "iufM":
            table[time], how = text_times(table[time])
    users = features = None
    if args.user_features is not None:
        users = data.read_table(args, args.user_features)
    whole = data.from_table(args, table, users)
    if users is not None:
        features = _features(users, args.user_column)
    left_out = set(table.columns) - set(columns.values())
    if left_out:
        progress(f"Left out: the columns {', '.join(sorted(left_out))}")
    return whole, Layout.of(table, columns, how), features


def _features(users, user_column):
    from keras_ganrec.data.layout import Layout

    names = {column: column for column in users if column != user_column}
    return Layout.of(users, {"user": user_column, **names})


def check_learnable(args, whole):
    for kind, column, number, least in (
        ("user", args.user_column, whole.num_users, LEAST_USERS),
        ("item", args.item_column, whole.num_items, LEAST_ITEMS),
    ):
        if LEAST_ROWS_PER_ID * number > len(whole):
            example = str(getattr(whole, f"{kind}_vocabulary")[0])[:40]
            raise ValueError(
                f"{args.data}: column {column!r} has {number} different "
                f"values in {len(whole)} rows, such as {example!r}: free "
                "text, or something that tells rows apart, and no ids of "
                f"{kind}s that come again. Name the right column with "
                f"`--{kind}-column`."
            )
        if number < least:
            raise ValueError(
                f"{args.data} has {number} {kind}s. Expected at least "
                f"{least}: of fewer, a generator repeats what there is. Take "
                "more data."
            )


def check_learned(args, model, parts):
    """Refuses a report on a generator that may have met who is to judge it."""
    from keras_ganrec.synthesis.schema import Schema

    learned, given = model.schema, Schema.of(parts[0])
    same = all(
        getattr(learned, name) == getattr(given, name)
        for name in ("num_users", "rows_per_user", "distinct", "likeness")
    )
    if not same or list(learned.item_vocabulary) != list(given.item_vocabulary):
        raise ValueError(
            f"{args.from_model!r} has not learned from the 70 % of the users "
            f"of {args.data!r} that --seed {args.seed} draws, so nobody is "
            "known whom it has not met. Give the table and the --seed of its "
            "training, which had a --report, too; or leave --report out."
        )


def layouts_of(part):
    """The layouts of new users whose real table is not there."""
    from keras_ganrec.data import Interactions
    from keras_ganrec.data.layout import Layout

    table, users = part.interactions, part.user_features
    made = Interactions.from_dataframe(
        table, **{c: c for c in ("rating", "timestamp") if c in table}
    )
    return (
        Layout.of_interactions(made),
        None if users is None else _features(users, "user"),
    )


def check_disk(args, rows_per_user):
    needed = args.users * rows_per_user * BYTES_PER_ROW
    free = shutil.disk_usage(os.path.dirname(args.output) or ".").free
    if needed > free:
        raise ValueError(
            f"{args.users:,} users take about {needed / 1e9:,.1f} GB, and "
            f"{free / 1e9:,.1f} GB are free where {args.output!r} is to be. "
            "Make fewer --users, or name an --output elsewhere."
        )


def known_values(members):
    """dict from the features of some users to their values, or ranges."""
    import numpy as np

    from keras_ganrec import feature_values

    features = members.user_features
    if features is None:
        return {}
    present = features.iloc[np.unique(members.user_id)]
    return {
        name: feature_values.ranges_of(column)
        if feature_values.is_measured(column)
        else column.dropna().unique()
        for name, column in present.items()
    }


def condition(args, known):
    """Returns the dict of `--condition`s, with values as they are known.

    Args:
        args: The options.
        known: dict from each feature to its values, or to ranges of them.
    """
    from keras_ganrec import feature_values

    found = {}
    for text in args.condition:
        column, equals, value = text.partition("=")
        if not equals:
            raise ValueError(
                f"--condition must be COLUMN=VALUE. Received: {text!r}"
            )
        if column not in known:
            have = "no features of users"
            if known:
                have = f"the features {', '.join(map(str, known))}"
            raise ValueError(
                f"There is no feature {column!r} for --condition. There are "
                f"{have}. Name a table that has it with --user-features, or "
                "another feature."
            )
        if feature_values.are_ranges(known[column]):
            if feature_values.unknown(known[column], [value]):
                raise ValueError(
                    f"No user has {text!r}. {column!r} is "
                    f"{feature_values.described(known[column])}."
                )
            number = float(value)
            found[column] = int(number) if number.is_integer() else number
            continue
        # A column of integers that lacks one is of floats.
        values = {str(v).removesuffix(".0"): v for v in known[column]}
        if value not in values:
            shown = ", ".join(sorted(values)[:SHOWN_VALUES]) or "nothing"
            more = ", ..." if len(values) > SHOWN_VALUES else ""
            raise ValueError(
                f"No user has {text!r}. {column!r} is one of {shown}{more}."
            )
        found[column] = values[value]
    return found or None
