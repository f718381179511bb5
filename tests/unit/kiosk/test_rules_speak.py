"""A country's own rule in its own words: on the visitor's screen, the guard's page and the form's own page."""

from dataclasses import replace

from kiosk.duties import Duties
from kiosk.effects import Answered, Effect, ShowScreen
from kiosk.events import CodeSeen, Declared, FaultChanged, Filing
from kiosk.gate import Now, Rules, begin, step
from rules.ruleset import RuleSet
from tests.unit.rules.cases import CARD, rule, rule_set
from ui.guard.stream import view_for_guards
from ui.place import Place
from ui.screen import Feed, View
from ui.words import Words

PLACE = Place("Cửa khẩu Mẫu", "Cửa A", "in", "border", ("vi", "en"))
WORDS = Words(("vi", "en"))
PASSPORT = {"vi": "Mời đưa hộ chiếu", "en": "Please show your passport"}
SEEN = CodeSeen(bytes(16), CARD, visitor=bytes(16))


def gate(event: object, rules: RuleSet) -> list[Effect]:
    given = replace(Rules("in"), duties=Duties(rules=rules))
    state, _ = step(begin(0), FaultChanged("starting", False), Now(1_000_000, "06:42"), given)
    return step(state, event, Now(1_000_000, "06:42"), given)[1]


def view_of(effects: list[Effect]) -> View:
    return next(effect.view for effect in effects if isinstance(effect, ShowScreen))


def guards(view: View) -> list[str]:
    heard = view_for_guards(Feed(view, now=lambda: 0.0), WORDS, PLACE, "en", 1, view)
    return [str(heard["reason"]), *heard["why"]]


def test_a_public_message_is_on_the_screen_and_on_the_guards_page_in_each_language() -> None:
    view = view_of(gate(SEEN, rule_set(rule(True, "ASK", "no_papers", audience="public", messages=PASSPORT))))
    said = WORDS.say_all(view, PLACE)
    assert [said[tag]["reason"].endswith(PASSPORT[tag]) for tag in ("vi", "en")] == [True, True]
    assert [PASSPORT["en"] in text for text in guards(view)].count(True) == 1


def test_a_message_for_the_guard_is_on_the_guards_page_alone() -> None:
    view = view_of(gate(SEEN, rule_set(rule(True, "ASK", "no_papers", audience="guard", messages=PASSPORT))))
    assert PASSPORT["en"] not in WORDS.say(view, PLACE, "en").reason
    assert PASSPORT["en"] in guards(view)


def test_what_a_rule_says_of_health_goes_to_whoever_filled_the_form_and_to_no_screen() -> None:
    rules = rule_set(rule({"var": "facts.symptoms"}, "ASK", audience="public", messages=PASSPORT))
    filing = Filing("f|1", "", "vi", "", b"", b"", frozenset({"symptoms"}))
    effects = gate(Declared(filing, SEEN, asked=7), rules)
    view = view_of(effects)
    assert (dict(view.said), view.to_guard) == ({}, ())
    assert [effect.messages for effect in effects if isinstance(effect, Answered)] == [(PASSPORT,)]
