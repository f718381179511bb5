"""Bounded streams to the pages: events of the feed and the live picture.

- One open stream takes one waitress thread, so streams are counted and the next one is refused with 503.
- Every stream ends after STREAM_S; the page opens a new one. A stream that sends nothing would never notice that its
  page has gone: hence the beats.
"""

import json
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore, Event
from time import monotonic
from typing import Protocol

from ui.screen import Feed, View

EVENT_STREAMS = 4
PREVIEW_STREAMS = 2
POLLS = 6  # 4 + 2 + 6 of 16 threads may wait; 4 stay free for pages and presses
BEAT_S = 0.5  # three missed beats and the page shows the fault page, within 2 s
POLL_S = 1.0
STREAM_S = 600.0
PREVIEW_PACE_S = 0.1  # 10 pictures a second are enough to aim by, and cost a Pi little
PREVIEW_IDLE_S = 2.0
RETRY_MS = 300

Tell = Callable[[int, View], object]  # a numbered view -> what goes over the wire as JSON


class Preview(Protocol):
    """The live picture. Costs nothing while nobody waits."""

    def wait(self, after_n: int, timeout_s: float) -> tuple[int, bytes] | None:
        """The newest JPEG with a number above `after_n` (0 = any), or None when none came within `timeout_s`."""
        ...


class Slots:
    """How many may be open at once."""

    def __init__(self, count: int) -> None:
        self._free = BoundedSemaphore(count)
        self.open = 0

    def take(self) -> bool:
        if not self._free.acquire(blocking=False):
            return False
        self.open += 1
        return True

    def give_back(self) -> None:
        self.open -= 1
        self._free.release()


def event(name: str, data: object, number: int | None = None) -> bytes:
    """One server-sent event (WHATWG HTML, section 9.2.6); `data` becomes one line of JSON."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def view_events(feed: Feed, tell: Tell, hello: object, stop: Event) -> Iterator[bytes]:
    """The newest view, then each next one in order, and a beat at least every BEAT_S.

    Starts with the newest view whatever the page saw before: an older one is of no use to anybody at the gate.
    """
    ends = monotonic() + STREAM_S
    number, view = feed.latest()
    yield f"retry: {RETRY_MS}\n\n".encode() + event("hello", hello) + event("view", tell(number, view), number)
    while monotonic() < ends and not stop.is_set():
        following = feed.wait(number, BEAT_S)
        if following is None:
            yield event("beat", {"alive": feed.alive()})
        else:
            number, view = following
            yield event("view", tell(number, view), number)


def preview_parts(preview: Preview, stop: Event) -> Iterator[bytes]:
    """The live picture as multipart/x-mixed-replace with a length on each part; an empty part means "no picture"."""
    ends = monotonic() + STREAM_S
    number = 0
    while monotonic() < ends and not stop.is_set():
        started = monotonic()
        got = preview.wait(number, PREVIEW_IDLE_S)
        number, jpeg = got if got is not None else (number, b"")
        yield b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(jpeg), jpeg)
        stop.wait(max(0.0, PREVIEW_PACE_S - (monotonic() - started)))
