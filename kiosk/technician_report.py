"""PURE. The one page that a technician sends to whoever helps from afar: text to read, and the same small enough for a
QR code. No secrets and no visitor: parts, levels, figures of the box.

The code's text is "GPR1:" + Base45 of the zlib of JSON {"device", "at_ms", "box": {...}, "found": [[part, level, en]]}.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from wire import base45
from wire.refusal import Refused

VIET_NAM = timezone(timedelta(hours=7))
PREFIX = "GPR1:"
MOST_CHARS = 1853  # alphanumeric, version 25, correction L (ISO/IEC 18004 table 7)
MOST_BYTES = 64 * 1024
SIGNS = {"ok": "+", "warn": "!", "fail": "X"}


def page_of(device: str, at_ms: int | None, box: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> str:
    """Lines of text, Vietnamese before English."""
    when = "-" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, VIET_NAM).isoformat(" ", "seconds")
    lines = [f"{device}  {when}", ""]
    lines += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in box.items()]
    lines += ["", *(f"{SIGNS[one['level']]} {one['part']}: {one['vi']} / {one['en']}" for one in found)]
    return "\n".join(lines) + "\n"


def packed(device: str, at_ms: int | None, box: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> str:
    """The code's text, at most MOST_CHARS: no sentences of what is well, and fewer of the rest where it is long."""
    for most in (len(found), 12, 6, 0):
        short = [
            [one["part"], one["level"], "" if one["level"] == "ok" else str(one["en"])[:60] * (index < most)]
            for index, one in enumerate(sorted(found, key=lambda one: ("fail", "warn", "ok").index(one["level"])))
        ]
        body = {"device": device, "at_ms": at_ms, "box": dict(box), "found": short}
        text = PREFIX + base45.encode(zlib.compress(json.dumps(body, separators=(",", ":")).encode(), 9))
        if len(text) <= MOST_CHARS:
            return text
    return PREFIX


def unpacked(text: str) -> dict[str, Any]:
    """What a report's code says. Raises ValueError."""
    if not text.startswith(PREFIX):
        raise ValueError("no report")
    try:
        inflater = zlib.decompressobj()
        data = inflater.decompress(base45.decode(text[len(PREFIX) :]), MOST_BYTES)
        found = json.loads(data)
    except (zlib.error, ValueError, Refused) as error:
        raise ValueError("a damaged report") from error
    if not inflater.eof or not isinstance(found, dict):
        raise ValueError("no report")
    return found
