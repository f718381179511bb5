"""A guards' page for tests: a desk that notes what it is told, accounts in memory, the real proxy and certificate."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path
from time import monotonic
from typing import Any

from firmware_cfg.proxy import Proxy, fill_in
from kiosk.asides import Asides
from kiosk.asking import Answer
from kiosk.bench.cable import Cable
from kiosk.events import CodeSeen, Event
from kiosk.guard_tls import files_in, make_certificate
from kiosk.touches import WordSaid
from tests.browser.screens import free_port
from tests.parts.waits import wait_for
from ui.form.desk import Filled, Offer, Outcome
from ui.form.handed import Handed
from ui.form.pages import clock_ms
from ui.form.seats import Seats
from ui.guard.app import make_guard_app
from ui.guard.desk import GuardNow, Passed, Said, Slip
from ui.guard.door import Account
from ui.guard.pins import digest_of
from ui.place import Place
from ui.screen import Feed, View
from ui.server import Server, serve
from ui.words import Words
from wire.records import Record, Signal

NGINX = Path("/usr/sbin/nginx")
NAME, PIN = "Lan Thử", "240617"
NOW_MS = 1_790_000_000_000
SALT = bytes(16)
BUSY_DAY = GuardNow(
    occupancy=214,
    capacity=300,
    in_15=61,
    out_15=38,
    scanned_15=97,
    recent=(
        Passed("ALLOW", "in", 1, "06:42:08"),
        Passed("ASK", "in", 1, "06:42:03"),
        Passed("ALLOW", "in", 3, "06:41:55"),
        Passed("ALLOW", "out", 1, "06:41:49"),
    ),
    clock="06:42",
)


DONE = Said(True)


@dataclass
class NotedDesk:
    """Notes each action; answers `said`."""

    now: GuardNow = field(default_factory=GuardNow)
    said: Said = DONE
    acts: list[tuple[Any, ...]] = field(default_factory=list)
    card: tuple[str, str] | None = ("cccd", "099099000001")
    number: int = 0

    def state(self) -> GuardNow:
        return self.now

    def override(self, guard: str, allow: bool, reason: int, view: int) -> Said:
        return self._note("override", guard, allow, reason, view)

    def help(self, guard: str, on: bool) -> Said:
        said = self._note("help", guard, on)
        if said.ok:
            self.now = replace(self.now, help=guard if on else "")
        return said

    def report_case(self, guard: str, words: str) -> Said:
        return self._note("report_case", guard, words)

    def test_lights(self, guard: str) -> Said:
        return self._note("lights", guard)

    def paper(self, guard: str, on: bool) -> Said:
        self.now = replace(self.now, paper=on)
        return self._note("paper", guard, on)

    def next_slip(self, guard: str) -> Said:
        self.number += 1
        self.now = replace(self.now, slips=(*self.now.slips, self.number))
        return Said(True, number=self.number)

    def scan(self, guard: str, timeout_s: float) -> tuple[str, str] | None:
        return self.card

    def enter_slips(self, guard: str, slips: Sequence[Slip]) -> Said:
        said = self._note("slips", guard, *slips)
        if said.ok:
            gone = {slip.number for slip in slips}
            self.now = replace(self.now, slips=tuple(n for n in self.now.slips if n not in gone))
        return said

    def _note(self, *act: Any) -> Said:
        self.acts.append(act)
        return self.said


class NotedChecks:
    """A market's self-checks (ui.guard.check.CheckDesk), as the kiosk offers them; `taken` are their records."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self.taken: list[Record] = []
        self._asides = Asides(self, Words(languages).labels("form.aside."), "market", lambda: 0)
        self.handed = Handed(self.take_check, lambda: None)
        self.handed.bind(Seats(clock_ms), clock_ms)

    def check_offers(self) -> Sequence[Offer]:
        return tuple(self._asides.checks.values())

    def check_due(self) -> bool:
        return not self.taken

    def take_check(self, guard: str, filled: Filled) -> Outcome:
        return self._asides.take_check(guard, filled)

    def hand(self, guard: str, offer: Offer, language: str) -> Said:
        given = self.handed.give(guard, offer, language)
        return Said(given, "" if given else "check_open")

    def take_back(self) -> Said:
        self.handed.take_back()
        return Said(True)

    def ask(self, make: Callable[[CodeSeen | None, int], Event]) -> Answer:
        """The gate behind them: records at once."""
        said = make(None, 1)
        assert isinstance(said, WordSaid)
        self.taken.append(said.record)
        return Answer(Signal.ALLOW, (said.taken,), ("0011223344556677:1",))


class MemoryAccounts:
    """Accounts of a test, by folded name."""

    def __init__(self, *accounts: Account) -> None:
        self.by_key = {account.key: account for account in accounts}
        self.keeps = True

    def find(self, name: str) -> Account | None:
        return self.by_key.get(name.casefold().strip())

    def choose(self, account: Account, salt: bytes, digest: bytes) -> bool:
        if self.keeps:
            self.by_key[account.key] = account._replace(salt=salt, digest=digest, once=False)
        return self.keeps


@cache
def _digest(pin: str) -> bytes:
    return digest_of(pin, SALT)  # slow by design: once for each PIN


def make_account(name: str = NAME, pin: str = PIN, *, once: bool = False, granted: int = 1) -> Account:
    return Account(name.casefold(), name, granted, SALT, _digest(pin), once)


class GuardSite:
    """One gate's guards' page behind nginx on loopback, with everything real but the gate."""

    def __init__(self, folder: Path, languages: tuple[str, ...] = ("vi", "en"), *, door_rate: str = "12r/m") -> None:
        self.folder, self._door_rate = folder, door_rate
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.cable = Cable(self.port)  # the venue's wireless network, for a phone that is told to use it
        self.far_url = f"https://127.0.0.1:{self.cable.port}"
        self.feed = Feed(View("idle", occupancy=214, capacity=300))
        self.desk = NotedDesk(BUSY_DAY)
        self.checks = NotedChecks(languages)
        self.accounts = MemoryAccounts(make_account())
        self.place = Place(
            "Chợ Mẫu", "Cửa A", "both", "market", languages, (f"127.0.0.1:{self.port}", f"127.0.0.1:{self.cable.port}"),
            {"vi": "Bên phải cửa, dưới biển số 2", "en": "Right of the gate, under sign 2"},
        )  # fmt: skip
        self.socket = folder / "guard.sock"
        self.server: Server = self._serve()
        self.tls = make_certificate(folder, ["127.0.0.1", "localhost"], datetime.now(UTC))
        self._proxy: subprocess.Popen[bytes] | None = None
        self.start_proxy()

    def _serve(self) -> Server:
        app = make_guard_app(self.feed, self.desk, self.accounts, self.place, monotonic, lambda: NOW_MS, self.checks)
        return serve(app, unix_socket=str(self.socket))

    def start_proxy(self) -> None:
        template = package_files("firmware_cfg").joinpath("nginx-guard.conf").read_text("utf-8")
        tls = files_in(self.folder)
        runtime = str(self.folder)
        proxy = Proxy(f"127.0.0.1:{self.port}", str(self.socket), str(tls.certificate), str(tls.key), runtime)
        path = self.folder / "nginx-guard.conf"
        path.write_text(fill_in(template, proxy).replace("rate=12r/m", f"rate={self._door_rate}"), "utf-8")
        # A master that is root gives its workers another user; the kiosk's unit starts it as the socket's owner.
        user = ["-g", "user root;"] if os.geteuid() == 0 else []
        self._proxy = subprocess.Popen(
            [NGINX, "-e", "stderr", "-c", str(path), *user], stderr=subprocess.DEVNULL, start_new_session=True
        )
        wait_for(self._answers, "the proxy")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def silence_proxy(self, on: bool) -> None:
        """A network that has gone without a word: nothing is closed, nothing comes. The proxy's own process group."""
        assert self._proxy is not None
        os.killpg(self._proxy.pid, signal.SIGSTOP if on else signal.SIGCONT)

    def stop_proxy(self) -> None:
        if self._proxy is not None:
            self.silence_proxy(False)
            self._proxy.terminate()
            self._proxy.wait(10)
            self._proxy = None

    def stop_kiosk(self) -> None:
        self.server.close()

    def start_kiosk(self) -> None:
        """A new kiosk process: the feed counts from 1 again, sessions are gone."""
        self.feed = Feed(View("idle", occupancy=214, capacity=300))
        self.server = self._serve()

    def close(self) -> None:
        self.cable.close()
        self.stop_proxy()
        self.server.close()
