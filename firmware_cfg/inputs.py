"""What the box itself feels: the technician's button, and the switch that the lid of the housing holds closed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from firmware_cfg.keys import Problem, Section, one_of, whole

_PIN = whole(0, 27)  # BCM numbers on the 40-pin header


@dataclass(frozen=True, slots=True)
class Inputs(Section):
    """Each joins its BCM pin to ground: `button` while it is pressed, `tamper` while the lid is closed, so that a cut
    wire counts as opened. `kind` none: neither is there, and the technician's page stays shut."""

    kind: Annotated[Literal["gpiod", "file", "none"], one_of("gpiod", "file", "none")] = "none"
    button: Annotated[int, _PIN] = 5
    tamper: Annotated[int | None, _PIN] = None

    def contradictions(self, bench: bool) -> Iterator[Problem]:
        if self.kind == "file" and not bench:
            yield Problem("kind", "thiết bị giả lập chỉ dùng trên bàn thử", "a simulated device is for the bench only")
