"""What is asked of visitors now, as the bulletins of this centre say it: orders, forms, rules and levels of areas.

Read from what was published, as a kiosk reads it, and kept in memory for a few seconds: a thousand phones before one
market ask the same.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

import rules
from central.keys import Keyring
from central.library import Library, read_library, shipped_forms
from central.statements import run
from rules.orders import Order, in_force, read_order
from rules.ruleset import RuleSet, load_rules, newest_first, read_rules
from wire.bulletin import Bulletin, Rejected, accept, scopes_of
from wire.refusal import Refused
from wire.root import Root
from wire.zones import KIND as ZONES_KIND
from wire.zones import Zone, read_zones

DAILY = "https://gatepost.example/form/daily"
KEEP_MS = 5_000
_MOST_PLACES = 512
_RULES = Path(rules.__file__).parent / "library" / "default.json"


class Standing(NamedTuple):
    """What stands for those scopes. `orders` may run or not."""

    orders: tuple[Order, ...]
    rules: RuleSet
    zones: tuple[Zone, ...]

    def running(self, now_ms: int) -> tuple[Order, ...]:
        """The orders in force, mandatory ones first."""
        return tuple(sorted(in_force(self.orders, now_ms), key=lambda order: (not order.mandatory, order.id)))


class Board:
    """One for each process. Thread-safe."""

    def __init__(self, ring: Keyring, now_ms: Callable[[], int]) -> None:
        self._ring, self._now_ms = ring, now_ms
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Any, int]] = {}

    @property
    def root(self) -> Root:
        """The newest root: whose passes and posters count."""
        root: Root = self._fresh("root", self._ring.root)
        return root

    def standing(self, connection: Connection, venue: str = "", ward: str = "", province: str = "") -> Standing:
        """What stands at a place; without one, what stands everywhere."""
        scopes = scopes_of("", venue, ward, province)
        found: Standing = self._fresh(" ".join(sorted(scopes)), lambda: self._read(connection, scopes))
        return found

    def library(self, connection: Connection) -> Library:
        """Every form."""
        found: Library = self._fresh("library", lambda: read_library(connection, self.root))
        return found

    def _fresh(self, name: str, read: Callable[[], Any]) -> Any:
        now_ms = self._now_ms()
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None and 0 <= now_ms - kept[1] < KEEP_MS:
            return kept[0]
        found = read()
        with self._lock:
            if len(self._kept) >= _MOST_PLACES:
                self._kept.clear()
            self._kept[name] = found, now_ms
        return found

    def _read(self, connection: Connection, scopes: frozenset[str]) -> Standing:
        held = _published(connection, self.root, scopes)
        orders, sets, zones = list[Order](), list[RuleSet](), list[Zone]()
        for one in held:
            with suppress(Refused):  # what no kiosk could read counts here neither
                if one.kind == "order":
                    orders.append(read_order(one))
                elif one.kind == "rules":
                    sets.append(read_rules(one.body, one.expires_ms))
                else:
                    zones += read_zones(one.body, one.expires_ms)
        return Standing(tuple(orders), newest_first(sets, shipped_rules()), tuple(zones))


@cache
def shipped_rules() -> RuleSet:
    """The rule set that decides while no other one runs."""
    return load_rules(_RULES.read_text("utf-8"))


@cache
def daily_form() -> str:
    """`url|version` of the daily report."""
    return max(name for name in shipped_forms() if name.partition("|")[0] == DAILY)


def key_of(order: Order) -> str:
    """What a form is filed under: another version is another text that was agreed to."""
    return f"{order.id}|{order.version}"


def _published(connection: Connection, root: Root, scopes: Iterable[str]) -> Sequence[Bulletin]:
    named = sorted(scopes)
    sql = (
        f"SELECT scope, message FROM bulletin WHERE kind IN ('order', 'rules', '{ZONES_KIND}')"
        f" AND scope IN ({', '.join('?' * len(named))}) ORDER BY scope, kind, name"
    )
    found = [
        accept(None, bytes(message), root, None, frozenset({scope}))
        for scope, message in run(connection, sql, named).all()
    ]
    return [one for one in found if not isinstance(one, Rejected)]
