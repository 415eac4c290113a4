"""The page of the results that were trained again, docs/checked.md.

    ganrec benchmark --check --json ease_ml_1m > checked.json
    python docs/checked.py checked.json

Puts the answers of checks into `docs/checks.json`, of each recipe the last one,
and writes the page from all of them and from the results of today; so does
`python docs/readme.py`.
"""

import json
import pathlib
import sys

DOCS = pathlib.Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from keras_ganrec.data import writers  # noqa: E402
from keras_ganrec.recipes import page_parts  # noqa: E402
from keras_ganrec.recipes import results  # noqa: E402
from keras_ganrec.recipes import synthesis_report  # noqa: E402

PAGE = DOCS / "checked.md"
KEPT = DOCS / "checks.json"
HEAD = """\
# Checked results

Written by `python docs/checked.py` from `docs/checks.json`, which holds answers
of `ganrec benchmark --check --json`. Do not edit it by hand.

A check trains again with the settings that were chosen and the same seeds, and
compares each main metric with its [tolerance](measuring.md): the stated spread.
`of the tolerance` is the largest difference among them, 0 % where all came out
as they were.

Of {rows} results {checked} were checked as they are now. Within their spread
came out {within}.
"""
SINCE = """
Checked before they were measured again: {}.
"""
COLUMNS = ("recipe", "came out", "of the tolerance", "metric", "from", "at")


def read(path):
    return json.loads(path.read_text()) if path.exists() else []


def page(checks):
    """Renders the answers of checks."""
    rows = {
        row["recipe"]: row
        for path in (results.PATH, synthesis_report.path_beside())
        for row in results.read(path)
    }
    of_today = [
        check
        for check in checks
        if check["stored"]["time"] == rows.get(check["recipe"], {}).get("time")
    ]
    text = HEAD.format(
        rows=len(rows),
        checked=len(of_today),
        within=sum(check["reproduced"] for check in of_today),
    )
    if of_today:
        lines = [_line(check) for check in of_today]
        text += f"\n{page_parts.table(COLUMNS, lines)}\n"
    before = [
        f"`{check['recipe']}` ({_verdict(check)})"
        for check in checks
        if check not in of_today
    ]
    return text + (SINCE.format(", ".join(before)) if before else "")


def _verdict(check):
    return "within" if check["reproduced"] else "**outside**"


def _line(check):
    shares = {
        name: abs(value["again"] - value["mean"]) / value["tolerance"]
        for name, value in check["metrics"].items()
    }
    worst = max(shares, key=shares.get)
    return [
        check["recipe"],
        _verdict(check),
        f"{shares[worst]:.0%}",
        worst if shares[worst] > 0 else "",
        check["stored"]["commit"][:7],
        check["checked"]["commit"][:7],
    ]


def main():
    kept = {check["recipe"]: check for check in read(KEPT)}
    for path in sys.argv[1:]:
        for check in json.loads(pathlib.Path(path).read_text()):
            kept[check["recipe"]] = check
    checks = [kept[name] for name in sorted(kept)]
    with writers.beside(KEPT) as (partial,):
        partial.write_text(json.dumps(checks, indent=1) + "\n")
    write()


def write():
    PAGE.write_text(page(read(KEPT)))


if __name__ == "__main__":
    main()
