"""`ganrec tune`: searches for the settings of a recipe."""

from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import progress
from keras_ganrec.cli.console import table

SHOWN = 10


def add_to(commands) -> None:
    parser = commands.add_parser(
        "tune",
        help="search for the settings of a recipe",
        description="Tries settings from the space of a recipe, judged on "
        "the validation part, and keeps every trial in a study beside the "
        "results; a search that was stopped goes on. `ganrec benchmark` then "
        "measures the best.",
    )
    parser.add_argument("recipe", metavar="RECIPE")
    parser.add_argument(
        "--trials",
        type=int,
        default=30,
        metavar="N",
        help="trials in the study at the end (default: %(default)s)",
    )
    parser.add_argument(
        "--data-dir",
        metavar="FOLDER",
        help="where public data sets are (default: $KERAS_GANREC_DATA)",
    )
    parser.add_argument(
        "--study", metavar="FILE", help="another study than the package's"
    )
    parser.set_defaults(run=run)


def run(args) -> Answer:
    load_tensorflow()
    import pandas as pd

    from keras_ganrec.recipes import RECIPES
    from keras_ganrec.recipes import tuning

    recipe = RECIPES.get(args.recipe)
    if recipe is None:
        searchable = [name for name, r in RECIPES.items() if r.space]
        raise ValueError(
            f"There is no recipe {args.recipe!r}. Expected one with a space: "
            f"{', '.join(searchable)}."
        )
    path = args.study or tuning.study_path(recipe)
    study = tuning.tune(recipe, args.trials, path, args.data_dir, progress)
    trials = [
        {recipe.monitor: trial[recipe.monitor], **trial["settings"]}
        for trial in study["trials"]
    ]
    best = pd.DataFrame(trials).sort_values(recipe.monitor, ascending=False)
    return Answer(
        text=f"The best of {len(best)} trials on the validation part:\n"
        + table(best.head(SHOWN).round(4)),
        data=study,
    )
