"""IRGAN on ML-100K, its authors' split and rank, pointwise and pairwise.

It begins, as theirs, with a factor model trained on the hardest of five
negatives, which is a recipe of its own here. Their players take gradient steps
of .001 for each example of D and each user of G; with all users in a batch,
over whom the losses here are means, these are rates of some 35 and .94. Adam
does not do: it moves what is rarely drawn as far as what is often drawn. To
100 passes of D they make 50 of G. Their temperature is .2, and they pick the
best of G's passes on the test part; here the validation part decides.
"""

from keras_ganrec.baselines import BPRMF
from keras_ganrec.models import IRGAN
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

ON = {"dataset": "ml-100k", "split": "irgan"}
DNS = Recipe(
    name="dns_ml_100k",
    model=BPRMF,
    **ON,
    model_arguments={"embedding_dim": 5, "l2": 0.01, "hardest_negative": True},
    optimizers={"optimizer": adam(0.01)},
    batches="pairs",
    batch_size=1024,
    batch_arguments={"num_negatives": 5},
    epochs=50,
    steps_per_execution=8,
    reference=("[Zhang et al., 2013](https://doi.org/10.1145/2484028.2484126)"),
)


def _irgan(name, mode, **about):
    return Recipe(
        name=name,
        model=IRGAN,
        **ON,
        model_arguments={
            "embedding_dim": 5,
            "mode": mode,
            "g_regularizer": {"class_name": "L2", "config": {"l2": 1e-4}},
            "d_regularizer": {"class_name": "L2", "config": {"l2": 1e-4}},
            "d_steps": 2,
        },
        optimizers={
            "d_optimizer": _descent(20.0),
            "g_optimizer": _descent(4.0),
        },
        batches="user_profiles",
        batch_size=943,
        start=DNS,
        epochs=100,
        grid={"model_arguments.temperature": (0.2, 1.0)},
        patience=20,
        monitor="ndcg_at_5",
        **about,
    )


def _descent(learning_rate):
    return {"class_name": "SGD", "config": {"learning_rate": learning_rate}}


RECIPES = [
    DNS,
    _irgan(
        "irgan_ml_100k",
        "pointwise",
        reference=(
            "[Wang et al., 2017](https://arxiv.org/abs/1705.10513); the "
            "generator in [their repository](https://github.com/geek-ai/irgan)"
            ", measured here"
        ),
        replicated={
            "precision_at_5": 0.3785,
            "ndcg_at_5": 0.4053,
            "precision_at_10": 0.3184,
            "ndcg_at_10": 0.3775,
        },
    ),
    _irgan(
        "irgan_pairwise_ml_100k",
        "pairwise",
        reference="[Wang et al., 2017](https://arxiv.org/abs/1705.10513)",
    ),
]
