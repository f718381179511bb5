"""JSON lines on stderr for the journal: what happened to the radio. Counts and states; no identifier, no address."""

import json
import sys


def say(event: str, **facts: str | int | float | bool | None) -> None:
    """Write one line."""
    print(json.dumps({"event": event, **facts}, ensure_ascii=False), file=sys.stderr, flush=True)
