"""When a kiosk takes a new system: never while people stand at the gate, never an old one, never for ever."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machine.slot_choice import Slots, activate, autoboot
from machine.slot_files import Card
from sync_agent.release import (
    MOST_STARTS,
    WAITS_MS,
    Attempt,
    Box,
    Do,
    decide,
    is_closed,
    newest,
    wait_after,
)
from sync_agent.release_run import from_stick, version_on
from wire.release import Release

NOW = 1_800_000_000_000
NIGHT = 2 * 60
BOX = Box("t-gate-1", frozenset({"all"}), "2026.11.22", False, False, NOW, NIGHT, None, 5, 21, Attempt())
RELEASE = Release("2026.11.23", "https://updates.test/x.raucb", 9, bytes(32), "k", 0, "s", 10_000, frozenset())


def test_a_newer_release_is_installed_at_an_empty_gate_and_tried_when_the_venue_is_closed() -> None:
    assert decide(BOX, RELEASE).do is Do.INSTALL
    assert decide(replace(BOX, minute=12 * 60), RELEASE).do is Do.INSTALL  # writing the other slot disturbs nobody
    installed = replace(BOX, pending=True)
    assert decide(replace(installed, minute=12 * 60), RELEASE).why == "open_hours"
    assert decide(installed, RELEASE).do is decide(installed, None).do is Do.RESTART


def test_a_box_that_does_not_know_its_own_version_takes_one(stick: "Stick") -> None:
    assert decide(replace(BOX, running=""), RELEASE).do is Do.INSTALL
    (stick.folder / "release.json").write_text("{}", "utf-8")
    stick.put("2026.11.23")
    assert stick.look()["do"] == "install"


@pytest.mark.parametrize("pending", [False, True])
def test_nothing_begins_while_people_pass(pending: bool) -> None:
    just = replace(BOX, last_visit_ms=NOW - WAITS_MS["empty"] + 1, pending=pending)
    assert decide(just, RELEASE) == decide(just, RELEASE).__class__(Do.NOTHING, "visitors")
    assert decide(replace(just, last_visit_ms=NOW - WAITS_MS["empty"]), RELEASE).do is not Do.NOTHING
    assert decide(replace(just, last_visit_ms=NOW + 10**9), RELEASE).do is not Do.NOTHING  # stamped by a wrong clock


@pytest.mark.parametrize(
    ("box", "release", "why"),
    [
        (BOX, None, "no_release"),
        (replace(BOX, running="2026.11.23"), RELEASE, "up_to_date"),
        (replace(BOX, running="2026.12.1"), RELEASE, "up_to_date"),
        (BOX, replace(RELEASE, stop=True), "stopped"),
        (BOX, replace(RELEASE, share=0), "not_its_turn"),
        (BOX, replace(RELEASE, not_before_ms=NOW + 1), "not_its_turn"),
        (replace(BOX, now_ms=None, minute=None), RELEASE, "not_its_turn"),
        (replace(BOX, now_ms=None, minute=None, pending=True), RELEASE, "open_hours"),
        (replace(BOX, trial=True), RELEASE, "on_trial"),
        (replace(BOX, attempt=Attempt("2026.11.23", 1, 0, "rolled_back")), RELEASE, "rolled_back"),
        (replace(BOX, attempt=Attempt("2026.11.23", MOST_STARTS, 0, "failed")), RELEASE, "too_often"),
        (replace(BOX, attempt=Attempt("2026.11.23", 1, NOW - 1, "failed")), RELEASE, "waits"),
    ],
)
def test_why_nothing_is_done(box: Box, release: Release | None, why: str) -> None:
    step = decide(box, release)
    assert (step.do, step.why) == (Do.NOTHING, why)


def test_a_failed_attempt_is_repeated_ever_later_and_not_for_ever() -> None:
    waits = [wait_after(starts) for starts in range(MOST_STARTS + 1)]
    assert waits[0] == 0 and waits == sorted(waits) and waits[-1] == WAITS_MS["again_most"]
    assert sum(waits) < 10 * 24 * 3_600_000
    again = replace(BOX, attempt=Attempt("2026.11.23", 3, NOW - waits[3], "failed"))
    assert decide(again, RELEASE).do is Do.INSTALL
    set_back = replace(BOX, attempt=Attempt("2026.11.23", 3, NOW + 10**12, "failed"))
    assert decide(set_back, RELEASE).do is Do.INSTALL
    other = replace(BOX, attempt=Attempt("2026.11.22", MOST_STARTS, NOW, "rolled_back"))
    assert decide(other, RELEASE).do is Do.INSTALL  # what is said of one version holds for that one


def test_a_release_that_is_stopped_before_its_trial_is_called_off() -> None:
    waiting = replace(BOX, pending=True, attempt=Attempt("2026.11.23"))
    assert decide(waiting, replace(RELEASE, stop=True)).do is Do.CALL_OFF
    assert decide(replace(waiting, attempt=Attempt("2026.11.25")), replace(RELEASE, stop=True)).do is Do.RESTART


def test_the_highest_version_counts_and_stop_beats_go() -> None:
    old, stopped = replace(RELEASE, version="2026.9.30"), replace(RELEASE, stop=True)
    assert newest([]) is None
    assert newest([RELEASE, old]) == newest([old, RELEASE]) == RELEASE
    assert newest([RELEASE, stopped]) == newest([stopped, RELEASE]) == stopped


@given(st.integers(0, 24), st.integers(0, 24), st.integers(0, 1439))
def test_hours_of_a_venue(opens: int, closes: int, minute: int) -> None:
    box = replace(BOX, opens=opens, closes=closes, minute=minute)
    hour = minute // 60
    if opens == closes:
        assert is_closed(box) == (1 <= hour < 4)
    else:
        hours = [h % 24 for h in range(opens, closes if closes > opens else closes + 24)]
        assert is_closed(box) == (hour not in hours)


class Stick:
    """A stick with bundles, and a box that has what RAUC would note."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.card = Card(folder / "card", folder / "notes.json", folder / "release.json", folder / "cmdline")
        (folder / "card").mkdir()
        (folder / "card" / "autoboot.txt").write_text(autoboot("A"), "ascii")
        (folder / "cmdline").write_text("rauc.slot=A", "ascii")
        (folder / "release.json").write_text('{"version": "2026.11.22", "model": "x"}', "utf-8")
        (folder / "stick").mkdir()
        self.installed: list[str] = []
        self.status = 0

    def put(self, *versions: str) -> None:
        for number, version in enumerate(versions):
            (self.folder / "stick" / f"{number}.raucb").write_text(version, "utf-8")

    def look(self) -> dict[str, object]:
        return from_stick(self.folder / "stick", self.card, self._install, lambda path: path.read_text("utf-8"))

    def _install(self, command: object) -> int:
        assert isinstance(command, tuple)
        self.installed.append(Path(command[-1]).read_text("utf-8"))
        if self.status == 0:
            self.card.write(activate(self.card.read(), "B"))
            self.card.note_update(self.installed[-1], "tried", "")
        return self.status


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    return Stick(tmp_path)


def test_the_newest_bundle_of_a_stick_is_taken_once(stick: Stick) -> None:
    stick.put("2026.11.23", "2026.12.1", "2026.11.2", "")
    assert stick.look() == {"do": "install", "why": "", "version": "2026.12.1", "ok": True}
    assert stick.look()["why"] == "pending" and stick.installed == ["2026.12.1"]


def test_a_stick_with_nothing_newer_does_nothing(stick: Stick) -> None:
    stick.put("2026.11.22", "2025.1.1", "")
    assert stick.look() == {"do": "nothing", "why": "nothing_new"} and not stick.installed


def test_a_stick_whose_bundles_nobody_has_signed_says_so(stick: Stick) -> None:
    stick.put("", "")
    assert stick.look() == {"do": "nothing", "why": "not_signed"} and not stick.installed
    stick.put("2025.1.1")
    assert stick.look()["why"] == "nothing_new"


def test_a_stick_that_stays_in_does_not_try_a_broken_system_for_ever(stick: Stick) -> None:
    stick.put("2026.11.23")
    stick.card.note_update("2026.11.23", "rolled_back", "self_test")
    assert stick.look()["do"] == "nothing"


def test_during_a_trial_a_stick_waits(stick: Stick) -> None:
    stick.put("2026.11.24")
    stick.card.write(Slots("B"))
    assert stick.look() == {"do": "nothing", "why": "on_trial"}


def test_what_rauc_refuses_is_noted(stick: Stick) -> None:
    stick.put("2026.11.24")
    stick.status = 1
    assert stick.look()["ok"] is False
    assert stick.card.update == {"version": "2026.11.24", "outcome": "failed", "why": "rauc_failed"}


@pytest.mark.parametrize(("outcome", "why"), [("failed", "boot_slot"), ("refused", "downgrade")])
def test_what_a_handler_has_noted_says_more_than_raucs_exit_status(stick: Stick, outcome: str, why: str) -> None:
    def install(command: object) -> int:
        stick.card.note_update("2026.11.24", outcome, why)
        return 1

    stick.put("2026.11.24")
    told = from_stick(stick.folder / "stick", stick.card, install, lambda path: path.read_text("utf-8"))
    assert told["ok"] is False
    assert stick.card.update == {"version": "2026.11.24", "outcome": outcome, "why": why}


def test_a_file_that_is_no_bundle_has_no_version(tmp_path: Path) -> None:
    from shutil import which

    if which("rauc") is None:
        pytest.skip("needs rauc")
    (tmp_path / "x.raucb").write_bytes(b"not a bundle")
    assert version_on(tmp_path / "x.raucb") == ""
