"""From a request of the page to an event of the session. Total: what has no meaning here is no event.

A request carries the page's "turn". One that was made from a page no longer shown is dropped; the answer is the page as
it stands now, so that a second tap of a trembling finger never answers the next question.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forms.model import MAX_OCCURRENCES
from forms.pages import pages
from ui.form.between import problems_between
from ui.form.reading import CheckPhone, Draft, Problem, Reading, make_draft, read
from ui.form.state import (
    Agree,
    Answered,
    Back,
    Change,
    Event,
    MakePass,
    More,
    Move,
    NoCard,
    Refuse,
    RefuseSurely,
    Remove,
    Send,
    Speak,
    State,
    Stir,
    UseCard,
    Wipe,
)
from ui.form.walk import keep, page_id, shown_page

# These hold whatever page is shown, and leave it as it is or end it.
_ANY_TURN = frozenset({"language", "alive", "wipe"})


@dataclass(frozen=True, slots=True)
class Asking:
    """A request: `action` is the last part of its path, `body` its JSON."""

    action: str
    body: Mapping[str, Any]
    state: State
    languages: Sequence[str]
    check_phone: CheckPhone | None
    now: datetime

    @property
    def quiet(self) -> bool:
        """Whether the page stays as it is and wants no answer."""
        return self.action == "alive"


def event_of(asking: Asking) -> Event | None:
    """The event, None when the request means nothing on this page."""
    if asking.action not in _ANY_TURN and asking.body.get("turn") != asking.state.turn:
        return None
    make = _EVENTS.get(asking.action)
    return make(asking) if make else None


def _language(asking: Asking) -> Event | None:
    tag = asking.body.get("language")
    if not isinstance(tag, str) or tag not in asking.languages:
        return None
    same_page = asking.body.get("turn") == asking.state.turn
    draft = make_draft(asking.body) if same_page and asking.state.page == "question" else None
    return Speak(tag, draft if draft != Draft() else None)


def _answer(asking: Asking) -> Event | None:
    reading = _reading(asking)
    if reading is None or reading.problems:
        return Answered(reading) if reading else None
    state, page = asking.state, shown_page(asking.state)
    if state.offer is not None and page is not None:
        broken = problems_between(state.offer, keep(state, page, reading).answers, _today(asking))
        problem = broken.get(page.item.link_id)
        if problem is not None:
            return Answered(Reading(reading.draft, reading.values, (problem,)))
    return Answered(reading)


def _reading(asking: Asking) -> Reading | None:
    page = shown_page(asking.state)
    draft = make_draft(asking.body)
    if page is None or page.kind != "question":
        return None
    if draft is None:
        return Reading(problems=(Problem("not_an_option"),))
    if not page.item.asked:
        return Reading()
    return read(page.item, draft, asking.check_phone)


def _back(asking: Asking) -> Event:
    return Back(_reading(asking) if asking.state.page == "question" else None)


def _change(asking: Asking) -> Event | None:
    place = asking.body.get("place")
    if asking.state.offer is None or type(place) is not int:
        return None
    list_ = pages(asking.state.offer.form, asking.state.answers)
    return Change(page_id(list_[place])) if 0 <= place < len(list_) else None


def _remove(asking: Asking) -> Event | None:
    link_id, at, number = (asking.body.get(name) for name in ("link", "at", "number"))
    numbers = [n for n in (*at, number) if type(n) is int and 0 <= n < MAX_OCCURRENCES] if isinstance(at, list) else []
    if not isinstance(link_id, str) or not isinstance(at, list) or len(numbers) != len(at) + 1:
        return None
    return Remove(link_id, tuple(numbers[:-1]), numbers[-1])


def _send(asking: Asking) -> Event | None:
    state = asking.state
    if state.offer is None:
        return None
    return Send(_now(asking), problems_between(state.offer, state.answers, _today(asking)))


def _now(asking: Asking) -> str:
    return asking.now.isoformat(timespec="seconds")


def _today(asking: Asking) -> str:
    return asking.now.date().isoformat()


_EVENTS: Mapping[str, Callable[[Asking], Event | None]] = {
    "agree": lambda asking: Agree(asking.body.get("ticked") is True),
    "refuse": lambda asking: Refuse(),
    "refuse-surely": lambda asking: RefuseSurely(_now(asking)),
    "use-card": lambda asking: UseCard(),
    "type": lambda asking: NoCard(),
    "answer": _answer,
    "more": lambda asking: More(asking.body.get("wanted") is True),
    "remove": _remove,
    "back": _back,
    "change": _change,
    "send": _send,
    "papers": lambda asking: MakePass(),
    "phone": lambda asking: Move(),
    "language": _language,
    "alive": lambda asking: Stir(),
    "wipe": lambda asking: Wipe(),
}
