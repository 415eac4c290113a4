"""`ganrec synthesize`: new users like those of a table, and how alike."""

import contextlib
import dataclasses
import warnings

from keras_ganrec.cli import data
from keras_ganrec.cli import synthesis_input
from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import progress
from keras_ganrec.cli.console import seed


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
    parser.add_argument("--seed", type=seed, default=0, metavar="N")
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
    synthesis_input.check(args)
    load_tensorflow()
    from keras_ganrec.data import writers
    from keras_ganrec.evaluation.measures import num_users
    from keras_ganrec.recipes import synthesizing
    from keras_ganrec.recipes.comparing import user_parts

    model_class = synthesizing.find(args.model)
    whole, layout, features = synthesis_input.read(args)
    synthesis_input.check_learnable(args, whole)
    synthesis_input.check_disk(args, whole)
    members, *others = [whole]
    if args.report is not None:
        members, *others = user_parts(whole, args.seed)
    condition = synthesis_input.condition(args, members)
    columns = synthesizing.conditions(
        model_class, members, list(condition or ())
    )
    progress(
        f"Training {model_class.__name__} on {len(members)} interactions of "
        f"{num_users(members)} users"
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
    from keras_ganrec.evaluation.measures import num_users
    from keras_ganrec.recipes.benchmark import circumstances
    from keras_ganrec.recipes.comparing import compare_generator

    learned, measured, third = [num_users(part) for part in parts]
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
        "Measured": f"{num_users(synthetic):,} users, drawn anew from the "
        "same generator, without a condition: figures depend on the number "
        "of users, and each compares as many real ones",
        "Made": f"{now['time']}, with "
        + ", ".join(f"{k} {v}" for k, v in now["versions"].items()),
    }
    page = fidelity_report(figures, real, synthetic, facts)
    with writers.beside(pathlib.Path(args.report)) as (partial,):
        partial.write_text(page, encoding="utf-8")
    return figures["synthetic"].dropna().to_dict()


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
