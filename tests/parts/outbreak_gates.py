"""The gates of a small outbreak: who goes through them, at which minute, by which code, and with which form.

Each gate has a thread of its own: what one records waits for no other, and the centre hears them as they come.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from forms.model import Value
from kiosk.bench.drawing import draw_code
from tests.parts.outbreak import Passage
from tests.parts.site import Gate
from tests.parts.visitor import Visitor, known_of
from tests.parts.waits import wait_for
from tests.parts.warm import together
from tests.unit.forms.library import library

CLOCK_S = 1.3  # the kiosk asks its machine for the time each second
LEAVE_MS = 30_000  # people leave in the middle of a minute: a gate that takes some seconds shifts no whole minute


class World:
    """Gates by (place, "in" or "out"), what everybody holds up, and the moment of minute 0 (Unix ms).

    `declares`: who -> own answers (linkId -> values) to the form of `order`, which the gate asks for before they go in.
    """

    def __init__(
        self,
        gates: Mapping[tuple[str, str], Gate],
        codes: Mapping[str, str],
        begins_ms: int,
        order: str,
        declares: Mapping[str, Mapping[str, tuple[Value, ...]]],
    ) -> None:
        self.gates, self._codes, self._begins_ms = gates, codes, begins_ms
        self._order, self._declares = order, declares

    def let_pass(self, passages: Sequence[Passage]) -> None:
        """Everybody before the right gate's camera, at the right time."""
        inside: set[tuple[str, str]] = set()
        ways: dict[Gate, list[Callable[[], None]]] = {gate: [] for gate in self.gates.values()}
        for passage in passages:
            place = (passage.who, passage.where)
            leaving = place in inside
            inside ^= {place}
            gate = self.gates.get((passage.where, "out" if leaving else "in")) or self.gates[passage.where, "in"]
            ways[gate].append(partial(self._pass, gate, passage, leaving))
        together(*(partial(_one_after_the_other, way) for way in ways.values()))

    def ask(self, gate: Gate, who: str) -> bool:
        """Hold a code up and take it away: whether the lamp is yellow for it. Nobody waits until it is dark again."""
        before = len(gate.lights())
        self._show(gate, who)
        wait_for(lambda: any(line["ref"] for line in gate.lights()[before:]), f"{who} is recorded")
        (gate.sim / "camera" / "frame.png").unlink()
        return any(line["lamps"] == "yellow" for line in gate.lights()[before:])

    def bend(self, gate: Gate, offset_ms: int) -> None:
        """Put a gate's clock beside the true time, by so much, and wait until the gate goes by it."""
        half = gate.sim / ".clock"
        half.write_text(json.dumps({"offset_ms": offset_ms}), "utf-8")
        half.rename(gate.sim / "clock.json")
        seen = time.monotonic()
        wait_for(lambda: time.monotonic() - seen > CLOCK_S, "the gate has looked at its clock")

    def _pass(self, gate: Gate, passage: Passage, leaving: bool) -> None:
        after_ms = passage.minute * 60_000 + (LEAVE_MS if leaving else 0)
        self.bend(gate, self._begins_ms + after_ms - time.time_ns() // 1_000_000)
        who = passage.who
        declares = not leaving and passage.where == "school" and who in self._declares
        asked = self.ask(gate, who)
        assert asked == declares, f"{passage} is asked: {asked}"
        if declares:
            self._declare(gate, who)

    def _declare(self, gate: Gate, who: str) -> None:
        """At the screen, touch by touch, as the gate asked."""
        before = len(gate.lights())
        form, says = library("domestic"), self._declares[who]
        declared = Visitor(gate.screen, says=says).declare(self._order, form, known_of(form, self._codes[who]))
        assert declared.code, f"{who} holds no receipt"
        wait_for(lambda: any(line["ref"] for line in gate.lights()[before:]), f"{who}'s answer is shown")

    def _show(self, gate: Gate, who: str) -> None:
        half = gate.sim / "camera" / ".half"
        half.write_bytes(draw_code(self._codes[who], {}))
        half.rename(gate.sim / "camera" / "frame.png")


def _one_after_the_other(steps: Sequence[Callable[[], None]]) -> None:
    for step in steps:
        step()
