"""What `ganrec synthesize` is given: read, and checked before it trains."""

import os
import shutil

from keras_ganrec import extras
from keras_ganrec.cli import data
from keras_ganrec.cli.console import progress

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
    if args.output is None:
        endings = [end for end in data.FILES if args.data.endswith(end)]
        args.output = "synthetic" + (endings or [".csv"])[0]
    if args.report is None:
        return
    extras.check(
        [
            ("matplotlib", "matplotlib", "plots"),
            ("sklearn", "scikit-learn", "synthesis"),
        ],
        "The report needs",
    )
    folder = os.path.dirname(args.report) or "."
    if not args.report.endswith(".html") or not os.path.isdir(folder):
        raise ValueError(
            f"The report cannot be written to {args.report!r}. Expected a "
            "file that ends in .html, in a folder that exists. Name another "
            "--report."
        )


def read(args):
    """Returns the interactions, their layout and that of the features."""
    from keras_ganrec.data import writers
    from keras_ganrec.data.layout import Layout
    from keras_ganrec.data.layout import text_times

    writers.check(args.output, args.rows_per_file)
    inputs = [args.data, args.user_features or args.data]
    for path in (args.output, writers.features_path(args.output)):
        if os.path.realpath(path) in map(os.path.realpath, inputs):
            raise ValueError(
                f"The output {str(path)!r} is the input. Name another --output."
            )
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


def check_disk(args, whole):
    needed = args.users * len(whole) / whole.num_users * BYTES_PER_ROW
    free = shutil.disk_usage(os.path.dirname(args.output) or ".").free
    if needed > free:
        raise ValueError(
            f"{args.users:,} users take about {needed / 1e9:,.1f} GB, and "
            f"{free / 1e9:,.1f} GB are free where {args.output!r} is to be. "
            "Make fewer --users, or name an --output elsewhere."
        )


def condition(args, members):
    """Returns the dict of `--condition`s, with values as in the features."""
    import numpy as np

    found, features = {}, members.user_features
    if features is not None:
        features = features.iloc[np.unique(members.user_id)]
    for text in args.condition:
        column, equals, value = text.partition("=")
        if not equals:
            raise ValueError(
                f"--condition must be COLUMN=VALUE. Received: {text!r}"
            )
        if features is None or column not in features:
            known = "no features of users"
            if features is not None:
                known = f"the features {', '.join(map(str, features))}"
            raise ValueError(
                f"There is no feature {column!r} for --condition. The data "
                f"has {known}. Name a table that has it with --user-features."
            )
        # A column of integers that lacks one is of floats.
        values = {
            str(v).removesuffix(".0"): v
            for v in features[column].dropna().unique()
        }
        if value not in values:
            shown = ", ".join(sorted(values)[:SHOWN_VALUES]) or "nothing"
            more = ", ..." if len(values) > SHOWN_VALUES else ""
            raise ValueError(
                f"No user has {text!r}. {column!r} is one of {shown}{more}."
            )
        found[column] = values[value]
    return found or None
