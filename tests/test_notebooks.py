"""The notebooks run, and their outputs are those of their code.

After a change of a notebook, `python -m tests.test_notebooks` runs all of
them in place, with the parameters that are written there.
"""

import ast
import hashlib
import os
import pathlib
import re
import tempfile

import nbclient
import nbformat
import pytest

ROOT = pathlib.Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# What the test puts in place of a notebook's parameters.
QUICK = {
    "01_first_recommender": {"EPOCHS": 1},
    "02_your_own_data": {"EPOCHS": 4},
    "03_how_adversarial_training_works": {
        "STEPS": 300,
        "IMAGE_STEPS": 300,
        "GAMES": ("minimax", "WGAN-GP"),
    },
    "04_write_your_own_gan": {"EPOCHS": 2, "NUM_SEEDS": 1},
    "05_compare_honestly": {"TRIALS": 1, "EPOCHS": 2, "SEEDS": (0,)},
    "06_serve_it": {"EPOCHS": 2},
    "07_scale": {"EPOCHS": 1, "MARKET": 300, "USERS": 3000},
    "08_synthetic_data": {"EPOCHS": 5},
}
# C++ libraries greet before anything can ask them not to.
GREETING = re.compile(
    r"^(?:[IWE]0000 |WARNING: All log messages before absl).*\n?", re.MULTILINE
)

each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS]
)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def set_parameters(cell, values):
    """Overrides values that the cell assigns."""
    assigned = {
        target.id
        for statement in ast.parse(cell.source).body
        for target in statement.targets
    }
    assert set(values) <= assigned, f"parameters are {assigned}"
    lines = [f"{name} = {value!r}" for name, value in values.items()]
    cell.source = "\n".join([cell.source, *lines])


def execute(notebook, folder):
    """Runs all cells in a new kernel, with the package of this checkout."""
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env={**os.environ, "PYTHONPATH": str(ROOT)})


def fingerprint(notebook):
    """Of the code that the outputs were made by."""
    code = "\0".join(cell.source for cell in code_cells(notebook))
    return hashlib.sha256(code.encode()).hexdigest()


def drop_greetings(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                output.text = GREETING.sub("", output.text)
        cell.outputs = [o for o in cell.outputs if o.get("text") != ""]


def execute_in_place(path):
    notebook = read(path)
    with tempfile.TemporaryDirectory() as folder:
        execute(notebook, folder)
    drop_greetings(notebook)
    notebook.metadata["executed"] = fingerprint(notebook)
    nbformat.write(notebook, path)


def test_every_notebook_has_quick_parameters():
    assert {path.stem for path in NOTEBOOKS} == set(QUICK)


@each_notebook
def test_runs_offline_with_quick_parameters(path, tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_GANREC_DATA", raising=False)
    notebook = read(path)
    parameters = code_cells(notebook)[0]
    assert "parameters" in parameters.metadata.get("tags", [])
    set_parameters(parameters, QUICK[path.stem])
    execute(notebook, tmp_path)
    assert list(tmp_path.iterdir()) == []  # It cleans up after itself.


@each_notebook
def test_committed_outputs_are_whole_and_of_this_code(path):
    notebook = read(path)
    assert notebook.metadata.get("executed") == fingerprint(notebook), (
        f"{path.name} was changed after it was run. Run it again: "
        "python -m tests.test_notebooks"
    )
    cells = code_cells(notebook)
    counts = [cell.execution_count for cell in cells]
    assert counts == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    wrong = [
        output
        for output in outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    assert wrong == []
    assert any("image/png" in output.get("data", {}) for output in outputs)


if __name__ == "__main__":
    for path in NOTEBOOKS:
        print(path.name, flush=True)
        execute_in_place(path)
