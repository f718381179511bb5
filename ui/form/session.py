"""One visitor's way through a form: step(state, event, now_ms) -> (state, effects). Pure.

    notice -> (refusing) -> card -> question ... -> review -> sending -> receipt | failed
    papers -> sending -> pass

- Every question is a page of its own; which ones there are follows from the answers so far (forms.pages).
- What a card filled in is not asked again; the review shows it.
- A form without questions goes from the notice to the review.
- Back leads one page back everywhere, a change from the review leads straight back to the review.
- A language is changed at any time: answers, and what stands half typed, stay.
- An event that belongs to a page that is no longer shown (`turn`) changes nothing: a finger that trembles, a page
  that was left open.
- Whoever is silent is wiped; so is everything once it was handed over, but for the receipt. No state comes back from
  "wiped", and a wiped state holds nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from forms.conditions import occurrences
from ui.form.cards import back_from_card, held, no_card, use_card
from ui.form.desk import Offer
from ui.form.handover import invited, make_pass, move, refuse_surely, retry, send, sent
from ui.form.reading import Problem
from ui.form.state import (
    IDLE_MS,
    LIFE_MS,
    PHONE_IDLE_MS,
    RECEIPT_IDLE_MS,
    RECEIPT_WARN_MS,
    SLACK_MS,
    WARN_MS,
    Agree,
    Answered,
    Back,
    Change,
    Effects,
    Event,
    Held,
    Invited,
    Look,
    MakePass,
    More,
    Move,
    NoCard,
    Printed,
    Refuse,
    RefuseSurely,
    Remove,
    Send,
    Sent,
    Speak,
    State,
    Stir,
    UseCard,
    Wipe,
)
from ui.form.walk import (
    asked,
    card_or_first,
    drop,
    given,
    keep,
    onward,
    page_id,
    review,
    shown_page,
    to,
)


def begin(offer: Offer | None, language: str, now_ms: int, by_phone: bool = False, by: str = "") -> State:
    """The first page: the notice of `offer`, or the way for a visitor without papers when there is none."""
    return State("notice" if offer else "papers", language, now_ms, now_ms, offer=offer, by_phone=by_phone, by=by)


def wiped(state: State) -> State:
    """Nothing but the language of the good-bye."""
    return State("wiped", state.language, state.touched_ms, state.born_ms, state.turn + 1)


def ends_ms(state: State) -> int:
    """When `state` is wiped if nobody stirs, on the clock of `now_ms`."""
    warned = RECEIPT_IDLE_MS + RECEIPT_WARN_MS if state.page in ("receipt", "pass") else IDLE_MS + WARN_MS
    idle = PHONE_IDLE_MS if state.by_phone or state.by else warned + SLACK_MS
    return min(state.touched_ms + idle, state.born_ms + LIFE_MS)


def step(state: State, event: Event, now_ms: int) -> tuple[State, Effects]:
    """The next state, and what is to be done by the shell, in order."""
    if state.page == "wiped":
        return state, ()
    if isinstance(event, Wipe) or now_ms >= ends_ms(state):
        return wiped(state), ()
    if isinstance(event, Look):
        return state, ()
    state = replace(state, touched_ms=max(now_ms, state.touched_ms))
    if isinstance(event, Stir):
        return state, ()
    if isinstance(event, Speak):
        return replace(state, language=event.language, draft=event.draft or state.draft, turn=state.turn + 1), ()
    if isinstance(event, Printed):
        told = "form.receipt.printed" if event.well else "form.receipt.not_printed"
        return replace(state, told=told, prints=state.prints + 1, turn=state.turn + 1), ()
    found = _WAYS.get((state.page, type(event)))
    if found is None:
        return state, ()
    after, effects = found(state, event)
    return replace(after, turn=state.turn + 1), effects


def _agree(state: State, event: Event) -> tuple[State, Effects]:
    assert isinstance(event, Agree)
    offer = state.offer
    assert offer is not None
    if not offer.mandatory and not event.ticked:
        return replace(state, problems=(Problem("agree"),)), ()
    consent = offer.consent.get(state.language, b"")
    return card_or_first(replace(state, consent=consent, answers=given(state), problems=())), ()


def _refuse(state: State, event: Event) -> tuple[State, Effects]:
    offer = state.offer
    if offer is None or not offer.mandatory:
        return wiped(state), ()
    return replace(state, page="refusing"), ()


def _answered(state: State, event: Event) -> tuple[State, Effects]:
    assert isinstance(event, Answered)
    page = shown_page(state)
    if page is None or page.kind != "question":
        return to(state, 0), ()
    reading = event.reading
    problems = reading.problems
    if not problems and not reading.values and page.item.required:
        problems = (Problem("required"),)
    if problems:
        return replace(state, draft=reading.draft, problems=problems), ()
    return onward(keep(state, page, reading)), ()


def _more(state: State, event: Event) -> tuple[State, Effects]:
    assert isinstance(event, More)
    page = shown_page(state)
    if page is None or page.kind != "more":
        return state, ()
    if not event.wanted:
        return onward(state), ()
    number = occurrences(state.answers, page.item, page.at)
    answers = {**state.answers, (page.item.link_id, page.at): (number + 1,)}
    state = replace(state, answers=answers, shown=state.shown - {page_id(page)})
    at = (*page.at, number)
    first = next((n for n, page in enumerate(asked(state)) if page.at[: len(at)] == at), None)
    return (state, ()) if first is None else (to(state, first), ())


def _remove(state: State, event: Event) -> tuple[State, Effects]:
    assert isinstance(event, Remove)
    assert state.offer is not None
    item = state.offer.form.by_id.get(event.link_id)
    least = max(1, (item.min_occurs or 0) if item else 0)
    if item is None or not item.loops or not least <= event.number < occurrences(state.answers, item, event.at):
        return state, ()
    return drop(state, item, event.at, event.number), ()


def _back(state: State, event: Event) -> tuple[State, Effects]:
    """Notice <- first question <- ... <- review. From a person just added, of whom nothing is known: not added."""
    assert isinstance(event, Back)
    page = shown_page(state)
    if page and page.kind == "question" and event.reading and event.reading.values and not event.reading.problems:
        state = keep(state, page, event.reading)
    if state.changing:
        return review(state), ()
    if page is not None and page.at and _just_added(state, page.at):
        assert state.offer is not None
        group = state.offer.form.by_id[state.offer.form.loops[page.item.link_id][-1]]
        state = drop(state, group, page.at[:-1], page.at[-1])
        more = ("more", group.link_id, page.at[:-1])
        ids = [page_id(page) for page in asked(state)]
        return to(state, ids.index(more) if more in ids else len(ids)), ()
    ids = [page_id(page) for page in asked(state)]
    place = ids.index(state.here) if state.here in ids else 0
    if place == 0:
        return replace(state, page="notice", here=None, draft=None, problems=()), ()
    return to(state, place - 1), ()


def _just_added(state: State, at: tuple[int, ...]) -> bool:
    return at[-1] > 0 and not any(
        values for (link_id, where), values in state.answers.items() if where[: len(at)] == at
    )


def _back_from_review(state: State, event: Event) -> tuple[State, Effects]:
    list_ = asked(state)
    if not list_:
        return replace(state, page="notice", here=None), ()
    return to(state, len(list_) - 1), ()


def _change(state: State, event: Event) -> tuple[State, Effects]:
    """Also of what a card filled in: then it is asked like any other."""
    assert isinstance(event, Change)
    state = replace(state, known=state.known - {event.page[1:]})
    ids = [page_id(page) for page in asked(state)]
    if event.page not in ids:
        return state, ()
    return to(replace(state, changing=True, shown=state.shown | {event.page}), ids.index(event.page)), ()


def _leave(state: State, event: Event) -> tuple[State, Effects]:
    return wiped(state), ()


def _notice(state: State, event: Event) -> tuple[State, Effects]:
    return replace(state, page="notice"), ()


_WAYS: Mapping[tuple[str, type[object]], Callable[[State, Event], tuple[State, Effects]]] = {
    ("notice", Agree): _agree,
    ("notice", Refuse): _refuse,
    ("notice", Held): held,
    ("notice", Move): move,
    ("notice", Invited): invited,
    ("notice", Back): _leave,
    ("phone", Back): _notice,
    ("refusing", RefuseSurely): refuse_surely,
    ("refusing", Back): _notice,
    ("card", Held): held,
    ("card", NoCard): no_card,
    ("card", Back): back_from_card,
    ("question", UseCard): use_card,
    ("question", Answered): _answered,
    ("question", More): _more,
    ("question", Back): _back,
    ("review", Change): _change,
    ("review", Remove): _remove,
    ("review", Send): send,
    ("review", Back): _back_from_review,
    ("papers", MakePass): make_pass,
    ("papers", Back): _leave,
    ("sending", Sent): sent,
    ("failed", Back): retry,
}
