"""`ganrec synthesize`: new users like those of a table, and how alike."""

import contextlib
import dataclasses
import os
import shutil
import warnings

from keras_ganrec import extras
from keras_ganrec.cli import data
from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import progress

# Of fewer, a generator repeats the users rather than learns from them.
LEAST_USERS = 100
LEAST_ITEMS = 20
# Fewer rows than this for each id, and the column tells rows apart.
LEAST_ROWS_PER_ID = 2
BYTES_PER_ROW = 25
SHOWN_VALUES = 10


def add_to(commands) -> None:
    parser = commands.add_parser(
        "synthesize",
        help="make new users like those of a table, and report how alike",
        description="Trains a generator on a table of interactions, and "
        "writes new users in the same format: columns, order, types, items. "
        "Columns `rating` and `timestamp` are used where there are any. With "
        "--report, 30 % of the users are kept away from the generator, and "
        "one HTML file tells how alike, how useful and how private the new "
        "users are.",
    )
    group = parser.add_argument_group("data")
    group.add_argument("data", metavar="FILE|NAME", help=data.WHAT)
    data.add_columns(group)
    group.add_argument(
        "--user-features",
        metavar="FILE",
        help="a table with a row per user; new ones are written beside the "
        "output",
    )
    parser.add_argument(
        "--users",
        type=int,
        required=True,
        metavar="N",
        help="how many users to make",
    )
    parser.add_argument(
        "--model",
        default="profile_gan",
        metavar="NAME",
        help="the generator (default: %(default)s), such as bernoulli_mixture, "
        "hydra or popularity_sampler",
    )
    parser.add_argument(
        "--condition",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="make users with this feature only; may be repeated",
    )
    parser.add_argument("--epochs", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="where to write the users (default: synthetic, with the ending "
        "of the input)",
    )
    parser.add_argument(
        "--rows-per-file",
        type=int,
        metavar="N",
        help="write a folder of files of about so many rows",
    )
    parser.add_argument(
        "--report", metavar="FILE", help="write a report, an .html file"
    )
    parser.set_defaults(run=run)


def run(args) -> Answer:
    _check(args)
    load_tensorflow()
    from keras_ganrec.data import writers
    from keras_ganrec.recipes import synthesizing
    from keras_ganrec.recipes.comparing import user_parts

    model_class = synthesizing.find(args.model)
    whole, layout, features = _read(args)
    _check_learnable(args, whole)
    _check_disk(args, whole)
    members, *others = [whole]
    if args.report is not None:
        members, *others = user_parts(whole, args.seed)
    condition = _condition(args, members)
    columns = synthesizing.conditions(
        model_class, members, list(condition or ())
    )
    progress(
        f"Training {model_class.__name__} on {len(members)} interactions of "
        f"{_num_users(members)} users"
    )
    model, epochs = synthesizing.fit(
        model_class, members, columns, args.epochs, args.seed, progress
    )
    progress(f"Making {args.users} users")
    with _collapse_as_error():
        written = writers.write(
            model.stream(args.users, condition, args.seed),
            args.output,
            layout,
            features and features.of_columns(["user", *columns]),
            args.rows_per_file,
        )
    told = {
        "model": model_class.__name__,
        "epochs": epochs,
        "condition": condition,
        **dataclasses.asdict(written),
    }
    text = (
        f"Wrote {written.num_rows} interactions of {written.num_users} new "
        f"users: {', '.join(written.files)}"
    )
    if model.keeps_users:
        text += f"\n{model_class.__name__} repeats real users: treat the "
        text += "table as you treat yours."
    if features is not None:
        left_out = [c for c in features.names if c not in ("user", *columns)]
        text += (
            f"\nFeatures of users that {model_class.__name__} does not make: "
            f"{', '.join(left_out) or 'none'}"
        )
    if others:
        figures = _report(args, model, whole, [members, *others], told)
        told |= {"report": args.report, "figures": figures}
        text += f"\nHow alike they are: {args.report}"
    return Answer(text=text, data=told)


def _report(args, model, whole, parts, told):
    """Measures the generator and writes the report; returns the figures."""
    import pathlib

    from keras_ganrec.data import writers
    from keras_ganrec.evaluation import fidelity_report
    from keras_ganrec.recipes.benchmark import circumstances
    from keras_ganrec.recipes.comparing import compare_generator

    learned, measured, third = [_num_users(part) for part in parts]
    progress(f"Comparing new users with {measured} who were kept away")
    # Users of their own: those of the file may have a condition.
    figures, real, synthetic = compare_generator(model, parts, args.seed + 1)
    now = circumstances()
    condition = told["condition"]
    facts = {
        "Data": f"{args.data}: {whole.num_users:,} users, "
        f"{whole.num_items:,} items, {len(whole):,} interactions",
        "Generator": f"{told['model']}, seed {args.seed}"
        + (f", {told['epochs']} epochs" if told["epochs"] else ""),
        "Learned from": f"{learned:,} users, drawn at random",
        "Kept away": f"{measured + third:,} users: {measured:,} to measure "
        f"on, {third:,} to fit the directions of taste that realism is "
        "measured in",
        "Written": f"{told['num_rows']:,} interactions of "
        f"{told['num_users']:,} users: {', '.join(told['files'])}"
        + "".join(f", {k}={v}" for k, v in (condition or {}).items()),
        "Measured": f"{_num_users(synthetic):,} users, drawn anew from the "
        "same generator, without a condition: figures depend on the number "
        "of users, and so many are the real ones beside them",
        "Made": f"{now['time']}, with "
        + ", ".join(f"{k} {v}" for k, v in now["versions"].items()),
    }
    page = fidelity_report(figures, real, synthetic, facts)
    with writers.beside(pathlib.Path(args.report)) as (partial,):
        partial.write_text(page, encoding="utf-8")
    return figures["synthetic"].dropna().to_dict()


def _num_users(interactions):
    import numpy as np

    return len(np.unique(interactions.user_id))


def _check(args):
    # Before hours of training, not after.
    for name in ("users", "epochs"):
        number = getattr(args, name)
        if number is not None and number < 1:
            raise ValueError(f"--{name} must be positive. Received: {number}")
    if args.output is None:
        endings = [end for end in data.FILES if args.data.endswith(end)]
        args.output = "synthetic" + (endings or [".csv"])[0]
    inputs = [args.data, args.user_features or args.data]
    for path in map(os.path.realpath, inputs):
        if path == os.path.realpath(args.output):
            raise ValueError(
                f"The output {args.output!r} is the input. Name another "
                "--output."
            )
    if args.report is None:
        return
    for module, library, extra in (
        ("matplotlib", "matplotlib", "plots"),
        ("sklearn", "scikit-learn", "synthesis"),
    ):
        extras.load(module, library, extra, "The report needs")
    folder = os.path.dirname(args.report) or "."
    if not args.report.endswith(".html") or not os.path.isdir(folder):
        raise ValueError(
            f"The report cannot be written to {args.report!r}. Expected a "
            "file that ends in .html, in a folder that exists. Name another "
            "--report."
        )


def _read(args):
    """Returns the interactions, their layout and that of the features."""
    from keras_ganrec.data import writers
    from keras_ganrec.data.layout import Layout
    from keras_ganrec.data.layout import text_times

    writers.check(args.output, args.rows_per_file)
    if not data.is_file(args.data):
        whole = data.read(args)
        users = whole.user_features
        if users is None:
            return whole, Layout.of_interactions(whole), None
        users = users.assign(user=whole.user_vocabulary)
        users = users[["user", *whole.user_features]]
        return whole, Layout.of_interactions(whole), _features(users, "user")
    table = data.read_table(args.data)
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
        users = data.read_table(args.user_features)
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


def _check_learnable(args, whole):
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


def _check_disk(args, whole):
    needed = args.users * len(whole) / whole.num_users * BYTES_PER_ROW
    free = shutil.disk_usage(os.path.dirname(args.output) or ".").free
    if needed > free:
        raise ValueError(
            f"{args.users:,} users take about {needed / 1e9:,.1f} GB, and "
            f"{free / 1e9:,.1f} GB are free where {args.output!r} is to be. "
            "Make fewer --users, or name an --output elsewhere."
        )


def _condition(args, members):
    """Returns the dict of `--condition`s, with values as in the features."""
    import numpy as np

    condition, features = {}, members.user_features
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
        condition[column] = values[value]
    return condition or None


@contextlib.contextmanager
def _collapse_as_error():
    """Within it, a generator that has collapsed raises a `ValueError`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", ".*has collapsed", RuntimeWarning)
        try:
            yield
        except RuntimeWarning as error:
            raise ValueError(
                f"Nothing was written: {error} Here: try more --epochs, "
                "another --seed or another --model."
            ) from error
