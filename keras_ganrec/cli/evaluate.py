"""`ganrec evaluate`: a saved model on what it has not been trained on."""

import dataclasses

from keras_ganrec.cli import data
from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_model
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import table


def add_to(commands) -> None:
    parser = commands.add_parser(
        "evaluate",
        help="measure a saved model",
        description="Ranks the whole catalog for each user and looks for the "
        "interactions of the data that the model does not know. On the data "
        "it was trained on, read with the same options, these are the test "
        "part: the same numbers as `ganrec train` printed. Without the "
        "`--min-rating` of the training, low ratings are looked for, too.",
    )
    parser.add_argument("model", metavar="MODEL", help="a .keras file")
    data.add_options(parser)
    parser.add_argument(
        "--split",
        metavar="NAME",
        help="of a model trained on a published split (ganmf, cfgan, irgan, "
        "lightgcn): its name. Their users and items may have numbers of their "
        "own, and interactions that belong to no part",
    )
    parser.set_defaults(run=run)


def run(args) -> Answer:
    load_tensorflow()
    import pandas as pd

    from keras_ganrec.data import Interactions
    from keras_ganrec.data import datasets
    from keras_ganrec.data import pipelines
    from keras_ganrec.evaluation import measure

    if args.split is not None:
        _check_split(args)
    model = load_model(args.model)
    if args.split is None:
        interactions = data.read(args)
    else:
        interactions = datasets.load_split(
            args.data, args.split, data_dir=args.data_dir
        ).test
    held_out, rows = _unknown_to(model.catalog, interactions)
    known = dataclasses.replace(
        Interactions.from_csr(model.catalog.seen),
        user_vocabulary=held_out.user_vocabulary,
        item_vocabulary=held_out.item_vocabulary,
    )
    measured = measure(model, pipelines.ranking_batches(known, held_out))
    by_length = pd.Series(measured).rename_axis("metric").reset_index(name="v")
    by_length[["metric", "k"]] = by_length["metric"].str.split(
        "_at_", expand=True
    )
    wide = by_length.pivot(index="metric", columns="k", values="v")
    wide = wide[sorted(wide.columns, key=int)].add_prefix("at ")
    return Answer(
        text=table(wide.reset_index()) + f"\n\n{_sentence(rows)}",
        data={"model": args.model, "rows": rows, "metrics": measured},
    )


def _check_split(args):
    from keras_ganrec.data import published

    names = published.split_names(args.data)
    if args.split not in names:
        raise ValueError(
            f"--split {args.split} is no published split of {args.data!r}, "
            f"which has {', '.join(names) or 'none'}. Leave it out: the model "
            "file knows what the model was trained on, and the rest of the "
            "data is looked for."
        )
    data.check_named(args)


def _unknown_to(catalog, interactions):
    """Returns the rows that the model has not seen, and counts of all."""
    import numpy as np
    import pandas as pd

    user = pd.Index(catalog.user_vocabulary).get_indexer(
        interactions.user_vocabulary
    )[interactions.user_id]
    item = pd.Index(catalog.item_vocabulary).get_indexer(
        interactions.item_vocabulary
    )[interactions.item_id]
    foreign = (user < 0) | (item < 0)
    new = np.zeros(len(interactions), bool)
    if not foreign.all():  # of no pairs SciPy makes a matrix
        seen = catalog.seen[user[~foreign], item[~foreign]]
        new[~foreign] = np.asarray(seen).ravel() == 0
    rows = {
        "evaluated": int(new.sum()),
        "evaluated_users": len(np.unique(user[new])),
        "trained_on": int((~foreign & ~new).sum()),
        "of_unknown_users": int((user < 0).sum()),
        "of_unknown_items": int((item < 0).sum()),
    }
    if not new.any():
        raise ValueError(
            "The data holds nothing to find: "
            f"{_sentence(rows)} Expected interactions of known users with "
            "known items that the model was not trained on."
        )
    return (
        dataclasses.replace(
            interactions,
            user_id=user[new].astype(np.int32),
            item_id=item[new].astype(np.int32),
            user_vocabulary=catalog.user_vocabulary,
            item_vocabulary=catalog.item_vocabulary,
            rating=None,
            timestamp=None,
            user_features=None,
            item_features=None,
        ),
        rows,
    )


def _sentence(rows):
    return (
        f"{rows['evaluated']} interactions of {rows['evaluated_users']} users "
        f"were looked for, {rows['trained_on']} are known to the model, "
        f"{rows['of_unknown_users']} are of unknown users and "
        f"{rows['of_unknown_items']} of unknown items."
    )
