"""The report's rules: small numbers of people are never told, not by a row, not by what is left of a total."""

from hypothesis import given
from hypothesis import strategies as st

from central.reports.model import COLUMNS, LEAST, Row, added, grouped, make_report

KEYS = [column.key for column in COLUMNS]


def table(numbers: list[int], key: str = "ins") -> tuple[list[str], str]:
    """The cells of a column, and its total."""
    rows = [Row(str(n), f"Phường {n}", {key: value}) for n, value in enumerate(numbers)]
    report, place = make_report(0, "79", "", rows), KEYS.index(key)
    return [cells[place] for cells in report.cells], report.total[place]


def test_few_people_are_not_told_apart_but_few_places_are() -> None:
    assert table([0, 1, 4, 5, 1234]) == (["0", "<5", "<5", "5", "1.234"], "1.241+")
    assert table([0, 1, 4, 5], "places") == (["0", "1", "4", "5"], "10")


def test_a_total_over_rows_that_hide_nothing_is_exact() -> None:
    assert table([5, 0, 7]) == (["5", "0", "7"], "12")


@given(st.lists(st.integers(0, 40), min_size=2, max_size=12))
def test_nobody_is_found_by_taking_the_rows_from_the_total(numbers: list[int]) -> None:
    cells, total = table(numbers)
    hidden = [n for n in numbers if 0 < n < LEAST]
    known = sum(int(cell) for cell in cells if not cell.startswith("<"))
    assert total == (f"{known + len(hidden)}+" if hidden else str(known))
    assert known + len(hidden) <= sum(numbers)


def test_a_share_or_a_mean_of_few_people_is_not_shown() -> None:
    few = {"ended": 3, "stays": 4, "minutes": 100, "reached": 4}
    many = {"ended": 2, "stays": 3_000, "minutes": 100, "reached": 8}
    first, second = make_report(0, "", "", [Row("a", "a", few), Row("b", "b", many)]).cells
    at = [KEYS.index(key) for key in ("share", "minutes")]
    assert [first[n] for n in at] == ["–", "–"]
    assert [second[n] for n in at] == ["0 %", "13"]


def test_what_nobody_counted_stays_unknown() -> None:
    assert added([{"kiosks": None}, {"kiosks": None}]) == {"kiosks": None}
    assert added([{"kiosks": None}, {"kiosks": 3}, {"kiosks": 2}]) == {"kiosks": 5}
    assert grouped(1_234_567) == "1.234.567"


def partly(*rows: tuple[int | None, int]) -> tuple[list[str], str]:
    """The cells of declarations due, and their total, of rows (due, ways in of which nobody knows)."""
    listed = [Row(str(n), f"Phường {n}", {"due": due, "untold": untold}) for n, (due, untold) in enumerate(rows)]
    report, place = make_report(0, "79", "", listed), KEYS.index("due")
    return [cells[place] for cells in report.cells], report.total[place]


def test_what_an_older_kiosk_does_not_say_is_not_known_and_never_nothing() -> None:
    assert partly((None, 9), (0, 0)) == (["–", "0"], "–")
    assert partly((0, 3), (12, 1)) == (["–", "12+"], "12+")
    assert partly((3, 1), (7, 0), (2, 0)) == (["–", "7", "<5"], "8+")
    assert partly((7, 0), (0, 0)) == (["7", "0"], "7")
