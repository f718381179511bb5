"""The hold on ble.db: nothing stops the radio, what cannot be kept waits or is counted, a reboot is on record first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ble_scanner.hearing import Tapped
from ble_scanner.keeping import MOST_WAITING, Keeping
from ble_scanner.ladder import PastStep
from store.radio_log import KEPT_STEPS, status
from store.sightings import FILE, open_sightings
from store.taps import taps_after
from wire.envelope import ClockQuality, Stamp
from wire.sightings import SightingWindow
from wire.tags import Tag

NOW_MS = 1_790_000_040_000
BOOT = b"bootboot"
MUCH = 1 << 60


def _stamp() -> Stamp:
    return Stamp(NOW_MS, ClockQuality.SYNCED, BOOT, 5_000_000)


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keeping]:
    made = Keeping(tmp_path / "data", _stamp, 1)
    yield made
    made.close()


def _windows(count: int) -> list[SightingWindow]:
    return [SightingWindow(1, n.to_bytes(12, "big"), NOW_MS, -60, -70, 3) for n in range(count)]


def _kept(folder: Path) -> int:
    sightings = open_sightings(folder, now_ms=lambda: NOW_MS)
    count = sum(1 for day in sightings.days() for _ in sightings.of_day(day))
    sightings.close()
    return count


def test_windows_are_kept_and_counted(keep: Keeping, tmp_path: Path) -> None:
    assert keep.keep(_windows(3))
    assert keep.keep([])
    assert (keep.kept, keep.waiting(), keep.problem) == (3, 0, None)
    assert _kept(tmp_path / "data") == 3


def test_a_tap_is_committed_with_the_time_of_this_boot(keep: Keeping, tmp_path: Path) -> None:
    tag = Tag(b"pass-of-the-tag!", b"key of the tag..", 9, 0, NOW_MS // 1000 + 60, 3)
    assert keep.add_tap(Tapped(tag, 77))
    sightings = open_sightings(tmp_path / "data", now_ms=lambda: NOW_MS)
    (row,) = taps_after(sightings, 0)
    sightings.close()
    assert row == (1, tag.pass_id, tag.expires_s, 3, NOW_MS, BOOT, 5_000_000)
    assert (keep.taps, keep.tapped_ms) == (1, 5_000_000)


def test_without_room_sightings_wait_and_the_oldest_go_first(tmp_path: Path) -> None:
    keep = Keeping(tmp_path, _stamp, MUCH)
    for _ in range(3):
        assert not keep.keep(_windows(MOST_WAITING // 2))
    assert (keep.waiting(), keep.lost, keep.problem) == (MOST_WAITING, MOST_WAITING // 2, "disk_full")
    assert keep.put_status({"state": "listening"}), "the last room is not taken by a status"
    assert keep.problem == "disk_full", "a status that was written does not end it"
    keep.close()


def test_a_window_that_no_row_can_hold_does_not_hold_up_the_others(keep: Keeping) -> None:
    assert keep.keep([SightingWindow(1, bytes(40), NOW_MS, -60, -70, 3)])
    assert keep.keep(_windows(2))
    assert keep.waiting() == 0


def test_a_file_that_was_put_aside_is_begun_anew_with_the_next_word(keep: Keeping, tmp_path: Path) -> None:
    assert keep.put_status({"state": "listening"})
    for path in (tmp_path / "data").glob(f"{FILE}*"):
        path.unlink()
    assert keep.put_status({"state": "failed"})
    sightings = open_sightings(tmp_path / "data", now_ms=lambda: NOW_MS)
    assert status(sightings) == {"state": "failed"}
    sightings.close()


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    keep = Keeping(tmp_path / "file" / "data", _stamp, 1)
    assert not keep.keep(_windows(1))
    assert not keep.note_step("reboot", "")
    assert keep.past_steps() == ([], False)
    assert keep.problem is not None
    keep.close()


def test_the_log_is_whole_until_it_was_cut_or_put_aside(keep: Keeping, tmp_path: Path) -> None:
    assert keep.note_step("power_cycle", "{}")
    assert keep.past_steps() == ([PastStep("power_cycle", BOOT, 5_000_000)], True)
    (tmp_path / "data" / "aside").mkdir()
    (tmp_path / "data" / "aside" / f"1790000000000-{FILE}").write_bytes(b"")
    assert not keep.past_steps()[1], "who knows what stood in the damaged one"


def test_a_log_that_was_cut_is_not_whole(keep: Keeping) -> None:
    for _ in range(KEPT_STEPS):
        keep.note_step("restart_scanner", "{}")
    assert not keep.past_steps()[1]


def test_a_step_is_on_the_card_when_it_is_said_to_be(keep: Keeping, tmp_path: Path) -> None:
    assert keep.note_step("reboot", "{}")
    wal = tmp_path / "data" / f"{FILE}-wal"
    assert not wal.exists() or wal.stat().st_size == 0, "not only in the log, which a hard reset may lose"
