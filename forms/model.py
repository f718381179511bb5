"""What a form is once it was read: frozen, checked, and the same at the kiosk, the centre and on the wire.

- A form is a FHIR R4 Questionnaire inside the profile of docs/forms-profile.md. `forms.load` makes it, nothing else.
- An answer is a tuple of values under a key: the question's linkId and the occurrence numbers of the repeating groups
  around it. A repeating group's own key holds one number: how many times it occurs.
- Options are compared by system and code, never by what they show: the display is a translation, not an identity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from forms.pattern import Pattern

LANGUAGES = ("vi", "en", "zh", "ko", "ja", "km", "lo", "th")
GROUP, DISPLAY = "group", "display"
NUMBERS = frozenset({"integer", "decimal"})
DATES = frozenset({"date", "dateTime", "time"})
TEXTS = frozenset({"string", "text", "url"})
CHOICES = frozenset({"choice", "open-choice"})
TYPES = NUMBERS | DATES | TEXTS | CHOICES | {GROUP, DISPLAY, "boolean", "quantity"}
MAX_OCCURRENCES = 100  # of one repeating group or answers to one question

FACT = "urn:gatepost:fact"
PREFILL = "urn:gatepost:prefill"
NARROWED_BY = "urn:gatepost:narrowed-by"
INPUT = "urn:gatepost:input"
SENSITIVE = "urn:gatepost:sensitive"


class Coding(NamedTuple):
    """A code of a code system; `system` is "" where the form names none."""

    system: str
    code: str


class Quantity(NamedTuple):
    """A measured amount: the number, the unit as written, and the unit's code where it has one."""

    value: Decimal
    unit: str
    system: str
    code: str


Value = bool | int | Decimal | str | Coding | Quantity
Key = tuple[str, tuple[int, ...]]
Answers = Mapping[Key, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Text:
    """One string in its languages, the form's own first."""

    texts: Mapping[str, str]

    def in_(self, language: str) -> str:
        """The string in `language`, else in the form's own (proper names have no other); "" when there is none."""
        found = self.texts.get(language)
        return found if found else next(iter(self.texts.values()), "")


NO_TEXT = Text({})


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. `exclusive` clears all others; `group` is the code it belongs under (a ward's province);
    `kind` is how FHIR writes the value: Coding, string, integer, date or time."""

    value: Value
    text: Text
    exclusive: bool = False
    initial: bool = False
    group: str = ""
    kind: str = "Coding"


@dataclass(frozen=True, slots=True)
class Condition:
    """One enableWhen. `operator` is exists = != > < >= <=; `answer` has the question's own type (exists: bool)."""

    question: str
    operator: str
    answer: Value


@dataclass(frozen=True, slots=True)
class Item:
    """A group, a note or a question. `index` is its place in document order, from 0: its name on the wire.

    `min_value`, `max_value`: int, Decimal, Quantity, or ISO text by the type. `regex` stands for the whole answer.
    `control` is the itemControl code. `units` are those a quantity may be in, the first unless another was chosen;
    without any, `preset` is the unit that an initial answer named, its value 0, and other units are answers too.
    `codes` are Questionnaire.item.code. `shipped` is the code system of a list that comes with the product's release
    and not with the form's version; None for a form's own options. `takes` are the FHIR names of its answers, value[x].
    """

    link_id: str
    index: int
    type: str
    text: Text = NO_TEXT
    prefix: Text = NO_TEXT
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    min_length: int | None = None
    max_length: int | None = None
    regex: Pattern | None = None
    min_value: Value | None = None
    max_value: Value | None = None
    max_decimal_places: int | None = None
    min_occurs: int | None = None
    max_occurs: int | None = None
    entry_format: Text | None = None
    control: str | None = None
    options: tuple[Option, ...] = ()
    initial: tuple[Value, ...] = ()
    conditions: tuple[Condition, ...] = ()
    any_of: bool = False
    codes: tuple[Coding, ...] = ()
    items: tuple["Item", ...] = ()
    help: Text | None = None
    units: tuple[Quantity, ...] = ()
    preset: Quantity | None = None
    shipped: str | None = None
    takes: frozenset[str] = frozenset()
    # value -> its place in `options`: made once, since lists of wards are long.
    places: Mapping[Value, int] = field(default_factory=dict, repr=False, compare=False)

    def code_of(self, system: str) -> str | None:
        """The first code of `system` on this item, such as its keyboard under `INPUT`; None without one."""
        return next((coding.code for coding in self.codes if coding.system == system), None)

    def place_of(self, value: Value) -> int | None:
        """Where a value stands among the options, from 0; None for one that is not offered. True is not 1."""
        try:
            place = self.places.get(value)
        except TypeError:  # a signalling NaN has no hash
            return None
        return place if place is not None and type(self.options[place].value) is type(value) else None

    @property
    def unit(self) -> Quantity | None:
        """The unit that goes without saying, its value 0; None where none was named."""
        return self.units[0] if self.units else self.preset

    @property
    def asked(self) -> bool:
        """Whether it takes an answer at all: neither a group nor a note."""
        return self.type not in (GROUP, DISPLAY)

    @property
    def loops(self) -> bool:
        """Whether it is a group that can occur several times."""
        return self.repeats and self.type == GROUP


@dataclass(frozen=True, slots=True)
class Form:
    """A whole form. `flat` holds every item by its index; `above` the items around one, outermost first.

    `start` and `end` are FHIR dateTime texts ("" where open). `loops` are the linkIds of the repeating groups around
    an item: the meaning of the occurrence numbers in its keys.
    """

    url: str
    version: str
    title: Text
    status: str
    language: str
    start: str
    end: str
    items: tuple[Item, ...]
    flat: tuple[Item, ...]
    by_id: Mapping[str, Item]
    above: Mapping[str, tuple[Item, ...]]
    loops: Mapping[str, tuple[str, ...]]

    @property
    def canonical(self) -> str:
        """`url|version`, as a QuestionnaireResponse names its form."""
        return f"{self.url}|{self.version}" if self.version else self.url


class Issue(NamedTuple):
    """One finding. `code` is a FHIR issue type (https://hl7.org/fhir/R4/valueset-issue-type.html).

    `expression` says where: FHIRPath in a resource, or the question's linkId with [n] for each repeating group.
    `text` is for authors and operators. `problem` names the visitor's sentence, ui text "form.problem.<problem>";
    `limit` is the number or text that it is about.
    """

    severity: str
    code: str
    expression: str
    text: str
    problem: str = ""
    limit: str = ""


class FormRefused(Exception):
    """A form that will not be published, with every reason found."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("; ".join(f"{issue.expression}: {issue.text}" for issue in issues[:3]))
        self.issues = tuple(issues)


def make_form(head: Mapping[str, str], title: Text, items: tuple[Item, ...]) -> Form:
    """The form with its indexes; `head` gives url, version, status, language, start and end."""
    flat: list[Item] = []
    above: dict[str, tuple[Item, ...]] = {}

    def visit(item: Item, around: tuple[Item, ...]) -> None:
        flat.append(item)
        above[item.link_id] = around
        for child in item.items:
            visit(child, (*around, item))

    for item in items:
        visit(item, ())
    loops = {link: tuple(item.link_id for item in around if item.loops) for link, around in above.items()}
    by_id = {item.link_id: item for item in flat}
    return Form(
        **head,
        title=title,
        items=items,
        flat=tuple(flat),
        by_id=MappingProxyType(by_id),
        above=MappingProxyType(above),
        loops=MappingProxyType(loops),
    )
