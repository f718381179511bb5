"""How long what may stay: limits.toml, the one table, as frozen values."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wire.refusal import Refused

FILE = Path(__file__).with_name("limits.toml")
DAY_MS = 86_400_000
WAYS = ("rows", "visits", "radio", "sealed", "persons", "requests", "cases")


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: rows of `tables` go `days` after the time in column `since`."""

    kind: str
    tables: tuple[str, ...]
    days: int
    since: str
    how: str
    why: str
    law: str
    name_vi: str
    why_vi: str
    only: str = ""
    person: str = ""

    def before(self, now_ms: int) -> int:
        """What happened before this moment has to go."""
        return now_ms - self.days * DAY_MS


@dataclass(frozen=True, slots=True)
class Kept:
    """Tables that no limit touches."""

    tables: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The whole file; `version` stands in every certificate."""

    version: str
    limits: tuple[Limit, ...]
    kept: tuple[Kept, ...]

    def of(self, kind: str) -> Limit:
        """The limit of a kind. Raises KeyError."""
        return next((limit for limit in self.limits if limit.kind == kind), None) or _missing(kind)


def _missing(kind: str) -> Limit:
    raise KeyError(kind)


def load_limits(path: Path = FILE) -> Limits:
    """The limits of a file. Raises Refused("bad_limits") with what is wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        limits = tuple(Limit(**{**row, "tables": tuple(row["tables"])}) for row in document["limit"])
        kept = tuple(Kept(tuple(row["tables"]), row["why"]) for row in document["kept"])
        version = str(document["version"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("bad_limits", str(error)) from error
    for limit in limits:
        if limit.how not in WAYS or limit.days < 1 or not limit.why or not limit.why_vi or not limit.law:
            raise Refused("bad_limits", limit.kind)
    return Limits(version, limits, kept)


@cache
def limits() -> Limits:
    """limits.toml, read once a process."""
    return load_limits()
