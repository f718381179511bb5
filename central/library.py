"""Every form by `url|version`: those that ship with this version, and those that were published here.

A `url|version` means one text for ever: answers travel by the place of a question in its form, so that another text
under the same name would make old answers say what nobody said.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy.engine import Connection

import forms
from central.published import published
from forms.load import load
from forms.model import Form, FormRefused
from forms.value_sets import value_sets
from wire.refusal import Refused
from wire.root import Root

_SHIPPED = Path(forms.__file__).parent / "library"


class Library:
    """Reads a form when it is first wanted. `sent` are those that were published: `url|version` -> (JSON text, end)."""

    def __init__(self, sent: Mapping[str, tuple[str, int]] = MappingProxyType({})) -> None:
        self._sent = dict(sent)
        self._read: dict[str, Form] = {}

    def form(self, canonical: str) -> Form:
        """The form. Raises Refused: form_unknown, or form_refused where this version cannot read it."""
        if canonical not in self._read:
            try:
                self._read[canonical] = load(self.resource(canonical), value_sets())
            except FormRefused as error:
                raise Refused("form_refused", f"{canonical}: {error}") from error
        return self._read[canonical]

    def resource(self, canonical: str) -> dict[str, Any]:
        """The Questionnaire in JSON. Raises Refused("form_unknown")."""
        if canonical in self._sent:
            found: dict[str, Any] = json.loads(self._sent[canonical][0])
            return found
        if canonical in shipped_forms():
            return shipped_forms()[canonical]
        raise Refused("form_unknown", canonical[:200])

    def rules_between(self, canonical: str) -> tuple[dict[str, Any], ...]:
        """What must hold between its answers; one that was published here and does not ship has none."""
        sent = self._sent.get(canonical)
        if sent is not None and json.loads(sent[0]) != shipped_forms().get(canonical):
            return ()
        return shipped_rules_between().get(canonical, ())

    def until_ms(self, canonical: str) -> int | None:
        """Until when a kiosk takes the form from a bulletin; None for one that every kiosk has, or nobody."""
        return None if canonical in shipped_forms() or canonical not in self._sent else self._sent[canonical][1]


def read_library(connection: Connection, root: Root) -> Library:
    """The library as it stands."""
    return Library(sent_forms(connection, root))


def sent_forms(connection: Connection, root: Root) -> dict[str, tuple[str, int]]:
    """`url|version` of every published form -> (its JSON text, until when a kiosk takes it)."""
    sent: dict[str, tuple[str, int]] = {}
    for bulletin in published(connection, root, "form"):
        match bulletin.body:
            case {"url": str(url), "version": str(version), "questionnaire": str(text)}:
                canonical = f"{url}|{version}"
                sent[canonical] = (text, max(bulletin.expires_ms, sent.get(canonical, ("", 0))[1]))
    return sent


@cache
def shipped_forms() -> Mapping[str, dict[str, Any]]:
    """The Questionnaires of forms/library by `url|version`."""
    paths = [path for path in sorted(_SHIPPED.glob("*.json")) if not path.stem.endswith(".rules")]
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return MappingProxyType({f"{form['url']}|{form['version']}": form for form in found})


@cache
def shipped_rules_between() -> Mapping[str, tuple[dict[str, Any], ...]]:
    """What must hold between the answers of a form that ships (rules.between), by `url|version`."""
    found = {}
    for path in sorted(_SHIPPED.glob("*.rules.json")):
        form = json.loads((_SHIPPED / f"{path.name.removesuffix('.rules.json')}.json").read_text(encoding="utf-8"))
        found[f"{form['url']}|{form['version']}"] = tuple(json.loads(path.read_text(encoding="utf-8")))
    return MappingProxyType(found)
