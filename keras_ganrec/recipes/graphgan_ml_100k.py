"""GraphGAN on ML-100K, CFGAN's split, in 20 dimensions.

The numbers of the paper's recommendations were not at hand, and the authors'
code has only their link prediction. As there both players are pre-trained and G
draws 20 vertices; their rates are .001, and theirs are 50 dimensions.

Nothing is gained on the validation part. From a BPR-MF whose NDCG@20 is .2770 G
falls, to .2686 after six passes at a rate of .001 and to .197 at .01; at .0001
it stays (.2772). The walks of a user compare seen items with one another, and
users with those who share an item: no unseen item is ever weighed against a
seen one. Nor are unseen items much of what D sees. Of the walks 40 % end at
seen items, 59 % at other users and 1 % at unseen items, since the trees hang
these on the users that they meet first. Tried: a rate of D of .001 (.2659);
walks from items, too, as in the paper (.2686); and no seen items among D's
fakes, as is meant in the authors' code (.2562; after eight passes D itself
would rank at .264, with a rate of .001 at .284). From random weights G is after
30 passes at .033 and D at .099, where popularity has .160.

On liked items Optuna searches for the players' rates and D's L2, from a BPR-MF
of 20 dimensions, too: `ganrec tune graphgan_ml_100k_liked`.
"""

import dataclasses

from keras_ganrec.baselines import BPRMF
from keras_ganrec.models import GraphGAN
from keras_ganrec.recipes import cofigan_ml_100k
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam
from keras_ganrec.recipes.base import log_range

BPR = Recipe(
    name="bpr_mf_20_ml_100k",
    model=BPRMF,
    dataset="ml-100k",
    split="cfgan",
    monitor="ndcg_at_20",
    model_arguments={"embedding_dim": 20, "l2": 0.01},
    optimizers={"optimizer": adam(0.01)},
    batches="pairs",
    batch_size=1024,
    epochs=40,
    steps_per_execution=8,
)
WHOLE = Recipe(
    name="graphgan_ml_100k",
    model=GraphGAN,
    dataset="ml-100k",
    split="cfgan",
    model_arguments={"embedding_dim": 20, "num_samples": 20},
    optimizers={"d_optimizer": adam(0.01), "g_optimizer": adam(1e-3)},
    batches="user_profiles",
    batch_size=64,
    start=BPR,
    epochs=60,
    steps_per_execution=15,
    grid={"optimizers.g_optimizer.config.learning_rate": (1e-4, 1e-3)},
    patience=10,
    monitor="ndcg_at_20",
    reference="[Wang et al., 2018](https://arxiv.org/abs/1711.08267)",
)
LIKED = dataclasses.replace(
    WHOLE,
    name="graphgan_ml_100k_liked",
    split="irgan",
    model_arguments={
        **WHOLE.model_arguments,
        "d_regularizer": {"class_name": "L2", "config": {"l2": 1e-5}},
    },
    start=cofigan_ml_100k.BPR,
    epochs=12,
    grid={},
    space={
        "model_arguments.d_regularizer.config.l2": log_range(1e-6, 1e-3),
        "optimizers.d_optimizer.config.learning_rate": log_range(1e-3, 3e-2),
        "optimizers.g_optimizer.config.learning_rate": log_range(1e-5, 1e-2),
    },
    patience=8,
    monitor="ndcg_at_5",
)
# G's rewards are all D's: with the adversary off only the start is left.
RECIPES = [
    BPR,
    WHOLE,
    WHOLE.without(
        "adversary frozen",
        {"optimizers.d_optimizer.config.learning_rate": 0.0},
    ),
    WHOLE.without("no start", {"start": None}),
    LIKED,
]
