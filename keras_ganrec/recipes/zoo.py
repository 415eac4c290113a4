"""What models there are."""

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec.synthesis.synthesizer import Synthesizer


def classes() -> dict[str, type]:
    """All models, then all baselines, by the names of their classes."""
    return {
        name: getattr(package, name)
        for package in (models, baselines)
        for name in package.__all__
    }


def find(name: str) -> type:
    """Returns a model by its name in letters of any case, with or without _.

    Raises:
        ValueError: If there is none.
    """
    for known, model in classes().items():
        if known.lower() == name.lower().replace("_", ""):
            return model
    raise ValueError(
        f"There is no model {name!r}. Expected one of "
        f"{', '.join(classes())}. `ganrec zoo` tells about them."
    )


def entries() -> list[dict]:
    """Name, family, paper and year of every model."""
    return [
        {
            "name": name,
            "family": family(model),
            "paper": model.paper,
            "year": model.year,
        }
        for name, model in classes().items()
    ]


def family(model: type) -> str:
    """The folder of a model, or `"baseline"`, or `"synthesis baseline"`."""
    *_, folder, _ = model.__module__.split(".")
    if folder != "baselines":
        return folder
    if issubclass(model, Synthesizer):
        return "synthesis baseline"
    return "baseline"
