"""Sets a state's page in the visitor's language. The templates hold no decision, and nothing here holds a state."""

from collections.abc import Sequence
from urllib.parse import urlencode

import segno
from flask import render_template, url_for
from markupsafe import Markup

from ui.form import show
from ui.form.choices import Row
from ui.form.desk import Extras, Offer
from ui.form.state import (
    IDLE_MS,
    MOST_PRINTS,
    PHONE_IDLE_MS,
    RECEIPT_IDLE_MS,
    RECEIPT_WARN_MS,
    WARN_MS,
    State,
)
from ui.form.walk import shown_page
from ui.place import Place
from ui.words import Words

SPOKEN_ROWS = 12


class Drawing:
    """The pages of one gate."""

    def __init__(self, place: Place, words: Words, extras: Extras, most_body: int) -> None:
        self.place, self.extras, self.most_body = place, extras, most_body
        self.texts = _texts(words)

    def start(self, language: str, offers: Sequence[Offer], *, full: bool, by_phone: bool) -> str:
        texts = self.texts[language]
        return render_template(
            "form/start.html", t=texts, language=language, offers=offers, full=full, by_phone=by_phone
        )

    def gone(self, language: str, by_phone: bool) -> str:
        return render_template("form/gone.html", t=self.texts[language], language=language, by_phone=by_phone)

    def rows(self, state: State, found: Sequence[Row]) -> str:
        texts = self.texts[state.language]
        return render_template("form/rows.html", rows=found, asked=show.question(state, texts), t=texts)

    def fragment(self, token: str, state: State, today: str = "") -> str:
        """The page of `state`. `today` is an ISO date."""
        texts = self.texts[state.language]
        offer = state.offer
        return render_template(
            f"form/{state.page if state.page != 'pass' else 'receipt'}.html",
            token=token,
            state=state,
            language=state.language,
            t=texts,
            offer=offer,
            own=offer.texts.get(state.language, {}) if offer else {},
            asked=show.question(state, texts, today) if state.page == "question" else None,
            more=shown_page(state) if state.page == "question" else None,
            answers=show.review(state, texts) if state.page == "review" else (),
            problems=[show.sentence(problem, texts, state.language) for problem in state.problems],
            mine=self.mine(state),
            can_print=self.extras.print_receipt is not None and not state.by_phone and state.prints < MOST_PRINTS,
            receipt_ms=(RECEIPT_IDLE_MS, RECEIPT_WARN_MS),
            phone_url=self._phone_url(state) if offer and not state.by_phone else "",
            by_phone=state.by_phone,
            wheels=_starting(texts, ("wheels.",)),
            is_person=show.is_person,
            qr=qr,
        )

    def mine(self, state: State) -> list[str]:
        """What the outcome means to the visitor: private words, since nobody else looks at this page."""
        outcome = state.outcome
        if outcome is None or outcome.failed:
            return []
        texts = self.texts[state.language]
        help_place = self.place.help.get(state.language) or texts.get("mine.help", "")
        found = [texts[f"mine.{code}"] for code in outcome.reasons if f"mine.{code}" in texts]
        general = texts.get(f"mine.general.{outcome.signal}", texts["form.receipt.next"])
        return [text.replace("{help}", help_place) for text in found or [general]]

    def _phone_url(self, state: State) -> str:
        if not self.extras.lan_url or state.offer is None:
            return ""
        query = urlencode({"language": state.language, "offer": state.offer.key})
        return f"{self.extras.lan_url.rstrip('/')}{url_for('form.start_page')}?{query}"

    def shell(self, fragment: str, language: str, *, by_phone: bool, big: bool, sun: bool) -> str:
        """The whole page around a fragment."""
        said = ("form.shell.", "keyboard.", "wheels.")
        labels = {tag: _starting(texts, said) for tag, texts in self.texts.items()}
        return render_template(
            "form/shell.html",
            fragment=Markup(fragment),
            language=language,
            place=self.place,
            labels=labels,
            names={tag: texts["language.name"] for tag, texts in self.texts.items()},
            t=self.texts[language],
            by_phone=by_phone,
            idle_ms=(PHONE_IDLE_MS - WARN_MS) if by_phone else IDLE_MS,
            warn_ms=WARN_MS,
            speaks=self.extras.speak is not None,
            big=big,
            sun=sun,
            most_body=self.most_body,
        )

    def spoken(self, state: State) -> str:
        """The question with what can be answered; elsewhere the page's title. Never an answer."""
        texts = self.texts[state.language]
        asked = show.question(state, texts) if state.page == "question" else None
        if asked is None:
            return texts.get(f"form.{state.page}.title", texts["form.shell.title"])
        choices = [row.text for row in asked.rows[:SPOKEN_ROWS]] if not asked.cut else []
        return ". ".join((asked.text, *asked.hints, *choices))


def qr(text: str, label: str) -> Markup:
    """`text` as an inline drawing, dark on light with its quiet zone whatever the theme."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    drawing = code.svg_inline(omitsize=True, border=3, light="#fff", dark="#10202b", svgclass="qr", lineclass=None)
    return Markup('<div class="code" role="img" aria-label="{}">{}</div>').format(label, Markup(drawing))


def _texts(words: Words) -> dict[str, dict[str, str]]:
    """What the form's pages say, by language: the form's own words and the few it borrows.

    A language that is only spoken (its folder holds recordings) shows the words of the place's first language.
    """
    found: dict[str, dict[str, str]] = {tag: {} for tag in words.languages}
    for prefix in ("form.", "mine.", "language.", "keyboard.", "wheels."):
        for tag, texts in words.labels(prefix).items():
            found[tag].update(texts)
    first = found[words.languages[0]]
    return {tag: {**first, **texts} for tag, texts in found.items()}


def _starting(texts: dict[str, str], prefixes: tuple[str, ...]) -> dict[str, str]:
    return {key: text for key, text in texts.items() if key.startswith(prefixes)}
