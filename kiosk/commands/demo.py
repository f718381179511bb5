"""python -m kiosk demo: every process of the system on this desk, with simulated devices, until Ctrl-C.

First run: the centre makes its keys, a kiosk is registered, and it enrols itself like one in the field. Everything lies
in one folder (.demo); remove it to begin anew.
"""

import argparse
import json
import signal
import sys
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import TextIO

from firmware_cfg.settings import INSTALLED_MARK
from kiosk.bench.cable import Cable
from kiosk.bench.centre import VENUE, CommandFailed, nats_server, poster_code, run_central, set_up_officers
from kiosk.bench.desk import Addresses, DemoDesk
from kiosk.bench.orders import DEFAULT, SampleOrders
from kiosk.bench.places import SamplePlaces
from kiosk.bench.processes import Child, free_port, wait_until
from kiosk.bench.radio import DemoRadio, keep_tags, read_tags
from ui.app import Server, serve
from ui.bench import make_bench

READY_S = 60.0
PHONES = 40
TAGS = 4
TAG_DAYS = 30
HURRY = 6  # the ladder's waits on the desk: 15 s of silence instead of 90
DEVICE = "cho-mau-cua-a"
PORTS = {"bench": 8070, "screen": 8080, "central": 8090, "public": 8091, "broker": 8883}


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 after Ctrl-C, 1 when something did not come up, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m kiosk demo")
    parser.add_argument("--folder", type=Path, default=Path(".demo"), help="where everything is kept (.demo)")
    parser.add_argument("--direction", choices=("in", "out", "both"), default="both", help="what the gate is (both)")
    arguments = parser.parse_args(argv)
    if INSTALLED_MARK.exists():
        print("Máy này đã lắp đặt, không chạy bản thử được. / No demo on an installed kiosk.", file=stderr)
        return 2
    began = time.monotonic()
    demo = Demo(arguments.folder.resolve(), arguments.direction)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        problem = _started(demo, stdout)
        if problem is not None:
            print(f"\n{problem}\nLogs: {demo.folder / 'logs'}", file=stderr)
            return 1
        took = round(time.monotonic() - began, 1)
        print(demo.welcome(took), file=stdout, flush=True)
        print(json.dumps({"ready": True, "seconds": took, **demo.addresses()}), file=stdout, flush=True)
        while not stop.wait(0.25):
            demo.look_after()
    finally:
        print("\nĐang tắt ... / stopping ...", file=stdout, flush=True)
        demo.stop()
    return 0


def _started(demo: "Demo", out: TextIO) -> str | None:
    try:
        return demo.start(out)
    except CommandFailed as failed:
        return str(failed)


class Demo:
    """The children, in the order in which they are started and the way of a visit runs backwards."""

    def __init__(self, folder: Path, direction: str) -> None:
        self.folder, self._direction = folder, direction
        self._ports = {name: free_port(port) for name, port in PORTS.items()}
        self._cable = Cable(self._ports["broker"])
        self._keys, self._database = folder / "central" / "keys", f"sqlite:///{folder / 'central' / 'central.db'}"
        self._settings, self._opener = folder / "kiosk.toml", folder / "opener"
        self._children = self._make_children()
        self._bench: Server | None = None
        self._officers: list[tuple[str, str]] = []
        self._poster = ""

    def start(self, out: TextIO) -> str | None:
        """Bring everything up; a sentence when something did not come."""
        if not (self._keys / "root.cbor").exists():
            print("Lần đầu: tạo khóa của trung tâm ... / first run: making the centre's keys ...", file=out, flush=True)
            run_central("keys", "init", "--folder", self._keys)
        run_central(
            *("broker-config", "nats", "--folder", self.folder / "broker"),
            *("--plain", "--listen", f"127.0.0.1:{self._ports['broker']}"),
        )
        for name in ("broker", "ingest", "opener", "jobs", "web", "public"):
            if not self._up(name, out):
                return f"{name} did not start"
        with ThreadPoolExecutor(1) as aside:  # while the kiosk comes up
            set_up = aside.submit(self._set_up)
            self._register()
            for name in ("kiosk", "agent", "radio"):
                if not self._up(name, out):
                    return f"{name} did not start"
            set_up.result()
        radio = self._open_radio()
        orders = SampleOrders(self._at_the_centre, lambda: time.time_ns() // 1_000_000)
        orders.switch(DEFAULT, True)
        folders = self.folder / "sim", self.folder / "kiosk"
        desk = DemoDesk(self._in_order(), self._cable, *folders, self._pages(), orders, radio)
        self._bench = serve(make_bench(desk), "127.0.0.1", self._ports["bench"], threads=8)
        if not wait_until(self._kiosk_is_enrolled, READY_S):
            return "the kiosk could not be enrolled"
        SamplePlaces(self._on_its_store, CommandFailed, VENUE, self.folder / "central" / "places").arrive()
        return None

    def stop(self) -> None:
        """End the children, last started first."""
        for child in reversed(self._children.values()):
            child.stop()
        if self._bench is not None:
            self._bench.close()
        self._cable.close()

    def look_after(self) -> None:
        """Restart what crashed, as the service manager would."""
        for child in self._children.values():
            child.look_after(time.monotonic())

    def addresses(self) -> dict[str, str]:
        """For programs."""
        at = self._pages()
        return {"bench": at.bench, "screen": at.screen, "central": at.central, "public": f"http://{self._public()}/"}

    def welcome(self, took: float) -> str:
        """For people."""
        at = self._pages()
        return "\n".join(
            (
                "",
                f"  Gatepost chạy rồi / is up ({took} s)",
                f"  Bàn thử / bench       {at.bench}",
                f"  Màn hình / screen     {at.screen}",
                f"  Trung tâm / centre    {at.central}",
                f"  Bản đồ / map          http://{self._public()}/map",
                f"  Điện thoại / phone    http://{self._public()}/v/",
                f"  Quét mã cửa / poster  http://{self._public()}/GPV1/{self._poster}",
                f"  Cán bộ / officers     {at.central.partition('?')[0]}welcome",
                *(f"      {login}: mã lần đầu / first code {code}" for login, code in self._officers),
                "  Ctrl-C để tắt / to stop",
                "",
            )
        )

    def _set_up(self) -> None:
        """The officers and the market's poster, at the first start."""
        folder = self.folder / "central"
        self._officers = set_up_officers(self._its_store(), folder / "officers.json")
        self._poster = poster_code(self._on_its_store, folder / "poster.txt")

    def _up(self, name: str, out: TextIO) -> bool:
        child = self._children[name]
        print(f"  {name} ...", end="", file=out, flush=True)
        child.start()
        up = wait_until(child.is_ready, READY_S)
        print(" ok" if up else " !", file=out, flush=True)
        return up

    def _make_children(self) -> dict[str, Child]:
        python, logs = sys.executable, self.folder / "logs"
        broker = f"mqtt://127.0.0.1:{self._ports['broker']}"
        central = (*self._its_store(), "--broker", broker)
        gate = ("--settings", str(self._settings), "--bench")
        runtime = str(self.folder / "run")
        frames = [f"--framed-by=http://{name}:{self._ports['bench']}" for name in ("127.0.0.1", "localhost")]
        listen = f"127.0.0.1:{self._ports['central']}"
        commands: dict[str, list[str]] = {
            "broker": [nats_server(), "-c", str(self._broker_config())],
            "ingest": [python, "-m", "central", "ingest", *central],
            "opener": [python, "-m", "central", "opener", *self._its_store(), "--socket", str(self._opener)],
            "jobs": [python, "-m", "central", "jobs", *self._its_store()],
            "web": [python, "-m", "central", "web", *central, "--listen", listen, "--opener", str(self._opener)],
            "public": [python, "-m", "central", "public", *self._its_store(), "--listen", self._public()],
            "kiosk": [python, "-m", "kiosk", "run", *gate, "--runtime", runtime, *frames],
            "agent": [python, "-m", "sync_agent", "run", *gate],
            "radio": [python, "-m", "ble_scanner", "run", *gate, "--hurry", str(HURRY)],
        }
        ports = {"broker": self._ports["broker"]}
        return {
            name: Child(name, argv, logs / f"{name}.log", ports.get(name), {"PYTHONUNBUFFERED": "1"})
            for name, argv in commands.items()
        }

    def _open_radio(self) -> DemoRadio:
        """The desk's radio: a few phones in the market, and tags that the centre issues once."""
        sim = self.folder / "sim"
        if not read_tags(sim / "radio"):
            issue = ("tag", "issue", "--venue", "cho-mau", "--venue-name", "Chợ Mẫu", "--days", str(TAG_DAYS))
            keep_tags(sim, self._on_its_store(*issue, "--count", str(TAGS)))
        radio = DemoRadio(self._children["radio"], sim, self.folder / "kiosk")
        radio.fill(PHONES)
        return radio

    def _in_order(self) -> dict[str, Child]:
        """The way of a visit."""
        return {name: self._children[name] for name in ("kiosk", "agent", "broker", "ingest", "web")}

    def _register(self) -> None:
        """Have the centre register the kiosk once; then write its kiosk.toml with the desk's simulated devices."""
        issued = self.folder / "central" / "issued.toml"
        if not issued.exists():
            places = ("--venue", "cho-mau", "--gate", "a", "--direction", self._direction)
            url = f"http://127.0.0.1:{self._ports['central']}/enrol"
            run_central("enrol", DEVICE, *places, "--out", issued, *self._its_store(), "--enrol-url", url)
        centre = tomllib.loads(issued.read_text("utf-8"))["centre"]
        self._settings.write_text(self._kiosk_toml(centre["root_fingerprint"], centre["token"]), "utf-8")

    def _kiosk_toml(self, fingerprint: str, token: str) -> str:
        return f"""\
[device]
id = "{DEVICE}"
[venue]
id = "cho-mau"
name = "Chợ Mẫu"
kind = "market"
[gate]
id = "a"
name = "Cửa A"
direction = "{self._direction}"
minimum_stay_s = 10
help_vi = "Bên phải cửa, dưới biển số 2"
help_en = "To the right of the door, under sign 2"
[centre]
enrol_url = "http://127.0.0.1:{self._ports["central"]}/enrol"
root_fingerprint = "{fingerprint}"
token = "{token}"
brokers = ["mqtt://127.0.0.1:{self._cable.port}"]
[devices]
folder = "{self.folder / "sim"}"
[devices.camera]
kind = "files"
[devices.lights]
kind = "file"
[devices.sound]
kind = "file"
[storage]
folder = "{self.folder / "kiosk"}"
reserve_mb = 4
minimum_free_mb = 64
[screen]
port = {self._ports["screen"]}
[radio]
kind = "simulated"
opens = 0
closes = 24
"""

    def _public(self) -> str:
        """Where the pages for everybody listen."""
        return f"127.0.0.1:{self._ports['public']}"

    def _broker_config(self) -> Path:
        return self.folder / "broker" / "nats.conf"

    def _on_its_store(self, *arguments: str | Path) -> str:
        """A command on the centre's database; what it prints."""
        return run_central(*arguments, *self._its_store())

    def _at_the_centre(self, *arguments: str | Path) -> str | None:
        """A command on the centre's database; None, or what went wrong."""
        try:
            self._on_its_store(*arguments)
        except CommandFailed as failed:
            return str(failed)
        return None

    def _its_store(self) -> tuple[str, ...]:
        return ("--database", self._database, "--keys", str(self._keys))

    def _pages(self) -> Addresses:
        at = {name: f"http://127.0.0.1:{port}/" for name, port in self._ports.items()}
        secret = self._keys / "operator.token"
        token = secret.read_text("ascii").strip() if secret.exists() else ""
        link = f"{at['central']}?token={token}"
        return Addresses(at["bench"], at["screen"], link, f"{at['central']}api/state.json", token)

    def _kiosk_is_enrolled(self) -> bool:
        """By the lamps alone, as a guard would see it: they rest when the gate is ready."""
        lights = self.folder / "sim" / "lights.jsonl"
        try:
            last = json.loads(lights.read_bytes().splitlines()[-1])
        except (OSError, ValueError, IndexError):
            return False
        return last.get("lamps") not in ("starting", "fault", "stalled")
