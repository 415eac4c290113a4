"""Pages that scripts of `benchmarks/` write of what they measured."""

import pytest

from tests import benchmark_cases

PAGES = {
    "cold_user_augmentation": "cold_users",
    "feature_tables": "feature_tables",
    "ganrs_statistics": "ganrs",
    "generator_gap": "generator_gap",
    "imputation": "imputation",
    "synthesis_scale": "synthesis_scale",
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_rendered_from_the_results(name):
    pytest.importorskip("sklearn")
    results = benchmark_cases.BENCHMARKS / f"{name}.jsonl"
    path = benchmark_cases.REPOSITORY / "docs" / f"{PAGES[name]}.md"
    if not results.exists():
        assert not path.exists()
        pytest.skip("nothing has been measured yet")
    script = benchmark_cases.load(name)
    rendered = script.page(script.measuring.read_rows(results))
    assert path.read_text() == rendered + "\n", (
        f"run `python benchmarks/{name}.py --page benchmarks/{name}.jsonl "
        f"> docs/{path.name}`"
    )
