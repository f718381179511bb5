"""The places in memory: what is counted, what changed, what a period's end does."""

from dataclasses import replace

from central.map.model import Asked, Facility
from central.map.shelf import MOST_CHANGED, Shelf

NOW = 1_790_000_000_000
SAFE, AT_RISK, UNSAFE, OPEN = range(4)


def facility(number: int, **changes: object) -> Facility:
    made = Facility(
        number, f"v-{number}", f"Chợ Thử {number}", "market", "20194", "48", "", 16.0, 108.0, SAFE, NOW - 9, None, 1
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def shelf(*places: Facility) -> Shelf:
    made = Shelf(lambda _: ("Chợ",), lambda ward: ward)
    for place in places:
        made.put(place, NOW)
    made.rebase()
    return made


def test_a_change_is_counted_and_stands_among_the_changed() -> None:
    made = shelf(facility(1), facility(2))
    before = made.version
    made.put(facility(2, state=UNSAFE, change=7), NOW)
    assert made.total() == [1, 0, 1, 0] and made.counts["48"] == [1, 0, 1, 0]
    assert list(made.changed) == [2] and made.version == before + 1 > made.base


def test_the_same_row_again_is_no_change() -> None:
    made = shelf(facility(1))
    made.put(facility(1), NOW)
    assert made.changed == {}


def test_a_state_whose_time_is_over_is_not_assessed_from_that_moment_on() -> None:
    made = shelf(facility(1, until_ms=NOW + 100))
    made.pass_time(NOW + 99)
    assert made.total() == [1, 0, 0, 0]
    made.pass_time(NOW + 100)
    assert made.total() == [0, 0, 0, 1] and made.shown[1].since_ms == NOW + 100 and list(made.changed) == [1]


def test_a_state_that_was_renewed_does_not_end_at_the_old_time() -> None:
    made = shelf(facility(1, until_ms=NOW + 100))
    made.put(facility(1, until_ms=NOW + 500, change=2), NOW)
    made.pass_time(NOW + 200)
    assert made.total() == [1, 0, 0, 0]


def test_a_place_that_left_is_nowhere() -> None:
    made = shelf(facility(1), facility(2, province="01"))
    made.remove(1)
    made.remove(1)
    assert made.total() == [1, 0, 0, 0] and made.of_province("48") == [] and "v-1" not in made.numbers
    assert made.found(Asked(words="thu 1"))[0] == [] and made.changed[1][0] == "v-1"


def test_a_place_that_moves_is_in_its_new_province_alone() -> None:
    made = shelf(facility(1))
    made.put(facility(1, province="01", ward="00004"), NOW)
    assert made.of_province("48") == [] and [one.number for one in made.of_province("01")] == [1]
    assert made.counts["48"] == [0, 0, 0, 0] and made.counts["01"] == [1, 0, 0, 0]


def test_too_many_changes_begin_a_new_base() -> None:
    made = shelf(*(facility(number) for number in range(1, MOST_CHANGED + 3)))
    for number in range(1, MOST_CHANGED + 2):
        made.put(facility(number, state=AT_RISK, change=number + 1), NOW)
    assert made.changed == {} and made.base == made.version


def test_filters_hold_together() -> None:
    made = shelf(facility(1), facility(2, kind="school", state=AT_RISK), facility(3, province="01", state=AT_RISK))
    assert [one.number for one in made.found(Asked(state=AT_RISK))[0]] == [2, 3]
    assert [one.number for one in made.found(Asked(state=AT_RISK, province="48"))[0]] == [2]
    assert [one.number for one in made.found(Asked(words="cho", kind="school"))[0]] == [2]
    assert made.found(Asked()) == ([], False)


def test_a_province_is_turned_over_page_by_page() -> None:
    made = shelf(*(facility(number) for number in range(1, 121)))
    pages = [made.found(Asked(province="48"), page) for page in (1, 2, 3, 4)]
    assert [len(rows) for rows, _ in pages] == [50, 50, 20, 0] and [more for _, more in pages] == [
        True,
        True,
        False,
        False,
    ]
    assert len({one.number for rows, _ in pages for one in rows}) == 120
