"""PURE. The one record that comes by the million, a plain Visit of today's schema, read without building a dataclass.

Whatever is out of the ordinary is left to the general way (central.opening), which alone refuses: this file may only
ever say "here is the row" or None. A test compares both ways over whatever Hypothesis thinks of.
"""

from collections.abc import Callable
from typing import Any

from wire import cbor
from wire.crypto import ContentKey
from wire.envelope import MAX_RECORD_BYTES
from wire.layout import layout_of
from wire.reasons import duty_told
from wire.records import MAX_PART_BYTES, Direction, IdentityKind, Signal, Source, Visit
from wire.refusal import Refused

_FIELDS = ("direction", "signal", "identity_kind", "identity", "reasons", "companions", "source", "rules", "paper")
# Should a later schema order the fields in another way, everything goes the general way until this file follows.
_KNOWN = tuple(name for name, _, _ in layout_of(Visit).trace) == _FIELDS and Visit.SCHEMA == 4
_TAKE: dict[str, Callable[[Any], Any]] = {name: take for name, take, _ in layout_of(Visit).checks}
_TAKE_IDENTITY, _TAKE_REASONS, _TAKE_PAPER = _TAKE["identity"], _TAKE["reasons"], _TAKE["paper"]
_DIRECTIONS, _SIGNALS = frozenset(map(int, Direction)), frozenset(map(int, Signal))
_KINDS, _SOURCES = frozenset(map(int, IdentityKind)), frozenset(map(int, Source))
_BYTES_OR_NONE = (bytes, type(None))


class QuickVisits:
    """Reads the visits of one device and epoch; `names` gives the pseudonym of (kind, identity)."""

    def __init__(
        self,
        device: str,
        epoch: bytes,
        key_of: Callable[[int], ContentKey | str],
        names: Callable[[int, str], bytes | None],
    ) -> None:
        self._head = b"\x84" + cbor.dumps(device) + cbor.dumps(epoch)
        self._key_of, self._names = key_of, names
        self._key_id, self._prefix = -1, b""  # associated data begin alike while the key stays the same

    def read(self, seq: int, sealed: bytes) -> tuple[Any, ...] | None:
        """(seq, at ms, clock, boot, direction, signal, kind, person, companions, declaration), or None."""
        try:
            envelope, key_id, counter, trace, vault = cbor.loads(sealed, MAX_RECORD_BYTES)
            at, kind, schema, at_ms, clock, boot, mono_ms = envelope
            if not (
                _KNOWN
                and cbor.whole(at, kind, schema, at_ms, clock, mono_ms, key_id, counter)
                and (at, kind, schema) == (seq, Visit.KIND, Visit.SCHEMA)
                and type(boot) is type(trace) is bytes
                and len(boot) == 8
                and type(vault) in _BYTES_OR_NONE
                and 0 <= clock <= 2
                and 0 <= at_ms < 1 << 53
                and 0 <= mono_ms < 1 << 53
                and 0 <= key_id < 1 << 63
                and 0 <= counter < 1 << 32
            ):
                return None
            key = self._key_of(key_id)
            if isinstance(key, str):
                return None
            if key_id != self._key_id:
                self._key_id, self._prefix = key_id, self._head + cbor.dumps(key_id)
            plain = key.open(counter, trace, self._prefix + cbor.dumps(envelope))
            return self._fields(plain, seq, at_ms, clock, boot)
        except (Refused, TypeError, ValueError):
            return None

    def _fields(self, plain: bytes, seq: int, at_ms: int, clock: int, boot: bytes) -> tuple[Any, ...] | None:
        """The row of an opened trace part: framing 0, the array, 0x80 and zeros."""
        framed = plain.rstrip(b"\0")
        if plain[:1] != b"\0" or framed[-1:] != b"\x80":
            return None
        values = cbor.loads(framed[1:-1] if framed[:1] == b"\0" else b"", MAX_PART_BYTES)
        direction, signal, kind, identity, reasons, companions, source, rules, paper = values
        if not (
            cbor.whole(direction, signal, kind, companions, source, rules)
            and direction in _DIRECTIONS
            and signal in _SIGNALS
            and kind in _KINDS
            and source in _SOURCES
            and 0 <= companions <= 9
            and 0 <= rules <= 65535
        ):
            return None
        _TAKE_REASONS(reasons)
        if paper:
            _TAKE_PAPER(paper)
        person = self._names(kind, _TAKE_IDENTITY(identity))
        return seq, at_ms, clock, boot, direction, signal, kind, person, companions, duty_told(reasons)
