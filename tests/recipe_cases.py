"""Two small recipes: one trained by `fit()`, one fitted by `adapt()`."""

from keras_ganrec import baselines
from keras_ganrec import models
from keras_ganrec.recipes import Recipe
from keras_ganrec.recipes.base import adam

TRAINED = Recipe(
    name="trained",
    model=models.GANMF,
    dataset="synthetic",
    split="random_80_20",
    model_arguments={"embedding_dim": 8, "code_dim": 8},
    optimizers={"d_optimizer": adam(1e-3), "g_optimizer": adam(5e-3)},
    batches="user_profiles",
    batch_size=64,
    epochs=3,
    grid={"model_arguments.margin": (1.0, 2.0)},
    patience=1,
)
NEIGHBORS = Recipe(
    name="neighbors",
    model=baselines.ItemKNN,
    dataset="synthetic",
    split="random_80_20",
    seeds=(0,),
    grid={"model_arguments.num_neighbors": (1, 50)},
)
