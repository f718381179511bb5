"""One gate on one folder, enrolled, with everything real but time, lamps and sound."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from kiosk.disk import DiskGuard
from kiosk.events import FaultChanged
from kiosk.gate import Rules
from kiosk.ledger import Ledger
from kiosk.loop import GateLoop, Outputs
from kiosk.visitors import DayKeys, Visitors
from machine.clock import Clock
from store import bulletins
from store.db import Store, open_store
from ui.screen import Feed
from wire.crypto import SealingKey, SigningKey
from wire.envelope import WrappedKeys, open_whole, parse, unwrap_trace, unwrap_vault
from wire.records import Record
from wire.root import Root, encode_root, fingerprint_of, read_pinned

CARD = "099099000001||Trần Văn Thử|05061999|Nam|Xã Mẫu|15032022"
OTHER = "099194000002||Lê Thị Ví Dụ|28021994|Nữ|Xã Mẫu|01012021"
NOON = 1_790_000_000_000
PASS_KEY = SigningKey(b"p" * 32)


class Time:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.mono_ms, self.wall_ms, self.synchronised = 5_000_000, NOON, True

    def pass_ms(self, ms: int) -> None:
        self.mono_ms += ms
        self.wall_ms += ms

    def clock(self, boot: bytes = b"bootboot") -> Clock:
        return Clock(boot, lambda: self.wall_ms, lambda: self.mono_ms, lambda: self.synchronised, False)


class Outside:
    """Lamps and sound that write down what they were told, in order."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str | None]] = []
        self.beats = 0

    def show(self, pattern: str, buzzer: str, ref: str | None) -> None:
        self.shown.append((pattern, ref))

    def beat(self) -> None:
        self.beats += 1

    def play(self, name: str) -> None:
        self.shown.append((f"sound {name}", None))

    def close(self) -> None:
        self.shown.append(("closed", None))


class Kiosk:
    """One gate on one folder, enrolled, with everything real but time and lamps."""

    opened: ClassVar[list["Kiosk"]] = []

    def __init__(
        self,
        folder: Path,
        time: Time,
        boot: bytes = b"bootboot",
        rules: Rules | None = None,
        pin: Callable[[Store], bytes] | None = None,
    ) -> None:
        Kiosk.opened.append(self)
        self.clock = time.clock(boot)
        self.store: Store = open_store(folder / "data", now_ms=self.clock.now_ms)
        self.fingerprint = (pin or _pin_a_root)(self.store)
        self.disk = DiskGuard(folder / "data", 1 << 16, 0)
        visitors = Visitors(DayKeys(folder / "run"))
        self.ledger = Ledger(self.store, "t-gate", self.fingerprint, self.clock, visitors, self.disk)
        self.outside, self.feed = Outside(), Feed()
        outputs = Outputs(self.outside, self.outside, self.feed, lambda: None)
        self.loop = GateLoop(rules or Rules("both", minimum_stay_ms=10_000), self.ledger, self.clock, outputs)
        self.ledger.refresh()
        self.loop.take(FaultChanged("starting", False))

    def opened_records(self) -> list[Record]:
        """Every record of the outbox, opened with the keys of the centre and of the case."""
        keys = self.store.execute(
            "SELECT key_id, suite, trace_to, trace_wrapped, vault_to, vault_wrapped, epoch FROM content_key"
        ).fetchall()
        opened = {}
        for *wrapped, epoch in keys:
            pair = WrappedKeys(*wrapped)
            trace = unwrap_trace(pair, "t-gate", epoch, SealingKey(b"i" * 32))
            vault = unwrap_vault(pair, "t-gate", epoch, SealingKey(b"c" * 32))
            opened[pair.key_id] = (epoch, trace, vault)
        records = []
        for (data,) in self.store.execute("SELECT sealed FROM outbox ORDER BY place").fetchall():
            sealed = parse(data)
            epoch, trace, vault = opened[sealed.key_id]
            records.append(open_whole(sealed, "t-gate", epoch, trace, vault))
        return records

    def show(self, text: str) -> str:
        """The lamp after this code."""
        before = len(self.outside.shown)
        self.loop.take(self.loop.read(text))
        return next((p for p, _ in self.outside.shown[before:] if not p.startswith("sound")), "nothing")


def _pin_a_root(store: Store) -> bytes:
    signer = SigningKey(b"r" * 32)
    to = {"ingest": SealingKey(b"i" * 32).public, "case": SealingKey(b"c" * 32).public}
    message = encode_root(Root(1, 0, NOON * 2, (signer.public,), 1, {"pass": (PASS_KEY.public,)}, to), [signer])
    root = read_pinned(message)
    bulletins.keep_root(store, message, root)
    return fingerprint_of(root)
