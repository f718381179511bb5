"""Log lines for the journal: one JSON object each, on stderr. Facts about the device only, never about a visitor."""

import json
import sys


def say(event: str, **facts: str | int | float | bool | None) -> None:
    """Write one line. Callers pass reasons, counts and states; names, numbers, codes and addresses have no place."""
    print(json.dumps({"event": event, **facts}, ensure_ascii=False), file=sys.stderr, flush=True)
