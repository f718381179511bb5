"""The ladder at work: starts the radio, looks whether it hears, does and records what ble_scanner.ladder says.

A task of its own: a power cycle may take 20 s, and taps, windows and status go on meanwhile.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ble_scanner import ladder
from ble_scanner.hearing import Hearing
from ble_scanner.ladder import Act, Failed, Look, Now, Started, Waits
from ble_scanner.radio import Radio, RadioFailed
from ble_scanner.recovery import Recovery
from machine.log import say

TURN_S = 0.5


@dataclass(frozen=True, slots=True)
class Around:
    """What the ladder must know of the world, and where its steps are recorded.

    mono_ms     the clock of this boot
    is_open     whether the venue is open now
    visitor_ms  when the last visitor was here, by mono_ms
    may_reboot  whether a day has certainly passed since the last reboot
    record      commit a step (name, detail) and report it (name, silent seconds); whether it is on the card
    """

    mono_ms: Callable[[], int]
    is_open: Callable[[], bool]
    visitor_ms: Callable[[], int | None]
    may_reboot: Callable[[], bool]
    record: Callable[[str, int, str], bool]
    recover: bool


class Watching:
    """`hearing.heard` tells whether anything was heard; whose clock that was does not matter here."""

    def __init__(self, radio: Radio, hearing: Hearing, recovery: Recovery, around: Around, waits: Waits) -> None:
        self._radio, self._hearing, self._recovery = radio, hearing, recovery
        self._around, self._waits = around, waits
        self._state = ladder.begin(around.mono_ms())
        self._looked_ms = around.mono_ms()
        self._heard = 0
        self._heard_ms: int | None = None
        self._listening = False

    @property
    def state(self) -> Literal["starting", "listening", "failed"]:
        """For the status. Silence is listening; the steps tell of it."""
        if self._listening and self._radio.fault is None:
            return "listening"
        return "failed" if self.reason is not None else "starting"

    @property
    def reason(self) -> str | None:
        """Why the radio does not run, as in ble_scanner.radio; None while it does."""
        fault = self._radio.fault
        return fault.reason if fault is not None else self._state.reason

    @property
    def heard_ms(self) -> int | None:
        """When something was heard last, ms of this boot; None: never."""
        return self._heard_ms

    async def begin(self) -> None:
        """The first try to start; a failure is the ladder's matter."""
        await self._start()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(TURN_S)
            await self.turn()

    async def turn(self) -> None:
        """One look, if one is due."""
        mono_ms = self._around.mono_ms()
        if self._hearing.heard != self._heard:
            self._heard, self._heard_ms = self._hearing.heard, mono_ms
        fault = self._radio.fault
        if self._listening and fault is not None and self._state.reason is None:
            say("radio", state="failed", reason=fault.reason)
            await self._put(Failed(fault.reason))
        due_ms = self._state.due_ms
        if mono_ms - self._looked_ms < self._waits.look_ms and (due_ms is None or mono_ms < due_ms):
            return
        self._looked_ms = mono_ms
        await self._put(Look(self._heard_ms))

    async def _put(self, event: ladder.Event) -> None:
        self._state, acts = ladder.step(self._state, event, self._now(), self._waits)
        for act in acts:
            await self._do(act)

    def _now(self) -> Now:
        around = self._around
        is_last_rung = self._state.rung >= len(ladder.RUNGS) - 1
        may_reboot = is_last_rung and around.may_reboot()
        visitor_ms = around.visitor_ms() if is_last_rung else None
        return Now(around.mono_ms(), around.is_open(), around.recover, visitor_ms, may_reboot)

    async def _do(self, act: Act) -> None:
        if act.name == "start":
            await self._start()
            return
        detail = json.dumps({"silent_s": act.silent_s, "reason": self.reason})
        on_the_card = self._around.record(act.name, act.silent_s, detail)
        say("radio_step", step=act.name, silent_s=act.silent_s, reason=self.reason)
        match act.name:
            case "heard":
                return
            case "power_cycle":
                await self._power_cycle()
            case "restart_bluetooth":
                await self._radio.stop()
                await self._recovery.restart_bluetooth()
            case "reboot" if not on_the_card or not await self._recovery.reboot():
                say("radio", state="no_reboot", recorded=on_the_card)
        await self._start()

    async def _power_cycle(self) -> None:
        try:
            await self._radio.power_cycle()
        except RadioFailed as failed:
            say("radio", state="failed", reason=failed.reason, detail=failed.detail)

    async def _start(self) -> None:
        try:
            await self._radio.start(self._hearing.hear)
        except RadioFailed as failed:
            self._listening = False
            if failed.reason != self._state.reason:
                say("radio", state="failed", reason=failed.reason, detail=failed.detail)
            event: ladder.Event = Failed(failed.reason)
        else:
            self._listening = True
            say("radio", state="listening", mode=self._radio.mode)
            event = Started()
        await self._put(event)
