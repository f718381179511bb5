"""A FHIR R4 Questionnaire becomes a Form, or is refused with every reason found.

- Total: whatever JSON comes in, `load` gives a Form or raises FormRefused, and `forms.lint.lint` gives issues.
- Bounded: items, depth, options, characters and the work of patterns have limits that hold for the whole form.
- With `languages` the form is to be published: every string must then be there in each of them.
"""

from collections.abc import Sequence
from types import MappingProxyType

from forms import fhir
from forms.cross import cross_check
from forms.dates import compare, is_date_time
from forms.items import ItemReader
from forms.model import NO_TEXT, Form, FormRefused, Issue, Text, make_form
from forms.options import ValueSets, contained_sets
from forms.source import Node, Source, primary

NO_SETS: ValueSets = MappingProxyType({})
_CONSTRAINTS = tuple(fhir.CONSTRAINTS)  # a tuple: what is compared with it comes from outside, and may have no hash
_STATUSES = ("draft", "active", "retired", "unknown")


def load(resource: object, value_sets: ValueSets = NO_SETS, languages: Sequence[str] = ()) -> Form:
    """The form of a Questionnaire in JSON. Raises FormRefused with all issues, warnings among them."""
    form, issues = read_form(resource, value_sets, languages)
    if form is None:
        raise FormRefused(issues)
    return form


def read_form(
    resource: object, value_sets: ValueSets, languages: Sequence[str], judging: bool = False
) -> tuple[Form | None, tuple[Issue, ...]]:
    """(the form, or None if an issue is an error; every issue found).

    A form that is read for `judging` a response may name value sets that only a server knows: any code answers them.
    """
    source = Source(languages, judging)
    node = source.node(resource, "Questionnaire")
    if source.issues:
        return None, tuple(source.issues)
    if node.get("resourceType") != "Questionnaire":
        found = f"is {ascii(node['resourceType'])[:40]}, not" if "resourceType" in node else "is missing: it is no"
        source.error("structure", "Questionnaire", f"resourceType {found} Questionnaire")
        return None, tuple(source.issues)
    head, title = _head(source, node)
    reader = ItemReader(source, contained_sets(source, node), value_sets)
    items = reader.children(node, "Questionnaire", 0, 0)
    if not items:
        source.error("required", "Questionnaire.item", "a form needs at least one item")
    form = make_form(head, title, items)
    cross_check(source, form, reader.paths)
    return None if source.refused else form, tuple(source.issues)


def _head(source: Source, node: Node) -> tuple[dict[str, str], Text]:
    path = "Questionnaire"
    source.only(node, fhir.QUESTIONNAIRE_FIELDS, path)
    source.no_modifiers(node, path)
    for place, extension in enumerate(source.array(node, "extension", path, fhir.MAX_EXTENSIONS)):
        if isinstance(extension, dict) and extension.get("url") in _CONSTRAINTS:
            source.error("not-supported", f"{path}.extension[{place}]", "a constraint in FHIRPath cannot be checked")
    if node.get("implicitRules"):
        source.error("not-supported", f"{path}.implicitRules", "rules kept elsewhere cannot be followed")
    source.language = primary(node.get("language"))
    if not source.language:
        source.wish("required", f"{path}.language", "the language of the form's own texts")
    head = {name: _name(source, node, name) for name in ("url", "version")}
    head["status"] = source.string(node, "status", path)
    if not head["status"]:
        source.wish("required", f"{path}.status", f"one of {', '.join(_STATUSES)}")
    elif head["status"] not in _STATUSES:
        source.error("value", f"{path}.status", f"one of {', '.join(_STATUSES)}")
    elif head["status"] != "active":
        source.warn("business-rule", f"{path}.status", f"the form is {head['status']}, not active")
    title = source.text(node, "title", path)
    if title is NO_TEXT:
        source.wish("required", f"{path}.title", "a published form has a title")
    return {**head, "language": source.language, **_period(source, node)}, title


def _name(source: Source, node: Node, name: str) -> str:
    """url or version: what a response names its form by."""
    path = f"Questionnaire.{name}"
    said = source.string(node, name, "Questionnaire")
    if not said:
        source.wish("required", path, "a published form is named by url and version")
    elif "|" in said:
        source.error("value", path, "no |, which parts the url from the version")
    elif len(said) > fhir.MAX_NAME:
        source.wish("too-long", path, f"in a published form at most {fhir.MAX_NAME} characters")
    return said


def _period(source: Source, node: Node) -> dict[str, str]:
    path = "Questionnaire.effectivePeriod"
    period = source.node(node.get("effectivePeriod", {}), path)
    ends = {name: source.string(period, name, path) for name in ("start", "end")}
    for name, at in ends.items():
        if at and not is_date_time(at):
            source.error("value", f"{path}.{name}", "no dateTime of FHIR")
            ends[name] = ""
    if ends["start"] and ends["end"] and compare(ends["start"], ends["end"]) == 1:
        source.error("invariant", path, "it ends before it starts")
    return ends
