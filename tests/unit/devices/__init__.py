"""The adapters and their children, one fault at a time. What all adapters of a port owe is in tests/contract."""

import threading
import time
from collections.abc import Callable


def wait_until(true: Callable[[], object], limit_s: float = 5.0) -> bool:
    """Look until `true()` holds, `limit_s` at most; whether it did."""
    until = time.monotonic() + limit_s
    pause = threading.Event()
    while not true():
        if time.monotonic() > until:
            return False
        pause.wait(0.005)
    return True
