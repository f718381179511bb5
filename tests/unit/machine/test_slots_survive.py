"""Two slots: whatever is installed, tried, judged, and whenever the power goes, the next boot finds a system.

The firmware is image_build.firmware, the files are real, what RAUC asks is asked of the real command.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from image_build.firmware import next_boot
from image_build.slots import AUTOBOOT
from machine import slots
from machine.slot_choice import MOST_TRIES, PARTITIONS, Slot, autoboot, from_notes, other, read_autoboot
from machine.slot_files import BootImageError, Card, set_letter

LETTER: dict[int, Slot] = {number: slot for slot, number in PARTITIONS.items()}
META = "RAUC_META_GATEPOST_VERSION"


class Box:
    """A card in a folder, with the Pi's firmware: what each slot holds, which slot runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first, self.notes = folder / "card", folder / "rauc" / "notes.json"
        self.cmdline, self.release = folder / "cmdline", folder / "release.json"
        self.first.mkdir(parents=True)
        (self.first / "autoboot.txt").write_text(AUTOBOOT.read_text("ascii"), "ascii")
        self.holds: dict[Slot, int | None] = {"A": 1, "B": None}  # version; None: half written
        self.asked: list[Sequence[str]] = []
        self.boot()

    @property
    def card(self) -> Card:
        return Card(self.first, self.notes, self.release, self.cmdline)

    def runs(self) -> Slot:
        return self.card.booted

    def boot(self, argument: str = "") -> None:
        """What the firmware does with the card as it is."""
        slot = LETTER[next_boot((self.first / "autoboot.txt").read_text("ascii"), argument)]
        self.cmdline.write_text(f"quiet rauc.slot={slot} panic=10\n", "ascii")
        self.release.write_text(f'{{"version": "2026.1.{self.holds[slot]}", "model": "debian-arm64"}}', "utf-8")

    def rauc(self, *words: str, environment: Mapping[str, str] | None = None) -> int:
        """The command as RAUC calls it."""
        places = ["--card", self.first, "--notes", self.notes, "--release", self.release, "--cmdline", self.cmdline]
        return slots.main([*map(str, places), *words], environment or {})

    def run(self, command: Sequence[str]) -> int:
        """What the units' commands call: RAUC marks the slot that runs, systemd reboots."""
        self.asked.append(command)
        if command == slots.MARK_GOOD:
            return self.rauc("set-state", self.runs(), "good")
        self.boot("0 tryboot" if slots.TRIAL in command else "")
        return 0

    def install(self, version: int, cut: str = "") -> bool:
        """As `rauc install` does; `cut`: the power goes "before", "during" or "after" the images."""
        target = other(self.runs())
        named = {META: f"2026.1.{version}"}
        if self.rauc("pre-install", environment=named):
            return False
        if cut == "before":
            return self._cut()
        self.rauc("set-state", target, "bad")
        self.holds[target] = None
        if cut == "during":
            return self._cut()
        self.holds[target] = version
        if cut == "after":
            return self._cut()
        self.rauc("set-primary", target)
        self.rauc("post-install", environment=named)
        return True

    def _cut(self) -> bool:
        self.boot()
        return False


class AnyWeather(RuleBasedStateMachine):
    """Any order of installations, trials, verdicts and power cuts."""

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        self.box = Box(Path(self.folder.name) / "box")
        self.highest_good = 1

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(version=st.integers(1, 9), cut=st.sampled_from(["", "", "before", "during", "after"]))
    def install(self, version: int, cut: str) -> None:
        on_trial = self.box.runs() != self.box.card.read().committed
        running = self.box.holds[self.box.runs()] or 0
        done = self.box.install(version, cut)
        assert not (done and (on_trial or version < running or version < self.highest_good))

    @rule()
    def trial(self) -> None:
        slots.begin_trial(self.box.card, self.box.run)

    @rule()
    def good(self) -> None:
        was = self.box.runs()
        assert slots.good(self.box.card, self.box.run) == 0
        assert self.box.card.read().committed == was
        self.highest_good = max(self.highest_good, self.box.holds[was] or 0)

    @rule()
    def failed(self) -> None:
        on_trial, was = self.box.runs() != self.box.card.read().committed, self.box.runs()
        slots.failed(self.box.card, self.box.run)
        assert (self.box.runs() != was) == on_trial

    @rule()
    def power_cut_or_watchdog(self) -> None:
        self.box.boot()

    @rule()
    def notes_are_lost(self) -> None:
        self.box.notes.unlink(missing_ok=True)
        self.highest_good = min(self.highest_good, self.box.holds[self.box.card.read().committed] or 0)

    @precondition(lambda self: self.box.runs() != self.box.card.read().committed)
    @rule()
    def old_slot_is_whole_while_a_new_one_is_tried(self) -> None:
        assert self.box.holds[other(self.box.runs())] is not None

    @invariant()
    def the_next_boot_finds_a_system(self) -> None:
        text = (self.box.first / "autoboot.txt").read_text("ascii")
        assert self.box.holds[LETTER[next_boot(text)]] is not None
        assert self.box.holds[self.box.runs()] is not None

    @invariant()
    def what_is_tried_was_written_whole(self) -> None:
        read = self.box.card.read()
        if read.wants_trial(self.box.runs()) and read.pending:
            assert self.box.holds[read.pending] is not None


TestAnyWeather = AnyWeather.TestCase
TestAnyWeather.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "box")


def test_a_good_update_is_tried_once_and_then_stays(box: Box) -> None:
    assert box.install(2)
    box.boot()
    assert box.runs() == "A"  # a plain boot does not try it
    assert slots.begin_trial(box.card, box.run) == 0
    assert box.asked[-1][-1] == "--reboot-argument=0 tryboot" and box.runs() == "B"
    box.boot()
    assert box.runs() == "A"  # not yet called good: any other boot is the old system
    slots.begin_trial(box.card, box.run)
    assert slots.good(box.card, box.run) == 0
    box.boot()
    assert box.runs() == "B" and box.card.update == {"version": "2026.1.2", "outcome": "good", "why": ""}
    assert box.card.floor == "2026.1.2"


def test_a_self_test_that_fails_ends_the_trial_at_once_and_for_good(box: Box) -> None:
    box.install(2)
    slots.begin_trial(box.card, box.run)
    assert slots.failed(box.card, box.run) == 0
    assert box.runs() == "A" and not box.card.read().wants_trial("A")
    assert box.card.update == {"version": "2026.1.2", "outcome": "rolled_back", "why": "self_test"}
    assert slots.failed(box.card, box.run) == 0 and box.asked[-1] == slots.REBOOT and len(box.asked) == 2


def test_a_system_that_never_answers_is_tried_three_times(box: Box) -> None:
    box.install(2)
    for _ in range(MOST_TRIES):
        assert slots.begin_trial(box.card, box.run) == 0
        box.boot()  # the watchdog
    assert slots.begin_trial(box.card, box.run) == 1
    assert slots.good(box.card, box.run) == 0  # the old system's self-test writes it off
    assert box.card.update == {"version": "2026.1.2", "outcome": "rolled_back", "why": "no_start"}


def test_a_kernel_that_does_not_know_tryboot_keeps_the_old_system(box: Box) -> None:
    box.install(2)

    def mainline(command: Sequence[str]) -> int:
        box.boot()
        return 0

    while slots.begin_trial(box.card, mainline) == 0:
        assert box.runs() == "A"
    slots.good(box.card, box.run)
    assert box.card.update["why"] == "no_start"


def test_a_downgrade_is_refused_before_a_byte_is_written(box: Box, capsys: pytest.CaptureFixture[str]) -> None:
    box.install(5)
    slots.begin_trial(box.card, box.run)
    slots.good(box.card, box.run)
    assert not box.install(4) and box.holds["A"] == 1
    assert box.card.update == {"version": "2026.1.4", "outcome": "refused", "why": "downgrade"}
    said = capsys.readouterr().err
    assert "Bản 2026.1.4 cũ hơn bản 2026.1.5" in said and "is older than 2026.1.5" in said


def test_the_floor_holds_when_an_old_system_is_back_in_a_slot(box: Box) -> None:
    """A card whose autoboot.txt somebody has set back boots the old system; it still refuses what is older than new."""
    box.install(5)
    slots.begin_trial(box.card, box.run)
    slots.good(box.card, box.run)
    (box.first / "autoboot.txt").write_text(autoboot("A"), "ascii")
    box.boot()
    assert box.card.version == "2026.1.1" and not box.install(3) and box.install(6)


@pytest.mark.parametrize("words", [{}, {META: "new"}, {META: ""}, {META: "2026.1.9.1.1"}])
def test_a_bundle_without_a_version_is_refused(box: Box, words: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "manifest.raucm").write_text("[update]\ncompatible=x\n", "utf-8")
    assert box.rauc("pre-install", environment={"RAUC_BUNDLE_MOUNT_POINT": str(tmp_path), **words}) == 1


def test_the_version_is_read_from_the_bundle_where_rauc_does_not_name_it(box: Box, tmp_path: Path) -> None:
    (tmp_path / "manifest.raucm").write_text("[update]\nversion=2026.1.7\n", "utf-8")
    assert box.rauc("pre-install", environment={"RAUC_BUNDLE_MOUNT_POINT": str(tmp_path)}) == 0
    assert box.card.update["version"] == "2026.1.7"


def test_nothing_is_installed_during_a_trial(box: Box) -> None:
    box.install(2)
    slots.begin_trial(box.card, box.run)
    assert not box.install(3) and box.holds == {"A": 1, "B": 2}


def test_an_ordinary_start_writes_nothing(box: Box) -> None:
    slots.good(box.card, box.run)
    slots.failed(box.card, box.run)
    assert box.asked == [] and not box.notes.exists()


def test_an_autoboot_file_that_is_damaged_is_written_anew_by_the_slot_that_runs(box: Box) -> None:
    (box.first / "autoboot.txt").write_bytes(b"\xff[all")
    assert slots.good(box.card, box.run) == 0
    assert (box.first / "autoboot.txt").read_text("ascii") == autoboot("A")


def test_rauc_is_answered(box: Box, capsys: pytest.CaptureFixture[str]) -> None:
    for words, answer in (
        (("get-primary",), "A"),
        (("get-current",), "A"),
        (("get-state", "B"), "good"),
        (("set-state", "B", "bad"), ""),
        (("get-state", "B"), "bad"),
        (("set-primary", "B"), ""),
        (("get-primary",), "B"),
        (("get-state", "B"), "good"),
        (("set-primary", "A"), ""),
        (("get-primary",), "A"),
    ):
        assert box.rauc(*words) == 0
        assert capsys.readouterr().out.strip() == answer, words


def test_a_stopped_release_is_called_off(box: Box) -> None:
    box.install(2)
    slots.call_off(box.card)
    assert not box.card.read().wants_trial("A") and box.card.update["why"] == "stopped"


def test_the_committed_slot_stands_in_autoboot_alone() -> None:
    assert read_autoboot(AUTOBOOT.read_text("ascii")) == "A"
    assert len(autoboot("A")) == len(autoboot("B")) <= 512
    assert read_autoboot("[all]\nboot_partition=3\n") is None
    assert from_notes("A", {"pending": "A", "bad": "B", "tries": "many"}).primary == "A"
    assert from_notes("A", {"pending": "B", "bad": ["B", 7]}).pending is None


def fat(words: str, behind: str = "") -> bytes:
    """A file system of 64 sectors as its first sector says, `words` in it and `behind` after its end."""
    head = bytearray(512)
    head[11:13], head[19:21], head[510:] = (512).to_bytes(2, "little"), (64).to_bytes(2, "little"), b"\x55\xaa"
    return bytes(head) + words.encode().ljust(63 * 512, b"\0") + behind.encode()


def test_a_written_boot_slot_is_made_to_boot_its_own_root(box: Box, tmp_path: Path) -> None:
    device = tmp_path / "boot_b"
    words = "quiet rauc.slot=A gatepost.root=PARTLABEL=root_a gatepost.hash=00"
    device.write_bytes(fat(words, behind=" rauc.slot=A gatepost.root=PARTLABEL=root_a of an older, longer image"))
    environment = {META: "2026.1.2", "RAUC_TARGET_SLOTS": "2 3", "RAUC_SLOT_NAME_2": "rootfs.1"}
    environment |= {"RAUC_SLOT_NAME_3": "boot.1", "RAUC_SLOT_DEVICE_3": str(device)}
    assert box.rauc("post-install", environment=environment) == 0
    assert b"rauc.slot=B gatepost.root=PARTLABEL=root_b gatepost.hash" in device.read_bytes()
    assert device.read_bytes().endswith(b"rauc.slot=A gatepost.root=PARTLABEL=root_a of an older, longer image")
    set_letter(device, "A")
    assert device.read_bytes()[:1024] == fat(words)[:1024]


def test_a_boot_slot_that_cannot_be_set_is_not_tried(box: Box, tmp_path: Path) -> None:
    box.install(2)
    (tmp_path / "boot_b").write_bytes(fat("no names"))
    environment = {META: "2026.1.2", "RAUC_TARGET_SLOTS": "4", "RAUC_SLOT_NAME_4": "boot.1"}
    assert box.rauc("post-install", environment=environment | {"RAUC_SLOT_DEVICE_4": str(tmp_path / "boot_b")}) == 1
    assert not box.card.read().wants_trial("A") and box.card.update["why"] == "boot_slot"


@pytest.mark.parametrize("words", ["quiet", "rauc.slot=A", "rauc.slot=A rauc.slot=A gatepost.root=PARTLABEL=root_a"])
def test_a_boot_slot_that_does_not_name_its_root_once_stops_the_update(words: str, tmp_path: Path) -> None:
    (tmp_path / "boot").write_bytes(fat(words))
    with pytest.raises(BootImageError):
        set_letter(tmp_path / "boot", "B")
    assert (tmp_path / "boot").read_bytes() == fat(words)
    (tmp_path / "boot").write_bytes(b"\0" * 600)
    with pytest.raises(BootImageError, match="FAT"):
        set_letter(tmp_path / "boot", "B")
