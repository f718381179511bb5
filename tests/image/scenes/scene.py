"""What a scene is, how it ends, and the two steps that most of them share."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.image.stage import DEVICE, VENUE, Stage, arrived
from tests.parts.site import Site

ARRIVE_S = 600.0


class Failed(AssertionError):
    """A promise does not hold; the words say which and how far, `found` what was measured all the same."""

    def __init__(self, words: str, found: dict[str, Any] | None = None) -> None:
        super().__init__(words)
        self.found = found or {}


class Skipped(Exception):
    """The scene cannot run here; the words say what it lacks."""


class Scene(NamedTuple):
    """`play` gives the figures, or raises Failed, Skipped or one of the emulator's errors."""

    name: str
    promise: str
    short: bool
    play: Callable[[Stage], dict[str, Any]]


def enrol(site: Site) -> dict[str, Any]:
    """What the centre issued for the kiosk of these scenes."""
    return site.enrol(DEVICE, "in", VENUE)


def wait_arrived(site: Site, count: int) -> None:
    """Until the centre holds `count` people as let in. Raises Failed."""
    until = time.monotonic() + ARRIVE_S
    while (there := arrived(site)) < count:
        if time.monotonic() > until:
            raise Failed(f"{count - there} of {count} visits that were shown green are not at the centre")
        time.sleep(0.5)
