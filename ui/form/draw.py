"""Sets a state's page in the visitor's language. The templates hold no decision, and nothing here holds a state."""

from collections.abc import Sequence
from functools import partial

import segno
from flask import render_template
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from rules.messages import in_language
from ui.form import show
from ui.form.aloud import spoken
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


class Drawing:
    """The pages of one gate."""

    def __init__(self, place: Place, words: Words, extras: Extras, most_body: int) -> None:
        self.place, self.extras, self.most_body = place, extras, most_body
        self.texts = _texts(words)
        said = ("form.shell.", "keyboard.", "wheels.")
        self.labels = {tag: _starting(texts, said) for tag, texts in self.texts.items()}
        self.labels_json = htmlsafe_json_dumps(self.labels, ensure_ascii=False)

    def start(self, language: str, offers: Sequence[Offer], *, full: bool) -> str:
        texts = self.texts[language]
        day = partial(show.date_text, texts=texts)
        return render_template("form/start.html", t=texts, language=language, offers=offers, full=full, day=day)

    def scan(self, language: str) -> str:
        """For a phone without an invitation, or with one that was used: where a new one is."""
        return render_template("form/scan.html", t=self.texts[language], language=language)

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
            can_move=self.extras.invite is not None and not state.by_phone and not (offer and offer.aside),
            by_phone=state.by_phone,
            wheels=_starting(texts, ("wheels.",)),
            is_person=show.is_person,
            day=partial(show.date_text, texts=texts),
            qr=qr,
        )

    def mine(self, state: State) -> list[str]:
        """What the outcome means to the visitor: private words, since nobody else looks at this page."""
        outcome = state.outcome
        if outcome is None or outcome.failed:
            return []
        texts = self.texts[state.language]
        if state.by_phone and not outcome.aside and outcome.signal == "ALLOW":
            return [texts["mine.by_phone_card" if outcome.by_card else "mine.by_phone_code"]]
        help_place = self.place.help.get(state.language) or texts.get("mine.help", "")
        found = [texts[f"mine.{code}"] for code in outcome.reasons if f"mine.{code}" in texts]
        general = texts.get(f"mine.general.{outcome.signal}", texts["form.receipt.next"])
        own = [in_language(texts, state.language) for texts in outcome.messages]
        return [text.replace("{help}", help_place) for text in found or [general]] + own

    def shell(self, fragment: str, language: str, *, by_phone: bool, handed: bool, big: bool, sun: bool) -> str:
        """The whole page around a fragment."""
        return render_template(
            "form/shell.html",
            fragment=Markup(fragment),
            language=language,
            place=self.place,
            labels=self.labels,
            labels_json=self.labels_json,
            names={tag: texts["language.name"] for tag, texts in self.texts.items()},
            t=self.texts[language],
            by_phone=by_phone,
            handed=handed,
            idle_ms=(PHONE_IDLE_MS - WARN_MS) if by_phone else IDLE_MS,
            warn_ms=WARN_MS,
            speaks=self.extras.speak is not None,
            big=big,
            sun=sun,
            most_body=self.most_body,
        )

    def spoken(self, state: State) -> tuple[str, ...]:
        """The sentences of the page that are read aloud."""
        return spoken(state, self.texts[state.language])


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
