"""A whole system of real processes for fault tests: broker, ingest, web, and any number of kiosks with their agents.

    with Site(tmp_path) as site:
        gate = site.add_kiosk("t-gate-1")
        gate.type(card(1)); gate.wait_green(1)
        site.wait_arrived(gate, 1)

Processes are the product's own commands; the only bent parts are the simulated devices that ship. What the centre holds
is read from its own database; the kiosk's database is never the oracle.

With a Nursery (tests.parts.warm) the processes are forked instead of started cold, each gate's cable is a Relay that
sees packets, and a checker process follows each lamp.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kiosk.bench.cable import Cable
from kiosk.bench.processes import Child, wait_until
from tests.parts.brokers import Broker
from tests.parts.checker import Checker
from tests.parts.ports import hold_port
from tests.parts.relay import Relay
from tests.parts.warm import Nursery, WarmChild, together

UP_S = 40.0
ARRIVE_S = 60.0


def card(number: int) -> str:
    """A citizen card of an invented person: province code 099 is not assigned."""
    return f"099099{number:06d}||Trần Văn Thử|05061999|Nam|Xã Mẫu|15032022"


class Gate:
    """One kiosk with its agent, its simulated devices and its own cable to the broker.

    `folder_name` differs from the device's name for a second box under the same name, `data` is another data folder.
    """

    checker: Checker

    def __init__(
        self,
        site: "Site",
        device: str,
        direction: str,
        changes: str,
        *,
        folder_name: str | None = None,
        data: Path | None = None,
        issued: dict[str, Any] | None = None,
        venue: str = "t-venue",
    ) -> None:
        self.site, self.device, self.venue = site, device, venue
        self.folder = site.folder / (folder_name or device)
        self.sim, self.data, self.runtime = self.folder / "sim", self.folder / "data", self.folder / "run"
        self.data = data or self.data
        self.cable: Cable = Cable(site.broker.port) if site.nursery is None else Relay(site.broker.port)
        self.settings = self.folder / "kiosk.toml"
        self._screen_port = hold_port()
        self.screen = f"http://127.0.0.1:{self._screen_port}"
        for path in (self.sim / "reader", self.data):
            path.mkdir(parents=True, exist_ok=True)
        self.issued = issued or site.enrol(device, direction, venue)
        self._write_settings(direction, changes)
        gate = ("--settings", str(self.settings), "--bench")
        logs = self.folder / "logs"
        kiosk = ["kiosk", "run", *gate, "--runtime", str(self.runtime)]
        self.kiosk = site.child("kiosk", kiosk, logs / "kiosk.log")
        self.agent = site.child("agent", ["sync_agent", "run", *gate], logs / "agent.log")
        if site.checked:
            self.checker = Checker(self)

    def start(self) -> None:
        """Kiosk and agent up, enrolled and green-ready."""
        _up(self.kiosk, self.agent)
        assert wait_until(lambda: self.lamp() == "idle", UP_S), f"{self.device} rests on {self.lamp()}: {self.logs()}"

    def stop(self) -> None:
        """Everything of this gate ends."""
        together(self.agent.stop, self.kiosk.stop)
        self.cable.close()
        if self.site.checked:
            self.checker.stop()

    @property
    def relay(self) -> Relay:
        """The cable of a gate at a site with a nursery."""
        assert isinstance(self.cable, Relay)
        return self.cable

    def type(self, text: str) -> None:
        """Give a code as a hand scanner does."""
        reader = self.sim / "reader"
        half = reader / ".half"
        half.write_text(text, "utf-8")
        half.rename(reader / f"{time.time_ns()}.txt")

    def lights(self) -> list[dict[str, Any]]:
        """Every change of the lamps so far."""
        try:
            lines = (self.sim / "lights.jsonl").read_bytes().splitlines()
        except OSError:
            return []
        return [json.loads(line) for line in lines if line.endswith(b"}")]

    def lamp(self) -> str:
        """What the lamps show now."""
        lights = self.lights()
        return str(lights[-1]["lamps"]) if lights else "off"

    def greens(self) -> set[str]:
        """The refs of every record that turned green."""
        return {line["ref"] for line in self.lights() if line["lamps"] == "green" and line["ref"]}

    def wait_green(self, count: int, timeout_s: float = 20.0) -> None:
        """Until `count` different records turned green."""
        assert wait_until(lambda: len(self.greens()) >= count, timeout_s), f"{len(self.greens())} of {count} green"

    def wait_lamp(self, pattern: str, timeout_s: float = 20.0) -> None:
        """Until the lamps show `pattern`."""
        assert wait_until(lambda: self.lamp() == pattern, timeout_s), f"{self.lamp()}, not {pattern}: {self.logs()}"

    def wait_checked(self, greens: set[str]) -> bool:
        """Until the checker has logged `greens` too."""
        return wait_until(lambda: greens <= self.checker.greens(), 5.0)

    def logs(self) -> str:
        """The tails of both logs, for a failing test."""
        return "\n".join(child.log.read_text()[-2000:] for child in (self.kiosk, self.agent) if child.log.exists())

    def _write_settings(self, direction: str, changes: str) -> None:
        issued = self.issued
        self.settings.write_text(
            f'''
[device]
id = "{self.device}"
[venue]
id = "{self.venue}"
name = "Chợ Mẫu"
kind = "market"
ward = "{issued.get("lies", {}).get("ward", "")}"
province = "{issued.get("lies", {}).get("province", "")}"
[gate]
id = "a"
name = "Cửa A"
direction = "{direction}"
minimum_stay_s = 1
hold_s = 1
[centre]
enrol_url = "{self.site.enrol_url}"
root_fingerprint = "{issued["root_fingerprint"]}"
token = "{issued["token"]}"
brokers = ["mqtt://127.0.0.1:{self.cable.port}"]
[devices]
folder = "{self.sim}"
[devices.camera]
kind = "files"
[devices.lights]
kind = "file"
[devices.sound]
kind = "file"
[storage]
folder = "{self.data}"
reserve_mb = 1
minimum_free_mb = 1
[screen]
port = {self._screen_port}
{changes}
''',
            "utf-8",
        )


class Site:
    """The centre and its broker; a context manager. With `officers` its opener and its jobs run too.

    `sender` is the text of KEYS/sender.toml: the carriers of this centre's alerts.
    """

    def __init__(
        self,
        folder: Path,
        broker: str = "nats",
        nursery: Nursery | None = None,
        *,
        officers: bool = False,
        sender: str = "",
    ) -> None:
        self._sender = sender
        self.folder, self.nursery, self.checked = folder, nursery, nursery is not None
        self.broker = Broker(broker, folder)
        self.keys, self.database = folder / "central" / "keys", folder / "central" / "central.db"
        self._web_port = hold_port()
        self.enrol_url = f"http://127.0.0.1:{self._web_port}/enrol"
        self.gates: list[Gate] = []
        store = ("--database", f"sqlite:///{self.database}", "--keys", str(self.keys))
        self.uplink = Relay(self.broker.port)  # between ingest and the broker
        near, far = f"mqtt://127.0.0.1:{self.uplink.port}", self.broker.url
        web = ["central", "web", *store, "--broker", far, "--listen", f"127.0.0.1:{self._web_port}"]
        broker_of_ingest = near if nursery is not None else far
        ingest = ["central", "ingest", *store, "--broker", broker_of_ingest]
        self.ingest = self.child("ingest", ingest, folder / "logs" / "ingest.log")
        desk = [("opener", ["--socket", str(folder / "opener")]), ("jobs", [])] if officers else []
        self.desk = [
            self.child(name, ["central", name, *store, *more], folder / "logs" / f"{name}.log") for name, more in desk
        ]
        if officers:
            web += ["--opener", str(folder / "opener")]
        self.web = self.child("web", web, folder / "logs" / "web.log")
        self.store = store

    def child(self, name: str, argv: list[str], log: Path) -> Any:
        """A process of the product, `python -m argv...`: a Child, or a WarmChild where there is a nursery."""
        if self.nursery is not None:
            return WarmChild(self.nursery, name, argv, log)
        return Child(name, [sys.executable, "-m", *argv], log)

    def __enter__(self) -> Self:
        try:
            self.central("keys", "init", "--folder", self.keys)
            if self._sender:
                (self.keys / "sender.toml").write_text(self._sender, "utf-8")
                self.central("alert", "sender-key", *self.store)
            self.broker.start()
            first, *others = (*self.desk, self.ingest, self.web)
            _up(first)  # it makes the tables
            _up(*others)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def _end(self) -> None:
        """All at once: none waits for another, and each may take its time to end."""
        together(*(gate.stop for gate in self.gates), *(child.stop for child in (self.web, self.ingest, *self.desk)))
        self.uplink.close()
        self.broker.stop()

    def add_kiosk(
        self,
        device: str,
        direction: str = "in",
        changes: str = "",
        *,
        start: bool = True,
        data: Path | None = None,
        venue: str = "t-venue",
    ) -> Gate:
        """A registered kiosk; `changes` are further lines of its kiosk.toml."""
        gate = Gate(self, device, direction, changes, data=data, venue=venue)
        self.gates.append(gate)
        if start:
            gate.start()
        return gate

    def enrol(self, device: str, direction: str, venue: str = "t-venue") -> dict[str, Any]:
        """Register a device; what the centre's kiosk.toml says of the centre, and where the place `lies`."""
        out = self.folder / f"{device}.toml"
        places = ("--venue", venue, "--gate", "a", "--direction", direction)
        self.central("enrol", device, *places, "--out", out, "--enrol-url", self.enrol_url, *self.store)
        written = tomllib.loads(out.read_text("utf-8"))
        return {**written["centre"], "lies": {name: written["venue"].get(name, "") for name in ("ward", "province")}}

    def central(self, *arguments: str | Path) -> str:
        """Run a command of the centre; its output."""
        if self.nursery is not None:
            log = self.folder / "logs" / f"central-{time.time_ns()}.log"
            return WarmChild(self.nursery, str(arguments[0]), ["central", *map(str, arguments)], log).run()
        argv = [sys.executable, "-m", "central", *map(str, arguments)]
        done = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, "PYTHONUTF8": "1"}, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def arrived(self, device: str) -> list[str]:
        """`epoch hex:seq` of every visit of a device that the centre holds, duplicates and all."""
        rows = self.ask(
            "SELECT s.epoch, v.seq FROM visit v JOIN stream s ON s.id = v.stream WHERE s.device = ?", device
        )
        return [f"{bytes(epoch).hex()}:{seq}" for epoch, seq in rows]

    def admitted(self, device: str) -> list[str]:
        """As `arrived`, of visits that were let in or out."""
        rows = self.ask(
            "SELECT s.epoch, v.seq FROM visit v JOIN stream s ON s.id = v.stream WHERE s.device = ? AND v.signal = 1",
            device,
        )
        return [f"{bytes(epoch).hex()}:{seq}" for epoch, seq in rows]

    def alarms(self, device: str) -> list[tuple[str, str]]:
        """(kind, detail) of a device's alarms at the centre."""
        return self.ask("SELECT kind, detail FROM alarm WHERE device = ?", device)

    def count(self, table: str, device: str, condition: str = "1 = 1") -> int:
        """Rows of a table that hang on a stream of the device."""
        sql = f"SELECT count(*) FROM {table} t JOIN stream s ON s.id = t.stream WHERE s.device = ? AND {condition}"
        return int(self.ask(sql, device)[0][0])

    def ask(self, sql: str, *values: Any) -> list[Any]:
        """Rows of the centre's database, by a connection of our own that cannot write."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def wait_arrived(self, gate: Gate, greens: set[str], timeout_s: float = ARRIVE_S) -> None:
        """Until every record that turned green is at the centre; then: each exactly once."""
        assert wait_until(lambda: greens <= set(self.arrived(gate.device)), timeout_s), (
            f"{len(greens - set(self.arrived(gate.device)))} of {len(greens)} greens never arrived: {gate.logs()}"
        )
        arrived = self.arrived(gate.device)
        assert len(arrived) == len(set(arrived))


def _up(*children: Any) -> None:
    """Started together, and all ready."""
    for child in children:
        child.start()
    for child in children:
        assert wait_until(child.is_ready, UP_S), f"{child.name}: {child.log} {child.log.read_text()[-3000:]}"
