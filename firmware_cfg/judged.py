"""Which settings a box goes by when it starts, and what to say of the technician's file. Pure.

- The card's kiosk.toml, when nothing is wrong with it.
- Else the last one that was good, with everything that is wrong with the new one said: a slip of the pen must not close
  a market's gate.
- Else none; then only the lamps' pins and the turn of the screen are picked out of the broken file, so that the box can
  at least say so.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal, TypeVar

from firmware_cfg.hardware import Display
from firmware_cfg.keys import Problem, Section, read_table
from firmware_cfg.lines import line_of
from firmware_cfg.settings import Lights, Settings, SettingsError, read_settings

# Anywhere else is RAM on a card: visits would be lost with the power.
STORAGE = "/var/lib/gatepost"
SOCKETS = "/run/gatepost/"
# What the venue's own authority gave lies beside kiosk.toml; the proxy's unit hands it on.
CERTIFICATE, KEY = "/boot/gatepost/phone.crt", "/boot/gatepost/phone.key"
_SOCKET = re.compile(re.escape(SOCKETS) + r"[A-Za-z0-9_-]{1,40}(\.[A-Za-z0-9_-]{1,40})?")
ABSENT = Problem("kiosk.toml", "không có tệp này trên phân vùng GATEPOST", "is not on the partition GATEPOST")
NOT_UTF8 = Problem(
    "kiosk.toml", "không phải UTF-8: hãy lưu lại với mã hóa UTF-8", "is not UTF-8: save it again with encoding UTF-8"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A problem with the line of kiosk.toml that it lies on, None where it has none."""

    path: str
    vi: str
    en: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """`source` says where `settings` come from. `text` is the card's file when it may become the last good one."""

    settings: Settings | None
    source: Literal["card", "good", "none"]
    said: tuple[Said, ...]
    lights: Lights
    display: Display
    text: str | None = None


def judge(card: bytes | None, good: bytes | None) -> Judged:
    """`card` is the technician's kiosk.toml, `good` the last one that was taken; None where there is none."""
    text, problems = _text(card)
    settings = _settings(text, problems) if text is not None else None
    said = tuple(Said(p.path, p.vi, p.en, line_of(text or "", p.path, p.en)) for p in problems)
    if settings is not None and text is not None:
        return Judged(settings, "card", (), settings.devices.lights, settings.display, text)
    old, _ = _text(good)
    settings = _settings(old, []) if old is not None else None
    if settings is not None:
        return Judged(settings, "good", said, settings.devices.lights, settings.display)
    lights = _piece(Lights, text, ("devices", "lights")) or Lights(kind="gpiozero")
    return Judged(None, "none", said, lights, _piece(Display, text, ("display",)) or Display())


def as_json(said: tuple[Said, ...]) -> list[dict[str, object]]:
    """What settings-problems.json holds."""
    return [asdict(one) for one in said]


def _text(found: bytes | None) -> tuple[str | None, list[Problem]]:
    if found is None:
        return None, [ABSENT]
    try:
        # utf-8-sig: Windows' editor puts a byte order mark before the first key.
        return found.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return None, [NOT_UTF8]


def _settings(text: str, problems: list[Problem]) -> Settings | None:
    """The settings; None when something is wrong, then `problems` has grown."""
    try:
        settings = read_settings(text, bench=False)
    except SettingsError as error:
        problems += error.problems
        return None
    problems += _on_a_card(settings)
    return None if problems else settings


def _on_a_card(settings: Settings) -> Iterator[Problem]:
    """What is free on a desk and fixed on a card."""
    if settings.storage.folder.rstrip("/") != STORAGE:
        yield Problem("storage.folder", f"trên thẻ phải là {STORAGE}", f"must be {STORAGE} on a card")
    guard, phone = settings.guard, settings.phone
    for path, value in (("guard.socket", guard.socket), ("phone.socket", phone.socket)):
        if value and not _SOCKET.fullmatch(value):
            yield Problem(path, f"trên thẻ phải ở {SOCKETS}", f"must be in {SOCKETS} on a card")
    for path, value, fixed in (
        ("phone.certificate", phone.certificate, CERTIFICATE),
        ("phone.key", phone.key, KEY),
    ):
        if value and value != fixed:
            yield Problem(path, f"trên thẻ phải là {fixed}", f"must be {fixed} on a card")


S = TypeVar("S", bound=Section)


def _piece(cls: type[S], text: str | None, path: tuple[str, ...]) -> S | None:
    """One section of a file that is wrong elsewhere; None where it cannot be had."""
    try:
        found: object = tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return read_table(cls, found, ".".join(path), False, []) if found is not None else None
