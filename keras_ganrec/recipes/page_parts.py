"""What the pages of results are made of, in Markdown."""

from collections.abc import Iterable

import numpy as np


def table(heads: Iterable, lines: Iterable[Iterable], rule="---") -> str:
    """Returns a table.

    Args:
        heads: Text of each column's heading.
        lines: Of each line the text of its cells.
        rule: str. The rule below all headings but the first: `"---:"` sets
            those columns flush right.
    """
    first, *others = heads
    rules = ["---", *[rule] * len(others)]
    rows = ([first, *others], rules, *lines)
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)


def spread(values: Iterable, style=".4f") -> str:
    """Mean of what was measured, and its standard deviation, if it has one.

    Args:
        values: Iterable of float, one for each seed; `None` is left out.
        style: str. How the mean is written; the other one has no sign.
    """
    values = np.asarray([v for v in values if v is not None], float)
    text = "" if not len(values) else format(values.mean(), style)
    if len(values) > 1:
        text += f" ± {format(values.std(ddof=1), style.lstrip('+'))}"
    return text
