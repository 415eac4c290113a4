"""The documentation site: `make docs` builds it into `_build/html`."""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
HERE = pathlib.Path(__file__).parent
# The package of this checkout, and the extensions beside this file.
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

import keras_ganrec  # noqa: E402

project = "keras_ganrec"
version = release = keras_ganrec.__version__
copyright = "2026, the authors of keras_ganrec"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docstrings",
    "generated_pages",
    "mathml",
]
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["dollarmath"]  # The notebooks have formulas.
myst_heading_anchors = 3
nb_execution_mode = "off"  # They are shown with their committed outputs.
highlight_language = "none"  # Of blocks that name none: equations, outputs.
smartquotes_action = "D"  # Dashes, and no curly quotes: X'X stays.

napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False  # Not those of `keras.Model`.
autodoc_default_options = {"exclude-members": "player_class"}
autodoc_typehints = "none"  # The docstrings name the types.

html_math_renderer = "mathml"
html_theme = "furo"
html_title = "keras_ganrec"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
# Code in the colors of two contrast-checked styles, light and dark.
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
