"""Every table has a limit or a reason to be kept, and docs/retention.md says the same."""

from pathlib import Path

import pytest

import central.tables
from central.rights.case_ends import OF_A_CASE
from central.rights.limits import limits, load_limits
from central.rights.register import limits_page
from wire.refusal import Refused

ROOT = Path(__file__).resolve().parents[4]


def test_every_table_has_a_limit_or_is_kept_with_a_reason() -> None:
    named = [t for limit in limits().limits for t in limit.tables] + [t for k in limits().kept for t in k.tables]
    assert len(named) == len(set(named)), "a table stands twice"
    assert sorted(set(central.tables.metadata.tables) - set(named)) == []
    assert sorted(set(named) - set(central.tables.metadata.tables)) == []


def test_the_column_that_days_count_from_is_there() -> None:
    for limit in limits().limits:
        if limit.how in ("rows", "radio"):
            for name in limit.tables:
                table = central.tables.metadata.tables[name]
                assert limit.since in table.columns, (name, limit.since)
                assert not limit.person or limit.person in table.columns, (name, limit.person)


def test_what_was_promised_in_2021_is_kept() -> None:
    assert limits().of("visits").days == 21
    assert limits().of("sealed_records").days <= 30
    assert 14 <= limits().of("encounters").days <= 21


def test_the_page_of_limits_is_the_table() -> None:
    assert (ROOT / "docs" / "retention.md").read_text(encoding="utf-8") == limits_page(limits())


@pytest.mark.parametrize("text", ["", "version = '1'\nlimit = []", "version = '1'\nkept = []\n[[limit]]\nkind = 'x'"])
def test_a_file_that_lacks_something_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "limits.toml"
    path.write_text(text)
    with pytest.raises(Refused):
        load_limits(path)


def test_nothing_that_hangs_on_a_case_is_left_hanging() -> None:
    """Who points to a row that goes must have gone before: as the foreign keys say today."""
    order = [table for table, _ in OF_A_CASE]
    for table in central.tables.metadata.tables.values():
        for key in table.foreign_keys:
            there = key.column.table.name
            if there in order and there != table.name and there != "task":
                assert table.name in order, f"{table.name} points to {there}"
                assert order.index(table.name) < order.index(there), f"{table.name} must go before {there}"
