"""The page of `benchmarks/speed_page.py`, from rows whose ratios are known."""

import json

import pytest

from tests import benchmark_cases

MACHINE = {"processor": "a slide rule", "load": 0.1}


@pytest.fixture(scope="module")
def speed_page():
    return benchmark_cases.load("speed_page")


def _page(speed_page, script, rows):
    text = speed_page.page({script: {"machine": MACHINE, "rows": rows}})
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("epoch", "said"), [(8.0, "2.0 times as many"), (2.0, "2.0 times fewer")]
)
def test_the_outer_epoch_of_irgan(speed_page, epoch, said):
    rows = [
        {"name": name, "passes": f"{d_passes} D, 50 G", "cpu_s": cpu_s}
        for name, d_passes, cpu_s in (
            ("NumPy, user by user", 20, 4.0),
            ("NumPy, user by user", 100, 9.0),
            ("graph, draws", 20, 0.5),
            ("graph, draws", 100, 1.5),
            ("outer epoch", 100, epoch),
        )
    ]
    text = _page(speed_page, "irgan_sampling", rows)
    assert "take 0.5 cpu-s in the graph and 4.0 cpu-s" in text
    assert "8.0 times as many. The whole" in text
    assert f"takes {epoch:.1f} cpu-s, {said} than the loop" in text
    assert "takes 9.0 cpu-s" in text


def test_the_ways_around_the_graph(speed_page):
    rows = [
        {"way": way, "pass_cpu_ms": usual, "own_pass_cpu_ms": own}
        for way, usual, own in (
            ("sparse_segment_sum", 900.0, 400.0),
            ("sparse_dense_matmul", 1000.0, 1100.0),
        )
    ]
    text = _page(speed_page, "propagation_speed", rows)
    assert "gradient, 400 cpu-ms" in text
    assert "takes 1000, 2.5 times as many" in text


def test_users_per_second_are_shown(speed_page):
    row = {"model": "irgan_ml_100k", "users_per_s": 12345.0}
    text = _page(speed_page, "training_speed", [row])
    assert "| users/s |" in text
    assert "| 12,345 |" in text
    assert "processor a slide rule, load 0.1" in text


def test_recipes_of_one_step_are_one_row(speed_page):
    runs = speed_page.training_speed.RUNS
    assert "irgan_pairwise_ml_100k" in runs
    assert "lightgcn_gowalla" in runs
    assert "dns_ml_100k" in runs
    assert "dns_tuned_ml_100k" not in runs  # another L2 alone


def test_rows_of_another_step_are_told(speed_page):
    script = speed_page.training_speed
    step = script.step_of(script.RUNS["irgan_ml_100k"].settings())
    rows = [
        {"model": "irgan_ml_100k", "step": step},
        {"model": "dns_ml_100k", "step": "another"},
        {"model": "gone", "step": step},
    ]
    text = _page(speed_page, "training_speed", rows)
    told, missing = text.split("has changed since: ")[1].split("Not measured:")
    assert told == "dns_ml_100k, gone. "
    assert "lightgcn_gowalla" in missing and "irgan_ml_100k" not in missing


def test_the_page_is_made_of_what_is_kept(speed_page):
    if not speed_page.KEPT.exists():
        pytest.skip("nothing is measured yet")
    kept = json.loads(speed_page.KEPT.read_text())
    assert speed_page.PAGE.read_text() == speed_page.page(kept), (
        "run `python benchmarks/speed_page.py`"
    )
