"""Settings -> the text of a kiosk.toml that reads back as the same settings."""

import json
from collections.abc import Iterator
from dataclasses import fields

from firmware_cfg.keys import Section


def write_settings(settings: Section) -> str:
    """TOML 1.0 of every key that is not at its default; the technician's comments are not in it."""
    return "\n".join(_lines(settings, "")).lstrip("\n") + "\n"


def _lines(section: Section, path: str) -> Iterator[str]:
    found = [(f.name, getattr(section, f.name), f.default) for f in fields(section)]  # type: ignore[arg-type]
    values = {name: value for name, value, default in found if value != default}
    inner = {name: value for name, value in values.items() if isinstance(value, Section)}
    if path:
        yield f"\n[{path}]"
    for name, value in values.items():
        if name not in inner:
            yield f"{name} = {_literal(value)}"
    for name, value in inner.items():
        yield from _lines(value, f"{path}.{name}" if path else name)


def _literal(value: object) -> str:
    # JSON's strings, whole numbers, booleans and lists of strings are TOML's too; no value holds a control character.
    if isinstance(value, bytes):
        return f'"{value.hex()}"'
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
