"""What a published key does at a gate: who is told, what is sent once, and what is forgotten."""

from pathlib import Path

import pytest

from ble_scanner.case_days import SETTLED_MS
from ble_scanner.rolling_id import rpis
from store import bulletins
from store.db import LEAVING, Leaving, StoreError
from store.exposures import TOLD_MS, exposed_passes, exposures
from store.retention import Limits, purge_sightings
from store.sightings import FILE
from tests.unit.ble_scanner.held import (
    LATER_MS,
    MORNING_MS,
    case_key,
    case_windows,
    gate_in,
    minutes,
    phone,
    stranger_windows,
    tag,
    tag_windows,
)
from tests.unit.store.desk import DAY_MS
from tests.unit.store.heard import identifier
from wire.bulletin import Bulletin
from wire.case_keys import CaseKey
from wire.envelope import ClockQuality
from wire.records import ContactCandidate, Encounter
from wire.sightings import WINDOW_MS, SightingWindow

OTHER_SEED = b"\7" * 32


def test_a_tag_that_was_near_a_case_for_long_enough_is_told(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep(case_windows(minutes(60, 40)))
        gate.sightings.keep([*tag_windows(1, minutes(70, 15)), *tag_windows(2, minutes(70, 14))])
        gate.sightings.keep(tag_windows(3, minutes(200, 60)))
        gate.publish(case_key())
        counts = gate.match()
        assert gate.told() == {tag(1)}
        assert (counts.keys, counts.windows, counts.cases, counts.exposures) == (1, 40, 1, 1)
        last_ms = minutes(84, 1)[0]
        assert exposed_passes(gate.sightings, LATER_MS) == {tag(1): last_ms + TOLD_MS}
        assert exposed_passes(gate.sightings, last_ms + TOLD_MS) == {}


def test_seven_in_the_morning_is_the_middle_of_a_day(tmp_path: Path) -> None:
    """UTC days change then; both halves of a stay count together."""
    with gate_in(tmp_path) as gate:
        gate.sightings.keep(case_windows(minutes(-10, 20)))
        gate.sightings.keep(tag_windows(1, minutes(-8, 16)))
        gate.publish(case_key())
        gate.match()
        assert gate.told() == {tag(1)}
        assert [(one.start_ms, one.end_ms, one.windows) for one in gate.encounters()] == [
            (MORNING_MS - 10 * WINDOW_MS, MORNING_MS + 10 * WINDOW_MS, 20)
        ]
        assert [(one.windows, one.identifier) for one in gate.candidates()] == [(16, tag(1))]


def test_minutes_of_a_day_count_together_and_days_do_not(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        for first in (0, 120, 300):
            gate.sightings.keep(case_windows(minutes(first, 6)))
            gate.sightings.keep(tag_windows(1, minutes(first, 6)))
        for first in (-900, 500):  # 16:00 of the day before, and this day
            gate.sightings.keep(case_windows(minutes(first, 10)))
            gate.sightings.keep(tag_windows(2, minutes(first, 10)))
        gate.publish(case_key())
        gate.match()
        assert gate.told() == {tag(1)}


def test_what_is_sent_is_the_case_and_who_was_heard_with_it_and_nobody_else(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep(case_windows(minutes(60, 40)))
        gate.sightings.keep([*stranger_windows(1, minutes(62, 12)), *tag_windows(1, minutes(65, 3))])
        gate.sightings.keep([*stranger_windows(2, minutes(99, 5)), *stranger_windows(3, minutes(300, 9))])
        gate.publish(case_key())
        assert gate.match().sent == 3
        (encounter,) = gate.encounters()
        assert (encounter.case, encounter.system, encounter.windows) == ("case-1", "bluezone", 40)
        assert encounter.identifier == phone(minutes(60, 1)[0]), "three identifiers of one key are one stay"
        assert (encounter.start_ms, encounter.end_ms) == (minutes(60, 1)[0], minutes(100, 1)[0])
        assert sum(encounter.buckets) == 40 and encounter.confidence == 100
        candidates = {(one.system, one.identifier): one for one in gate.candidates()}
        assert set(candidates) == {("bluezone", identifier(1)), ("tag", tag(1))}, (
            "one minute is somebody who walks past"
        )
        assert candidates["bluezone", identifier(1)].windows == 12
        assert candidates["tag", tag(1)].case_identifier == phone(minutes(65, 1)[0])


def test_nothing_is_sent_without_an_order_that_says_so(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *tag_windows(1, minutes(60, 40))])
        gate.publish(case_key(), upload=False)
        assert gate.match().sent == 0
        assert gate.sent() == [] and gate.told() == {tag(1)}


def test_a_case_whose_standing_nobody_gave_is_not_sent(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep(case_windows(minutes(60, 40)))
        gate.publish(case_key(), cases={})
        assert gate.match().sent == 0 and gate.sent() == []


def test_a_second_run_does_nothing_again(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *stranger_windows(1, minutes(60, 9))])
        gate.publish(case_key())
        first, second = gate.match(), gate.match()
        assert (first.sent, second.sent) == (2, 0) and len(gate.sent()) == 2
        assert first.days > 0 and (second.days, second.waiting) == (0, 0)


def test_only_days_with_something_new_are_matched_again(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        for day in range(10):
            gate.sightings.keep(stranger_windows(day, minutes(60, 5, MORNING_MS - day * DAY_MS)))
        gate.publish(case_key())
        assert gate.match().days == 11
        gate.sightings.keep([*case_windows(minutes(200, 20)), *tag_windows(1, minutes(200, 20))])
        counts = gate.match()
        assert counts.days == 2, "the day, and the next of Viet Nam, which begins in it"
        assert gate.told() == {tag(1)}


def test_more_keys_for_a_case_send_only_what_is_new(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 10)), *case_windows(minutes(200, 10), OTHER_SEED)])
        gate.publish(case_key())
        assert gate.match().sent == 1
        gate.publish(case_key(), case_key(seed=OTHER_SEED))
        assert gate.match().sent == 1
        assert [one.start_ms for one in gate.encounters()] == [minutes(60, 1)[0], minutes(200, 1)[0]]


def test_a_stay_that_may_still_go_on_is_sent_later_and_whole(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep(case_windows(minutes(60, 10)))
        gate.publish(case_key())
        counts = gate.match(minutes(71, 1)[0])
        assert counts.sent == 0 and counts.waiting > 0
        gate.sightings.keep(case_windows(minutes(70, 5)))
        assert gate.match(minutes(75, 1)[0] + SETTLED_MS - 1).sent == 0
        assert gate.match(minutes(75, 1)[0] + SETTLED_MS).sent == 1
        assert [one.windows for one in gate.encounters()] == [15]


def test_without_a_known_time_people_are_told_and_nothing_is_sent(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *tag_windows(1, minutes(60, 40))])
        gate.publish(case_key(), expires_ms=1)
        assert gate.match(None).sent == 0 and gate.told() == {tag(1)}


def test_a_gate_that_is_not_enrolled_sends_later(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep(case_windows(minutes(60, 40)))
        gate.publish(case_key())
        assert gate.match(enrolled=False).sent == 0
        assert gate.match().sent == 1


@pytest.mark.parametrize("end", ["ruled_out", "gone", "expired", "elsewhere"])
def test_a_case_that_was_ruled_out_or_is_gone_is_forgotten(tmp_path: Path, end: str) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *case_windows(minutes(60, 40), OTHER_SEED)])
        gate.sightings.keep(tag_windows(1, minutes(60, 20)))
        other = case_key("case-2", OTHER_SEED)
        gate.publish(other, name="other")
        gate.publish(case_key())
        gate.match()
        assert {one.case for one in exposures(gate.sightings)} == {"case-1", "case-2"}
        if end == "ruled_out":
            gate.publish(cases={"case-1": "ruled_out"})
        elif end == "gone":
            gate.publish()
        elif end == "expired":
            gate.publish(case_key(), expires_ms=LATER_MS)
        else:  # one list still holds its key, another knows better
            gate.publish(cases={"case-1": "ruled_out"}, name="third")
        sent = len(gate.sent())
        assert gate.match().forgotten == 1
        assert {one.case for one in exposures(gate.sightings)} == {"case-2"}
        assert len(gate.sent()) == sent
        gate.publish(case_key())
        if end != "elsewhere":
            gate.match()
            assert {one.case for one in exposures(gate.sightings)} == {"case-1", "case-2"}
            assert [one.case for one in gate.encounters()].count("case-1") == 2, "deleted there, so it is sent again"


def test_the_last_list_gone_forgets_everything(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *tag_windows(1, minutes(60, 20))])
        gate.publish(case_key())
        gate.match()
        gate.publish()
        counts = gate.match()
        assert (counts.keys, counts.forgotten) == (0, 1) and gate.told() == set()
        assert gate.sightings.rows("SELECT count(*) FROM sent") == [(0,)]


def test_an_order_that_has_ended_takes_its_keys_with_it(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *tag_windows(1, minutes(60, 20))])
        gate.publish(case_key())
        gate.put_order(LATER_MS - DAY_MS, LATER_MS + DAY_MS)
        gate.match()
        assert gate.told() == {tag(1)}
        gate.put_order(LATER_MS - DAY_MS, LATER_MS - 1)
        counts = gate.match()
        assert (counts.keys, counts.forgotten) == (0, 1) and gate.told() == set()


def test_fewer_minutes_of_a_new_list_tell_more_people_and_more_minutes_fewer(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *tag_windows(1, minutes(60, 12))])
        for wanted, expected in ((15, set()), (10, {tag(1)}), (13, set())):
            gate.publish(case_key(), minutes=wanted)
            gate.match()
            assert gate.told() == expected


def test_keys_without_a_case_are_each_somebody(tmp_path: Path) -> None:
    """Ten minutes with one and ten with another are not twenty with somebody."""
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(0, 10)), *case_windows(minutes(10, 10), OTHER_SEED)])
        gate.sightings.keep(tag_windows(1, minutes(0, 20)))
        gate.publish(case_key(""), case_key("", OTHER_SEED))
        gate.match()
        assert gate.told() == set()
        gate.publish(case_key("one"), case_key("one", OTHER_SEED))
        gate.match()
        assert gate.told() == {tag(1)}


def test_exposure_notification_with_its_metadata_is_one_stay(tmp_path: Path) -> None:
    tek = b"\5" * 16
    sent = rpis(tek, MORNING_MS // 600_000)
    with gate_in(tmp_path) as gate:
        gate.sightings.keep(
            [
                SightingWindow(2, sent[n // 10] + b"\1\2\3\4", at_ms, -60, -70, 9)
                for n, at_ms in enumerate(minutes(0, 30))
            ]
        )
        start_s = MORNING_MS // 1000
        gate.publish(CaseKey("exposure-notification", tek, start_s, start_s + 86_400, 144, "case-1"))
        gate.match()
        assert [(one.system, one.windows, len(one.identifier)) for one in gate.encounters()] == [
            ("exposure-notification", 30, 20)
        ]


def test_what_the_purge_took_does_not_undo_what_was_found(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(-10, 20)), *tag_windows(1, minutes(-10, 20))])
        gate.publish(case_key())
        gate.match()
        gate.sightings.now_ms = lambda: MORNING_MS + 13 * DAY_MS
        assert purge_sightings(gate.sightings, Limits(), ClockQuality.SYNCED).days == 1
        counts = gate.match()
        assert (counts.days, counts.sent, gate.told()) == (0, 0, {tag(1)})


def test_a_list_that_cannot_be_read_is_counted_and_the_others_count(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *tag_windows(1, minutes(60, 20))])
        bulletins.keep(gate.store, Bulletin("ble_keys", "all", "odd", 1, 0, 1 << 50, {"keys": 7}), b"m", LATER_MS)
        gate.publish(case_key())
        counts = gate.match()
        assert counts.refused == 1 and gate.told() == {tag(1)}


def test_nothing_is_sent_into_a_database_that_is_being_moved_aside(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep([*case_windows(minutes(60, 40)), *tag_windows(1, minutes(60, 20))])
        gate.publish(case_key())
        (tmp_path / LEAVING).touch()
        with pytest.raises(Leaving):
            gate.match()
        assert gate.sent() == [] and gate.told() == {tag(1)}
        (tmp_path / LEAVING).unlink()
        assert gate.match().sent == len(gate.sent()) == 2


def test_a_job_ends_when_the_radios_file_is_put_aside(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        gate.sightings.keep(case_windows(minutes(60, 40)))
        gate.publish(case_key())
        (tmp_path / FILE).rename(tmp_path / "away")
        with pytest.raises(Leaving):
            gate.match()


def test_a_full_disk_ends_a_run_and_the_next_one_sends_the_rest_once(tmp_path: Path) -> None:
    """The outbox's own limit of pages stands for the disk: the commit of the second batch finds no room."""
    with gate_in(tmp_path) as gate:
        gate.sightings.keep(case_windows(minutes(0, 10)))
        gate.sightings.keep([row for number in range(150) for row in stranger_windows(number, minutes(0, 3))])
        gate.publish(case_key())
        pages = gate.store.execute("PRAGMA page_count").fetchone()[0]
        gate.store.execute(f"PRAGMA max_page_count={pages + 8}")
        with pytest.raises(StoreError) as error:
            gate.match()
        assert error.value.reason == "disk_full" and len(gate.sent()) == 100
        gate.store.execute(f"PRAGMA max_page_count={pages + 1000}")
        assert gate.match().sent == 51
        assert (
            len({(one.identifier, type(one)) for one in gate.sent() if isinstance(one, Encounter | ContactCandidate)})
            == 151
        )
