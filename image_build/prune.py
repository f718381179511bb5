"""Lists of what stays and what goes, and what must never be on a card. Pure: texts and paths in, paths out.

A line is "+ pattern" or "- pattern"; the last one that fits a path decides. "**" fits any number of folders, "*" and
"?" stay within one. What fits a folder fits all that lies in it. Paths are relative, with "/".
"""

import re
from collections.abc import Iterable
from functools import cache

# Never on a card: what makes people up (bench, demo, simulated), what tests, what installs.
FORBIDDEN = tuple(
    re.compile(pattern)
    for pattern in (
        r"(^|/)usr/lib/gatepost/(.*/)?[^/]*(bench|demo|simulated)[^/]*(/|$)",
        r"(^|/)usr/lib/gatepost/(.*/)?(tests?|central)(/|$)",
        r"(^|/)(pip|pip3[^/]*|pip-[^/]*|ensurepip|setuptools|easy_install)(/|$)",
        r"(^|/)usr/s?bin/(apt|apt-[^/]*|dpkg|dpkg-[^/]*|aptitude|gcc|cc|ld|make|perl|curl|wget|ssh|sshd|telnet|nc)$",
        r"(^|/)(s?bin|usr/s?bin)/(su|sudo|login|passwd|chsh|newgrp|sulogin|agetty|gdb|strace)$",
        r"(^|/)(etc|var/lib)/(apt|dpkg)(/|$)",
    )
)
# A library's own word for something else.
_OTHERS = re.compile(r"usr/lib/gatepost/site/")


class Rules:
    """`text` is a list as above; `kept` is what a path is that no line fits. Raises ValueError for a bad line."""

    def __init__(self, text: str, kept: bool) -> None:
        self._kept = kept
        self._lines = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            sign, _, pattern = line.partition(" ")
            if sign not in {"+", "-"} or not pattern.strip():
                raise ValueError(f"line {number}: {line!r} is neither '+ pattern' nor '- pattern'")
            self._lines.append((sign == "+", _compiled(pattern.strip())))
        self._lines.reverse()

    def keeps(self, path: str) -> bool:
        """Whether `path` stays."""
        for kept, pattern in self._lines:
            if pattern.fullmatch(path):
                return kept
        return self._kept


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    whole = "".join(signs.get(part, re.escape(part)) for part in parts)
    return re.compile(whole.removesuffix("/.*") + r"(?:/.*)?")


def forbidden(paths: Iterable[str]) -> list[str]:
    """Those of `paths` that must not be on a card."""
    return sorted(path for path in paths if _is_forbidden(path))


def _is_forbidden(path: str) -> bool:
    found = [pattern for pattern in FORBIDDEN if pattern.search(path)]
    return bool(found) and not (found == [FORBIDDEN[0]] and _OTHERS.search(path))
