"""Where a form leaves the visitor's hands, and what comes back. Pure, like the rest of ui.form.session.

- Nothing is handed over that has a fault: the visitor is led to the first answer that has one.
- Recorded: the receipt alone stays. Not recorded: everything stays, to be sent again.
"""

from collections.abc import Mapping
from dataclasses import replace

from forms.check import check, named
from ui.form.desk import Filled
from ui.form.reading import Problem, problem_of
from ui.form.state import (
    Effects,
    Event,
    Invite,
    Invited,
    IssuePass,
    Name,
    RefuseSurely,
    Send,
    Sent,
    State,
    Submit,
)
from ui.form.walk import asked, live, people, review, to


def refuse_surely(state: State, event: Event) -> tuple[State, Effects]:
    assert isinstance(event, RefuseSurely)
    assert state.offer is not None
    hash_ = state.offer.consent.get(state.language, b"")
    filled = Filled(state.offer.key, {}, state.language, event.authored, hash_, state.identity, 1, refused=True)
    return replace(state, page="sending", refused=True), (Submit(replace(filled, by_phone=state.by_phone)),)


def send(state: State, event: Event) -> tuple[State, Effects]:
    """Only when all that is asked is answered well; else at the first question that is not, with the reason."""
    assert isinstance(event, Send)
    offer = state.offer
    assert offer is not None
    answers = live(offer.form, state.answers)
    problems = {
        issue.expression: problem_of(issue) for issue in check(offer.form, answers) if issue.severity == "error"
    }
    problems.update(event.problems)
    if problems:
        return _to_problem(state, problems), ()
    filled = Filled(offer.key, answers, state.language, event.authored, state.consent, state.identity, people(state))
    return replace(state, page="sending", problems=()), (Submit(replace(filled, by_phone=state.by_phone, by=state.by)),)


def _to_problem(state: State, problems: Mapping[str, Problem]) -> State:
    """The first page that a problem is about; a card's answer is asked again. The review when there is no such page."""
    known = state.known - {key for key in state.known if named(*key) in problems}
    state = replace(state, known=known)
    for place, page in enumerate(asked(state)):
        problem = problems.get(named(page.item.link_id, page.at))
        if page.kind == "question" and problem is not None:
            return replace(to(replace(state, changing=True), place), problems=(problem,))
    return replace(review(state), problems=(next(iter(problems.values())),))


def make_pass(state: State, event: Event) -> tuple[State, Effects]:
    """A pass is for somebody who stands at the gate, never for a phone on its network."""
    if state.by_phone:
        return state, ()
    return replace(state, page="sending"), (IssuePass(state.language),)


def move(state: State, event: Event) -> tuple[State, Effects]:
    """To the visitor's phone: with the card that was shown, so that the form is still this visitor's, but without
    what stands on it. Whoever reads the code first must not read a name."""
    if state.offer is None or state.by_phone:
        return state, ()
    return state, (Invite(state.offer.key, state.language, state.identity),)


def invited(state: State, event: Event) -> tuple[State, Effects]:
    assert isinstance(event, Invited)
    return replace(state, page="phone", link=event.link), ()


def sent(state: State, event: Event) -> tuple[State, Effects]:
    """Recorded: the receipt alone stays. Not recorded: everything stays, to be sent again."""
    assert isinstance(event, Sent)
    outcome = event.outcome
    if outcome.failed:
        return replace(state, page="failed", outcome=outcome), ()
    page: Name = "receipt" if state.offer else "pass"
    kept = State(page, state.language, state.touched_ms, state.born_ms, state.turn, by_phone=state.by_phone)
    return replace(kept, outcome=outcome, refused=state.refused), ()


def retry(state: State, event: Event) -> tuple[State, Effects]:
    if state.offer is None:
        return replace(state, page="papers", outcome=None), ()
    if state.refused:
        return replace(state, page="notice", outcome=None, refused=False), ()
    return replace(review(state), outcome=None), ()
