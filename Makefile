# The first Python from 3.11 to 3.13 that runs; `make PYTHON=...` for another.
PYTHON ?= $(shell for python in python3.12 python3.13 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && echo $$python && break; done)
BIN := .venv/bin

.PHONY: quickstart test lint docs docs-links clean

# Trains, compares, exports and serves on data that it makes itself.
quickstart: .venv/installed
	$(BIN)/ganrec quickstart

test: lint
	$(BIN)/python -m pytest -n auto --dist loadgroup

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# The site, in docs/_build/html. A warning, as of a dead link, is an error.
docs: .venv/installed-docs
	$(BIN)/python -m sphinx -b html -W --keep-going docs docs/_build/html

# Whether the links to other sites still lead somewhere. Needs the internet.
docs-links: .venv/installed-docs
	$(BIN)/python -m sphinx -b linkcheck docs docs/_build/linkcheck

.venv/installed: setup.cfg pyproject.toml | .venv
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/installed-dev: setup.cfg pyproject.toml | .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ .venv/installed

.venv/installed-docs: setup.cfg pyproject.toml | .venv
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@ .venv/installed

.venv:
	@test -n "$(PYTHON)" || { echo "No Python from 3.11 to 3.13 is here: \
	install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	$(PYTHON) -m venv .venv

clean:
	rm -rf .venv build dist quickstart *.egg-info
	rm -rf docs/_build docs/models docs/notebooks
	rm -rf .pytest_cache .ruff_cache .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
