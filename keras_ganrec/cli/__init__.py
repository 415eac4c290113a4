"""The command `ganrec`.

Each file is one subcommand: `add_to(commands)` declares its options and
`run(args)` returns an `Answer`. TensorFlow is loaded inside `run` alone, so
that `--help` and a wrong option answer at once. Progress goes to standard
error; standard output holds the answer and nothing else.
"""

import argparse
import contextlib
import shlex
import sys

from keras_ganrec.cli import benchmark
from keras_ganrec.cli import evaluate
from keras_ganrec.cli import export
from keras_ganrec.cli import quickstart
from keras_ganrec.cli import recommend
from keras_ganrec.cli import report
from keras_ganrec.cli import synthesize
from keras_ganrec.cli import train
from keras_ganrec.cli import tune
from keras_ganrec.cli import zoo
from keras_ganrec.cli.console import said

COMMANDS = (
    quickstart,
    train,
    report,
    evaluate,
    recommend,
    synthesize,
    export,
    zoo,
    tune,
    benchmark,
)


def main(argv: list[str] | None = None) -> int:
    """Runs one command.

    Returns:
        The exit code: 0, or 1 where a check failed, or 2 for input that cannot
        be worked with, which is explained in one line on standard error.
    """
    argv = sys.argv[1:] if argv is None else argv
    args = _parser().parse_args(argv)
    args.line = shlex.join(["ganrec", *argv])
    try:
        with contextlib.redirect_stdout(sys.stderr):
            answer = args.run(args)
    except (ValueError, OSError, ImportError) as error:
        print(f"ganrec {args.command}: {said(error)}", file=sys.stderr)
        return 2
    print(answer.as_json() if args.json else answer.text)
    return int(answer.failed)


def _parser():
    parser = _Parser(
        prog="ganrec",
        description="Adversarial recommenders for Keras.",
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND"
    )
    for command in COMMANDS:
        command.add_to(commands)
    for subparser in commands.choices.values():
        subparser.add_argument(
            "--json",
            action="store_true",
            help="print the answer as JSON, for machines",
        )
    return parser


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")
