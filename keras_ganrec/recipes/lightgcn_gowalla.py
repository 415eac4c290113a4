"""LightGCN on Gowalla, the split of its paper, on two cores.

The authors take some 400,000 steps of 2,048 pairs, each as dear as one of
65,536, because each goes over the whole graph. So here batches are large, and
with them go

- eight negatives for each pair, or users are drawn to and fro by the few
  negatives that a step shows: after 250 steps NDCG@20 on the validation part
  is .119, with one negative .106;
- an `epsilon` far below Keras' 1e-7, which is larger than the gradients of a
  mean over so many pairs, and a `beta_2` that forgets the first steps': after
  100 steps at a rate of .02 NDCG@20 is .083, with Keras' own .061.

Users are drawn alike, as by the authors. After few steps that makes no
difference (.128, and .129 where each interaction comes once, after 900), later
it does: after 1,800 R@20 is .192 and NDCG@20 .1325, with each interaction once
and 64 negatives for as many pairs .189 and .1318. An L2 four times as large:
.127 for .130.
"""

from keras_ganrec.baselines import LightGCN
from keras_ganrec.recipes import published
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

EPOCHS = 900
STEPS = 13  # of an epoch
RATE = {
    "module": "keras.optimizers.schedules",
    "class_name": "CosineDecay",
    "config": {"initial_learning_rate": 0.05, "decay_steps": EPOCHS * STEPS},
}
WHOLE = Recipe(
    name="lightgcn_gowalla",
    model=LightGCN,
    dataset="gowalla",
    split="lightgcn",
    model_arguments={"embedding_dim": 64, "num_layers": 3, "l2": 5e-5},
    optimizers={"optimizer": adam(RATE, beta_2=0.99, epsilon=1e-12)},
    batches="pairs",
    batch_size=65536,
    batch_arguments={"num_negatives": 8, "uniform_users": True},
    epochs=EPOCHS,
    steps_per_execution=STEPS,
    seeds=(0,),  # Each takes 100 minutes.
    monitor="ndcg_at_20",
    reference=published.BARS,
    published={"recall_at_20": 0.1820, "ndcg_at_20": 0.1547},
)
RECIPES = [WHOLE]
