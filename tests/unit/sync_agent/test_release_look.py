"""One look of the timer: a signed bulletin in the store, the card's notes, and what RAUC is asked for."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_cfg.settings import Settings, read_settings
from machine.clock import Clock
from machine.slot_choice import activate, autoboot
from machine.slot_files import Card
from store import bulletins
from store.db import open_store
from sync_agent.release_run import look
from tests.parts.devices import START_MS
from tests.unit.sync_agent.both_ends import BULLETIN_KEY, Kiosk
from wire.bulletin import Bulletin, encode_bulletin
from wire.release import Release, write_release

EXAMPLE = Path(__file__).parents[3] / "firmware_cfg" / "kiosk.toml"
HOUR = 3_600_000
RELEASE = Release("2026.11.23", "https://updates.test/x.raucb", 9, bytes(32), "k", 0, "s", 10_000, frozenset())


class Desk:
    """A kiosk's store and card. `install` is RAUC as far as the agent sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kiosk = Kiosk(folder / "store")
        text = EXAMPLE.read_text("utf-8").replace('"/var/lib/gatepost"', f'"{folder / "store"}"')
        self.settings: Settings = read_settings(text, bench=False)
        self.now_ms = START_MS + 24 * HOUR
        self.card = Card(folder / "card", folder / "notes.json", folder / "release.json", folder / "cmdline")
        (folder / "card").mkdir()
        (folder / "card" / "autoboot.txt").write_text(autoboot("A"), "ascii")
        (folder / "cmdline").write_text("rauc.slot=A", "ascii")
        (folder / "release.json").write_text('{"version": "2026.11.22", "model": "x"}', "utf-8")
        self.asked: list[Sequence[str]] = []
        self.status = 0

    def publish(self, release: Release, version: int = 1, body: object = None) -> None:
        full = write_release(release) if body is None else body
        bulletin = Bulletin("release", "all", "system", version, START_MS, START_MS + 10**10, {"full": full})
        message = encode_bulletin(bulletin, BULLETIN_KEY)
        bulletins.keep(self.kiosk.store, replace(bulletin, body=full), message, START_MS)

    def look(self, *, synchronised: bool = True, lent: str = "") -> dict[str, object]:
        clock = Clock(bytes(8), lambda: self.now_ms, lambda: 0, lambda: synchronised, has_battery=False)
        return look(self.settings, self.card, clock, self._install, lent)

    def _install(self, command: Sequence[str]) -> int:
        self.asked.append(command)
        if self.status == 0:
            self.card.write(activate(self.card.read(), "B"))
            self.card.note_update("2026.11.23", "tried", "")
        return self.status


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_release_is_fetched_from_its_address(desk: Desk) -> None:
    assert desk.look()["why"] == "no_release"
    desk.publish(RELEASE)
    assert desk.look() == {"do": "install", "why": "", "version": "2026.11.23", "ok": True}
    assert desk.asked == [("rauc", "install", "https://updates.test/x.raucb")]
    assert desk.card.facts()["pending"] is True


def test_the_centres_own_server_is_known_by_the_centres_authority(desk: Desk) -> None:
    host = desk.settings.centre.enrol_url.split("/")[2]
    (desk.folder / "store" / "identity").mkdir()
    (desk.folder / "store" / "identity" / "ca.crt").write_text("x", "utf-8")
    desk.publish(replace(RELEASE, url=f"https://{host}/x.raucb"))
    desk.look()
    assert desk.asked[0][2] == f"--tls-ca={desk.folder / 'store' / 'identity' / 'ca.crt'}"


def test_the_authority_is_lent_to_a_fetcher_that_may_not_enter_the_storage_folder(desk: Desk) -> None:
    """RAUC's fetcher has the agent's number but not its groups: seen on a booted card, where every fetch failed."""
    host = desk.settings.centre.enrol_url.split("/")[2]
    own = desk.folder / "store" / "identity" / "ca.crt"
    own.parent.mkdir()
    own.write_text("x", "utf-8")
    own.chmod(0o600)
    desk.publish(replace(RELEASE, url=f"https://{host}/x.raucb"))
    (desk.folder / "lent").mkdir()
    desk.look(lent=str(desk.folder / "lent"))
    copy = desk.folder / "lent" / "ca.crt"
    assert desk.asked[0][2] == f"--tls-ca={copy}"
    assert copy.read_text("utf-8") == "x" and copy.stat().st_mode & 0o777 == 0o644


def test_a_line_that_breaks_is_tried_again_later(desk: Desk) -> None:
    desk.publish(RELEASE)
    desk.status = 1
    assert desk.look()["ok"] is False
    assert desk.look()["why"] == "waits" and len(desk.asked) == 1
    desk.now_ms += HOUR // 2
    assert desk.look()["do"] == "install" and len(desk.asked) == 2
    desk.now_ms += HOUR // 2
    assert desk.look()["why"] == "waits"
    assert desk.card.update == {"version": "2026.11.23", "outcome": "failed", "why": "rauc_failed"}


def test_a_visit_a_moment_ago_holds_it_back(desk: Desk) -> None:
    desk.kiosk.record(1)
    desk.publish(RELEASE)
    store = open_store(desk.folder / "store", now_ms=lambda: 0)
    desk.now_ms = 60_000 + int(store.execute("SELECT max(at_ms) FROM visit").fetchone()[0])
    store.close()
    assert desk.look()["why"] == "visitors"
    desk.now_ms += HOUR
    assert desk.look()["do"] == "install"


def test_a_stopped_release_is_called_off_before_its_trial(desk: Desk) -> None:
    desk.publish(RELEASE)
    desk.look()
    desk.publish(replace(RELEASE, stop=True), version=2)
    assert desk.look()["do"] == "call_off"
    assert desk.card.facts()["pending"] is False and desk.card.update["why"] == "stopped"
    assert desk.look()["why"] == "stopped"


def test_a_body_from_a_newer_centre_and_a_clock_that_is_unset_change_nothing(desk: Desk) -> None:
    desk.publish(RELEASE, body={"version": 7})
    assert desk.look()["why"] == "no_release"
    desk.publish(RELEASE, version=2)
    assert desk.look(synchronised=False)["why"] == "not_its_turn"
