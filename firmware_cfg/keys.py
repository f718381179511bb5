"""Rules for the keys of kiosk.toml: each takes a TOML value and gives ours, or says in two languages what is wrong.

A section is a frozen dataclass whose fields are `Annotated[type, rule]` or sections themselves; `read_table` fills one
from a TOML table and collects every problem, because a technician on a ladder wants to go up once.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from difflib import get_close_matches
from typing import Any, TypeVar, get_type_hints
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (`gate.direction`), and a sentence in Vietnamese and in English."""

    path: str
    vi: str
    en: str


class Wrong(ValueError):
    """A value breaks its rule; the sentences complete "<path>: ..."."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


Rule = Callable[[Any], Any]


def text(longest: int, *, shortest: int = 1) -> Rule:
    """Text of shortest..longest characters, without control characters."""

    def take(x: Any) -> str:
        if type(x) is not str or not shortest <= len(x) <= longest or not x.isprintable():
            raise Wrong(
                f"phải là một dòng chữ dài {shortest} đến {longest} ký tự",
                f"must be a line of {shortest} to {longest} characters",
            )
        return x

    return take


def whole(low: int, high: int) -> Rule:
    """A whole number in low..high."""

    def take(x: Any) -> int:
        if type(x) is not int or not low <= x <= high:
            raise Wrong(f"phải là số nguyên từ {low} đến {high}", f"must be a whole number from {low} to {high}")
        return x

    return take


def flag(x: Any) -> bool:
    """true or false."""
    if type(x) is not bool:
        raise Wrong("phải là true hoặc false", "must be true or false")
    return x


def one_of(*words: str) -> Rule:
    """One of the given words."""

    def take(x: Any) -> str:
        if type(x) is not str or x not in words:
            near = get_close_matches(str(x), words, 1)
            raise Wrong(
                f"phải là một trong: {', '.join(words)}" + (f" (có phải {near[0]}?)" if near else ""),
                f"must be one of: {', '.join(words)}" + (f" (did you mean {near[0]}?)" if near else ""),
            )
        return x

    return take


def matching(pattern: str, vi: str, en: str) -> Rule:
    """Text that matches `pattern` as a whole; vi and en describe what is expected."""

    def take(x: Any) -> str:
        if type(x) is not str or not re.fullmatch(pattern, x):
            raise Wrong(f"phải là {vi}", f"must be {en}")
        return x

    return take


def fingerprint(x: Any) -> bytes:
    """16 bytes as 32 hexadecimal digits; spaces, colons and hyphens between them are allowed (they are read aloud)."""
    digits = re.sub(r"[ :-]", "", x).lower() if type(x) is str else ""
    if not re.fullmatch("[0-9a-f]{32}", digits):
        raise Wrong("phải có 32 chữ số thập lục phân (0-9, a-f)", "must have 32 hexadecimal digits (0-9, a-f)")
    return bytes.fromhex(digits)


def list_of(rule: Rule, *, most: int, least: int = 0) -> Rule:
    """A list of least..most different values, each under `rule`, as a tuple."""

    def take(x: Any) -> tuple[Any, ...]:
        if type(x) is not list or not least <= len(x) <= most:
            raise Wrong(f"phải là danh sách có {least} đến {most} mục", f"must be a list of {least} to {most} entries")
        values = tuple(rule(item) for item in x)
        if len(set(values)) < len(values):
            raise Wrong("có một mục lặp lại", "names an entry twice")
        return values

    return take


def url(secure: str, plain: str, *, with_port: bool) -> Rule:
    """An address of scheme `secure`; scheme `plain` goes unencrypted and is allowed to this very machine only."""

    def take(x: Any) -> str:
        form = f"{secure}://host" + (":port" if with_port else "/...")
        try:
            parts = urlsplit(x if type(x) is str and x.isascii() and x.isprintable() and " " not in x else "")
            host, port = parts.hostname, parts.port
        except ValueError:
            parts, host, port = urlsplit(""), None, None
        if parts.scheme not in (secure, plain) or not host or parts.username is not None:
            raise Wrong(f"phải là địa chỉ dạng {form}", f"must be an address like {form}")
        if with_port and (not port or parts.path not in ("", "/") or parts.query):
            raise Wrong(f"phải là địa chỉ dạng {form}, có số cổng", f"must be an address like {form}, with its port")
        if parts.scheme == plain and host not in LOOPBACK:
            raise Wrong(
                f"{plain}:// không mã hóa và chỉ được dùng trong chính máy này; hãy dùng {secure}://",
                f"{plain}:// is not encrypted and is allowed to this very machine only; use {secure}://",
            )
        return str(x).rstrip("/") if with_port else str(x)

    return take


class Section:
    """Base of all sections."""

    __slots__ = ()

    def contradictions(self, bench: bool) -> Iterable[Problem]:
        """What the keys of this section cannot tell one by one; paths relative to the section."""
        return ()


S = TypeVar("S", bound=Section)


def read_table(cls: type[S], found: Any, path: str, bench: bool, problems: list[Problem]) -> S | None:
    """`cls` filled from the TOML table `found`; None when something was wrong (then `problems` has grown)."""
    if not isinstance(found, Mapping):
        problems.append(Problem(path, f"phải là một mục [{path}]", f"must be a section [{path}]"))
        return None
    before = len(problems)
    hints = get_type_hints(cls, include_extras=True)
    required = {f.name for f in fields(cls) if f.default is MISSING}  # type: ignore[arg-type]
    problems += [_unknown(_join(path, name), name, list(hints)) for name in found if name not in hints]
    values: dict[str, Any] = {}
    for name, hint in hints.items():
        where = _join(path, name)
        if isinstance(hint, type) and issubclass(hint, Section):
            values[name] = read_table(hint, found.get(name, {}), where, bench, problems)
        elif name in found:
            try:
                values[name] = hint.__metadata__[0](found[name])
            except Wrong as wrong:
                problems.append(Problem(where, wrong.vi, wrong.en))
        elif name in required:
            problems.append(Problem(where, "còn thiếu", "is missing"))
    if len(problems) > before:
        return None
    made = cls(**values)
    problems += [replace(p, path=_join(path, p.path)) for p in made.contradictions(bench)]
    return made if len(problems) == before else None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _unknown(where: str, name: str, known: list[str]) -> Problem:
    near = get_close_matches(name, known, 1, 0.5)
    if near:
        return Problem(where, f"không có khóa này (có phải {near[0]}?)", f"is no known key (did you mean {near[0]}?)")
    return Problem(
        where, f"không có khóa này (có: {', '.join(known)})", f"is no known key (there are: {', '.join(known)})"
    )
