"""Who was near a case in a building: the wards of a hospital as one line for each other."""

from typing import Any

from central.radio.building import of_building

MINUTE_MS = 60_000


def candidate(gate: str, first: int, end: int, windows: int, other: str = "aa", **more: Any) -> dict[str, Any]:
    """Heard with the case between these minutes, in so many of them."""
    where = {"kind": "candidate", "case": "F0-01", "venue": "benh-vien-thu", "gate": gate}
    times = {"start_ms": first * MINUTE_MS, "end_ms": end * MINUTE_MS, "windows": windows}
    return {**where, "system": "tag", "id": other, "bucket": 4, **times, **more}


def test_stays_in_two_wards_one_after_the_other_add_up() -> None:
    (one,) = of_building([candidate("khoa-b", 30, 50, 18, bucket=2), candidate("khoa-a", 0, 20, 15)])
    assert (one["windows"], one["windows_at_most"], one["gates"]) == (33, 33, ["khoa-a", "khoa-b"])
    assert (one["start_ms"], one["end_ms"], one["bucket"]) == (0, 50 * MINUTE_MS, 2)


def test_the_same_time_heard_by_two_wards_is_not_counted_twice_and_the_doubt_is_told() -> None:
    (one,) = of_building([candidate("khoa-a", 0, 20, 15), candidate("khoa-b", 5, 25, 12)])
    assert (one["windows"], one["windows_at_most"]) == (15, 25)
    (all_of_it,) = of_building([candidate("khoa-a", 0, 20, 20), candidate("khoa-b", 0, 20, 20)])
    assert (all_of_it["windows"], all_of_it["windows_at_most"]) == (20, 20)


def test_a_long_stay_at_one_gate_holds_short_ones_of_another() -> None:
    lines = [candidate("a", 0, 60, 40), candidate("b", 10, 12, 2), candidate("b", 50, 52, 2), candidate("a", 60, 70, 9)]
    (one,) = of_building(lines)
    assert (one["windows"], one["windows_at_most"]) == (49, 53)


def test_others_and_venues_stay_apart_and_the_longest_stands_first() -> None:
    lines = [candidate("a", 0, 9, 3), candidate("a", 0, 9, 8, other="bb"), candidate("a", 0, 9, 5, venue="cho-thu")]
    assert [(one["id"], one["venue"], one["windows"]) for one in of_building(lines)] == [
        ("bb", "benh-vien-thu", 8),
        ("aa", "cho-thu", 5),
        ("aa", "benh-vien-thu", 3),
    ]
    assert of_building([{"kind": "encounter"}]) == []
