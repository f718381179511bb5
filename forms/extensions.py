"""What an item of a Questionnaire says in its extensions: limits, pattern, units, control."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from forms import fhir
from forms.model import Quantity, Value
from forms.options import value_of
from forms.pattern import Pattern, PatternRefused, compile_pattern
from forms.source import Node, Source


class ExtensionReader:
    """Reads the extensions of one item after the other; a pattern that comes again is compiled once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.patterns: dict[str, Pattern | None] = {}

    def value(self, extensions: Mapping[str, Node], name: str, kind: str, path: str) -> Value | None:
        """The value of type `kind` of the extension `name`, None without it."""
        node = extensions.get(fhir.BASE + name)
        if node is None:
            return None
        where = _at(path, fhir.BASE + name)
        value = value_of(self.source, node, kind, where)
        if value is None:
            self.source.error("value", where, f"it needs a value of type {kind}")
        return value

    def _count(self, extensions: Mapping[str, Node], name: str, path: str) -> int | None:
        found = self.value(extensions, name, "integer", path)
        if not isinstance(found, int):
            return None
        if found < 0:
            self.source.error("value", _at(path, fhir.BASE + name), "a count is not negative")
            return None
        return found

    def limits(self, node: Node, extensions: Mapping[str, Node], kind: str, path: str) -> dict[str, Any]:
        """What bounds an answer, as keyword arguments of forms.model.Item."""
        if not extensions and "maxLength" not in node and "extension" not in node:
            return {}
        source = self.source
        longest = source.whole(node["maxLength"], f"{path}.maxLength") if "maxLength" in node else None
        if longest is not None and longest < 1:
            source.error("value", f"{path}.maxLength", "at least 1")
        entry = extensions.get(fhir.ENTRY_FORMAT)
        return {
            "max_length": longest,
            "min_length": self._count(extensions, "minLength", path),
            "regex": self._regex(extensions, path),
            "min_value": self._bound(extensions, "minValue", kind, path),
            "max_value": self._bound(extensions, "maxValue", kind, path),
            "max_decimal_places": self._count(extensions, "maxDecimalPlaces", path),
            "min_occurs": self._count(extensions, "questionnaire-minOccurs", path),
            "max_occurs": self._count(extensions, "questionnaire-maxOccurs", path),
            "entry_format": source.text(entry, "valueString", _at(path, fhir.ENTRY_FORMAT)) if entry else None,
            "units": self._units(node, path),
        }

    def _bound(self, extensions: Mapping[str, Node], name: str, kind: str, path: str) -> Value | None:
        url = f"{fhir.SDC}sdc-questionnaire-{name[:3]}Quantity"
        amount = extensions.get(url)
        if amount is not None:
            where = _at(path, url)
            if kind == "quantity":
                return value_of(self.source, amount, "Quantity", where)
            self.source.error("not-supported", where, f"no limit of amount for the type {kind}")
        node = extensions.get(fhir.BASE + name)
        if node is None:
            return None
        if kind == "decimal" and "valueInteger" in node:
            return self.source.number(node["valueInteger"], path)
        if kind not in ("integer", "decimal", "date", "dateTime", "time"):
            self.source.error("not-supported", _at(path, fhir.BASE + name), f"no limit of value for the type {kind}")
            return None
        return self.value(extensions, name, kind, path)

    def _regex(self, extensions: Mapping[str, Node], path: str) -> Pattern | None:
        text = self.value(extensions, "regex", "string", path)
        if not isinstance(text, str):
            return None
        if text not in self.patterns:
            try:
                found = compile_pattern(text, self.source.pattern_work)
                self.source.pattern_work -= found.cost
                self.patterns[text] = found
            except PatternRefused as refusal:
                self.source.pattern_work -= refusal.cost
                self.source.error("not-supported", _at(path, fhir.BASE + "regex"), str(refusal))
                self.patterns[text] = None
        return self.patterns[text]

    def _units(self, node: Node, path: str) -> tuple[Quantity, ...]:
        found = []
        for place, entry in enumerate(self.source.array(node, "extension", path, fhir.MAX_EXTENSIONS)):
            if isinstance(entry, dict) and entry.get("url") in (fhir.UNIT, fhir.UNIT_OPTION):
                where = f"{path}.extension[{place}].valueCoding"
                coding = self.source.node(entry.get("valueCoding"), where)
                shown, system, code = (
                    self.source.string(coding, name, where) for name in ("display", "system", "code")
                )
                found.append(Quantity(Decimal(0), shown or code, system, code))
        return tuple(found)

    def control(self, extensions: Mapping[str, Node], path: str) -> str | None:
        """The itemControl, None without one or with one outside the profile."""
        node = extensions.get(fhir.BASE + "questionnaire-itemControl")
        if node is None:
            return None
        where = _at(path, fhir.BASE + "questionnaire-itemControl")
        concept = self.source.node(node.get("valueCodeableConcept"), where)
        codings = self.source.array(concept, "coding", where, 10)
        codes = [coding.get("code") for coding in codings if isinstance(coding, dict)]
        known = next((code for code in codes if isinstance(code, str) and code in fhir.CONTROLS), None)
        if known is None:
            self.source.wish("not-supported", where, "an itemControl that is not in the profile")
        return known


def _at(path: str, url: str) -> str:
    """FHIRPath of the extension `url` of an element."""
    return f"{path}.extension('{url}')"
