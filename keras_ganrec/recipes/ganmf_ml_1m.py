"""GANMF on ML-1M, its authors' split: their best settings in user mode.

Their L2 on the discriminator is half the square, that of Keras the square.
Trained on train without validation, embeddings of 400 or 640 in place of 250
do as well on the validation part: the next seed moves it more.
"""

from keras_ganrec.models import GANMF
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

RECIPES = [
    Recipe(
        name="ganmf_ml_1m",
        model=GANMF,
        dataset="ml-1m",
        split="ganmf",
        model_arguments={
            "mode": "user",
            "embedding_dim": 250,
            "code_dim": 992,
            "margin": 10.0,
            "feature_matching_weight": 0.01,
            "d_regularizer": {"class_name": "L2", "config": {"l2": 5e-5}},
        },
        optimizers={"d_optimizer": adam(1e-4), "g_optimizer": adam(1.65e-4)},
        batches="user_profiles",
        batch_size=64,
        epochs=66,
        steps_per_execution=19,
        reference=(
            "[Dervishaj and Cremonesi, 2022]"
            "(https://arxiv.org/abs/2201.08042), results of "
            "[their repository](https://github.com/edervishaj/GANMF)"
        ),
        published={
            "precision_at_5": 0.4311,
            "ndcg_at_5": 0.4564,
            "map_at_5": 0.3551,
            "precision_at_20": 0.3066,
            "ndcg_at_20": 0.4032,
        },
    )
]
