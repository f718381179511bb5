"""From a token on paper to a receipt: the agent's process, a real broker, and the centre's own processes."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from firmware_cfg.settings import read_settings
from store import bulletins, outbox
from store.db import Store, open_store
from store.recorder import Recipients, Recorder
from sync_agent.identity import Identity
from tests.parts.brokers import Broker
from tests.parts.devices import make_visit
from tests.parts.ports import hold_port
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery, WarmChild
from wire.envelope import ClockQuality, Stamp

DEVICE = "t-gate-9"
_SIMULATED = (("picamera2", "files"), ("gpiozero", "file"), ("alsa", "file"))


class Site:
    """A centre in `folder`, and one kiosk that was invited by it."""

    def __init__(self, folder: Path, nursery: Nursery, stack: ExitStack) -> None:
        self._folder, self._nursery, self._stack = folder, nursery, stack
        self._broker = Broker("nats", folder)
        self._broker.start()
        stack.callback(self._broker.stop)
        self.settings = folder / "kiosk.toml"
        self.store = folder / "kiosk"
        self._database = ("--database", f"sqlite:///{folder / 'centre.db'}", "--keys", str(folder / "keys"))
        self._listen = f"127.0.0.1:{hold_port()}"
        self._central("keys", "init", "--folder", str(folder / "keys"))
        place = ("--venue", "cho-mau", "--gate", "a", "--direction", "both", "--out", str(self.settings))
        url = f"http://{self._listen}/enrol"
        self._central("enrol", DEVICE, *place, "--enrol-url", url, *self._database, "--broker", self._broker.url)
        self._put_on_the_bench()

    def start_centre(self) -> None:
        shared = (*self._database, "--broker", self._broker.url)
        self._start("central", "web", *shared, "--listen", self._listen)
        self._start("central", "ingest", *shared)

    def start_agent(self) -> None:
        self._start("sync_agent", "run", "--settings", str(self.settings), "--bench")

    def _put_on_the_bench(self) -> None:
        text = self.settings.read_text("utf-8")
        for real, simulated in _SIMULATED:
            text = text.replace(f'kind = "{real}"', f'kind = "{simulated}"')
        text = text.replace("[devices.camera]", f'[devices]\nfolder = "{self._folder}"\n[devices.camera]')
        self.settings.write_text(f'{text}\n[storage]\nfolder = "{self.store}"\n', "utf-8")
        read_settings(self.settings.read_text("utf-8"), bench=True)

    def _central(self, *words: str) -> None:
        self._child("central", *words).run()

    def _start(self, module: str, *words: str) -> None:
        child = self._child(module, *words)
        child.start()
        self._stack.callback(child.stop)

    def _child(self, module: str, *words: str) -> WarmChild:
        log = self._folder / "logs" / f"{module}-{words[0]}.log"
        return WarmChild(self._nursery, words[0], [module, *words], log)


@pytest.fixture
def site(nursery: Nursery, tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(tmp_path, nursery, stack)


def test_a_kiosk_enrols_by_itself_and_its_visits_are_received(site: Site) -> None:
    site.start_agent()  # before its centre: it keeps asking
    site.start_centre()
    wait_for(lambda: Identity(site.store / "identity").papers(), "enrolled", seconds=60)
    held = open_store(site.store, now_ms=_unix_ms)
    recorder = _recorder(held)
    for i in range(1, 301):
        recorder.record(make_visit(i))
    wait_for(lambda: outbox.backlog(held).rows == 0, "all is received", seconds=40)
    began = time.monotonic()
    recorder.record(make_visit(301))
    wait_for(lambda: outbox.backlog(held).rows == 0, "the receipt of a lone visit")
    assert time.monotonic() - began < 5
    held.close()


def _recorder(held: Store) -> Recorder:
    root = bulletins.root(held)
    assert root is not None
    recipients = Recipients(root.recipients["ingest"], root.recipients["case"])
    return Recorder(held, DEVICE, recipients, lambda: Stamp(_unix_ms(), ClockQuality.SYNCED, bytes(8), 1))


def _unix_ms() -> int:
    return time.time_ns() // 1_000_000
