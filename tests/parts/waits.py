"""Bounded waits: a test that hopes for something says for how long, and fails with a sentence."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def wait_for(ask: Callable[[], _T], what: str, *, seconds: float = 30.0, every: float = 0.02) -> _T:
    """The first truthy answer of `ask`; AssertionError naming `what` when none came in time."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        pause.wait(every)


def holds(ask: Callable[[], object], seconds: float, *, every: float = 0.03) -> bool:
    """Whether `ask` came true in time."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not ask():
        if time.monotonic() > end:
            return False
        pause.wait(every)
    return True
