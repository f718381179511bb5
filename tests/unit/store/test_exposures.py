"""Who is to be told of an exposure: sealed by day, replaced by day, forgotten by case."""

from pathlib import Path

from store.exposures import (
    TOLD_MS,
    Exposed,
    day_of,
    exposed_passes,
    exposures,
    put_exposures,
    replace_exposures,
)
from store.match_log import forget_other_cases
from tests.unit.store.heard import DAY, NOW_MS, bytes_on_disk, identifier, sightings_in
from wire.sightings import DAY_MS

_ONE, _TWO = identifier(1, 16), identifier(2, 16)


def _exposed(pass_id: bytes, case: str = "case-1", at_ms: int = NOW_MS, ends_ms: int | None = None) -> Exposed:
    return Exposed(pass_id, case, at_ms, at_ms + TOLD_MS if ends_ms is None else ends_ms)


def test_a_pass_is_told_until_its_time_is_over(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as job, sightings_in(tmp_path) as gate:
        assert put_exposures(job, [_exposed(_ONE), _exposed(_TWO, ends_ms=NOW_MS + 5)]) == 2
        assert exposed_passes(gate, NOW_MS) == {_ONE: NOW_MS + TOLD_MS, _TWO: NOW_MS + 5}
        assert exposed_passes(gate, NOW_MS + 5) == {_ONE: NOW_MS + TOLD_MS}


def test_of_two_cases_the_later_end_counts(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        put_exposures(sightings, [_exposed(_ONE, "a", ends_ms=NOW_MS + 9), _exposed(_ONE, "b", ends_ms=NOW_MS + 5)])
        assert exposed_passes(sightings, NOW_MS) == {_ONE: NOW_MS + 9}


def test_the_same_exposure_twice_is_one(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        put_exposures(sightings, [_exposed(_ONE)])
        put_exposures(sightings, [_exposed(_ONE, at_ms=NOW_MS + 60_000)])
        assert exposures(sightings) == [_exposed(_ONE, at_ms=NOW_MS + 60_000)]


def test_a_case_is_forgotten_and_others_stay(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        put_exposures(sightings, [_exposed(_ONE, "a"), _exposed(_TWO, "a", NOW_MS + DAY_MS), _exposed(_TWO, "b")])
        assert forget_other_cases(sightings, ["b", "c"]) == 2
        assert forget_other_cases(sightings, ["b", "c"]) == 0
        assert exposures(sightings) == [_exposed(_TWO, "b")]
        assert forget_other_cases(sightings, []) == 1 and exposures(sightings) == []


def test_a_day_of_viet_nam_is_replaced_and_no_other(tmp_path: Path) -> None:
    evening = DAY * DAY_MS + 16 * 3_600_000  # 23:00; two hours later it is the next day there and the same in UTC
    night = evening + 2 * 3_600_000
    assert day_of(night) == day_of(evening) + 1 and night // DAY_MS == evening // DAY_MS
    with sightings_in(tmp_path) as sightings:
        put_exposures(sightings, [_exposed(_ONE, "a", evening), _exposed(_ONE, "b", night)])
        replace_exposures(sightings, day_of(evening), [_exposed(_TWO, "a", evening)])
        assert sorted(exposures(sightings)) == sorted([_exposed(_TWO, "a", evening), _exposed(_ONE, "b", night)])


def test_neither_pass_nor_case_can_be_read_on_the_card(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        put_exposures(sightings, [_exposed(_ONE, "a case with a long name")])
        sightings.checkpoint()
        assert _ONE not in bytes_on_disk(tmp_path) and b"a long name" not in bytes_on_disk(tmp_path)


def test_without_the_key_of_its_day_nobody_is_told_and_nothing_fails(tmp_path: Path) -> None:
    with sightings_in(tmp_path) as sightings:
        put_exposures(sightings, [_exposed(_ONE)])
        sightings.execute("DELETE FROM day_key")
        assert exposed_passes(sightings, NOW_MS) == {} and sightings.unreadable == 1
