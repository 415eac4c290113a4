"""How long do IRGAN's draws take, in the graph and user by user?

    python benchmarks/irgan_sampling.py
    python benchmarks/irgan_sampling.py --dataset synthetic --json

One outer epoch of the authors: 100 passes of D over all users, whose fakes
are drawn anew at every fifth, and 50 passes of G, each with draws of its own.

NumPy           their draws alone, a straightforward port: for each user the
                scores, the softmax, the mixture, `numpy.random.choice` of as
                many items as the user has seen (of twice as many for G), the
                rewards and importance weights. No player takes a step
graph, draws    our draws of as many passes alone, in the batches of the recipe
outer epoch     all of it by `fit()`, where D's fakes are drawn anew in every
                pass, and so are the seen items: draws, losses and steps
draws           items drawn, in thousands
s, cpu-s        seconds on the wall and of all threads; the best of --times
us/draw         microseconds (cpu) for each item drawn
speed-up        cpu-s of NumPy for the same passes, over cpu-s. The outer epoch
                also trains, so for it this is less than what the draws gain

Where the time of the outer epoch goes: `step_profile.py --model irgan_ml_100k`.
"""

import argparse

import measuring
import numpy as np
import tensorflow as tf

from keras_ganrec.factor_gan import uniform
from keras_ganrec.recipes import RECIPES
from keras_ganrec.recipes import fitting
from keras_ganrec.sampling import sample_items

D_PASSES, D_EVERY, G_PASSES = 100, 5, 50

COLUMNS = {
    "": ("name", ""),
    "passes": ("passes", ""),
    "draws": ("draws", ",.0f"),
    "s": ("wall_s", ".2f"),
    "cpu-s": ("cpu_s", ".2f"),
    "us/draw": ("us_per_draw", ".2f"),
    "speed-up": ("speed_up", ".1f"),
}


def numpy_passes(model, seen_items, d_passes):
    """The authors' two loops over the users. Returns the items drawn."""
    random = np.random.default_rng(0)
    g_users, g_items, g_bias = model.generator.get_weights()
    d_users, d_items, d_bias = model.discriminator.get_weights()
    all_items = np.arange(model.num_items)
    drawn = 0
    for _ in range(d_passes):
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


def graph_passes(model, d_passes):
    """Our draws of as many passes over a batch, as a compiled function."""

    def draw(weights):
        items = sample_items(weights, model.num_samples, model.seed_generator)
        return tf.reduce_sum(items)

    @tf.function(reduce_retracing=True)
    def passes(user_id, seen):
        total = 0
        for _ in tf.range(d_passes):
            total += draw(model.fake_weights({"user_id": user_id}))
        for _ in tf.range(G_PASSES):
            p = tf.nn.softmax(model.generator(user_id))
            p_n = (1 - model.seen_ratio) * p + model.seen_ratio * uniform(seen)
            total += draw(p_n)
        return total

    return passes


def epoch_clock(model, batches, times):
    """The least seconds that `fit()` takes for as many passes: wall, cpu."""
    if (model.d_steps, model.g_steps) != (D_PASSES // G_PASSES, 1):
        raise ValueError(
            f"The recipe gives {model.d_steps} steps of D to {model.g_steps} "
            f"of G. Expected {D_PASSES // G_PASSES} to 1, as the authors' "
            "passes. Change the one or the other."
        )
    steps = measuring.EpochClocks()
    model.fit(
        batches, epochs=1 + times * G_PASSES, callbacks=[steps], verbose=0
    )
    wall, cpu = (
        np.reshape(
            [getattr(clock, kind) for clock in steps.clocks], (times, -1)
        )
        for kind in ("wall", "cpu")
    )
    return wall.sum(axis=1).min(), cpu.sum(axis=1).min()


def measure(dataset, times):
    """Returns the rows of the table, dicts."""
    recipe = RECIPES["irgan_ml_100k"]
    train = measuring.load(recipe, dataset).train_and_validation
    model = measuring.compiled(recipe, train)
    batches = fitting.feed(recipe, train, seed=0)
    held = [(batch["user_id"], batch["seen"]) for batch in batches]
    seen_items = {
        int(user): np.flatnonzero(row)
        for users, seen in held
        for user, row in zip(users, seen.numpy(), strict=True)
    }
    per_pass = len(seen_items) * model.num_samples

    rows, numpy_clocks = [], {}
    for d_passes in (D_PASSES // D_EVERY, D_PASSES):
        drawn, clock = _best(
            lambda n=d_passes: numpy_passes(model, seen_items, n), times
        )
        numpy_clocks[d_passes] = clock
        rows.append(("NumPy, user by user", d_passes, drawn, clock))
    for d_passes in numpy_clocks:
        passes = graph_passes(model, d_passes)
        _, clock = _best(lambda f=passes: [f(*b) for b in held], 1 + times)
        drawn = (d_passes + G_PASSES) * per_pass
        rows.append(("graph, draws", d_passes, drawn, clock))
    drawn = (2 * D_PASSES + G_PASSES) * per_pass
    clock = epoch_clock(model, batches, times)
    rows.append(("outer epoch", D_PASSES, drawn, clock))
    return [
        {
            "name": name,
            "passes": f"{d_passes} D, {G_PASSES} G",
            "draws": drawn / 1e3,
            "wall_s": wall,
            "cpu_s": cpu,
            "us_per_draw": 1e6 * cpu / drawn,
            "speed_up": numpy_clocks[d_passes][1] / cpu,
        }
        for name, d_passes, drawn, (wall, cpu) in rows
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
