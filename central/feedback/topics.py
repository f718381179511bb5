"""What somebody may say of a place: topics.toml, read once a process."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("topics.toml")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Topic:
    """`rank` 1 is looked at first; `counts` in the rule of central.safety; `kinds` of places, empty: everywhere."""

    id: str
    vi: str
    en: str
    rank: int
    counts: bool
    kinds: tuple[str, ...] = ()
    at_kiosks: tuple[str, ...] = ()


@cache
def topics() -> dict[str, Topic]:
    """Every topic by its id, in the order of the file."""
    document = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: _topic(name, row) for name, row in document.items()}


def topics_for(kind: str) -> list[Topic]:
    """What can be said of a place of this kind."""
    return [topic for topic in topics().values() if not topic.kinds or kind in topic.kinds]


def known_topic(name: str) -> Topic:
    """The topic of an id; "other" for one that is not in the list: a kiosk may be newer than this centre."""
    named = (topic for topic in topics().values() if name in (topic.id, *topic.at_kiosks))
    return next(named, topics()[OTHER])


def _topic(name: str, row: dict[str, Any]) -> Topic:
    lists = {key: tuple(row.get(key, ())) for key in ("kinds", "at_kiosks")}
    return Topic(name, **{**row, **lists})
