"""Where in a kiosk.toml a problem lies, so that a technician with a text editor finds it."""

import re

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"\s*(?:#\s*)?([A-Za-z0-9_-]+)\s*=")
_AT = re.compile(r"line (\d+)")


def line_of(text: str, path: str, sentence: str = "") -> int | None:
    """The line (from 1) of `gate.direction` or of the section that should hold it; None where there is none.

    `sentence`: for text that is no TOML at all, the parser's own words, which name a line.
    """
    if path == "kiosk.toml":
        named = _AT.search(sentence)
        return int(named[1]) if named else None
    section, _, key = path.rpartition(".")
    best, here = None, ""
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            here = header[1]
            if here == path:
                return number
            best = number if here == section else best
            continue
        found = _KEY.match(line)
        if here == section and found and found[1] == key and not line.lstrip().startswith("#"):
            return number
    return best
