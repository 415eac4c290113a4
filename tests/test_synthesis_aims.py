import numpy as np
import pytest

from keras_ganrec.recipes import synthesis_aims


def row(name, model="Other", seeds=(0, 1, 2), **figures):
    """A result whose other figures meet what was aimed at, all but just."""
    met = {
        aim.figure: [aim.limit * (1 - 0.001 * aim.sign)] * len(seeds)
        for aim in synthesis_aims.AIMS
    }
    values = met | {"c2st_auc": [0.54] * len(seeds)} | figures
    return {
        "recipe": name,
        "model": model,
        "seeds": list(seeds),
        "metrics": {k: {"mean": np.mean(v)} for k, v in values.items()},
        "runs": [
            dict(zip(values, run, strict=True))
            for run in zip(*values.values(), strict=True)
        ],
    }


REAL = row("real_users", c2st_auc=[0.5] * 3)


def lines_of(*rows):
    return "\n".join(synthesis_aims.markdown(rows)).splitlines()


@pytest.mark.parametrize(
    "figure, values, verdict",
    [
        ("ndcg_at_10", [0.386] * 3, "0.386 ± 0.000: met (3 of 3)"),
        ("ndcg_at_10", [0.37, 0.38, 0.40], "0.383 ± 0.015: missed (1 of 3)"),
        ("membership_auc", [0.61, 0.58, 0.58], "0.590 ± 0.017: met (2 of 3)"),
        ("c2st_auc", [0.54, 0.545, 0.575], "0.053 ± 0.019: missed (2 of 3)"),
    ],
)
def test_an_aim_is_for_the_mean_over_the_splits(figure, values, verdict):
    (aim,) = (a for a in synthesis_aims.AIMS if a.figure == figure)
    own = row("profile_gan", "ProfileGAN", **{figure: values})
    lines = lines_of(REAL, own)
    assert f"| {aim.words} | {verdict} |" in lines
    met = ": met" in verdict
    assert f"Met all at once: by {'profile_gan' if met else 'nobody'}." in lines


def test_differences_are_paired_by_split():
    own = row(
        "profile_gan",
        "ProfileGAN",
        ndcg_at_10=[0.40, 0.42, 0.44],
        membership_auc=[0.58, 0.59, 0.60],
    )
    # The same splits in another order.
    rival = row(
        "hydra",
        seeds=(2, 1, 0),
        ndcg_at_10=[0.43, 0.41, 0.39],
        membership_auc=[0.55, 0.54, 0.53],
    )
    (line,) = (
        line
        for line in lines_of(REAL, own, rival)
        if line.startswith("| profile_gan | hydra")
    )
    assert line == (
        "| profile_gan | hydra | +0.010 ± 0.000 (p 0.25) | "
        "+0.050 ± 0.000 (p 0.25) | more useful, leaks more |"
    )


def test_nothing_is_said_without_real_users():
    own = row("profile_gan", "ProfileGAN")
    assert lines_of(own) == []
    assert lines_of(REAL) == []
