"""Links as a gate may trust them: the parsed host counts, never a piece of the text.

`https://tokhaiyte.vn@elsewhere.example/`, `https://elsewhere.example/?tokhaiyte.vn` and
`https://tokhaiyte.vn.elsewhere.example/` all lead elsewhere; a backslash leads browsers and parsers to different
hosts. So user names, backslashes, spaces, control characters and odd ports make a link nobody's.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_UNSAFE = re.compile(r"[\\\s\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Link:
    """A web link: `host` in lower case, `query` with its names in lower case and each value in order."""

    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    fragment: str


def looks_like_link(text: str) -> bool:
    """Whether `text` begins as a web link does."""
    return _SCHEME.match(text) is not None


def parse_link(text: str) -> Link | None:
    """The link that `text` is, None for anything a browser might understand differently."""
    if not looks_like_link(text) or not text.isascii() or _UNSAFE.search(text):
        return None
    try:
        parts = urlsplit(text)
        if "@" in parts.netloc or parts.port not in (None, 80, 443) or not parts.hostname:
            return None
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=32)
    except ValueError:  # a broken port or IPv6 address, or too many parameters
        return None
    named = tuple((name.lower(), value) for name, value in query)
    return Link(parts.hostname.removesuffix("."), parts.path, named, parts.fragment)
