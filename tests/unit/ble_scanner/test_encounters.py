"""Minutes in which somebody was heard become encounters: presence and duration, never metres."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_scanner.encounters import GAP_MS, Encounter, encounters, link
from ble_scanner.levels import BUCKETS, EDGES, bucket_of
from wire.sightings import SYSTEMS, WINDOW_MS, SightingWindow

BLUEZONE, EN, TAG = SYSTEMS["bluezone"], SYSTEMS["exposure-notification"], SYSTEMS["tag"]
TEN = 1_790_000_040_000 // WINDOW_MS * WINDOW_MS
A, B, C = b"A" * 12, b"B" * 12, b"C" * 12


def window(
    minute: int, identifier: bytes = A, strongest: int = -70, heard: int = 20, system: int = BLUEZONE
) -> SightingWindow:
    return SightingWindow(system, identifier, TEN + minute * WINDOW_MS, strongest, strongest - 5, heard)


def spans(found: list[Encounter]) -> list[tuple[bytes, int, int, int]]:
    return [(e.identifier, (e.start_ms - TEN) // WINDOW_MS, (e.end_ms - TEN) // WINDOW_MS, e.windows) for e in found]


def test_an_encounter_counts_minutes_not_packets() -> None:
    once, often = (encounters([window(m, heard=h) for m in range(10)])[0] for h in (5, 255))
    assert (once.windows, once.end_ms - once.start_ms) == (10, 10 * WINDOW_MS)
    assert once.windows == often.windows
    assert once.confidence == often.confidence == 100


def test_a_minute_that_came_in_two_parts_counts_once_and_its_strongest_wins() -> None:
    found = encounters([window(0, strongest=-90), window(0, strongest=-60), window(1, strongest=-90)])
    assert [(e.windows, e.strongest, sum(e.buckets)) for e in found] == [(2, -60, 2)]
    assert found[0].buckets[bucket_of(-60)] == 1


def test_a_short_silence_does_not_end_it_and_a_long_one_does() -> None:
    gap = GAP_MS // WINDOW_MS
    assert spans(encounters([window(0), window(gap + 1)])) == [(A, 0, gap + 2, 2)]
    assert spans(encounters([window(0), window(gap + 2)])) == [(A, 0, 1, 1), (A, gap + 2, gap + 3, 1)]


def test_gaps_and_few_reports_lower_the_confidence() -> None:
    assert encounters([window(m) for m in range(0, 10, 2)])[0].confidence == round(100 * 5 / 9)
    assert encounters([window(0, heard=1)])[0].confidence == 10
    assert encounters([window(0, heard=10)])[0].confidence == 100


def test_an_identifier_that_vanishes_as_another_appears_is_not_linked() -> None:
    found = encounters([*(window(m, A) for m in range(15)), *(window(m, B) for m in range(15, 30))])
    assert spans(found) == [(A, 0, 15, 15), (B, 15, 30, 15)]
    assert spans(link(found, {})) == spans(found)


def test_a_key_links_the_identifiers_of_one_phone_and_of_nobody_else() -> None:
    heard = [window(m, i) for i, minutes in ((A, range(15)), (B, range(14, 30)), (C, range(30))) for m in minutes]
    found = link(encounters(heard), {(BLUEZONE, A): "case", (BLUEZONE, B): "case"})
    # in minute 14 the phone was heard under both: one minute
    assert spans(found) == [(A, 0, 30, 30), (C, 0, 30, 30)]


def test_a_link_bridges_a_silence_no_longer_than_any_encounter_does() -> None:
    same = {(BLUEZONE, A): 7, (BLUEZONE, B): 7}
    assert len(link(encounters([window(0, A), window(7, B)]), same)) == 2
    assert len(link(encounters([window(0, A), window(5, B)]), same)) == 1


def test_what_two_gateways_heard_is_never_one_encounter() -> None:
    both = encounters([window(0)], "ward-1") + encounters([window(1)], "ward-2")
    assert [e.gateway for e in link(both, {(BLUEZONE, A): "case"})] == ["ward-1", "ward-2"]


def test_the_same_bytes_of_another_system_are_somebody_else() -> None:
    assert len(encounters([window(0, system=BLUEZONE), window(0, system=EN)])) == 2


def test_a_known_power_moves_the_buckets_and_nothing_else() -> None:
    heard = [window(0, strongest=-70)]
    assumed, known = encounters(heard)[0], encounters(heard, powers={(BLUEZONE, A): 8})[0]
    assert assumed.buckets.index(1) == bucket_of(-70) < known.buckets.index(1) == bucket_of(-70, 8)
    assert (assumed.strongest, assumed.windows) == (known.strongest, known.windows)
    (linked,) = link([assumed], {(BLUEZONE, A): "case"}, {(BLUEZONE, A): 8})
    assert linked.buckets == known.buckets


def test_nobody_heard_is_no_encounter() -> None:
    assert encounters([]) == []
    assert link([], {}) == []


def test_an_encounter_does_not_print_whom_it_is_about() -> None:
    assert "A" * 12 not in repr(encounters([window(0)])[0])


@pytest.mark.parametrize(
    ("rssi", "bucket"), [(-20, 0), (-61, 0), (-62, 1), (-69, 1), (-70, 2), (-88, 5), (-100, 7), (-127, 7), (20, 0)]
)
def test_buckets_at_the_assumed_power(rssi: int, bucket: int) -> None:
    assert bucket_of(rssi) == bucket


def test_a_weaker_signal_never_lies_in_a_stronger_bucket() -> None:
    found = [bucket_of(rssi) for rssi in range(20, -128, -1)]
    assert found == sorted(found)
    assert set(found) == set(range(BUCKETS))
    assert list(EDGES) == sorted(EDGES)


_ROWS = st.lists(st.tuples(st.sampled_from([A, B]), st.integers(0, 60), st.integers(-100, -40)), max_size=60)


@given(_ROWS, st.randoms())
def test_order_and_doubles_change_nothing(rows: list[tuple[bytes, int, int]], chance: random.Random) -> None:
    heard = [window(minute, identifier, strongest) for identifier, minute, strongest in rows]
    shuffled = [*heard, *heard]
    chance.shuffle(shuffled)

    def figures(found: list[Encounter]) -> list[tuple[object, ...]]:
        return sorted((e.identifier, e.start_ms, e.end_ms, e.windows, e.buckets, e.strongest) for e in found)

    assert figures(encounters(shuffled)) == figures(encounters(heard))
    # every minute lies in exactly one encounter of its identifier
    assert sum(e.windows for e in encounters(heard)) == len({(i, m) for i, m, _ in rows})
    assert all(0 <= e.confidence <= 100 and sum(e.buckets) == e.windows for e in encounters(heard))
