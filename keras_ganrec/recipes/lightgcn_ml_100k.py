"""LightGCN on ML-100K, CFGAN's split: the bar of what stands on it there.

Batches and the rate are large for the reasons of `lightgcn_gowalla`. On the
validation part NDCG@20 is .283 with an `l2` of 1e-4 and .294 with 1e-3, two
layers each.
"""

from keras_ganrec.baselines import LightGCN
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

GRAPH = {"embedding_dim": 64, "num_layers": 2}
WHOLE = Recipe(
    name="lightgcn_ml_100k",
    model=LightGCN,
    dataset="ml-100k",
    split="cfgan",
    model_arguments=GRAPH,
    optimizers={"optimizer": adam(0.02)},
    batches="pairs",
    batch_size=8192,
    epochs=150,
    steps_per_execution=7,
    grid={"model_arguments.l2": (2.5e-4, 5e-4, 1e-3, 2e-3)},
    patience=10,
    monitor="ndcg_at_20",
    reference="[He et al., 2020](https://arxiv.org/abs/2002.02126)",
)
RECIPES = [WHOLE]
