"""PURE. Sightings as lines of text: what `match`, `candidates` and `history` read, and a test bench writes.

One JSON object a line, or a row of Bluezone's `data_trace.txt` (its CONTACT was heard; ble_scanner.published.trace):

    {"system": "bluezone", "id": "490c085d937456a4dd07e710", "at": 1596271032000, "rssi": -71, "gateway": "ward-3"}

- `system` bluezone (12 bytes), exposure-notification (16: RPI, or 20: RPI and AEM), dp3t (16) or tag (16: the pass);
  `kind` is the same, for that is what `parse` calls it. Its other kinds are nobody's: `empty`.
- `at` Unix ms or s, or ISO 8601 (UTC where it names no zone). `rssi` dBm. `gateway` may be absent.
- A row of a trace without a contact is skipped and counted as `empty`; a line that is neither is counted as bad.
- Everything streams: 5 million lines need no more memory than one minute of them, as long as they are about in order.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, get_args

from ble_scanner.published.moments import moment_ms
from ble_scanner.published.trace import read_trace_row
from ble_scanner.sighting import Kind
from ble_scanner.windows import Windows
from wire.sightings import SYSTEM_NAMES, SYSTEMS, WINDOW_MS, SightingWindow

ID_BYTES = {"bluezone": (12,), "exposure-notification": (16, 20), "dp3t": (16,), "tag": (16,)}
MOST_LINE = 4096  # characters; longer lines are bad
_MOST_GATEWAY = 64
_FAULTS_TOLD = 5
_BLUEZONE = SYSTEMS["bluezone"]
_NOBODYS = frozenset(get_args(Kind)) - frozenset(ID_BYTES)
_NO_JSON = "không phải JSON / no JSON"
_NEITHER = (
    "không phải {...} trên một dòng, cũng không phải data_trace.txt / neither {...} on one line nor data_trace.txt"
)
_EVERY_ROW = 1 << 40  # a file is as long as it is: what is no radio cannot flood us


class Heard(NamedTuple):
    """One sighting. `system` is a number of wire.sightings.SYSTEMS, `at_ms` Unix ms, `rssi` dBm."""

    system: int
    identifier: bytes
    at_ms: int
    rssi: int
    gateway: str = ""


@dataclass(slots=True)
class Tally:
    """What was read: lines that were sightings, that named nobody, that were bad; the first few faults in words."""

    good: int = 0
    empty: int = 0
    bad: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, place: int, what: str) -> None:
        """Count a bad line; `what` never holds what stood in it."""
        self.bad += 1
        if len(self.faults) < _FAULTS_TOLD:
            self.faults.append(f"line {place}: {what}")


def read_lines(lines: Iterable[str], tally: Tally) -> Iterator[Heard]:
    """The sightings of a file, in its order. Never raises for what a line holds; blank lines do not count."""
    for place, line in enumerate(lines, 1):
        if line.isspace() or line in ("", "\ufeff"):
            continue
        try:
            heard = _sighting(line)
        except ValueError as wrong:
            tally.fault(place, _plain(wrong))
            continue
        if heard is None:
            tally.empty += 1
        else:
            tally.good += 1
            yield heard


def write_line(heard: Heard) -> str:
    """The JSON line of a sighting, without its end."""
    row: dict[str, str | int] = {"system": SYSTEM_NAMES[heard.system], "id": heard.identifier.hex()}
    row |= {"at": heard.at_ms, "rssi": heard.rssi}
    return json.dumps(row | {"gateway": heard.gateway} if heard.gateway else row, ensure_ascii=False)


def windows_of(sightings: Iterable[Heard]) -> Iterator[tuple[str, SightingWindow]]:
    """(gateway, window) of each identifier and minute, as the gateway itself would have kept it.

    A minute comes out as soon as the file has left it: lines out of order give a minute in several parts.
    """
    of: dict[str, Windows] = {}
    minutes: dict[str, int] = {}
    for system, identifier, at_ms, rssi, gateway in sightings:
        minute = at_ms // WINDOW_MS
        if minutes.get(gateway) != minute:
            windows = of.setdefault(gateway, Windows(_EVERY_ROW))
            minutes[gateway] = minute
            for window in windows.take(at_ms):
                yield gateway, window
        of[gateway].add(system, identifier, rssi, at_ms)
    for gateway, windows in of.items():
        for window in windows.take_all():
            yield gateway, window


def _sighting(line: str) -> Heard | None:
    if len(line) > MOST_LINE:
        raise ValueError(f"quá dài / longer than {MOST_LINE} characters")
    if line.lstrip("\ufeff \t")[:1] != "{":
        if "\t" not in line:
            raise ValueError(_NEITHER)
        row = read_trace_row(line)
        return Heard(_BLUEZONE, row.contact, row.at_ms, row.rssi) if row.contact else None
    try:
        said = json.loads(line.lstrip("\ufeff"))
    except RecursionError:
        raise ValueError(_NO_JSON) from None
    return _of_json(said)


def _of_json(said: Any) -> Heard | None:
    try:
        system = said["system"] if "system" in said else said["kind"]
        digits, at, rssi = said["id"], said["at"], said["rssi"]
        if system in _NOBODYS and "system" not in said:
            return None
        identifier = bytes.fromhex(digits)
    except (KeyError, TypeError):
        raise ValueError("cần / expected: system, id, at, rssi") from None
    if (allowed := ID_BYTES.get(system)) is None:
        raise ValueError(f"system phải là / must be one of: {', '.join(ID_BYTES)}")
    if len(identifier) not in allowed:
        raise ValueError("độ dài của id / length of the identifier")
    if type(rssi) is not int or not -127 <= rssi <= 20:
        raise ValueError("cần RSSI / RSSI expected: -127 to 20 dBm")
    gateway = said.get("gateway") or ""
    # Not printable are also halves of characters, which JSON can spell and no output can hold.
    if not isinstance(gateway, str) or len(gateway) > _MOST_GATEWAY or not gateway.isprintable():
        raise ValueError("gateway: cần tên ngắn / a short name expected")
    return Heard(SYSTEMS[system], identifier, moment_ms(at), rssi, gateway)


def _plain(wrong: ValueError) -> str:
    """What was wrong, without the line: the errors of Python's own readers quote it."""
    if isinstance(wrong, json.JSONDecodeError):
        return _NO_JSON
    text = str(wrong)
    return text if " / " in text else "cần số thập lục phân, hay giờ / hex digits, or a time, expected"
