"""What pictures of the pages share."""

from keras_ganrec.evaluation import page

STYLE = (
    "<style>svg { color: #1f2328 } @media (prefers-color-scheme: dark) "
    "{ svg { color: #f0f6fc } }</style>"
)


def svg(draw, label):
    """A figure as SVG, in the colours of who looks at it.

    Args:
        draw: Callable without arguments that returns the figure.
        label: str. For who does not see it.
    """
    return page.svg(draw, label=label).replace(">", f">{STYLE}", 1) + "\n"
