"""The sample orders of the bench: switched on and off at the demo's centre, seen as the gate has heard them.

A switch asks the centre's own command on a thread of its own and returns at once. What is shown is what the gate holds:
with the cable cut an order does not change, and the page must not say that it did.
"""

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple

from rules.orders import Order, in_force

FOLDER = Path(__file__).parent / "orders"
DEFAULT = "mau-tu-nguyen"  # on from the start: the visitor's screen then offers to declare
LIFE_DAYS = 1  # a forgotten sample ends by itself
PATIENCE_S = 10.0
Centre = Callable[..., str | None]


class Sample(NamedTuple):
    """One order that may be switched."""

    id: str
    mandatory: bool
    form: str  # its name, such as "domestic"
    file: Path


class SampleOrders:
    """`centre` runs a command of the centre and gives None, or what went wrong. Thread-safe."""

    def __init__(self, centre: Centre, now_ms: Callable[[], int]) -> None:
        self._centre, self._now_ms = centre, now_ms
        self._samples = {sample.id: sample for sample in map(_sample, sorted(FOLDER.glob("*.json")))}
        self._one_at_a_time = Lock()
        self._wanted: dict[str, tuple[bool, float]] = {}  # id -> (on, until when the gate may take to hear of it)

    def state(self, held: Iterable[Order]) -> list[dict[str, object]]:
        """[{id, mandatory, form, on, changing}], voluntary ones first; `held` are the orders that the gate holds."""
        running = {order.id for order in in_force(held, self._now_ms())}
        return [self._one(sample, sample.id in running) for sample in sorted(self._samples.values(), key=_place)]

    def switch(self, name: str, on: bool) -> None:
        """Publish the sample for a day, or end it. Raises KeyError for a name that is none."""
        sample = self._samples[name]
        self._wanted[name] = (on, time.monotonic() + PATIENCE_S)
        Thread(target=self._tell, args=(sample, on), name="sample-order", daemon=True).start()

    def _tell(self, sample: Sample, on: bool) -> None:
        with self._one_at_a_time:
            if on:
                problem = self._centre("order", "publish", sample.file, "--days", str(LIFE_DAYS))
            else:
                problem = self._centre("order", "end", sample.id)
        if problem is not None:
            self._wanted.pop(sample.id, None)

    def _one(self, sample: Sample, on: bool) -> dict[str, object]:
        wanted, until = self._wanted.get(sample.id, (on, 0.0))
        changing = wanted is not on and time.monotonic() < until
        facts = {"id": sample.id, "mandatory": sample.mandatory, "form": sample.form}
        return {**facts, "on": on, "changing": changing}


def _sample(file: Path) -> Sample:
    order = json.loads(file.read_text("utf-8"))
    name = order["form"].partition("|")[0].rpartition("/")[2]
    return Sample(order["id"], order["mandatory"], name, file)


def _place(sample: Sample) -> tuple[bool, str]:
    return sample.mandatory, sample.id
