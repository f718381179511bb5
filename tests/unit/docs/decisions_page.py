"""Fills the tables of docs/decisions.md from the rules themselves.

.venv/bin/python -m tests.unit.docs.decisions_page        writes the page anew; a test compares it
"""

import json
import re
from dataclasses import replace

from credentials.types import Credential, Unreadable
from rules.decide import Decision, decide
from rules.known import Ages, Clearance, Exposure, Known, LastDeclaration
from rules.ruleset import RuleSet
from tests.unit.docs.pages import ROOT
from tests.unit.rules.cases import CARD, DAY, DEFAULT, FORM, NOW, ORDER, PASS, STOPPING, VISITOR, rule, rule_set
from ui.place import Place
from ui.screen import View
from ui.words import LOCALES, Words, read_language
from wire.reasons import REASONS, audience_of, own, public
from wire.records import Signal

PAGE = ROOT / "docs" / "decisions.md"
LIBRARY = ROOT / "rules" / "library" / "default.json"
_PLACE = Place("Chợ Mẫu", "Cửa A", "in", "market", ("en",))
_WORDS = Words(("en",))
_TEXTS = read_language(LOCALES / "en")
_EVERYBODY = rule_set(rule(True, "STOP"), order=STOPPING.id)
_BROKEN = rule_set(rule({">": [{"var": "venue.kind"}, 1]}))
_OVER = rule_set(rule(True), validTo="2026-06-01T00:00:00+07:00").above(DEFAULT)
_ILL = LastDeclaration(FORM, 0, frozenset({"symptoms"}), Signal.ASK)
_MET = LastDeclaration(FORM, 0, frozenset({"exposure"}), Signal.ASK)
_WELL = LastDeclaration(FORM, 0)
_BY_FORM = replace(VISITOR, by="form", orders=(ORDER,))
_BY_LIGHT = replace(VISITOR, code=None, by="light", orders=(ORDER,))
_EXPOSED = replace(VISITOR, exposure=Exposure(NOW + DAY))
_UNDER = replace(VISITOR, orders=(STOPPING,), declaration=_WELL)

Situation = tuple[str, Known, RuleSet]


def _plain(text: str, known: Known) -> Situation:
    return text, known, DEFAULT


def _broken(reason: str) -> Credential:
    return replace(PASS, status="invalid", reason=reason)


SITUATIONS: tuple[Situation, ...] = (
    _plain("a good card", VISITOR),
    _plain("a good card, on the way out", replace(VISITOR, direction="out", orders=(ORDER,), capacity=0)),
    _plain("a text that is no code we know", replace(VISITOR, code=Unreadable("unknown_code"))),
    _plain("the code of a place", replace(VISITOR, code=Credential("venue-qr", "valid", "ok", (), "cho-thu-01"))),
    _plain("a card that contradicts itself", replace(VISITOR, code=replace(CARD, warnings=("sex_against_number",)))),
    _plain("a pass that has run out", replace(VISITOR, code=_broken("expired"))),
    _plain("a pass that was revoked", replace(VISITOR, code=_broken("revoked"))),
    _plain("a pass nobody known has signed", replace(VISITOR, code=_broken("unknown_issuer"))),
    _plain("a good card, clock unset", replace(VISITOR, clock="unset")),
    _plain("a pass, clock unset", replace(VISITOR, clock="unset", code=PASS)),
    _plain("no room inside", replace(VISITOR, capacity=5, occupancy=5)),
    _plain("a voluntary form runs", replace(VISITOR, orders=(replace(ORDER, mandatory=False),))),
    _plain("a mandatory order runs, nothing declared", replace(VISITOR, orders=(ORDER,))),
    _plain("the order has ended", replace(VISITOR, orders=(ORDER,), now_ms=ORDER.end_ms)),
    _plain("a fresh declaration under the order", replace(VISITOR, orders=(ORDER,), declaration=_WELL)),
    _plain("a form just finished, well", replace(_BY_FORM, declaration=_WELL)),
    _plain("a form just finished, with symptoms", replace(_BY_FORM, declaration=_ILL)),
    _plain("a form just finished, with an exposure", replace(_BY_FORM, declaration=_MET)),
    _plain("a form refused under the order", replace(_BY_FORM, refused=True)),
    _plain("by light, the centre says well", replace(_BY_LIGHT, declaration=_WELL)),
    _plain("by light, the centre says look", replace(_BY_LIGHT, declaration=replace(_WELL, outcome=Signal.ASK))),
    _plain("by light, nothing signed", replace(_BY_LIGHT, declaration=replace(_WELL, outcome=None))),
    _plain("on the exposure list", _EXPOSED),
    _plain("on the exposure list, which has ended", replace(_EXPOSED, now_ms=NOW + DAY)),
    _plain("on the list, but cleared by the centre", replace(_EXPOSED, clearance=Clearance(NOW + DAY))),
    _plain("on the list, with a clearance pass", replace(_EXPOSED, code=replace(PASS, fields={"outcome": 1}))),
    ("a rule says STOP, a running order allows it", _UNDER, _EVERYBODY),
    ("the same at a hospital", replace(_UNDER, venue="hospital"), _EVERYBODY),
    ("the same when the order has ended", replace(_UNDER, now_ms=ORDER.end_ms), _EVERYBODY),
    ("the same with the clock unset", replace(_UNDER, clock="unset"), _EVERYBODY),
    ("a rule that cannot be worked out", VISITOR, _BROKEN),
    ("the bulletin's rules have run out", VISITOR, _OVER),
    _plain("a guard lets in", replace(_EXPOSED, override="allow")),
    _plain("a guard keeps out", replace(VISITOR, override="refuse")),
)

AGES: tuple[tuple[str, Ages], ...] = (
    ("everything fresh", Ages(DAY, DAY, DAY, DAY)),
    ("nothing ever came", Ages()),
    ("issuers 31 days old", Ages(trust=31 * DAY)),
    ("issuers 181 days old", Ages(trust=181 * DAY)),
    ("exposure list 8 days old", Ages(exposures=8 * DAY)),
    ("exposure list a year old", Ages(exposures=365 * DAY)),
    ("orders 61 days old", Ages(orders=61 * DAY)),
    ("orders a year old", Ages(orders=365 * DAY)),
    ("rules a year old, not run out", Ages(rules=365 * DAY)),
)


def page(text: str) -> str:
    """The page with every table between `<!-- name -->` and `<!-- end -->` written anew."""
    tables = {"situations": _situations(), "ages": _ages(), "rules": _rules(), "reasons": _reasons()}
    for name, lines in tables.items():
        block = "\n".join([f"<!-- {name} -->", *lines, "<!-- end -->"])
        text, found = re.subn(rf"<!-- {name} -->\n.*?<!-- end -->", lambda _, b=block: b, text, flags=re.DOTALL)
        if found != 1:
            raise ValueError(f"no place for the table of {name}")
    return text


def _situations() -> list[str]:
    head = "| Situation | Signal | Reasons on record | Everybody reads | The guard reads | The visitor alone reads |"
    rows = [_row(text, decide(known, rules)) for text, known, rules in SITUATIONS]
    return [head, "|---|---|---|---|---|---|", *rows]


def _row(text: str, answer: Decision) -> str:
    shown = public(answer.reasons)
    direction = "out" if "checked_out" in shown else "in"
    view = View("result", answer.signal.name, direction, shown, "06:42")  # type: ignore[arg-type]
    said = _WORDS.say(view, _PLACE, "en")
    everybody = ". ".join(words for words in (said.word, said.reason, said.next) if words)
    guard = _WORDS.why(shown[0], "en") if shown else ""
    alone = _TEXTS.get(f"mine.{own(answer.reasons)[0]}", "").replace("{help}", _TEXTS["mine.help"])
    return f"| {text} | {answer.signal.name} | {_codes(answer.reasons)} | {everybody} | {guard} | {alone} |"


def _ages() -> list[str]:
    rows = []
    for text, ages in AGES:
        card, signed = (decide(replace(VISITOR, code=code, ages=ages), DEFAULT) for code in (CARD, PASS))
        rows.append(f"| {text} | {_short(card)} | {_short(signed)} |")
    return ["| Age | A card | A pass |", "|---|---|---|", *rows]


def _rules() -> list[str]:
    rows = [
        f"| `{one['id']}` | `{json.dumps(one['when'])}` | {one['signal']} | {_codes(one['reasons'])} |"
        for one in json.loads(LIBRARY.read_text("utf-8"))["rules"]
    ]
    return ["| Rule | Holds when | Signal | Reasons |", "|---|---|---|---|", *rows]


def _reasons() -> list[str]:
    rows = [f"| {number} | `{code}` | {audience_of(code)} |" for code, number in REASONS.items()]
    return ["| Number | Reason | May be read by |", "|---|---|---|", *rows]


def _short(answer: Decision) -> str:
    return f"{answer.signal.name}: {_codes(answer.reasons)}"


def _codes(codes: tuple[str, ...] | list[str]) -> str:
    return " ".join(f"`{code}`" for code in codes)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), encoding="utf-8")
