import dataclasses
import pathlib

import numpy as np
import pytest

from keras_ganrec import baselines
from keras_ganrec.data import Interactions
from keras_ganrec.data import datasets
from keras_ganrec.data import pipelines
from keras_ganrec.data import splits
from keras_ganrec.evaluation import measure
from keras_ganrec.evaluation import usefulness
from keras_ganrec.models import ProfileGAN
from keras_ganrec.recipes import GENERATORS
from keras_ganrec.recipes import synthesis
from keras_ganrec.recipes import synthesis_report
from keras_ganrec.recipes import synthesizing

REPOSITORY = pathlib.Path(__file__).parents[1]


@pytest.fixture(scope="module")
def market():
    return datasets.synthetic(num_users=200, num_items=200)


def test_real_users_are_worth_what_real_data_is(market):
    found = synthesis.run(GENERATORS["real_users"], market, 3)
    split = splits.user_split(market, 0.2, 0.1, seed=3)
    ndcg = {"validation": [], "test": []}
    for l2 in synthesis.EASE_L2:
        model = baselines.EASE(200, l2=l2)
        model.adapt(split.train)
        for part, values in ndcg.items():
            users = np.unique(getattr(split, part).user_id)
            table = market.select(np.isin(market.user_id, users))
            known, wanted = usefulness.fold_in(table, seed=3)
            batches = pipelines.ranking_batches(
                Interactions.from_csr(known), Interactions.from_csr(wanted)
            )
            values.append(measure(model, batches)["ndcg_at_10"])
    chosen = ndcg["test"][np.argmax(ndcg["validation"])]
    assert found["ndcg_at_10"] == pytest.approx(chosen, abs=1e-5)
    # They are themselves, and tell so.
    assert found["membership_auc"] == found["exact_copies"] == 1.0
    assert found["repeated_pairs"] == 0.0


def test_what_has_no_taste_is_found_out(market):
    real, tasteless = (
        synthesis.run(GENERATORS[name], market, 0)
        for name in ("bootstrap", "popularity_sampler")
    )
    assert tasteless["ndcg_at_10"] < 0.8 * real["ndcg_at_10"]
    assert tasteless["lift_correlation"] < 0.15 < real["lift_correlation"]
    assert tasteless["c2st_auc"] > real["c2st_auc"] + 0.1
    assert tasteless["membership_auc"] < 0.6 < real["membership_auc"]
    assert tasteless["user_degree_ks"] < 0.2


def test_a_recommender_is_measured_as_one(market):
    found = synthesis.run(GENERATORS["popularity"], market, 0)
    assert set(found) == {"ndcg_at_10", "recall_at_20", "fit_seconds"}


def test_a_start_is_trained_and_sampled_from(market):
    recipe = GENERATORS["mult_vae_prior_kl_0.2"]
    start = dataclasses.replace(recipe.start, epochs=1)
    found = synthesis.run(dataclasses.replace(recipe, start=start), market, 0)
    assert found["ndcg_at_10"] > 0


def test_no_result_of_the_repository_is_stale():
    path = synthesis_report.path_beside()
    rows = synthesis_report.table(GENERATORS, path)
    assert [row["recipe"] for row in rows if row["stale"]] == []
    assert all(set(r["metrics"]) <= {*synthesis_report.COLUMNS} for r in rows)


def test_the_page_is_rendered_from_the_results():
    page = (REPOSITORY / "docs" / "synthesis.md").read_text()
    path = synthesis_report.path_beside()
    rows = synthesis_report.table(GENERATORS, path)
    assert page == synthesis_report.markdown(rows).rstrip() + "\n", (
        "run `ganrec zoo --generators --markdown > docs/synthesis.md`"
    )


@pytest.mark.parametrize(
    "users, steps, coding", [(300, 3900, 550), (4 * 660, 7800, 1100)]
)
def test_steps_grow_with_the_root_of_the_users(
    users, steps, coding, monkeypatch
):
    fitted = []
    monkeypatch.setattr(
        synthesizing.fitting,
        "fit",
        lambda recipe, *args, **kwargs: fitted.append(recipe),
    )
    market = datasets.synthetic(users, 100, interactions_per_user=12)
    synthesizing.fit(ProfileGAN, market, [], None, 0, print)
    (recipe,) = fitted
    assert recipe.epochs * -(-users // recipe.batch_size) == steps
    assert recipe.model_arguments["autoencoder_steps"] == coding
