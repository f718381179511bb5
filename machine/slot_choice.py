"""PURE. Two slots, A and B: which one is booted, which one is tried, and when a trial becomes the rule.

- `committed` is what every plain boot takes. It stands in autoboot.txt and nowhere else: whatever else is lost, the
  box boots. Nothing but `mark(good)` on the slot that runs changes it.
- `pending` was written whole and waits for its trial: one boot that the firmware's tryboot mark asks for. Without that
  mark (power cut, watchdog, plain reboot) the committed slot is back.
- A trial that ends without a word (power cut, hang) is repeated, MOST_TRIES in all; one whose self-test said no is not.
- During a trial nothing may be installed: the slot that would be written is the only one that is known to be good.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Slot = Literal["A", "B"]
PARTITIONS: dict[Slot, int] = {"A": 2, "B": 3}
MOST_TRIES = 3  # power in a market fails more often than an update


def other(slot: Slot) -> Slot:
    """The one that is not `slot`."""
    return "B" if slot == "A" else "A"


def read_slot(text: str) -> Slot | None:
    """A or B, None for any other text."""
    return next((slot for slot in PARTITIONS if slot == text), None)


@dataclass(frozen=True, slots=True)
class Slots:
    """`tries`: how often the pending slot has been started."""

    committed: Slot
    pending: Slot | None = None
    bad: frozenset[Slot] = frozenset()
    tries: int = 0

    @property
    def primary(self) -> Slot:
        """What the next wanted boot takes."""
        return self.pending or self.committed

    def wants_trial(self, booted: Slot) -> bool:
        """Whether a reboot with the tryboot mark is due."""
        return self.pending is not None and booted == self.committed and self.tries < MOST_TRIES

    def has_failed(self, booted: Slot) -> bool:
        """Whether every trial of the pending slot came back to the committed one."""
        return self.pending is not None and booted == self.committed and self.tries >= MOST_TRIES


def activate(slots: Slots, slot: Slot) -> Slots:
    """`slot` was written and is to be tried; the committed one again: what was pending is dropped."""
    pending = None if slot == slots.committed else slot
    return replace(slots, pending=pending, bad=slots.bad - {slot}, tries=0)


def start_trial(slots: Slots) -> Slots:
    """To be kept before the reboot: a trial that says nothing counts."""
    return replace(slots, tries=slots.tries + 1)


def mark(slots: Slots, slot: Slot, *, good: bool, booted: Slot) -> Slots:
    """What becomes of them when `slot` is called good or bad while `booted` runs."""
    if not good:
        pending = None if slots.pending == slot else slots.pending
        return replace(slots, bad=slots.bad | {slot}, pending=pending, tries=slots.tries if pending else 0)
    if slot == booted and slot != slots.committed:
        return Slots(slot, None, slots.bad - {slot})
    return replace(slots, bad=slots.bad - {slot})


def read_autoboot(text: str) -> Slot | None:
    """The committed slot of an autoboot.txt as `autoboot` writes it; None for anything else."""
    return next((slot for slot in PARTITIONS if text == autoboot(slot)), None)


def autoboot(committed: Slot) -> str:
    """autoboot.txt: one sector, of one length, so that replacing it moves nothing else on the partition."""
    return (
        f"[all]\ntryboot_a_b=1\nboot_partition={PARTITIONS[committed]}\n"
        f"[tryboot]\nboot_partition={PARTITIONS[other(committed)]}\n"
    )


def read_booted(cmdline: str) -> Slot | None:
    """The slot that runs, from the kernel's command line (`rauc.slot=A`)."""
    words = [word.removeprefix("rauc.slot=") for word in cmdline.split() if word.startswith("rauc.slot=")]
    return read_slot(words[-1]) if words else None


def from_notes(committed: Slot, notes: Mapping[str, object]) -> Slots:
    """The slots by what the box has noted; anything that cannot be so counts as not noted."""
    pending, tries, bad = notes.get("pending"), notes.get("tries"), notes.get("bad")
    slot = read_slot(pending) if isinstance(pending, str) else None
    marked = frozenset(found for one in bad if (found := read_slot(str(one)))) if isinstance(bad, list) else frozenset()
    if slot is None or slot == committed or slot in marked:
        return Slots(committed, None, marked)
    return Slots(committed, slot, marked, tries if isinstance(tries, int) and 0 <= tries < 1000 else 0)


def to_notes(slots: Slots) -> dict[str, object]:
    """What `from_notes` reads; the committed slot is not among it."""
    return {"pending": slots.pending, "bad": sorted(slots.bad), "tries": slots.tries}
