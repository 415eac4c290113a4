"""`ganrec recommend`: the best items of a user, by raw ids."""

from keras_ganrec.cli.console import Answer
from keras_ganrec.cli.console import load_model
from keras_ganrec.cli.console import load_tensorflow
from keras_ganrec.cli.console import table


def add_to(commands) -> None:
    parser = commands.add_parser(
        "recommend",
        help="recommend items with a saved model",
        description="Recommends what the user has not seen. Give the ids as "
        "they are in your data.",
    )
    parser.add_argument("model", metavar="MODEL", help="a .keras file")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument(
        "--user",
        nargs="+",
        metavar="ID",
        help="users of the data that the model was trained on",
    )
    who.add_argument(
        "--history",
        nargs="+",
        metavar="ITEM",
        help="the items of somebody new; for models that can take them",
    )
    parser.add_argument(
        "--k", type=int, default=10, metavar="N", help="items (default: 10)"
    )
    parser.add_argument(
        "--candidates",
        nargs="+",
        metavar="ITEM",
        help="rank these items alone",
    )
    parser.set_defaults(run=run)


def run(args) -> Answer:
    load_tensorflow()
    model = load_model(args.model)
    catalog = model.catalog
    candidates = args.candidates and _ids(
        args.candidates, catalog.item_vocabulary, "item"
    )
    if args.user:
        users = _ids(args.user, catalog.user_vocabulary, "user")
    else:
        users = {"new": _ids(args.history, catalog.item_vocabulary, "item")}
    try:
        best = model.recommend(users, k=args.k, candidates=candidates)
    except TypeError as error:
        # The model cannot score users that it was not trained on.
        raise ValueError(str(error)) from error
    return Answer(text=table(best), data=best.to_dict("records"))


def _ids(texts, vocabulary, kind):
    """The ids in the type that the model knows them in."""
    if vocabulary.dtype.kind != "i":
        return texts
    try:
        return [int(text) for text in texts]
    except ValueError as error:
        raise ValueError(
            f"The {kind} ids of this model are integers such as "
            f"{vocabulary[0]}. Received: {', '.join(texts)}"
        ) from error
