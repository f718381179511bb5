"""Publishing what concerns declaring: forms, orders and rule sets, each first read as a kiosk will read it.

- A form is linted in all eight languages. A `url|version` that is published or shipped never gets another text.
- An order names a form that every kiosk it concerns will have while it runs, and runs within the form's own period.
- A rule set has a version of its own: with each visit only that number is stored.
- What a kiosk would pass over or read otherwise than it was written is refused, or told as a warning.
- A later word lives at least as long as the one it replaces: a kiosk that was away for weeks must still hear that an
  order was cut short, and it takes nothing that is over.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.bulletins import publish_bulletin
from central.keys import Keyring
from central.library import Library, read_library, sent_forms, shipped_forms
from central.published import published
from forms.dates import compare
from forms.lint import lint
from forms.model import LANGUAGES, Form, Issue
from forms.value_sets import value_sets
from rules.orders import TEXTS, Order, read_order
from rules.ruleset import RuleSet, body_of, load_rules, read_rules
from rules.travel import pack_logic
from wire.bulletin import Bulletin, Rejected, accept, encode_bulletin
from wire.reasons import REASONS
from wire.records import Signal
from wire.refusal import Refused
from wire.times import unix_ms

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
FORM_DAYS = 800  # the longest order (400 days), and one more in which it is renewed
_KNOWN_OF_WHOM = frozenset(  # what rules.sight gives to an order
    {"", "venue", "venue.kind", "direction", "person"}
    | {f"person.{name}" for name in ("birth_date", "nationality", "province", "ward")}
)
_PAPER = frozenset(
    {"id", "mandatory", "form", "start", "end", "valid_hours", "who", "disease", "names_fields", "stops"}
)


class Notice(NamedTuple):
    """What was published, and what its author should know: (code, detail) of each warning."""

    bulletin: Bulletin
    warnings: tuple[tuple[str, str], ...] = ()


class FormFaults(Refused):
    """A form that fails the lint, with every finding."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__("form_refused", f"{len(issues)} findings")
        self.issues = issues


def publish_form(connection: Connection, ring: Keyring, resource: Any, now_ms: int) -> Notice:
    """Publish a Questionnaire to everybody. Raises FormFaults; Refused: form_changed, too_large."""
    issues = lint(resource, value_sets(), LANGUAGES)
    if any(issue.severity == "error" for issue in issues):
        raise FormFaults(issues)
    url, version = resource["url"], resource["version"]
    canonical = f"{url}|{version}"
    for known in _texts_of(connection, ring, canonical):
        if known != resource:
            raise Refused("form_changed", canonical)
    text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
    body = {"url": url, "version": version, "questionnaire": text}
    until = now_ms + FORM_DAYS * _DAY_MS
    made = _publish(connection, ring, Bulletin("form", "all", name_of_form(url, version), 1, now_ms, until, body))
    return Notice(made, tuple(("form_note", f"{issue.expression}: {issue.text}") for issue in issues))


def publish_order(connection: Connection, ring: Keyring, paper: Any, scope: str, days: int, now_ms: int) -> Notice:
    """Publish an order written for people (see `order_of_paper`); `days` is its length where it names no end.

    Raises Refused: bad_order, form_unknown, form_refused, form_period, form_ends, order_elsewhere, order_over.
    """
    name, body = order_of_paper(paper, days, now_ms)
    order = read_order(Bulletin("order", scope, name, 1, now_ms, body["end"], body))
    if order.end_ms <= now_ms:
        raise Refused("order_over", _day(order.end_ms))
    elsewhere = [b.scope for b in published(connection, ring.root(), "order") if b.name == name and b.scope != scope]
    if elsewhere:
        raise Refused("order_elsewhere", ", ".join(elsewhere))
    _check_whom(order)
    _check_form(read_library(connection, ring.root()), order)
    made = _publish(connection, ring, Bulletin("order", scope, name, 1, now_ms, order.end_ms, body))
    missing = [(part, tag) for part in TEXTS for tag in LANGUAGES if getattr(order, part) and tag not in body[part]]
    return Notice(made, tuple(("text_missing", f"{part}: {tag}") for part, tag in missing))


def end_order(connection: Connection, ring: Keyring, name: str, now_ms: int) -> Bulletin:
    """End an order now: it is no duty any more either, since a gate without a clock knows no end.

    Raises Refused: order_unknown, order_over.
    """
    held = next((b for b in published(connection, ring.root(), "order") if b.name == name), None)
    if held is None:
        raise Refused("order_unknown", name[:64])
    order = read_order(held)
    if order.end_ms <= now_ms:
        raise Refused("order_over", _day(order.end_ms))
    over = {"start": min(order.start_ms, now_ms - 1), "end": now_ms, "mandatory": False, "stops": False}
    body = {**held.body, **over}
    return _publish(connection, ring, replace(held, issued_ms=now_ms, body=body))


def publish_rules(connection: Connection, ring: Keyring, text: str, scope: str, now_ms: int) -> Notice:
    """Publish a rule set from its JSON text. Raises Refused: bad_rules, rules_old, unreadable, expired."""
    rules = load_rules(text)
    body = body_of(json.loads(text))
    root = ring.root()
    for held in published(connection, root, "rules"):
        version = _version_of(held)
        again = (held.name, held.scope, held.body) == (rules.id, scope, body)
        if version >= rules.version and not again:
            raise Refused("rules_old", f"{version} ({held.name})")
    if rules.version == 0:
        raise Refused("rules_old", "0")
    orders = {b.name for b in published(connection, root, "order")}
    made = _publish(connection, ring, Bulletin("rules", scope, rules.id, 1, now_ms, rules.valid_to_ms, body))
    return Notice(made, (*_warnings(rules, body), *_order_warning(rules, orders)))


def orders(connection: Connection, ring: Keyring) -> list[Order]:
    """Every order that was published, over or not, by id; what no kiosk could read is left out."""
    found = []
    for held in published(connection, ring.root(), "order"):
        with suppress(Refused):
            found.append(read_order(held))
    return sorted(found, key=lambda order: order.id)


def order_of_paper(paper: Any, days: int, now_ms: int) -> tuple[str, dict[str, Any]]:
    """(id, body of the bulletin) of an order as people write it: a body of rules.orders, with

        "id"                 text    of its own
        "start", "end"       ISO 8601 with offset; left out: now, and `days` later
        "valid_hours"        number  in place of "valid"

    Raises Refused("bad_order").
    """
    if type(paper) is not dict:
        raise Refused("bad_order", "a map expected")
    for field in paper:
        if field not in _PAPER and field not in TEXTS:
            raise Refused("bad_order", f"{str(field)[:24]}: unknown field")
    name, hours = paper.get("id"), paper.get("valid_hours")
    if type(name) is not str:
        raise Refused("bad_order", "id: a text expected")
    if type(hours) is not int:
        raise Refused("bad_order", "valid_hours: a whole number expected")
    start = _instant(paper["start"], "start") if "start" in paper else now_ms
    end = _instant(paper["end"], "end") if "end" in paper else start + days * _DAY_MS
    body = {field: value for field, value in paper.items() if field not in ("id", "valid_hours")}
    if "who" in body:
        body["who"] = pack_logic(body["who"])
    return name, {**body, "start": start, "end": end, "valid": hours * _HOUR_MS}


def name_of_form(url: str, version: str) -> str:
    """The bulletin's name of a form: each version is a bulletin of its own, since old answers need old forms."""
    said = re.sub(r"[^a-z0-9]+", "-", f"{url.rpartition('/')[2]}-{version}".lower()).strip("-")
    return f"{said[:40] or 'form'}-{hashlib.sha256(f'{url}|{version}'.encode()).hexdigest()[:12]}"


def _texts_of(connection: Connection, ring: Keyring, canonical: str) -> list[Any]:
    """The Questionnaires that go by the name of `url|version` already."""
    sent = sent_forms(connection, ring.root())
    shipped = [shipped_forms()[canonical]] if canonical in shipped_forms() else []
    return [*shipped, json.loads(sent[canonical][0])] if canonical in sent else shipped


def _check_whom(order: Order) -> None:
    for path in sorted(order.whom.fields) if order.who is not None else ():
        if path not in _KNOWN_OF_WHOM:
            raise Refused("bad_order", f"who: {path[:64]} is nothing that an order may look at")


def _check_form(library: Library, order: Order) -> None:
    """A kiosk must have the form while the order runs, and the form must be meant for that time."""
    form = library.form(order.form)
    if _outside(form, order):
        raise Refused("form_period", f"{form.start or '...'} - {form.end or '...'}")
    until = library.until_ms(order.form)
    if until is not None and until < order.end_ms:
        raise Refused("form_ends", _day(until))


def _outside(form: Form, order: Order) -> bool:
    """Whether the order runs at a time for which the form is not meant (Questionnaire.effectivePeriod)."""
    starts_late = form.start and compare(form.start, _day(order.start_ms)) == 1
    ends_early = form.end and compare(form.end, _day(order.end_ms - 1)) == -1
    return bool(starts_late or ends_early)


def _publish(connection: Connection, ring: Keyring, wanted: Bulletin) -> Bulletin:
    """Sign and store; then read it as a kiosk will."""
    b = wanted
    replaced = [h for h in published(connection, ring.root(), b.kind) if (h.scope, h.name) == (b.scope, b.name)]
    expires = max(b.expires_ms, *(h.expires_ms for h in replaced), b.expires_ms)
    made = publish_bulletin(connection, ring, b.kind, b.name, b.scope, b.body, expires, b.issued_ms)
    message = encode_bulletin(made, ring.signing(f"bulletin-{b.kind}"))
    heard = accept(None, message, ring.root(), b.issued_ms, frozenset({b.scope}))
    if isinstance(heard, Rejected):
        raise Refused("unreadable", f"{heard.reason}: {heard.detail}")
    return heard


def _version_of(held: Bulletin) -> int:
    """The version of a published rule set; 0 for one that no kiosk could read."""
    try:
        return read_rules(held.body).version
    except Refused:
        return 0


def _warnings(rules: RuleSet, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a kiosk reads otherwise than it was written."""
    found = []
    for rule, entry in zip(rules.rules, body["rules"], strict=True):
        if entry["signal"] == "STOP" and rule.signal is not Signal.STOP:
            found.append(("stop_is_ask", rule.id))
        for code in entry["reasons"]:
            if code not in REASONS:
                found.append(("reason_unknown", f"{rule.id}: {code[:64]}"))
        if rule.private and rule.audience != entry.get("audience", "private"):
            found.append(("rule_is_private", rule.id))
        written = entry.get("messages", {})
        found.extend(("text_missing", f"{rule.id}: {tag}") for tag in LANGUAGES if written and tag not in written)
    return found


def _order_warning(rules: RuleSet, known: set[str]) -> list[tuple[str, str]]:
    stops = [rule.id for rule in rules.rules if rule.signal is Signal.STOP]
    return [("stop_without_order", rules.order or "-")] if stops and rules.order not in known else []


def _instant(value: Any, field: str) -> int:
    try:
        return unix_ms(value)
    except ValueError as error:
        raise Refused("bad_order", f"{field}: a time with its offset, such as 2026-09-01T00:00:00+07:00") from error


def _day(unix_ms: int) -> str:
    """The UTC instant as FHIR writes it."""
    return datetime.fromtimestamp(unix_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
