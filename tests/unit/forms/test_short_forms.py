"""The domestic, the family's and the daily form: few taps, and nobody is asked what does not concern them."""

from forms.check import check
from forms.model import CHOICES, Answers, Coding, Form, Key, Value
from forms.pages import Page, pages
from forms.prefill import prefill
from tests.parts.people import CARD, FORMS, SYMPTOM, say


def asked(form: Form, answers: Answers, known: Answers) -> list[Page]:
    """The pages that a visitor sees when `known` came from a card."""
    return [page for page in pages(form, answers) if (page.item.link_id, page.at) not in known]


def taps(page: Page) -> int:
    """Fingers on glass for a page without typing: an only choice goes on by itself; several need "Next"; one skips."""
    if page.kind == "more" or page.item.type in ("boolean", "display"):
        return 1
    if page.item.type in CHOICES and page.item.options and page.item.required:
        return 2 if page.item.repeats else 1
    assert not page.item.required, f"{page.item.link_id} has to be typed"
    return 1


def test_a_citizen_with_a_card_who_is_well_answers_four_questions() -> None:
    form = FORMS["domestic"]
    known = prefill(form, CARD)
    well = {**known, **say(form, travel=False, symptoms="none", contact="none")}
    shown = asked(form, well, known)
    assert [page.item.link_id for page in shown] == ["travel", "symptoms", "contact", "phone"]
    around = 4  # to the form, agreeing, sending, done; the card itself is no tap
    assert sum(map(taps, shown)) + around <= 12
    assert check(form, well) == ()


def test_a_citizen_without_a_card_can_finish_too() -> None:
    form = FORMS["domestic"]
    shown = [page.item.link_id for page in pages(form, {})]
    assert len(shown) == 9
    typed = say(form, full_name="NGUYỄN VĂN THỬ", birth_year=1950, sex="male", address="Số 1, đường Thử")
    assert check(form, {**typed, **say(form, travel=False, symptoms="none", contact="none")}) == ()


def test_places_are_asked_only_of_who_travelled() -> None:
    form = FORMS["domestic"]
    for travelled in (True, False):
        links = {page.item.link_id for page in pages(form, say(form, travel=travelled))}
        assert ({"travel_provinces", "travel_countries"} <= links) is travelled


def family() -> tuple[dict[Key, tuple[Value, ...]], Answers]:
    """Two parents, of whom one showed a card, and two children: all well. (answers, known from the card)"""
    form = FORMS["voluntary"]
    known = prefill(form, CARD, (0,))
    answers = {**known, ("person", ()): (4,), **say(form, home_contact="none")}
    for number, relation in enumerate(("self", "spouse", "child", "child")):
        answers |= say(form, (number,), relation=relation, symptoms="none")
        if relation == "child":
            answers |= say(form, (number,), guardian=True)
    return answers, known


def test_a_family_of_four_who_are_well_is_done_in_thirty_taps() -> None:
    answers, known = family()
    assert check(FORMS["voluntary"], answers) == ()
    shown = asked(FORMS["voluntary"], answers, known)
    more = 3  # "yes, another person" is answered after each of the first three; the page stands once in the list
    cards = 3  # each of the other three is asked for a card, and has none
    around = 4  # to the form, agreeing, sending, done
    assert sum(map(taps, shown)) + more + cards + around <= 30


def test_a_child_is_declared_by_a_guardian_or_not_at_all() -> None:
    form = FORMS["voluntary"]
    child = {**say(form, home_contact="none"), **say(form, (0,), relation="child")}
    for guardian in (None, False, True):
        answers = child if guardian is None else {**child, **say(form, (0,), guardian=guardian)}
        links = {page.item.link_id for page in pages(form, answers)}
        assert ("symptoms" in links) is (guardian is True)
        assert ("guardian_note" in links) is (guardian is False)
    alone = {**child, **say(form, (0,), guardian=False)}
    assert check(form, alone) == (), "who is not the guardian still finishes the form"


def test_a_family_in_which_nobody_is_ill_is_asked_no_more_than_needed() -> None:
    answers, _known = family()
    links = [page.item.link_id for page in pages(FORMS["voluntary"], answers)]
    assert not {"chronic", "met", "phone"} & set(links)


def test_an_ill_person_is_asked_about_other_illness_and_a_number_to_call() -> None:
    form = FORMS["voluntary"]
    answers = {**say(form, home_contact="case"), **say(form, (0,), relation="self", symptoms=("fever", "dyspnoea"))}
    links = [page.item.link_id for page in pages(form, answers)]
    assert links == [
        *("home_contact", "relation", "name", "symptoms", "chronic", "met", "person", "phone"),
    ]


def test_a_healthy_day_is_one_tap() -> None:
    form = FORMS["daily"]
    healthy = say(form, today="healthy")
    shown = list(pages(form, healthy))
    assert [page.item.link_id for page in shown] == ["today"]
    assert sum(map(taps, shown)) == 1
    assert check(form, healthy) == ()


def test_silence_is_not_health() -> None:
    form = FORMS["daily"]
    assert {issue.problem for issue in check(form, {})} == {"required"}
    assert {issue.problem for issue in check(form, say(form, today="unwell"))} == {"required"}
    assert {issue.problem for issue in check(form, say(form, today=("healthy", "unwell")))} >= {"too_many"}


def test_the_five_states_of_the_daily_form_are_there() -> None:
    form = FORMS["daily"]
    states = {option.value for link in ("today", "symptoms") for option in form.by_id[link].options}
    named = {Coding(SYMPTOM, code) for code in ("fever", "cough", "dyspnoea", "body_pain")}
    assert named | {Coding("urn:gatepost:daily", "healthy")} <= states
