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

Whether users are drawn alike, as by the authors, or in proportion to their
interactions, as here, made no difference (.128 and .129 after 900 steps).
64 negatives shared by as many pairs cost less, and were no better on the test
part (.151 after 7,800 steps). An L2 four times as large: .127 for .130.
"""

from keras_ganrec.baselines import LightGCN
from keras_ganrec.recipes import published
from keras_ganrec.recipes.base import Recipe
from keras_ganrec.recipes.base import adam

EPOCHS = 600
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
    batch_arguments={"num_negatives": 8},
    epochs=EPOCHS,
    steps_per_execution=STEPS,
    seeds=(0,),  # Each takes nearly two hours.
    monitor="ndcg_at_20",
    reference=published.BARS,
    published={"recall_at_20": 0.1820, "ndcg_at_20": 0.1547},
)
RECIPES = [WHOLE]
