"""One JSON line an event on stderr.

Callers give codes, counts and device ids; never an identity, never a message's bytes.
"""

import json
import sys
import time


def log(event: str, **facts: object) -> None:
    """Write one line: {"at_ms", "event", ...facts}."""
    line = json.dumps({"at_ms": time.time_ns() // 1_000_000, "event": event, **facts}, default=str)
    print(line, file=sys.stderr, flush=True)


def ready(**facts: object) -> None:
    """Tell whoever started this process that it serves now: the only line it writes on stdout."""
    print(json.dumps({"ready": True, **facts}, default=str), flush=True)
