"""How long do IRGAN's draws take, in the graph and user by user?

    python benchmarks/irgan_sampling.py
    python benchmarks/irgan_sampling.py --dataset synthetic --json

One outer epoch of the authors: 100 passes of D over all users, whose fakes
are drawn anew at every fifth, and 50 passes of G, each with draws of its own.

NumPy           their draws alone, a straightforward port: for each user the
                scores, the softmax, the mixture, `numpy.random.choice` of as
                many items as the user has seen (of twice as many for G), the
                rewards and importance weights. No player takes a step
graph, draws    the same number of passes of our draws alone, all users at once
outer epoch     all of it by `fit()`: 100 steps of D and 50 of G, with draws
                of seen and fake items for every one of them
draws           items drawn, in thousands
s, cpu-s        seconds on the wall and of all threads; the best of --times
us/draw         microseconds (cpu) for each item drawn
speed-up        cpu-s of NumPy over cpu-s. For the outer epoch, which also
                trains, it is a lower bound of what a user gains
"""

import argparse

import measuring
import numpy as np
import tensorflow as tf

from keras_ganrec.data import pipelines
from keras_ganrec.factor_gan import uniform
from keras_ganrec.recipes import RECIPES
from keras_ganrec.sampling import sample_items

D_PASSES, D_EVERY, G_PASSES = 100, 5, 50
D_DRAWS = D_PASSES // D_EVERY

COLUMNS = {
    "": ("name", ""),
    "passes": ("passes", ""),
    "draws": ("draws", ",.0f"),
    "s": ("wall_s", ".2f"),
    "cpu-s": ("cpu_s", ".2f"),
    "us/draw": ("us_per_draw", ".2f"),
    "speed-up": ("speed_up", ".1f"),
}


def numpy_passes(model, seen_items):
    """The authors' two loops over the users. Returns the items drawn."""
    random = np.random.default_rng(0)
    g_users, g_items, g_bias = model.generator.get_weights()
    d_users, d_items, d_bias = model.discriminator.get_weights()
    all_items = np.arange(model.num_items)
    drawn = 0
    for _ in range(D_DRAWS):
        for user, seen in seen_items.items():
            scores = (g_items @ g_users[user] + g_bias) / model.temperature
            weights = np.exp(scores)
            p = weights / np.sum(weights)
            drawn += len(random.choice(all_items, size=len(seen), p=p))
    for _ in range(G_PASSES):
        for user, seen in seen_items.items():
            weights = np.exp(g_items @ g_users[user] + g_bias)
            p = weights / np.sum(weights)
            p_n = (1 - model.seen_ratio) * p
            p_n[seen] += model.seen_ratio / len(seen)
            picked = random.choice(all_items, size=2 * len(seen), p=p_n)
            logits = d_items[picked] @ d_users[user] + d_bias[picked]
            reward = 2 * (1 / (1 + np.exp(-logits)) - 0.5)
            reward = reward * p[picked] / p_n[picked]
            drawn += len(reward)
    return drawn


def graph_passes(model, batch):
    """Our draws of as many passes. Returns a function without arguments."""
    user_id, seen = batch["user_id"], batch["seen"]

    def draw(weights):
        items = sample_items(weights, model.num_samples, model.seed_generator)
        return tf.reduce_sum(items)

    @tf.function
    def passes():
        total = 0
        for _ in tf.range(D_DRAWS):
            total += draw(model.fake_weights(batch))
        for _ in tf.range(G_PASSES):
            p = tf.nn.softmax(model.generator(user_id))
            p_n = (1 - model.seen_ratio) * p + model.seen_ratio * uniform(seen)
            total += draw(p_n)
        return total

    return passes


def measure(dataset, times):
    """Returns the rows of the table, dicts."""
    recipe = RECIPES["irgan_ml_100k"]
    train = measuring.load(recipe, dataset).train_and_validation
    model = measuring.compiled(recipe, train)
    batches = pipelines.user_profiles(train, batch_size=train.num_users)
    (batch,) = batches
    users, items = np.nonzero(batch["seen"].numpy())
    seen_items = {
        int(user): items[users == row]
        for row, user in enumerate(batch["user_id"])
    }
    num_users = len(seen_items)

    drawn, theirs = _best(lambda: numpy_passes(model, seen_items), times)
    in_graph = graph_passes(model, batch)
    in_graph()
    _, ours = _best(in_graph, times)
    steps = measuring.EpochClocks()
    ratio = D_PASSES // G_PASSES
    if (model.d_steps, model.g_steps) != (ratio, 1):
        raise ValueError(
            f"The recipe gives {model.d_steps} steps of D to {model.g_steps} "
            f"of G. Expected {ratio} to 1, as the authors' passes. Change the "
            "one or the other."
        )
    model.fit(
        batches, epochs=1 + times * G_PASSES, callbacks=[steps], verbose=0
    )
    epochs = [
        steps.clocks[start : start + G_PASSES]
        for start in range(0, times * G_PASSES, G_PASSES)
    ]
    whole = min(
        (sum(c.cpu for c in epoch), sum(c.wall for c in epoch))
        for epoch in epochs
    )[::-1]
    per_pass = num_users * model.num_samples
    rows = [
        ("NumPy, user by user", f"{D_DRAWS} D, {G_PASSES} G", drawn, theirs),
        (
            "graph, draws",
            f"{D_DRAWS} D, {G_PASSES} G",
            (D_DRAWS + G_PASSES) * per_pass,
            ours,
        ),
        (
            "outer epoch",
            f"{D_PASSES} D, {G_PASSES} G",
            (2 * D_PASSES + G_PASSES) * per_pass,
            whole,
        ),
    ]
    return [
        {
            "name": name,
            "passes": passes,
            "draws": draws / 1e3,
            "wall_s": wall,
            "cpu_s": cpu,
            "us_per_draw": 1e6 * cpu / draws,
            "speed_up": theirs[1] / cpu,
        }
        for name, passes, draws, (wall, cpu) in rows
    ]


def _best(function, times):
    """What it returns, and the least seconds on the wall and of the cpu."""
    clocks = []
    for _ in range(times):
        with measuring.Clock() as clock:
            result = function()
        clocks.append((clock.wall, clock.cpu))
    return result, tuple(min(seconds) for seconds in zip(*clocks, strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--dataset", choices=["published", "synthetic"], default="published"
    )
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    measuring.report(
        measuring.apart(measure, arguments.dataset, arguments.times),
        COLUMNS,
        arguments.json,
    )


if __name__ == "__main__":
    main()
