"""The parts of FHIR R4 that a form may use, as tables: what is read, what is let pass unread, what is refused.

Source: http://hl7.org/fhir/R4/questionnaire.html and the extension registry of R4. What is in no table is refused,
since to drop what we do not understand could change what a question means.
"""

from collections.abc import Set as AbstractSet
from types import MappingProxyType

BASE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"

MAX_ITEMS = 2_000
MAX_DEPTH = 12
MAX_LOOP_DEPTH = 5  # the wire form nests two deep for each, and CBOR is read 16 deep
MAX_TEXT = 10_000
MAX_CHARACTERS = 1_000_000
MAX_OPTIONS = 10_000  # of one form, bundled lists apart
MAX_CONDITIONS = 50
MAX_CHAIN = 64  # conditions that wait for conditions
MAX_EXTENSIONS = 100
MAX_NAME = 99  # url and version of a published form: wire.records has 200 for both and the | between them
MAX_ISSUES = 100  # listed of each severity

# Metadata that changes nothing for whoever answers.
_ANY = ("id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension")
_TOLD = ("name", "title", "derivedFrom", "status", "experimental", "subjectType", "date", "publisher", "contact")
_ABOUT = ("description", "useContext", "jurisdiction", "purpose", "copyright", "approvalDate", "lastReviewDate")
_NAMED = ("resourceType", "url", "identifier", "version", "effectivePeriod", "code", "item")
QUESTIONNAIRE_FIELDS = frozenset((*_ANY, *_NAMED, *_TOLD, *_ABOUT))
_ASKED = ("linkId", "definition", "code", "prefix", "text", "type", "enableWhen", "enableBehavior", "required")
_TAKEN = ("repeats", "readOnly", "maxLength", "answerValueSet", "answerOption", "initial", "item")
ITEM_FIELDS = frozenset(("id", "extension", "modifierExtension", *_ASKED, *_TAKEN))
OPTION_VALUES = MappingProxyType(
    {
        "valueCoding": "Coding",
        "valueString": "string",
        "valueInteger": "integer",
        "valueDate": "date",
        "valueTime": "time",
    }
)
OPTION_FIELDS = frozenset(("id", "extension", "modifierExtension", "initialSelected", *OPTION_VALUES))
CODING_FIELDS = frozenset(("id", "extension", "system", "version", "code", "display", "userSelected"))

TRANSLATION = BASE + "translation"
ENTRY_FORMAT = BASE + "entryFormat"
UNIT, UNIT_OPTION = BASE + "questionnaire-unit", BASE + "questionnaire-unitOption"
EXCLUSIVE = BASE + "questionnaire-optionExclusive"
# Extensions of the form itself say how it is drawn, filled or carried on, and are not read; but for these, which say
# what a good response is.
CONSTRAINTS = frozenset((BASE + "questionnaire-constraint", BASE + "targetConstraint"))
HELP = "help"  # the itemControl code of a note that belongs to its question

# Read on an item, by the last part of the url.
_READ = (
    *("minValue", "maxValue", "minLength", "regex", "entryFormat", "maxDecimalPlaces", "questionnaire-minOccurs"),
    *("questionnaire-maxOccurs", "questionnaire-hidden", "questionnaire-itemControl", "questionnaire-unit"),
)
_READ_SDC = ("sdc-questionnaire-minQuantity", "sdc-questionnaire-maxQuantity")
ITEM_EXTENSIONS = frozenset(BASE + name for name in _READ) | {SDC + name for name in _READ_SDC}
# Known and let pass: they say how to draw, how to count later, or where a value may come from; never what is asked.
_HARMLESS_BASE = (
    *("questionnaire-choiceOrientation", "questionnaire-displayCategory", "questionnaire-sliderStepValue"),
    *("questionnaire-supportLink", "questionnaire-optionPrefix", "questionnaire-ordinalValue", "ordinalValue"),
    *("itemWeight", "designNote", "display", "narrativeLink", "originalText", "valueset-label"),
    *("rendering-style", "rendering-xhtml", "rendering-markdown", "rendering-styleSensitive"),
    *("valueset-ordinalValue", "codesystem-ordinalValue", "preferredTerminologyServer", "iso21090-CO-value"),
    *("structuredefinition-standards-status", "structuredefinition-fmm"),
)
_HARMLESS_SDC = (
    *("shortText", "width", "openLabel", "optionalDisplay", "observationExtract", "observationLinkPeriod"),
    *("preferredTerminologyServer", "itemExtractionContext", "itemPopulationContext", "columnCount", "choiceColumn"),
    *("observation-extract-category", "isSubject", "entryMode", "performerType", "keyboard", "itemContext"),
    *("definitionExtract", "definitionExtractValue", "templateExtract", "extractAllocateId", "collapsible"),
)
_DRAWN = frozenset(BASE + name for name in _HARMLESS_BASE)
_COUNTED = frozenset(f"{SDC}sdc-questionnaire-{name}" for name in _HARMLESS_SDC)
HARMLESS = _DRAWN | _COUNTED | {UNIT_OPTION}  # a unitOption may come several times, and is read by itself

# The lists that the product ships, and the one code system of each. Their order changes with a release, so that an
# answer travels by its code; the system goes without saying, and is the same even where a list could not be read.
LISTS = MappingProxyType(
    {
        "urn:gatepost:list:countries": "urn:iso:std:iso:3166",
        "urn:gatepost:list:provinces": "urn:gatepost:province",
        "urn:gatepost:list:provinces-63": "urn:gatepost:province-63",
        "urn:gatepost:list:wards": "urn:gatepost:ward",
        "urn:gatepost:list:airports": "urn:gatepost:airport",
        "urn:gatepost:list:land-gates": "urn:gatepost:land-gate",
        "urn:gatepost:list:seaports": "urn:gatepost:seaport",
    }
)

# Which FHIR value[x] each item type takes: in answers, and in initial.
ANSWER_VALUE = MappingProxyType(
    {
        "boolean": "valueBoolean",
        "decimal": "valueDecimal",
        "integer": "valueInteger",
        "date": "valueDate",
        "dateTime": "valueDateTime",
        "time": "valueTime",
        "string": "valueString",
        "text": "valueString",
        "url": "valueUri",
        "quantity": "valueQuantity",
    }
)


def taken(kind: str, options: AbstractSet[str]) -> frozenset[str]:
    """The names of value[x] that answer a question of type `kind` which offers options of these kinds."""
    if kind in ANSWER_VALUE:
        return frozenset((ANSWER_VALUE[kind],))
    names = {f"value{option[:1].upper()}{option[1:]}" for option in options} or {"valueCoding"}
    return frozenset(names | {"valueCoding", "valueString"} if kind == "open-choice" else names)


CONTROLS = frozenset({"radio-button", "check-box", "drop-down", "autocomplete", "text-box", "lookup", "page", HELP}) | {
    *("inline", "prompt", "unit", "lower", "upper", "flyover", "header", "footer", "spinner", "slider"),
    *("list", "gtable", "table", "htable", "tab-container"),
}
