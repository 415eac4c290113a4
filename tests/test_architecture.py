"""The arrows of the house, read from its imports."""

import ast
import graphlib
import pathlib

PACKAGE = pathlib.Path(__file__).parents[1] / "keras_ganrec"
ROOMS = ("models", "baselines", "data", "evaluation", "recipes", "cli")
# And all encodings.
GROUND = ("extras", "feature_values", "inequality", "whole_numbers")
# What a room may import of ours besides itself.
MAY_IMPORT = {
    "ground": set(),
    "top": {"ground"},
    "data": {"ground"},
    "models": {"ground", "top"},
    "baselines": {"ground", "top"},
    "evaluation": {"ground", "top"},
    "export": {"top"},
    "recipes": {
        "root",
        "ground",
        "top",
        "models",
        "baselines",
        "data",
        "evaluation",
    },
    "cli": {"ground", "top", "data", "evaluation", "export", "recipes"},
    "root": {"cli"},
}
# TensorFlow itself, where Keras has no word for what is needed.
MAY_IMPORT_TENSORFLOW = {
    "keras_ganrec.gradients",
    "keras_ganrec.catalog",
    "keras_ganrec.export",
}


def room(module):
    """`"keras_ganrec.models.collaborative.cfgan"` is in `"models"`."""
    _, *path = module.split(".")
    if not path or path == ["__main__"]:
        return "root"
    if path[0].endswith("encoding") or path[0] in GROUND:
        return "ground"
    return path[0] if path[0] in (*ROOMS, "export") else "top"


def module_name(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in PACKAGE.rglob("*.py")}


def imports(module):
    """Full names of the modules that a module imports, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                found.add(name if name in MODULES else node.module)
    return found


def ours(module):
    return {name for name in imports(module) if name in MODULES}


def test_rooms_import_downward_only():
    wrong = [
        f"{module} imports {name}"
        for module in MODULES
        for name in ours(module)
        if room(name) != room(module)
        and room(name) not in MAY_IMPORT[room(module)]
    ]
    assert wrong == []


def test_the_reader_of_imports_sees_them():
    assert "keras_ganrec.models" in ours("keras_ganrec.recipes.cfgan_ml_1m")
    assert "keras_ganrec.losses" in ours(
        "keras_ganrec.models.collaborative.cfgan"
    )
    # Inside of a function, too.
    assert "keras_ganrec.recipes.zoo" in ours("keras_ganrec.cli.train")


def test_papers_do_not_know_one_another():
    wrong = [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        if room(module) in ("models", "baselines")
        and path.name != "__init__.py"
        for name in ours(module)
        if room(name) == room(module)
    ]
    assert wrong == []


def test_the_import_graph_has_no_cycle():
    graph = {module: ours(module) - {module} for module in MODULES}
    tuple(graphlib.TopologicalSorter(graph).static_order())


def test_losses_and_rankings_know_no_player():
    players = {
        f"keras_ganrec.{name}"
        for name in ("gan", "recommender", "reproducible", "callbacks")
    }
    for name in ("losses", "penalties", "ranking", "sampling", "metrics"):
        assert not ours(f"keras_ganrec.{name}") & players


def test_tensorflow_stays_in_its_places():
    wrong = [
        module
        for module in MODULES
        if room(module) not in ("data", "cli")
        and module not in MAY_IMPORT_TENSORFLOW
        and any(name.split(".")[0] == "tensorflow" for name in imports(module))
    ]
    assert wrong == []
