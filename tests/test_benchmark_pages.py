"""Pages that scripts of `benchmarks/` write of what they measured."""

import pytest

from tests import benchmark_cases

PAGES = {"imputation": "imputation"}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_rendered_from_the_results(name):
    pytest.importorskip("sklearn")
    script = benchmark_cases.load(name)
    results = benchmark_cases.BENCHMARKS / f"{name}.jsonl"
    rendered = script.page(script.measuring.read_rows(results))
    path = f"docs/{PAGES[name]}.md"
    page = (benchmark_cases.REPOSITORY / path).read_text()
    assert page == rendered + "\n", (
        f"run `python benchmarks/{name}.py --page benchmarks/{name}.jsonl "
        f"> {path}`"
    )
