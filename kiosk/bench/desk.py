"""What the bench page sees and touches (ui.bench.Desk), on top of the demo's children, files and cable."""

import json
import signal
import time
import urllib.request
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.bench.cable import Cable
from kiosk.bench.drawing import draw_code
from kiosk.bench.orders import SampleOrders
from kiosk.bench.processes import Child
from kiosk.bench.radio import DemoRadio
from kiosk.bench.samples import SAMPLES
from kiosk.devices.pictures import BadPicture, read_gray
from rules.orders import Order, read_order
from store import bulletins, outbox, receipts
from store.db import Store, StoreError, open_store
from wire.refusal import Refused

LAST_LINES = 20
_NOTHING = {"total": 0, "received": 0, "rejected": 0}
_EMPTY: Mapping[str, object] = {"backlog": 0, "oldest_s": None, "receipt": None, "outbox": _NOTHING}
CENTRAL_WAIT_S = 1.0
CENTRAL_KEEP_S = 0.8  # the page asks often; the centre is asked less often
_SUFFIXES = {b"\x89PNG": "png", b"\xff\xd8": "jpg", b"GIF8": "gif", b"RIFF": "webp"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the pages are, for people."""

    bench: str
    screen: str
    central: str
    central_state: str
    operator_token: str


class DemoDesk:
    """Called from the bench page's threads; every method returns at once."""

    def __init__(
        self,
        children: Mapping[str, Child],
        cable: Cable,
        sim: Path,
        store: Path,
        at: Addresses,
        orders: SampleOrders,
        radio: DemoRadio,
    ) -> None:
        self.radio = radio
        self._children, self._cable, self._sim, self._store, self._at = children, cable, sim, store, at
        self._orders = orders
        self._paused: set[str] = set()
        self._central: tuple[float, dict[str, object] | None] = (0.0, None)
        (sim / "camera").mkdir(parents=True, exist_ok=True)
        (sim / "reader").mkdir(parents=True, exist_ok=True)

    def state(self) -> dict[str, object]:
        """See ui.bench.Desk.state."""
        lights = _tail(self._sim / "lights.jsonl")
        return {
            "processes": [self._process(name, child) for name, child in self._children.items()],
            "network": self._cable.state,
            "lights": lights[-1] if lights else None,
            "lights_log": lights,
            "sounds": _tail(self._sim / "sound.jsonl")[-5:],
            **self._kiosk(),
            "central": self._centre(),
            "camera": self._camera(),
            "radio": self.radio.state(),
            "screen_url": self._at.screen,
            "central_url": self._at.central,
            "samples": list(SAMPLES),
        }

    def show_picture(self, data: bytes) -> str | None:
        """Hold a picture file before the camera."""
        try:
            read_gray(data)
        except BadPicture as error:
            return f"Không mở được hình này / this picture cannot be opened ({error.reason})"
        self.clear_camera()
        suffix = next((name for head, name in _SUFFIXES.items() if data.startswith(head)), "png")
        self._put(self._sim / "camera" / f"frame.{suffix}", data)
        return None

    def show_text(self, text: str, style: dict[str, object]) -> str | None:
        """Draw a code and hold it before the camera."""
        try:
            return self.show_picture(draw_code(text, style))
        except ValueError:
            return "Chữ quá dài cho một mã QR / the text is too long for a QR code"

    def type_code(self, text: str) -> None:
        """As a hand scanner gives it."""
        self._put(self._sim / "reader" / f"{time.time_ns()}.txt", text.encode("utf-8", "surrogateescape"))

    def clear_camera(self) -> None:
        """Take the picture away."""
        for path in (self._sim / "camera").glob("frame.*"):
            path.unlink(missing_ok=True)

    def unplug_camera(self, on: bool) -> None:
        """Pull the camera's plug, or put it back."""
        plug = self._sim / "camera" / "unplugged"
        if on:
            plug.touch()
        else:
            plug.unlink(missing_ok=True)

    def press(self, button: str) -> None:
        """Press a button of the visitor screen."""
        body = json.dumps({"name": button}).encode()
        origin = self._at.screen.rstrip("/")
        headers = {"Content-Type": "application/json", "Origin": origin}
        request = urllib.request.Request(f"{origin}/press", body, headers)
        try:
            urllib.request.urlopen(request, timeout=CENTRAL_WAIT_S).close()
        except OSError:
            return  # the kiosk may just be down: that is what a bench is for

    def process(self, name: str, action: str) -> None:
        """kill stop start pause resume restart."""
        child = self.radio.child if name == self.radio.child.name else self._children[name]
        self._paused.discard(name)
        if action == "kill":
            child.signal(signal.SIGKILL)
        elif action == "stop":
            child.stop()
        elif action == "start":
            child.start()
        elif action == "pause":
            child.signal(signal.SIGSTOP)
            self._paused.add(name)
        elif action == "resume":
            child.signal(signal.SIGCONT)
        elif action == "restart":
            child.stop()
            child.start()

    def network(self, action: str) -> None:
        """cut mend slow."""
        self._cable.set("up" if action == "mend" else action)

    def _process(self, name: str, child: Child) -> dict[str, object]:
        state = "paused" if name in self._paused and child.pid is not None else child.state
        return {"name": name, "state": state, "pid": child.pid, "restarts": child.restarts}

    def _camera(self) -> str:
        folder = self._sim / "camera"
        if (folder / "unplugged").exists():
            return "unplugged"
        return "picture" if any(folder.glob("frame.*")) else "empty"

    def order(self, name: str, on: bool) -> None:
        """Switch a sample order."""
        self._orders.switch(name, on)

    def _kiosk(self) -> dict[str, object]:
        """What the kiosk's own database says, read by a connection of its own."""
        try:
            store = open_store(self._store, now_ms=_now_ms)
        except StoreError:
            return {**_EMPTY, "orders": self._orders.state(())}
        try:
            return {**_outbox(store), "orders": self._orders.state(_orders(store))}
        except StoreError:
            return {**_EMPTY, "orders": self._orders.state(())}
        finally:
            store.close()

    def _centre(self) -> dict[str, object] | None:
        asked, known = self._central
        if time.monotonic() - asked < CENTRAL_KEEP_S:
            return known
        try:
            bearer = {"Authorization": f"Bearer {self._at.operator_token}"}
            request = urllib.request.Request(self._at.central_state, headers=bearer)
            with urllib.request.urlopen(request, timeout=CENTRAL_WAIT_S) as answer:
                known = _short_times(json.load(answer))
        except (OSError, ValueError):
            known = None
        self._central = (time.monotonic(), known)
        return known

    def _put(self, path: Path, data: bytes) -> None:
        """Atomically, since another process is watching."""
        half = path.with_name(f".{path.name}.half")
        half.write_bytes(data)
        half.rename(path)


def _outbox(store: Store) -> dict[str, object]:
    """Backlog and receipts."""
    waiting = outbox.backlog(store)
    state = outbox.epochs(store)[-1]
    total = sum(s.last_seq for s in outbox.epochs(store))
    rejected = len(receipts.rejections(store))
    oldest = None if waiting.oldest_ms is None else max(0, _now_ms() - waiting.oldest_ms) // 1000
    receipt = {"through": state.through_seq, "generation": state.generation, "n": state.n} if state.n else None
    counts = {"total": total, "received": total - waiting.rows, "rejected": rejected}
    return {"backlog": waiting.rows, "oldest_s": oldest, "receipt": receipt, "outbox": counts}


def _orders(store: Store) -> list[Order]:
    """The orders that the gate holds and can read."""
    found = []
    for bulletin in bulletins.all_of(store, "order"):
        with suppress(Refused):
            found.append(read_order(bulletin))
    return found


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _short_times(state: dict[str, Any]) -> dict[str, object]:
    """The centre's answer with "07:15:23" instead of whole ISO times: the desk has one day."""
    for visit in state.get("last", ()):
        visit["at"] = str(visit.get("at", ""))[11:19]
    return state


def _tail(path: Path) -> list[dict[str, object]]:
    """The last lines of a JSON Lines file; a line that is half written is left out."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 8192))
            lines = deque(file.read().splitlines(), LAST_LINES)
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
