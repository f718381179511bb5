"""A visitor at a kiosk's form, over HTTP as the page does it: each touch is one request, and the next page comes back.

    visitor = Visitor(gate.screen)
    declared = visitor.declare("mau-trong-nuoc", form)      # walks to the receipt; a well person, nothing unusual
    declared.code, declared.answers

What was answered is noted here, page by page: it is the oracle for what the centre reads later.
"""

import html
import json
import re
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.model import INPUT, Answers, Form, Item, Key, Value
from forms.pages import pages
from forms.prefill import prefill
from tests.unit.forms.library import filled
from ui.form.reading import write

WAIT_S = 10.0
MOST_PAGES = 120


@dataclass
class Declared:
    """What came of it. `answers` are those that the visitor gave, without what a card filled in."""

    code: str
    answers: dict[Key, tuple[Value, ...]] = field(default_factory=dict)


class Page:
    """A page as it came."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.name, self.token = _attribute(text, "page"), _attribute(text, "token")
        self.turn = int(_attribute(text, "turn") or 0)
        found = re.search(r'<h1 id="title"[^>]*>(.*?)</h1>', text, re.DOTALL)
        self.title = html.unescape(found.group(1)) if found else ""

    @property
    def code(self) -> str:
        """The record's code on a receipt."""
        found = re.search(r'<p class="number">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})</p>', self.text)
        return found.group(1) if found else ""


class Visitor:
    """`screen` is the kiosk's address, "http://127.0.0.1:8080"; `says`: own answers by linkId, () for none."""

    def __init__(
        self, screen: str, language: str = "vi", *, says: Mapping[str, tuple[Value, ...]] | None = None
    ) -> None:
        self._screen, self._language, self._says = screen.rstrip("/"), language, says or {}
        self._keys: dict[str, str] = {}  # order -> what the page sends for it (its version is part of that)

    def offered(self) -> list[str]:
        """The orders on the form's first page."""
        text = self._ask("/form/start", {"language": self._language}).text
        bodies = [json.loads(html.unescape(body)) for body in re.findall(r"data-body='([^']*)'", text)]
        self._keys = {body["offer"].partition("|")[0]: body["offer"] for body in bodies}
        return list(self._keys)

    def declare(self, offer: str, form: Form, known: Answers | None = None) -> Declared:
        """From the notice to the receipt; `known` is what a card fills in beforehand."""
        return self.walk(self.begin(offer), form, known)

    def walk(self, page: Page, form: Form, known: Answers | None = None) -> Declared:
        """As `declare`, from a page on which the form begins."""
        declared = Declared("")
        for _ in range(MOST_PAGES):
            if page.name == "receipt":
                declared.code = page.code
                return declared
            action, body = self._touch(page, form, declared.answers, known or {})
            page = self.act(page, action, body)
        raise AssertionError(f"no receipt after {MOST_PAGES} touches: {page.name}, {page.title}")

    def refuse(self, offer: str) -> str:
        """Say no to an order, and again when asked; the code of what was recorded."""
        page = self.act(self.begin(offer), "refuse", {})
        page = self.act(page, "refuse-surely", {})
        assert page.name == "receipt", page.text
        return page.code

    def _touch(
        self, page: Page, form: Form, answers: dict[Key, tuple[Value, ...]], known: Answers
    ) -> tuple[str, dict[str, Any]]:
        if page.name == "question":
            key, item = self._question(page, form, {**known, **answers})
            usual = _one(item) if item.code_of(INPUT) == "phone" else filled(form).get(key) or _one(item)
            answers[key] = self._says.get(item.link_id, usual)
            draft = write(item, answers[key])
            return "answer", {"picked": list(draft.picked), "typed": list(draft.typed)}
        touches: Mapping[str, tuple[str, dict[str, Any]]] = {
            "notice": ("agree", {"ticked": True}),
            "card": ("type", {}),
            "more": ("more", {"wanted": False}),
            "review": ("send", {}),
        }
        assert page.name in touches, f"{page.name}: {page.text}"
        return touches[page.name]

    def _question(self, page: Page, form: Form, answers: Answers) -> tuple[Key, Item]:
        """Which question stands on the page: the first that is open."""
        assert 'role="alert"' not in page.text, page.text
        asked = [p for p in pages(form, answers) if p.kind == "question" and (p.item.link_id, p.at) not in answers]
        assert asked and asked[0].item.text.in_(self._language) == page.title, page.title
        return (asked[0].item.link_id, asked[0].at), asked[0].item

    def begin(self, offer: str) -> Page:
        """The notice of an order."""
        page = self._ask("/form/begin", {"language": self._language, "offer": self._key_of(offer)})
        assert page.name == "notice", page.text
        return page

    def _key_of(self, order: str) -> str:
        if order not in self._keys:
            self.offered()
        return self._keys[order]

    def act(self, page: Page, action: str, body: Mapping[str, Any]) -> Page:
        """A touch on `page`: the next one."""
        return self._ask(f"/form/{page.token}/{action}", {**body, "turn": page.turn})

    def _ask(self, path: str, body: Mapping[str, Any]) -> Page:
        headers = {"Content-Type": "application/json", "Origin": self._screen}
        request = urllib.request.Request(f"{self._screen}{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
            return Page(answer.read().decode())


def known_of(form: Form, card: str) -> Answers:
    """What the gate fills in from an invented person's card (tests.parts.site.card)."""
    fields = {
        "full_name": "Trần Văn Thử",
        "birth_date": "1999-06-05",
        "birth_year": "1999",
        "sex": "male",
        "id_number": card.partition("|")[0],
        "nationality": "VN",
        "address": "Xã Mẫu",
    }
    return prefill(form, fields)


def _one(item: Item) -> tuple[Value, ...]:
    """An answer of an invented person; telephones are kept as E.164, as the gate keeps them."""
    if item.code_of(INPUT) == "phone":
        return ("+84900000001",)
    return (item.options[-1].value,) if item.options else (False,) if item.type == "boolean" else ("THỬ",)


def _attribute(text: str, name: str) -> str:
    found = re.search(rf'id="page"[^>]* data-{name}="([^"]*)"', text)
    return found.group(1) if found else ""
