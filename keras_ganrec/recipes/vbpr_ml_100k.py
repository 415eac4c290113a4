"""VBPR on liked items of ML-100K: BPR-MF with genres and titles.

The features are the words of the genres and of the titles, the year among
them. On the validation part NDCG@5 is .211 with `feature_l2` 1e-3, about .194
with 1e-4, .181 without and .205 or less with more; genres alone reach .208,
BPR-MF .207. On the test part BPR-MF is ahead.
"""

from keras_ganrec.baselines import VBPR
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

ARGUMENTS = {
    "item_features": ["genres", "title"],
    "l2": 0.01,
    "feature_l2": 1e-3,
}
WHOLE = Recipe(
    name="vbpr_ml_100k_liked",
    model=VBPR,
    dataset="ml-100k",
    split="irgan",
    model_arguments=ARGUMENTS,
    optimizers={"optimizer": adam(5e-3)},
    batches="pairs",
    batch_size=2048,
    epochs=100,
    steps_per_execution=8,
    patience=8,
    monitor="ndcg_at_5",
)
RECIPES = [WHOLE]
