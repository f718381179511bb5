"""The items of a Questionnaire, read depth first, each as far as it can be judged alone. The rest: forms.cross."""

from collections.abc import Sequence

from forms import fhir
from forms.extensions import ExtensionReader
from forms.model import CHOICES, DISPLAY, GROUP, TYPES, Coding, Condition, Item, Option, Quantity, Value
from forms.options import ValueSets, answer_options, quantity, value_of, value_set
from forms.source import Node, Source

# Types that R4 lets offer options of their own kind, beside choices.
_LISTED = {"integer": "integer", "date": "date", "time": "time", "string": "string", "text": "string"}
_OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
_ANSWERS = ("boolean", "decimal", "integer", "date", "dateTime", "time", "string", "Coding", "Quantity")
_INITIALS = (*_ANSWERS, "uri")


class ItemReader:
    """Reads items depth first. `paths` tells the place of each by its index."""

    def __init__(self, source: Source, contained: ValueSets, shipped: ValueSets) -> None:
        self.source = source
        self.contained = contained
        self.shipped = shipped
        self.paths: list[str] = []
        self.links: dict[str, str] = {}
        self.options = 0
        self.extensions = ExtensionReader(source)
        self.places: dict[int, tuple[tuple[Option, ...], dict[Value, int]]] = {}

    def children(self, node: Node, path: str, depth: int, loops: int) -> tuple[Item, ...]:
        """The items directly under a node."""
        entries = self.source.array(node, "item", path, fhir.MAX_ITEMS)
        if entries and depth >= fhir.MAX_DEPTH:
            self.source.error("too-costly", f"{path}.item", f"items nested more than {fhir.MAX_DEPTH} deep")
            return ()
        found = []
        for place, entry in enumerate(entries):
            if len(self.paths) >= fhir.MAX_ITEMS:
                self.source.error("too-costly", f"{path}.item[{place}]", f"more than {fhir.MAX_ITEMS} items")
                break
            found.append(self._item(entry, f"{path}.item[{place}]", depth, loops))
        return tuple(found)

    def _item(self, entry: object, path: str, depth: int, loops: int) -> Item:
        source = self.source
        node = source.node(entry, path)
        index = len(self.paths)
        self.paths.append(path)
        source.only(node, fhir.ITEM_FIELDS, path)
        extensions = source.extensions(node, path, fhir.ITEM_EXTENSIONS)
        kind = source.string(node, "type", path)
        if kind not in TYPES:
            source.error("required" if not kind else "not-supported", f"{path}.type", f"the type {kind!r} is not taken")
            kind = DISPLAY
        link, repeats = self._link(node, path), source.flag(node, "repeats", path)
        loops += kind == GROUP and repeats
        if loops > fhir.MAX_LOOP_DEPTH:
            source.error("too-costly", path, f"repeating groups nested more than {fhir.MAX_LOOP_DEPTH} deep")
        items = self.children(node, path, depth + 1, loops)
        options = self._options(node, kind, path)
        return Item(
            link_id=link,
            index=index,
            type=kind,
            text=source.text(node, "text", path),
            prefix=source.text(node, "prefix", path, needs_all=_has_letters(node.get("prefix"))),
            required=source.flag(node, "required", path),
            repeats=repeats,
            read_only=source.flag(node, "readOnly", path),
            hidden=bool(self.extensions.value(extensions, "questionnaire-hidden", "boolean", path)),
            control=self.extensions.control(extensions, path),
            options=options,
            places=self._places(options),
            shipped=self._shipped(node),
            takes=fhir.taken(kind, {option.kind for option in options}),
            initial=self._initial(node, options, path),
            preset=self._preset(node, path) if kind == "quantity" else None,
            conditions=self._conditions(node, path),
            any_of=self._any_of(node, path),
            codes=self._codes(node, path),
            items=items,
            help=next((child.text for child in items if child.type == DISPLAY and child.control == fhir.HELP), None),
            **self.extensions.limits(node, extensions, kind, path),
        )

    def _link(self, node: Node, path: str) -> str:
        link = self.source.string(node, "linkId", path)
        if not link or len(link) > 255:
            self.source.error("required", f"{path}.linkId", "a linkId of 1 to 255 characters")
            link = path
        elif link in self.links:
            self.source.error("duplicate", f"{path}.linkId", f"the linkId is used at {self.links[link]} too")
            link = path
        self.links[link] = path
        return link

    def _options(self, node: Node, kind: str, path: str) -> tuple[Option, ...]:
        source = self.source
        found = answer_options(source, node, path) if "answerOption" in node else ()
        self.options += len(found)
        if self.options > fhir.MAX_OPTIONS:
            source.error("too-costly", f"{path}.answerOption", f"more than {fhir.MAX_OPTIONS} options in the form")
            return ()
        if "answerValueSet" in node:
            if found:
                source.error("invariant", path, "answerOption and answerValueSet exclude each other (que-4)")
            found = value_set(source, node["answerValueSet"], self.contained, self.shipped, path)
        if "answerValueSet" in node and kind not in CHOICES:
            source.error("invariant", path, "only choice and open-choice have an answerValueSet (que-5)")
        if kind in CHOICES or not found:
            return found
        if kind not in _LISTED or {option.kind for option in found} != {_LISTED[kind]}:
            source.error("invariant", path, f"these options are no answers to the type {kind}")
            return ()
        source.wish("invariant", path, "a question with options is a choice")
        return found

    def _places(self, options: tuple[Option, ...]) -> dict[Value, int]:
        """Where each value stands; made once for a list that several questions share, such as thousands of wards."""
        if id(options) not in self.places:
            self.places[id(options)] = (options, {option.value: place for place, option in enumerate(options)})
        return self.places[id(options)][1]

    def _shipped(self, node: Node) -> str | None:
        url = node.get("answerValueSet")
        inside = isinstance(url, str) and url in self.contained and url not in self.shipped
        return fhir.LISTS.get(url, "") if isinstance(url, str) and url[:1] != "#" and not inside else None

    def _initial(self, node: Node, options: tuple[Option, ...], path: str) -> tuple[Value, ...]:
        found = []
        for place, entry in enumerate(self.source.array(node, "initial", path, 100)):
            where = f"{path}.initial[{place}]"
            value = None if _only_a_unit(entry) else self._any_value(entry, "value", _INITIALS, where)
            if value is not None:
                found.append(value)
        if found and "answerOption" in node:
            self.source.error("invariant", f"{path}.initial", "with answerOption use initialSelected (que-11)")
        return (*found, *(option.value for option in options if option.initial))

    def _preset(self, node: Node, path: str) -> Quantity | None:
        """The unit of an initial amount without a number."""
        entries = node.get("initial")
        entry = next(filter(_only_a_unit, entries), None) if isinstance(entries, list) else None
        if entry is None:
            return None
        return quantity(self.source, {**entry["valueQuantity"], "value": 0}, f"{path}.initial")

    def _any_value(self, entry: object, prefix: str, kinds: Sequence[str], path: str) -> Value | None:
        node = self.source.node(entry, path)
        names = {f"{prefix}{kind[0].upper()}{kind[1:]}": kind for kind in kinds}
        present = [name for name in names if name in node]
        self.source.only(node, {"id", "question", "operator", *names}, path)
        if len(present) != 1:
            self.source.error("structure", path, f"one {prefix}[x] of a type in the profile was expected")
            return None
        return value_of(self.source, node, names[present[0]], path, prefix)

    def _conditions(self, node: Node, path: str) -> tuple[Condition, ...]:
        found = []
        for place, entry in enumerate(self.source.array(node, "enableWhen", path, fhir.MAX_CONDITIONS)):
            where = f"{path}.enableWhen[{place}]"
            inner = self.source.node(entry, where)
            question, operator = (self.source.string(inner, name, where) for name in ("question", "operator"))
            if operator not in _OPERATORS:
                self.source.error("value", f"{where}.operator", "one of exists = != > < >= <=")
                continue
            answer = self._any_value(inner, "answer", _ANSWERS, where)
            if answer is not None:
                found.append(Condition(question, operator, answer))
        return tuple(found)

    def _any_of(self, node: Node, path: str) -> bool:
        behaviour = self.source.string(node, "enableBehavior", path)
        if behaviour not in ("", "any", "all"):
            self.source.error("value", f"{path}.enableBehavior", "any or all")
        conditions = node.get("enableWhen")
        if not behaviour and isinstance(conditions, list) and len(conditions) > 1:
            self.source.error("invariant", path, "several conditions need an enableBehavior (que-12)")
        return behaviour == "any"

    def _codes(self, node: Node, path: str) -> tuple[Coding, ...]:
        found = []
        for place, entry in enumerate(self.source.array(node, "code", path, 50)):
            where = f"{path}.code[{place}]"
            inner = self.source.node(entry, where)
            code = self.source.string(inner, "code", where)
            if code:
                found.append(Coding(self.source.string(inner, "system", where), code))
        return tuple(found)


def _only_a_unit(entry: object) -> bool:
    """Whether an initial answer names a unit but no number: R4 lets a form choose the unit in this way."""
    amount = entry.get("valueQuantity") if isinstance(entry, dict) else None
    return isinstance(amount, dict) and "value" not in amount and bool({"unit", "code"} & set(amount))


def _has_letters(prefix: object) -> bool:
    """Whether a prefix is a word that needs translating: "1." and "a)" do not."""
    return isinstance(prefix, str) and sum(map(str.isalpha, prefix)) > 1
