"""The bulletins that concern declaring and deciding, read into plain values: orders, forms, rules, exposures, zones.

- A bulletin that cannot be read is logged once by its name and reason, and passed over: the others still count.
- A form is one that came as a bulletin of kind "form" ({"url", "version", "questionnaire": JSON text}), else one that
  ships with the kiosk.
- Forms are read when they are first wanted and kept: a form takes milliseconds, a gate has none to spare. That of a
  mandatory order is wanted at once: whether it is here decides what visitors are told.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import forms
import rules
from forms.load import load
from forms.model import Form, FormRefused
from forms.value_sets import value_sets
from kiosk.duties import Duties
from machine.log import say
from rules.known import Ages
from rules.orders import Order, in_force, read_order
from rules.ruleset import RuleSet, load_rules, newest_first, read_rules
from store import bulletins
from store.db import Store
from store.receipts import last_heard_ms
from wire.bulletin import Bulletin
from wire.exposures import ExposureList, read_exposures
from wire.refusal import Refused
from wire.zones import KIND as ZONES_KIND
from wire.zones import NAME as ZONES
from wire.zones import Zone, read_zones

_FORMS = Path(forms.__file__).parent / "library"
_RULES = Path(rules.__file__).parent / "library" / "default.json"


@cache
def shipped_rules() -> RuleSet:
    """The rule set that the kiosk ships with."""
    return load_rules(_RULES.read_text("utf-8"))


def shipped_form(name: str) -> dict[str, Any]:
    """The questionnaire forms/library/<name>.json. Raises FileNotFoundError."""
    found: dict[str, Any] = json.loads((_FORMS / f"{name}.json").read_text("utf-8"))
    return found


class Board:
    """`refresh` belongs to the gate's thread; the rest may be asked from any."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store, self._now_ms = store, now_ms
        self._reading = Lock()
        self._sent: dict[str, str] = {}  # url|version -> JSON text of a form that came as a bulletin
        self._read: dict[str, Form | None] = {}
        self._told: set[tuple[str, str, int]] = set()
        self._heads: list[bulletins.Head] = []
        self._lists: tuple[ExposureList, ...] = ()
        self.duties = Duties(rules=shipped_rules())
        self.exposures: tuple[ExposureList, ...] = ()

    def refresh(self) -> None:
        """Take over what the agent has committed."""
        held = {kind: bulletins.all_of(self._store, kind) for kind in ("order", "rules", "form", "passes")}
        self.exposures = self._exposures()
        orders = tuple(order for b in held["order"] if (order := self._one(b, read_order)) is not None)
        sent = {canonical: text for b in held["form"] for canonical, text in self._form_of(b)}
        with self._reading:
            if sent != self._sent:
                self._sent, self._read = sent, {}
        heard = last_heard_ms(self._store)
        ages = Ages(
            trust=self._age(held["passes"], heard),
            exposures=self._age_of(bulletins.newest_issued_ms(self._store, "exposures"), heard),
            orders=self._age(held["order"], heard),
            rules=self._age(held["rules"], heard),
        )
        formless = frozenset((o.id, o.version) for o in orders if o.mandatory and self.form(o.form) is None)
        self.duties = Duties(orders, ages, self._rules(held["rules"]), formless, self._zones())

    def missing(self, now_ms: int | None) -> list[Order]:
        """The orders that run now and whose form is not here."""
        named = self.duties.formless
        return [order for order in in_force(self.duties.orders, now_ms) if (order.id, order.version) in named]

    def form(self, canonical: str) -> Form | None:
        """The form `url|version`; None when it is not here, or not one that this version can ask."""
        with self._reading:
            if canonical not in self._read:
                self._read[canonical] = self._load(canonical)
            return self._read[canonical]

    def cross_rules(self, canonical: str) -> Sequence[Mapping[str, Any]]:
        """What must hold between the answers of a form that ships; a form that was sent brings none."""
        return () if canonical in self._sent else _shipped_cross_rules().get(canonical, ())

    def _rules(self, held: Iterable[Bulletin]) -> RuleSet:
        sets = [found for b in held if (found := self._one(b, _rules_of)) is not None]
        return newest_first(sets, shipped_rules())

    def _zones(self) -> tuple[Zone, ...]:
        """What the centre says of areas; a zone or a bulletin that is over is judged when somebody asks."""
        told = [b for b in bulletins.all_of(self._store, ZONES_KIND) if b.name == ZONES]
        read = [self._one(b, lambda held: read_zones(held.body, held.expires_ms)) for b in told]
        return tuple(zone for zones in read if zones is not None for zone in zones)

    def _one(self, bulletin: Bulletin, read: Callable[[Bulletin], Any]) -> Any:
        try:
            return read(bulletin)
        except Refused as refusal:
            name = (bulletin.kind, bulletin.name, bulletin.version)
            if name not in self._told:
                self._told.add(name)
                say("bulletin_passed_over", kind=bulletin.kind, name=bulletin.name, reason=str(refusal))
            return None

    def _form_of(self, bulletin: Bulletin) -> list[tuple[str, str]]:
        return self._one(bulletin, _sent_form) or []

    def _age(self, held: Sequence[Bulletin], heard_ms: int) -> int | None:
        """Since when nothing newer could have been heard: a centre that has nothing new to say does not grow old."""
        return self._age_of(max((b.issued_ms for b in held), default=None), heard_ms)

    def _age_of(self, newest_ms: int | None, heard_ms: int) -> int | None:
        return None if newest_ms is None else max(0, self._now_ms() - max(newest_ms, heard_ms))

    def _exposures(self) -> tuple[ExposureList, ...]:
        """The lists that are held; read anew when one has changed, since each may be a megabyte."""
        heads = bulletins.heads(self._store, "exposures")
        if heads != self._heads:
            found = [
                self._one(b, lambda held: read_exposures(held.body)) for b in bulletins.all_of(self._store, "exposures")
            ]
            self._heads, self._lists = heads, tuple(one for one in found if one is not None)
        return self._lists

    def _load(self, canonical: str) -> Form | None:
        text = self._sent.get(canonical)
        try:
            resource = json.loads(text) if text is not None else _shipped().get(canonical)
            return None if resource is None else load(resource, value_sets())
        except (FormRefused, ValueError, RecursionError) as error:
            say("form_refused", form=canonical, reason=type(error).__name__)
            return None


def _rules_of(bulletin: Bulletin) -> RuleSet:
    return read_rules(bulletin.body, bulletin.expires_ms)


def _sent_form(bulletin: Bulletin) -> list[tuple[str, str]]:
    match bulletin.body:
        case {"url": str(url), "version": str(version), "questionnaire": str(text)}:
            return [(f"{url}|{version}", text)]
    raise Refused("bad_form", "url, version and questionnaire expected")


@cache
def _shipped() -> Mapping[str, dict[str, Any]]:
    found = [shipped_form(path.stem) for path in sorted(_FORMS.glob("*.json")) if not path.stem.endswith(".rules")]
    return {f"{form['url']}|{form['version']}": form for form in found}


@cache
def _shipped_cross_rules() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """By `url|version`: <name>.rules.json beside <name>.json."""
    found = {}
    for path in sorted(_FORMS.glob("*.rules.json")):
        form = shipped_form(path.name.removesuffix(".rules.json"))
        found[f"{form['url']}|{form['version']}"] = tuple(json.loads(path.read_text("utf-8")))
    return found
