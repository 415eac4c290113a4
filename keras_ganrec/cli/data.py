"""Data to read: a file of one's own, or a public data set by name."""

import os

from keras_ganrec.cli.console import progress

FILES = (".csv", ".csv.gz", ".parquet")
COLUMNS = {"user": "user", "item": "item", "rating": None, "timestamp": None}
# Options that tell about a file, and what they are when not given.
ABOUT_FILES = {
    **{f"{name}_column": default for name, default in COLUMNS.items()},
    **dict.fromkeys(("min_rating", "user_features", "item_features")),
}

WHAT = (
    f"a file ({', '.join(FILES)}) with a header and one interaction per row, "
    "or a data set such as ml-1m, or synthetic"
)


def add_options(parser) -> None:
    """Adds `--data` and what tells about it."""
    group = parser.add_argument_group("data")
    group.add_argument("--data", required=True, metavar="FILE|NAME", help=WHAT)
    add_columns(group)


def add_columns(group) -> None:
    """Adds what tells about the data, but for its name."""
    for column, default in COLUMNS.items():
        group.add_argument(
            f"--{column}-column",
            default=default,
            metavar="NAME",
            help=f"the file's column of {column}s (default: {default})",
        )
    group.add_argument(
        "--min-rating",
        type=float,
        metavar="X",
        help="leave out lower ratings; needs --rating-column",
    )
    group.add_argument(
        "--data-dir",
        metavar="FOLDER",
        help="where public data sets are (default: $KERAS_GANREC_DATA)",
    )


def read(args):
    """Returns the `Interactions` that the options name."""
    from keras_ganrec.data import datasets
    from keras_ganrec.recipes.loading import SYNTHETIC

    if is_file(args.data):
        return from_table(args, read_table(args, args.data))
    check_named(args)
    if args.data == SYNTHETIC:
        return datasets.synthetic()
    return datasets.load(args.data, data_dir=args.data_dir)


def check_named(args):
    """Refuses what tells about a file, of a data set by its name."""
    for name, default in ABOUT_FILES.items():
        if getattr(args, name, default) != default:
            raise ValueError(
                f"--{name.replace('_', '-')} tells about a file, and "
                f"{args.data!r} is none here, of the endings "
                f"{', '.join(FILES)}. Look at its name; of a data set, leave "
                "the option out."
            )


def read_table(args, path):
    """Returns the table of a file, as it is."""
    import pandas as pd

    from keras_ganrec.data import files

    if not os.path.exists(path):
        raise FileNotFoundError(f"There is no file {path!r}. Look at its name.")
    if path.endswith(".parquet"):
        with files.reading(path):
            return pd.read_parquet(path)
    return files.read_csv(path, (args.user_column, args.item_column))


def from_table(args, table, user_features=None):
    """Returns the `Interactions` of a table, by the columns named."""
    from keras_ganrec.data import Interactions

    columns = {name: getattr(args, f"{name}_column") for name in COLUMNS}
    items = getattr(args, "item_features", None)
    if items is not None:
        items = read_table(args, items)
    try:
        return Interactions.from_dataframe(
            table,
            min_rating=args.min_rating,
            user_features=user_features,
            item_features=items,
            **columns,
        )
    except ValueError as error:
        hint = ""
        if len(table.columns) == 1:
            hint = " It is one column: expected commas between the values."
        raise ValueError(f"{args.data}: {error}{hint}") from error


def read_split(args):
    """Returns the `Split` that the options and `--split` name."""
    from keras_ganrec.data import datasets
    from keras_ganrec.recipes import loading

    if is_file(args.data) or not datasets.split_names(args.data):
        parts = loading.split_by_name(read(args), args.split, args.seed)
    else:
        check_named(args)
        parts = loading.load_split(
            args.data, args.split, args.data_dir, args.seed
        )
    train = parts.train
    progress(
        f"{args.data}, split {args.split}: {train.num_users} users, "
        f"{train.num_items} items, {len(train)} interactions to train on, "
        f"{len(parts.validation)} to tune on, {len(parts.test)} to test on"
    )
    return parts


def is_file(data: str) -> bool:
    return data.endswith(FILES) or os.path.isfile(data)
