"""PURE. Reports of the radio, 3,000 a second, become one row for an identifier in a minute.

- A minute is over when `now_ms` lies in another one. So no jump of the clock, forth or back, can hold rows in memory:
  what was heard under the wrong time is handed out with the time under which it was heard.
- For the same reason, and because reports may come late, a minute can be handed out in two parts: two windows with the
  same identifier and `at_ms`. Whoever counts minutes counts distinct `at_ms` (ble_scanner.encounters does).
- At most MOST_ROWS rows wait in memory. What comes beyond is not kept but counted in `crowded_out`: a radio that makes
  up identifiers as fast as the air carries them can blind the gateway to newcomers until the minute is over, and no
  longer, and cannot fill its memory.
"""

from wire.sightings import MOST_IDENTIFIER_BYTES, WINDOW_MS, SightingWindow

# Ten times what 500 devices with a rotation in the same minute make; about 8 MB.
MOST_ROWS = 20_000
# Bluetooth Core 5.4, vol 4 part E, 7.7.65.2: RSSI -127..20 dBm; 127 means that the controller could not say.
WEAKEST, STRONGEST = -127, 20
_HEARD_AT_MOST = 255

_Rows = dict[tuple[int, bytes], list[int]]  # (system, identifier) -> [strongest, sum, reports]


class Windows:
    """The minutes that are being heard. Not thread-safe: it belongs to the loop of the radio."""

    __slots__ = ("_current", "_minute", "_minutes", "_most", "_room", "crowded_out")

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most = most_rows
        self._room = most_rows
        self._minutes: dict[int, _Rows] = {}
        self._minute = -1
        self._current: _Rows = {}
        self.crowded_out = 0

    def __len__(self) -> int:
        """Rows that wait."""
        return self._most - self._room

    def add(self, system: int, identifier: bytes, rssi: int, at_ms: int) -> None:
        """One report: `rssi` in dBm (127: unknown, taken as the weakest), `at_ms` Unix ms. Never raises."""
        minute = at_ms // WINDOW_MS
        if minute != self._minute:
            self._turn_to(minute)
        if rssi > STRONGEST:
            rssi = WEAKEST
        row = self._current.get((system, identifier))
        if row is None:
            self._begin(system, identifier, rssi)
            return
        if rssi > row[0]:
            row[0] = rssi
        row[1] += rssi
        row[2] += 1

    def take(self, now_ms: int) -> list[SightingWindow]:
        """The minutes that are over, each row once, oldest minute first; they are forgotten here."""
        now = now_ms // WINDOW_MS
        return self._hand_out(sorted(minute for minute in self._minutes if minute != now))

    def take_all(self) -> list[SightingWindow]:
        """Everything, the minute that still runs too: the process is about to end."""
        return self._hand_out(sorted(self._minutes))

    def _turn_to(self, minute: int) -> None:
        self._minute = minute
        self._current = self._minutes.get(minute, {})

    def _begin(self, system: int, identifier: bytes, rssi: int) -> None:
        if not 1 <= len(identifier) <= MOST_IDENTIFIER_BYTES or self._minute < 0:
            return
        if not self._room:
            self.crowded_out += 1
            return
        self._room -= 1
        if not self._current:
            self._minutes[self._minute] = self._current
        self._current[system, identifier] = [max(rssi, WEAKEST), rssi, 1]

    def _hand_out(self, minutes: list[int]) -> list[SightingWindow]:
        taken: list[SightingWindow] = []
        for minute in minutes:
            at_ms = minute * WINDOW_MS
            for (system, identifier), (strongest, total, reports) in self._minutes.pop(minute).items():
                mean = max(WEAKEST, round(total / reports))
                taken.append(SightingWindow(system, identifier, at_ms, strongest, mean, min(reports, _HEARD_AT_MOST)))
        self._room += len(taken)
        self._turn_to(self._minute)
        return taken
