"""The publishing check: what stands in the way of asking a form at a gate.

Refused, each with its place and reason: everything outside the profile (docs/forms-profile.md), a string without one
of the mandatory languages, a linkId used twice, a condition that asks a missing or later question, limits that
contradict each other, a pattern that could not be run in bounded time, and sizes past the bounds of forms.fhir.
"""

from collections.abc import Sequence

from forms.load import NO_SETS, read_form
from forms.model import LANGUAGES, Issue
from forms.options import ValueSets
from forms.source import primary

__all__ = ["LANGUAGES", "lint", "speaks"]


def lint(resource: object, value_sets: ValueSets = NO_SETS, languages: Sequence[str] = LANGUAGES) -> tuple[Issue, ...]:
    """Every finding in a Questionnaire; it may be published when none is an error. Never raises, whatever the JSON."""
    return read_form(resource, value_sets, languages)[1]


def speaks(resource: object, language: str) -> bool:
    """Whether a Questionnaire has texts or translations in `language`. Never raises, whatever the JSON."""
    waiting = [resource]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            tag = node.get("valueCode") if node.get("url") == "lang" else node.get("language")
            if primary(tag) == language:
                return True
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return False
