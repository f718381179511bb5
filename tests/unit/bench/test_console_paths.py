"""The bench of the officers' pages leaves no page out: whoever adds one says there how it is opened."""

from central.web.console import FLEET, all_pages
from tests.bench.console_paths import ASKED, PARTS


def read_by_officers() -> list[str]:
    """The rules of every page that is asked for by GET."""
    return [page.rule for page in (*FLEET, *all_pages()) if "GET" in page.methods]


def test_every_page_with_parts_in_its_address_is_named_in_the_bench() -> None:
    with_parts = {rule for rule in read_by_officers() if "<" in rule}
    assert len(with_parts) > 30
    assert with_parts - set(PARTS) == set(), "name them in tests/bench/console_paths.py"


def test_the_bench_names_no_page_that_is_gone() -> None:
    assert set(PARTS) | set(ASKED) <= set(read_by_officers())


def test_an_address_of_the_bench_is_of_its_own_rule() -> None:
    for rule, found in PARTS.items():
        fixed = rule.partition("<")[2].partition(">")[2].partition("<")[0]
        assert all(sql.startswith("SELECT ") for sql in found), rule
        assert all(fixed.rstrip("/.") in sql for sql in found), rule
