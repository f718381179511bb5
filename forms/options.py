"""What a question offers: answerOption, a value set contained in the form, or a list that the product ships.

A contained value set names every code (compose.include.concept or expansion.contains); filters, whole code systems and
imports would need a terminology server and are refused. Bundled lists come in from outside, by url; they hold proper
names, so no language is missed in them.
"""

from collections.abc import Mapping

from forms import fhir
from forms.dates import IS
from forms.model import NO_TEXT, Coding, Option, Quantity, Text, Value
from forms.source import Node, Source, primary

ValueSets = Mapping[str, tuple[Option, ...]]


def value_of(source: Source, node: Node, kind: str, path: str, prefix: str = "value") -> Value | None:
    """The value[x] (or answer[x]) of kind Coding, string, integer, date, ... in `node`; None after an error."""
    name = f"{prefix}{kind[0].upper()}{kind[1:]}"
    value, where = node.get(name), f"{path}.{name}"
    if kind == "Coding":
        return coding(source, value, where)
    if kind == "Quantity":
        return quantity(source, value, where)
    if kind == "integer":
        return source.whole(value, where)
    if kind == "decimal":
        return source.number(value, where)
    if kind == "boolean":
        return source.flag(node, name, path) if value is not None else None
    said = source.string(node, name, path)
    if kind in IS and said and not IS[kind](said):
        source.error("value", where, f"no {kind} of FHIR")
        return None
    return said or None


def coding(source: Source, value: object, path: str) -> Coding | None:
    """A Coding by system and code; a code is needed, since answers compare by it."""
    node = source.node(value, path)
    source.only(node, fhir.CODING_FIELDS, path)
    code = source.string(node, "code", path)
    if not code:
        source.error("required", path, "a Coding needs its code")
        return None
    return Coding(source.string(node, "system", path), code)


def quantity(source: Source, value: object, path: str) -> Quantity | None:
    """A Quantity without comparator: "less than five" cannot be checked against a limit."""
    node = source.node(value, path)
    source.only(node, {"id", "value", "unit", "system", "code"}, path)
    if "value" not in node:
        source.error("required", f"{path}.value", "an amount needs its number")
        return None
    number = source.number(node["value"], f"{path}.value")
    parts = [source.string(node, name, path) for name in ("unit", "system", "code")]
    return None if number is None else Quantity(number, *parts)


def answer_options(source: Source, node: Node, path: str) -> tuple[Option, ...]:
    """The options that stand in the item itself."""
    found = []
    for place, entry in enumerate(source.array(node, "answerOption", path, fhir.MAX_OPTIONS)):
        option = _option(source, entry, f"{path}.answerOption[{place}]")
        if option is not None:
            found.append(option)
    return tuple(found)


def _option(source: Source, entry: object, path: str) -> Option | None:
    node = source.node(entry, path)
    source.only(node, fhir.OPTION_FIELDS, path)
    extensions = source.extensions(node, path, (fhir.EXCLUSIVE,))
    names = [name for name in fhir.OPTION_VALUES if name in node]
    if len(names) != 1:
        source.error("structure", path, "an option has one value: Coding, string, integer, date or time")
        return None
    name = names[0]
    kind = fhir.OPTION_VALUES[name]
    value = value_of(source, node, kind, path)
    if value is None:
        return None
    exclusive = fhir.EXCLUSIVE in extensions and source.flag(extensions[fhir.EXCLUSIVE], "valueBoolean", path)
    initial = source.flag(node, "initialSelected", path)
    return Option(value, _shown(source, node, name, kind, path), exclusive, initial, "", kind)


def _shown(source: Source, node: Node, name: str, kind: str, path: str) -> Text:
    if kind == "Coding":
        inner = source.node(node[name], f"{path}.{name}")
        text = source.text(inner, "display", f"{path}.{name}")
        if text is NO_TEXT:
            source.wish("required", f"{path}.{name}", "an option needs a display to show")
            text = Text({source.language: str(inner.get("code", ""))})
        source.extensions(inner, f"{path}.{name}", ())
        return text
    if kind == "string":
        return source.text(node, name, path)
    return Text({source.language: str(node[name])})


def value_set(source: Source, url: object, contained: ValueSets, shipped: ValueSets, path: str) -> tuple[Option, ...]:
    """The options under `answerValueSet`: contained in the form, by "#id" or by their own url, or a bundled list."""
    where = f"{path}.answerValueSet"
    if not isinstance(url, str):
        source.error("structure", where, "a url was expected")
        return ()
    if url in shipped:
        return shipped[url]
    found = contained.get(url)
    if found is not None:
        return found
    if url.startswith("#"):
        source.error("not-found", where, "no contained value set has this id")
    else:
        source.unlist(where, "neither contained nor bundled: it would need a server")
    return ()


def contained_sets(source: Source, resource: Node) -> dict[str, tuple[Option, ...]]:
    """Every ValueSet in `contained`, by "#id" and, where it has them, by its url and by "url|version"."""
    found: dict[str, tuple[Option, ...]] = {}
    for place, entry in enumerate(source.array(resource, "contained", "Questionnaire", 200)):
        path = f"Questionnaire.contained[{place}]"
        node = source.node(entry, path)
        if node.get("resourceType") != "ValueSet":
            source.warn(
                "not-supported", path, "of contained resources only a ValueSet is read; this one is passed over"
            )
            continue
        source.no_modifiers(node, path)
        name = source.string(node, "id", path)
        if not name or f"#{name}" in found:
            source.error("duplicate" if name else "required", path, "a contained value set needs an id of its own")
            continue
        members = found[f"#{name}"] = _members(source, node, path)
        url, version = source.string(node, "url", path), source.string(node, "version", path)
        for known in (url, f"{url}|{version}") if url else ():
            found.setdefault(known, members)
    return found


def _members(source: Source, node: Node, path: str) -> tuple[Option, ...]:
    """What it offers; () where that is not all listed, and an answer may be any code."""
    before = source.unlisted
    if "expansion" in node:
        where = f"{path}.expansion"
        found = _expanded(source, source.node(node["expansion"], where), where, 0)
    else:
        found = _composed(source, node, f"{path}.compose")
    if source.unlisted > before:
        return ()
    if not found:
        source.error("value", path, "a value set with no code")
    return tuple(found)


def _composed(source: Source, node: Node, where: str) -> list[Option]:
    compose = source.node(node.get("compose", {}), where)
    if set(compose) - {"id", "include", "lockedDate", "inactive"}:
        source.unlist(where, "a contained value set only includes; it does not exclude")
    found: list[Option] = []
    for place, entry in enumerate(source.array(compose, "include", where, 100)):
        inner = f"{where}.include[{place}]"
        part = source.node(entry, inner)
        if set(part) - {"id", "system", "version", "concept"} or "concept" not in part:
            source.unlist(inner, "a contained value set names each of its codes; nothing else is taken")
            continue
        system = source.string(part, "system", inner)
        for number, concept in enumerate(source.array(part, "concept", inner, fhir.MAX_OPTIONS)):
            named = f"{inner}.concept[{number}]"
            found += _concept(source, source.node(concept, named), named, system)
    return found


def _expanded(source: Source, parent: Node, path: str, depth: int) -> list[Option]:
    """What an expansion offers, level by level: an entry that is abstract or has no code is only a heading."""
    found: list[Option] = []
    for place, entry in enumerate(source.array(parent, "contains", path, fhir.MAX_OPTIONS)):
        where = f"{path}.contains[{place}]"
        if depth >= fhir.MAX_DEPTH:
            source.error("too-costly", where, f"codes nested more than {fhir.MAX_DEPTH} deep")
            return found
        node = source.node(entry, where)
        heading = node.get("abstract") is True or ("code" not in node and "contains" in node)
        if not heading:
            found += _concept(source, node, where, None)
        if "contains" in node:
            found += _expanded(source, node, where, depth + 1)
    return found


def _concept(source: Source, node: Node, path: str, system: str | None) -> list[Option]:
    code = source.string(node, "code", path)
    if not code:
        source.error("required", path, "a code was expected")
        return []
    own = source.string(node, "system", path) if system is None else system
    return [Option(Coding(own, code), _display(source, node, path))]


def _display(source: Source, node: Node, path: str) -> Text:
    """The display; languages come as translations of it or as designations."""
    text = source.text(node, "display", path, needs_all=False)
    texts = dict(text.texts)
    if not texts:
        source.wish("required", path, "a concept needs a display to show")
        return Text({source.language: str(node.get("code", ""))})
    for place, entry in enumerate(source.array(node, "designation", path, 100)):
        where = f"{path}.designation[{place}]"
        designation = source.node(entry, where)
        tag, said = primary(designation.get("language")), source.string(designation, "value", where)
        if tag and said:
            texts.setdefault(tag, said)
    source.complete(texts, f"{path}.display")
    return Text(texts)
