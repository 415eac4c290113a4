"""Formulas, which the notebooks have, as MathML: no script, no other site."""

import re

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)


def setup(app):
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator, node):
    translator.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def _block(translator, node):
    block = _mathml(node, as_block=True)
    translator.body.append(f'<div class="math">{block}</div>\n')
    raise nodes.SkipNode


def _mathml(node, as_block):
    # docutils knows the big parentheses that open and those that close alone.
    tex = re.sub(r"\\big(?=\W)", r"\\bigl", node.astext())
    try:
        return latex2mathml.tex2mathml(tex, as_block=as_block)
    except Exception as error:  # of any kind, for what it cannot parse
        LOGGER.warning("%s in the formula %s", error, tex, location=node)
        return ""
