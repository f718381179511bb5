"""A desk in memory for the bench page: every button changes the state as the real desk would."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image

CCCD = "099000000001||Trần Văn Thử|01011970|Nam|Số 1, Phố Giả Định|01012021"
SAMPLES = [
    {"id": "cccd", "title": "CCCD, 7 ô · Trần Văn Thử", "text": CCCD},
    {"id": "bhyt", "title": "Thẻ BHYT", "text": "GD4990000000001|5472e1baa76e2056c4836e205468e1bbad|01/01/1970|1|"},
    {"id": "pass", "title": "Thẻ vào cửa, có ký", "text": "GP1:" + "6BFOXN" * 30},
    {"id": "venue", "title": "Mã của một địa điểm", "text": "https://gatepost.example/GPV1/JBSWY3DPEBLW64TMMQ"},
    {"id": "abc", "title": "Một mã lạ", "text": "abc|def"},
]  # fmt: skip


@dataclass
class MemoryRadio:
    calls: list[tuple[str, ...]]
    phones: int = 40
    unplugged: bool = False
    silent: bool = False
    up: str = "running"
    mono_ms: int = 0
    steps: list[dict[str, object]] = field(default_factory=list)

    def state(self) -> dict[str, object]:
        self.mono_ms += 500
        status: dict[str, object] = {"mono_ms": self.mono_ms, "mode": "passive"}
        status |= {"state": "failed" if self.unplugged else "listening"}
        status |= {"reason": "no_adapter" if self.unplugged else None, "silent_s": 42 if self.silent else 0}
        status |= {"per_minute": self.phones * 60, "per_second": float(self.phones), "kind.bluezone": 1234}
        return {
            "process": {"name": "radio", "state": self.up, "pid": 4200},
            "status": {**status, "kind.exposure-notification": 2345, "kind.tag": 17},
            "steps": self.steps,
            "phones": self.phones,
            "most_phones": 300,
            "tags": [
                {"id": f"0{n}2{n}-{n}", "name": "NGUYỄN THỊ THỬ", "who": who}
                for n, who in enumerate(("grandmother", "porter", "stallholder", "child"), 1)
            ],
            "unplugged": self.unplugged,
            "silent": self.silent,
        }

    def fill(self, phones: int) -> None:
        self.phones = phones

    def hold(self, name: str) -> None:
        self.calls.append(("hold", name))

    def unplug(self, on: bool) -> None:
        self.unplugged = on

    def silence(self, on: bool) -> None:
        self.silent = on


@dataclass
class MemoryDesk:
    screen_url: str
    calls: list[tuple[str, ...]] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    camera: str = "empty"
    wire: str = "up"
    waiting: int = 0
    received: int = 1240
    lamps: str = "idle"
    central_up: bool = True
    asked: set[str] = field(default_factory=lambda: {"mau-voluntary"})
    states: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys(("kiosk", "agent", "broker", "ingest", "web"), "running")
    )

    def __post_init__(self) -> None:
        self.radio = MemoryRadio(self.calls)

    def state(self) -> dict[str, object]:
        lines = [
            {"at_ms": 1_790_000_000_000 + 4000 * i, "mono_ms": 4000 * i, "lamps": lamps, "buzzer": "none", "ref": None}
            for i, lamps in enumerate(("starting", "idle", "green", "idle", "yellow", "idle", "green"))
        ]
        last: dict[str, Any] = {
            "lamps": self.lamps,
            "buzzer": "ok" if self.lamps == "green" else "none",
            "ref": "9f3a:1241",
        }
        visits = [
            {
                "at": f"2026-11-23T06:4{i}:1{i}.586+07:00",
                "direction": "in" if i % 3 else "out",
                "signal": signal,
                "device": "cho-mau-a",
            }
            for i, signal in enumerate(("ALLOW", "ASK", "ALLOW", "ALLOW"))
        ]
        central = {"visits": self.received, "devices": 1, "last": visits}
        return {
            "processes": [
                {"name": name, "state": state, "pid": 4100 + i, "restarts": int(name == "agent")}
                for i, (name, state) in enumerate(self.states.items())
            ],
            "network": self.wire,
            "lights": last,
            "lights_log": [*lines, {**last, "at_ms": 1_790_000_060_000}],
            "sounds": [{"at_ms": 1_790_000_000_000 + 9000 * i, "sound": s} for i, s in enumerate(("ok", "ask", "ok"))],
            "backlog": self.waiting,
            "oldest_s": 42 if self.waiting else None,
            "receipt": {"through": self.received, "generation": 1, "n": 31},
            "outbox": {"total": self.received + self.waiting, "received": self.received, "rejected": 0},
            "central": central if self.central_up else None,
            "camera": self.camera,
            "screen_url": self.screen_url,
            "central_url": "http://127.0.0.1:9/",
            "samples": SAMPLES,
            "orders": [
                {"id": f"mau-{form}", "mandatory": form != "voluntary", "form": form, "on": f"mau-{form}" in self.asked}
                | {"changing": False}
                for form in ("voluntary", "entry", "domestic")
            ],
            "radio": self.radio.state(),
            "view": {"reasons": ["registered"]},
        }

    def show_picture(self, data: bytes) -> str | None:
        try:
            Image.open(BytesIO(data)).load()
        except OSError:
            return "Tệp này không phải là ảnh · This file is not a picture"
        self.pictures.append(data)
        self.camera = "picture"
        return None

    def show_text(self, text: str, style: dict[str, object]) -> str | None:
        self.calls.append(("text", text, str(style)))
        self.camera = "picture"
        return None

    def type_code(self, text: str) -> None:
        self.calls.append(("type", text))

    def clear_camera(self) -> None:
        self.camera = "empty"

    def unplug_camera(self, on: bool) -> None:
        self.camera = "unplugged" if on else "empty"

    def press(self, button: str) -> None:
        self.calls.append(("press", button))

    def process(self, name: str, action: str) -> None:
        self.calls.append((action, name))
        state = {"kill": "stopped", "stop": "stopped"}.get(action, "running")
        if name == "radio":
            self.radio.up = state
        else:
            self.states[name] = state

    def network(self, action: str) -> None:
        self.wire = {"cut": "cut", "mend": "up", "slow": "slow"}[action]

    def order(self, name: str, on: bool) -> None:
        self.calls.append(("order", name))
        self.asked = self.asked | {name} if on else self.asked - {name}
