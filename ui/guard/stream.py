"""What a guard's page hears: views the moment they are published, what is known beside them, and a beat.

- The newest view first, whatever the page saw before: an old green is of no use to anybody.
- What is known beside the view (people inside, last signals, a call for help) follows when it has changed, at the
  latest with the next beat.
- A stream ends with its session, and tells the page so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from threading import Event
from time import monotonic

from rules.messages import in_language
from ui.guard.desk import GuardDesk, GuardNow
from ui.place import Place
from ui.screen import Feed, View
from ui.streams import BEAT_S, RETRY_MS, STREAM_S, Tell, event
from ui.words import Words
from wire.reasons import public


def guard_events(
    feed: Feed, desk: GuardDesk, tell: Tell, here: Callable[[], bool], build: str, stop: Event
) -> Iterator[bytes]:
    """Server-sent events hello, view, now, beat and, at the end of the session, ended."""
    ends = monotonic() + STREAM_S
    number, view = feed.latest()
    known = desk.state()
    yield f"retry: {RETRY_MS}\n\n".encode() + event("hello", {"build": build})
    yield event("view", tell(number, view), number) + event("now", known_for_json(known))
    while monotonic() < ends and not stop.is_set():
        if not here():
            yield event("ended", {})
            return
        following = feed.wait(number, BEAT_S)
        if following is None:
            yield event("beat", {"alive": feed.alive()})
        else:
            number, view = following
            yield event("view", tell(number, view), number)
        before, known = known, desk.state()
        if known != before:
            yield event("now", known_for_json(known))


def known_for_json(known: GuardNow) -> dict[str, object]:
    """What is known beside the view, as the page hears it: counts, signals, times, and no name but the caller's."""
    return asdict(known)


def view_for_guards(
    feed: Feed, words: Words, place: Place, language: str, number: int, view: View
) -> dict[str, object]:
    """A view as a guard's page hears it, in one language: the public words, and why where the guard may know."""
    view = replace(view, reasons=public(view.reasons))  # the gate has done so; a guard's page does not rely on it
    if view.page == "pass":
        view = View("idle", lamps=view.lamps)  # the visitor's own business: to the guard the gate rests
    if view.page == "private":
        view = replace(view, page="result")  # the same answer goes on: that it is read about is nobody's business
    said = words.say(view, place, language)
    texts = words.labels("why.")[language]
    return {
        "n": number,
        "alive": feed.alive(),
        "age_ms": feed.age_ms(number),
        "page": view.page,
        "signal": view.signal,
        "direction": view.direction,
        "at": view.at,
        "stays_ms": view.stays_ms,
        "starting": "starting" in view.reasons,
        "word": said.word,
        "reason": said.reason,
        "next": said.next if view.signal != "ALLOW" else "",
        "why": [*_why(view, texts), *(in_language(one, language) for one in view.to_guard if one != view.said)],
    }


def _why(view: View, texts: Mapping[str, str]) -> list[str]:
    """The guard's sentences; a code without one says nothing."""
    if view.signal == "ALLOW" or view.page == "idle":
        return []
    order, form = view.formless
    named = {"form_missing": texts["why.form_missing_named"].format(order=order, form=form)} if order else {}
    return [named.get(code) or texts[f"why.{code}"] for code in view.reasons if f"why.{code}" in texts]
