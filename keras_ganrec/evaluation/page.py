"""The frame of a report: one HTML file, no scripts, no other files."""

import html
import io
import re
from collections.abc import Mapping

from keras_ganrec.evaluation.plots.look import load_matplotlib

INK = "#010203"  # stands for the colour of the page's text
PLOT_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "keras_ganrec",
    "font.family": "sans-serif",
    "font.sans-serif": ["system-ui", "DejaVu Sans"],
    **dict.fromkeys(
        (
            "text.color",
            "axes.edgecolor",
            "axes.labelcolor",
            "xtick.color",
            "ytick.color",
        ),
        INK,
    ),
}
STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881;
  --good: #1d7f45; --middling: #8a6100; --bad: #b3361b; }
@media (prefers-color-scheme: dark) { :root { --good: #63c98a;
  --middling: #e0b040; --bad: #f08a6c; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem;
  max-width: 60rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; display: flex; flex-wrap: wrap;
  gap: .25rem .75rem; justify-content: space-between; }
.lead { font-size: 1.1rem; }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr;
  gap: .25rem 1rem; margin: 0; }
@media (max-width: 40rem) { .long { display: block; }
  .long dd { margin: 0 0 .5rem 1rem; } }
dt { font-weight: 600; }
dd { margin: 0; }
li { margin-bottom: .4rem; }
.figures { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
figure { margin: 0; }
figure svg { width: 100%; height: auto; }
figcaption { text-align: center; font-size: .9rem; }
.cards { display: grid; gap: 0 2.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); }
.card { border-top: 1px solid var(--line); padding: .75rem 0; }
.card p { margin: .1rem 0 .4rem; font-size: .95rem; opacity: .85; }
.values { display: grid; grid-template-columns: repeat(4, 1fr); gap: .5rem;
  font-variant-numeric: tabular-nums; max-width: 32rem; }
.values span { display: block; font-size: .75rem; opacity: .75; }
.way { position: relative; height: .4rem; margin: .6rem 0 .2rem;
  max-width: 32rem; border-radius: .2rem; background: linear-gradient(
  to right, var(--good), var(--middling) 50%, var(--bad)); }
.way i { position: absolute; top: -.25rem; width: .3rem; height: .9rem;
  margin-left: -.15rem; background: currentColor; outline: 2px solid Canvas; }
.verdict { font-weight: 600; font-size: .85rem; }
.at, .near { color: var(--good); }
.between { color: var(--middling); }
.far { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem .3rem 0; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { font-size: .85rem; }
td:first-child, th:first-child { text-align: left; }
.own { background: var(--soft); font-weight: 600; }
.warning { border-left: .3rem solid var(--bad); background: var(--soft);
  padding: .6rem .9rem; }
footer { margin-top: 3rem; font-size: .85rem; opacity: .75; }
"""


def page(title: str, body: str, command: str) -> str:
    """Returns a whole HTML page, readable on a phone, by day and by night.

    Args:
        title: str. Plain text.
        body: str. HTML.
        command: str. What has made it.
    """
    title = html.escape(title)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, '
        'initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n{body}\n"
        f"<footer>Made by <code>{command}</code>.</footer>\n"
        "</body>\n</html>\n"
    )


def listing(facts: Mapping, kind: str = "") -> str:
    """A list of labels and what is said of each, both plain text.

    Args:
        facts: dict from a label to a text.
        kind: str. `"long"` for long labels, which need lines of their own on
            a phone.
    """
    rows = "".join(
        f"<dt>{html.escape(str(label))}</dt><dd>{html.escape(str(text))}</dd>"
        for label, text in facts.items()
    )
    return f'<dl class="{kind}">{rows}</dl>' if kind else f"<dl>{rows}</dl>"


def drawing(draw, *args, caption: str) -> str:
    """The plot `draw(*args)` as a figure of the page.

    Args:
        draw: A function of `plots`.
        *args: Its arguments.
        caption: str. HTML without tags.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    return (
        f"<figure>{svg(draw, *args, label=caption)}"
        f"<figcaption>{caption}</figcaption></figure>"
    )


def svg(draw, *args, label: str) -> str:
    """The plot `draw(*args)` as SVG, its lines in the colour of the text.

    Args:
        draw: A function that returns a figure.
        *args: Its arguments.
        label: str. HTML without tags, for who does not see it.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    text = io.StringIO()
    with load_matplotlib().rc_context(PLOT_STYLE):
        draw(*args).savefig(
            text, format="svg", transparent=True, metadata={"Date": None}
        )
    plot = text.getvalue()
    plot = plot[plot.index("<svg") :].replace(INK, "currentColor")
    plot = plot.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
    return re.sub(r'<g id="[^"]*"', "<g", plot)  # the same ids in every plot
