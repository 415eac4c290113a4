"""The scripts of `benchmarks/`, which are no package, as modules."""

import importlib.util
import pathlib
import sys

REPOSITORY = pathlib.Path(__file__).parents[1]
BENCHMARKS = REPOSITORY / "benchmarks"


def load(name):
    sys.path.insert(0, str(BENCHMARKS))  # They import one another.
    try:
        spec = importlib.util.spec_from_file_location(
            name, BENCHMARKS / f"{name}.py"
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(BENCHMARKS))
    return module
