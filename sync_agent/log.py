"""JSON lines on stderr for the journal: what happened to the agent. Nothing personal can be in them."""

import json
import sys


def say(event: str, **facts: str | int | bool | None) -> None:
    """Write one line. `facts` are reasons, counts and states of this device only."""
    print(json.dumps({"event": event, **facts}, ensure_ascii=False), file=sys.stderr, flush=True)
