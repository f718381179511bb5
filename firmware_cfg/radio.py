"""The Bluetooth radio: what it may do here, and when silence is normal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from firmware_cfg.keys import Problem, Section, flag, matching, one_of, whole

_ADAPTER = matching("hci[0-9]{1,2}", "tên bộ thu như hci0", "the name of an adapter such as hci0")
_BUILDING = matching(
    "|[a-z0-9][a-z0-9-]{0,31}", "1 đến 32 ký tự a-z, 0-9 và '-'", "1 to 32 characters of a-z, 0-9, '-'"
)


@dataclass(frozen=True, slots=True)
class Radio(Section):
    """`kind` none: this gate has no radio.

    duplicates         have every repetition handed on: taps need it, and it takes an active scan (docs/adr/0023)
    passive            without `duplicates`: listen only, where BlueZ offers it; else the scanner also asks (active)
    read_bluezone_ios  read the identifier of Bluezone on iPhones, which takes a connection to a stranger's phone
    tap                how near and how long a tag must be held: docs/technician.md has the curve; off: no taps
    opens, closes      local hours between which silence is a fault; equal: always
    recover            whether the gateway may restart Bluetooth, and the whole box once a day, when nothing is heard
    """

    kind: Annotated[Literal["bleak", "simulated", "none"], one_of("bleak", "simulated", "none")] = "none"
    adapter: Annotated[str, _ADAPTER] = "hci0"
    passive: Annotated[bool, flag] = True
    duplicates: Annotated[bool, flag] = True
    read_bluezone_ios: Annotated[bool, flag] = False
    tap: Annotated[Literal["off", "sure", "balanced", "quick"], one_of("off", "sure", "balanced", "quick")] = "balanced"
    opens: Annotated[int, whole(0, 24)] = 5
    closes: Annotated[int, whole(0, 24)] = 21
    recover: Annotated[bool, flag] = True

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        if self.kind == "simulated" and not bench:
            yield Problem("kind", "thiết bị giả lập chỉ dùng trên bàn thử", "a simulated device is for the bench only")
