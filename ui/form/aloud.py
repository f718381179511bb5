"""What is read aloud of a page, as sentences; the first says what the page is about. Pure, and never an answer."""

from collections.abc import Iterator

from ui.form import show
from ui.form.desk import Offer
from ui.form.state import State

SPOKEN_ROWS = 12  # a longer list is looked through by name, not listened to


def spoken(state: State, texts: show.Texts) -> tuple[str, ...]:
    """The question with what can be answered, the notice with what it says, elsewhere the page's title."""
    asked = show.question(state, texts) if state.page == "question" else None
    if asked is not None:
        return tuple(_question(asked, texts))
    if state.page == "notice" and state.offer is not None:
        return tuple(_notice(state.offer, state.language, texts))
    return (texts.get(f"form.{state.page}.title", texts["form.shell.title"]),)


def _question(asked: show.Asked, texts: show.Texts) -> Iterator[str]:
    yield from (asked.text, *asked.hints)
    if asked.widget == "yesno":
        yield from (texts["form.yes"], texts["form.no"])
    elif not asked.cut and len(asked.rows) <= SPOKEN_ROWS:
        yield from (row.text for row in asked.rows)


def _notice(offer: Offer, language: str, texts: show.Texts) -> Iterator[str]:
    own = offer.texts.get(language, {})
    yield texts["form.notice.mandatory" if offer.mandatory else "form.notice.voluntary"]
    yield offer.form.title.in_(language)
    if not offer.mandatory:
        yield texts["form.notice.voluntary_hint"]
    for name in ("purpose", "notice", *(["consequence"] if offer.mandatory else [])):
        if own.get(name):
            yield own[name]
