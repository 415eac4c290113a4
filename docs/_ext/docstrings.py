"""Our docstrings, which have the backticks and links of Markdown, for Sphinx.

Sections (`Args:`, `Raises:`, ...) are those of Google, which napoleon reads.
"""

import inspect
import re

import keras_ganrec
from keras_ganrec.recipes import zoo

LINK = re.compile(
    r"\[([^\[\]]+)\]\s*\(\s*(https?://(?:[^\s()]|\([^\s()]*\))+)\)"
)
CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
ADVICE = re.compile(
    r"^(When to use it|When not to): (.*?)(?:\n\s*\n|\Z)",
    re.MULTILINE | re.DOTALL,
)


def setup(app):
    # Before napoleon (500), which would take the colon of `{"seen": ...}` for
    # one of its own.
    app.connect("autodoc-process-docstring", _to_rst, priority=400)
    app.connect("autodoc-process-signature", _constructor)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-bases", _public_bases)
    return {"parallel_read_safe": True}


def advice(model):
    """What a model's docstring says of when to use it and when not to."""
    found = dict(ADVICE.findall(inspect.getdoc(model) or ""))
    if len(found) < 2:
        raise ValueError(
            f"The docstring of `{model.__name__}` must say 'When to use it: "
            f"...' and 'When not to: ...', a paragraph each. Found: {[*found]}"
        )
    return {name: _one_line(text) for name, text in found.items()}


def _to_rst(app, what, name, thing, options, lines):
    text = "\n".join(lines)
    if what == "class":
        text = ADVICE.sub("", text)  # The card says it at its head.
    text = CODE.sub(lambda match: f"``{_one_line(match[1])}``", text)
    text = LINK.sub(_rst_link, text)
    lines[:] = _with_literal_blocks(text.splitlines())


def _with_literal_blocks(lines):
    """Blocks that are indented after an empty line are formulas."""
    before, empty = "", False
    for line in lines:
        if line.strip():
            if empty and _indent(line) >= _indent(before) + 4:
                yield from (" " * _indent(before) + "::", "")
            before = line
        empty = not line.strip()
        yield line


def _indent(line):
    return len(line) - len(line.lstrip())


def _rst_link(match):
    text, target = match.groups()
    return f"`{_one_line(text)} <{target}>`__"


def _one_line(text):
    return " ".join(text.split())


def _skip(app, what, name, thing, skip, options):
    """Fields of named tuples, of which Python says 'Alias for field'."""
    return True if type(thing).__name__ == "_tuplegetter" else None


def _constructor(app, what, name, thing, options, signature, returns):
    """The arguments of `__init__`; those of Keras' `__new__` say nothing."""
    if what == "class" and signature == "(*args, **kwargs)":
        first, *others = inspect.signature(thing.__init__).parameters.values()
        return str(inspect.Signature(others)), returns
    return None


def _public_bases(app, name, thing, options, bases):
    """Bases by the names that they are imported by; others not at all."""
    public = {
        model: f"keras_ganrec.{model.__module__.split('.')[1]}.{name}"
        for name, model in zoo.classes().items()
    }
    for name in keras_ganrec.__all__:
        public.setdefault(getattr(keras_ganrec, name), f"keras_ganrec.{name}")
    bases[:] = [
        f":py:class:`~{public[base]}`"
        for base in inspect.getmro(thing)[1:]
        if base in public
    ]
