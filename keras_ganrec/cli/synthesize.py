"""`ganrec synthesize`: new users like those of a table, and how alike."""

import contextlib
import dataclasses
import itertools
import warnings

from keras_ganrec.cli import data
from keras_ganrec.cli import synthesis_input
from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_generator
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
        "users are. A generator that was saved makes more users with "
        "--from-model.",
    )
    group = parser.add_argument_group("data")
    group.add_argument(
        "data",
        nargs="?",
        metavar="FILE|NAME",
        help=f"{data.WHAT}; with --from-model for its format or --report",
    )
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
        metavar="NAME",
        help="the generator (default: profile_gan), such as "
        "bernoulli_mixture, hydra or popularity_sampler",
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
    parser.add_argument(
        "--save-model",
        metavar="FILE",
        help="keep the generator, a .keras file",
    )
    parser.add_argument(
        "--from-model",
        metavar="FILE",
        help="take a generator that was kept, and train none",
    )
    parser.set_defaults(run=run)


def run(args) -> Answer:
    synthesis_input.check(args)
    load_tensorflow()
    from keras_ganrec.recipes.comparing import user_parts

    synthesis_input.check_output(args)
    model = whole = layout = features = epochs = None
    if args.from_model is not None:
        model = load_generator(args.from_model)
    if args.data is not None:
        whole, layout, features = synthesis_input.read(args)
    parts = [whole]
    if args.report is not None:
        parts = user_parts(whole, args.seed)
    if model is None:
        model, epochs, condition = _train(args, whole, parts[0])
    else:
        known = model.schema.condition_values
        condition = synthesis_input.condition(args, known)
        synthesis_input.check_disk(args, model.schema.rows_per_user)
        if args.report is not None:
            synthesis_input.check_learned(args, model, parts)
    if args.save_model is not None:
        model.save(args.save_model)
    progress(f"Making {args.users} users")
    written = _write(args, model, condition, layout, features)
    name = type(model).__name__
    told = {
        "model": name,
        "epochs": epochs,
        "condition": condition,
        **dataclasses.asdict(written),
    }
    text = (
        f"Wrote {written.num_rows} interactions of {written.num_users} new "
        f"users: {', '.join(written.files)}"
    )
    if model.keeps_users:
        text += f"\n{name} repeats real users: treat the table as you treat "
        text += "yours."
    if features is not None:
        made = ("user", *model.condition_columns)
        left_out = [c for c in features.names if c not in made]
        text += (
            f"\nFeatures of users that {name} does not make: "
            f"{', '.join(left_out) or 'none'}"
        )
    if args.save_model is not None:
        told["model_file"] = args.save_model
        text += (
            f"\nSaved {args.save_model}: `ganrec synthesize --from-model "
            f"{args.save_model} --users N` makes more users."
        )
    if args.report is not None:
        figures = _report(args, model, whole, parts, told)
        told |= {"report": args.report, "figures": figures}
        text += f"\nHow alike they are: {args.report}"
    return Answer(text=text, data=told)


def _train(args, whole, members):
    """Returns the generator, its epochs, and the condition of the users."""
    from keras_ganrec.evaluation.measures import num_users
    from keras_ganrec.recipes import synthesizing

    model_class = synthesizing.find(args.model or "profile_gan")
    synthesis_input.check_learnable(args, whole)
    synthesis_input.check_disk(args, len(whole) / whole.num_users)
    known = synthesis_input.known_values(members)
    condition = synthesis_input.condition(args, known)
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
    return model, epochs, condition


def _write(args, model, condition, layout, features):
    """Writes new users, in the format of the real table where it is there."""
    from keras_ganrec.data import writers

    with _collapse_as_error():
        parts = model.stream(args.users, condition, args.seed)
        if layout is None:
            first = next(parts)
            layout, features = synthesis_input.layouts_of(first)
            parts = itertools.chain([first], parts)
        return writers.write(
            parts,
            args.output,
            layout,
            features
            and features.of_columns(["user", *model.condition_columns]),
            args.rows_per_file,
        )


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
        + (f", {told['epochs']} epochs" if told["epochs"] else "")
        + (f", read from {args.from_model}" if args.from_model else ""),
        "Learned from": f"{learned:,} users, drawn at random",
        "Kept away": f"{measured + third:,} users: {measured:,} to measure "
        f"on, {third:,} to fit the directions of taste that realism is "
        "measured in",
        "Written": f"{told['num_rows']:,} interactions of "
        f"{told['num_users']:,} users: {', '.join(told['files'])}"
        + "".join(f", {k}={v}" for k, v in (condition or {}).items()),
        "Measured": f"{num_users(synthetic):,} users, drawn anew from the "
        "same generator, without a condition: figures depend on the number "
        "of users, and each compares as many real ones"
        + ("; conditions are judged under Features" if condition else ""),
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
