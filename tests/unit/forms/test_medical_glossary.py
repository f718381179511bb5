"""docs/glossary-medical.md and the forms use one word for one thing, in every language."""

from pathlib import Path

import forms
from forms.model import LANGUAGES, Coding
from tests.parts.people import FORMS, SYMPTOM, questions, texts

# The glossary: `| code | vi | en | ... |`, each cell a term, perhaps with [marks] of its sources.
GLOSSARY = Path(forms.__file__).parents[1] / "docs" / "glossary-medical.md"


def glossary() -> dict[str, dict[str, str]]:
    """{code: {language: term}} of every table whose head names the eight languages."""
    found: dict[str, dict[str, str]] = {}
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 1 + len(LANGUAGES) and cells[0].startswith("`"):
            terms = (cell.split(" [")[0] for cell in cells[1:])
            found[cells[0].strip("`")] = dict(zip(LANGUAGES, terms, strict=True))
    return found


def test_the_glossary_says_what_the_forms_say() -> None:
    terms = glossary()
    options = {
        option.value.code: option.text
        for form in FORMS.values()
        for item in questions(form)
        for option in item.options
        if isinstance(option.value, Coding)
        and option.value.system in (SYMPTOM, "urn:gatepost:chronic", "urn:gatepost:test-result")
        and not option.value.code.startswith("none")
    }
    for code, text in options.items():
        assert terms[code] == dict(text.texts), code


def test_every_term_of_the_glossary_stands_in_a_form() -> None:
    for language in LANGUAGES:
        said = " ".join(text.texts[language] for form in FORMS.values() for _kind, text in texts(form)).casefold()
        for code, terms in glossary().items():
            assert terms[language].casefold() in said, (code, language)
