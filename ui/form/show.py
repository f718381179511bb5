"""From a state to what its page shows, in the visitor's language. Pure: the templates only set it.

The widget of a question follows from its type: yesno, buttons, checks, list, date, datetime, text, area, lines, note.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from forms.answer import precise
from forms.model import DATES, DISPLAY, GROUP, INPUT, NUMBERS, PREFILL, SENSITIVE, Coding, Item, Quantity, Value
from forms.pages import Page, pages
from ui.form.choices import BUTTONS, CHECKS, FOUND, ROWS, Row, rows
from ui.form.reading import Draft, Problem, write
from ui.form.state import State
from ui.form.walk import asked, page_id, shown_page

Texts = Mapping[str, str]
# Which keys the touch keyboard shows, by what the form says of the input.
KEYBOARDS = {"phone": "phone", "passport": "latin", "digits": "digits", "email": "email"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question page. `typed` are the texts that stand in its fields, `picked` the chosen places."""

    item: Item
    widget: str
    text: str
    titles: tuple[str, ...]  # of the groups around it
    notes: tuple[str, ...]
    hints: tuple[str, ...]
    rows: tuple[Row, ...]
    cut: bool  # there are more rows than are shown
    many: bool
    auto: bool  # the one answer goes on by itself
    other: bool  # besides the rows, free text may be written
    picked: tuple[str, ...]
    chosen: Mapping[str, str]  # the names of those picked, by place
    typed: tuple[str, ...]
    keyboard: str
    decimal: str
    partial: str
    start: str  # where untouched date wheels begin to turn
    can_skip: bool
    card: bool
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the review. `place` is its number among all pages; heading: a group's title before it."""

    place: int
    text: str
    answer: str
    from_card: bool
    heading: str
    removes: tuple[str, tuple[int, ...], int] | None


def widget(item: Item) -> str:
    """How a question is answered on a touch screen."""
    if item.type == DISPLAY:
        return "note"
    if item.type == "boolean":
        return "yesno"
    if item.options:
        if item.repeats:
            return "checks" if len(item.options) <= CHECKS else "list"
        return "buttons" if len(item.options) <= BUTTONS else "list"
    if item.repeats:
        return "lines"
    if item.type in ("date", "dateTime"):
        return item.type.lower()
    return "area" if item.type == "text" else "text"


def question(state: State, texts: Texts, today: str = "") -> Asked | None:
    """The question shown, None when `here` names no page. `today` is an ISO date."""
    page = shown_page(state)
    if page is None or page.kind != "question":
        return None
    item = page.item
    kind = widget(item)
    all_rows = rows(item, page.at, state.answers, state.language)
    shown = all_rows if len(all_rows) <= ROWS else all_rows[:FOUND]
    draft = state.draft or write(item, state.answers.get((item.link_id, page.at), _beforehand(item)))
    list_ = [page_id(one) for one in asked(state) if one.kind == "question"]
    return Asked(
        item=item,
        widget=kind,
        text=_label(item, state.language),
        titles=_titles(page, state.language, texts),
        notes=tuple(_label(note, state.language) for note in page.above if note.type != GROUP),
        hints=_hints(item, page, kind, state.language, texts),
        rows=shown,
        cut=len(shown) < len(all_rows),
        many=item.repeats,
        auto=kind == "yesno" or (kind in ("buttons", "list") and not item.repeats),
        other=item.type == "open-choice",
        picked=draft.picked,
        chosen=_chosen(item, draft, state.language),
        typed=_typed(item, kind, draft),
        keyboard=_keyboard(item, state.language),
        decimal=texts.get("language.decimal", ",") if item.type in ("decimal", "quantity") else "",
        partial=_partial(item),
        start="1980-01-01" if item.code_of(PREFILL) else today,
        can_skip=not item.required,
        card=bool(item.code_of(PREFILL)) and bool(page.at) and not state.by_phone,
        number=list_.index(page_id(page)) + 1,
        total=len(list_),
    )


def _chosen(item: Item, draft: Draft, language: str) -> dict[str, str]:
    places = [place for place in draft.picked if place.isdecimal() and int(place) < len(item.options)]
    return {place: item.options[int(place)].text.in_(language) for place in places}


def _beforehand(item: Item) -> tuple[Value, ...]:
    """What a form may choose beforehand; of health nothing is, whatever the form says."""
    if item.code_of(SENSITIVE) or item.code_of("urn:gatepost:fact"):
        return ()
    return item.initial or tuple(option.value for option in item.options if option.initial)


def _label(item: Item, language: str) -> str:
    prefix = item.prefix.in_(language)
    text = item.text.in_(language)
    return f"{prefix} {text}" if prefix else text


def _titles(page: Page, language: str, texts: Texts) -> tuple[str, ...]:
    """Titles of the groups around a page; an occurrence says which one it is."""
    found = []
    depth = 0
    for item in page.above:
        text = _label(item, language) if item.type == GROUP else ""
        if item.loops and depth < len(page.at):
            text = texts["form.occurrence"].format(name=text, number=page.at[depth] + 1)
            depth += 1
        if text:
            found.append(text)
    return tuple(found)


def _hints(item: Item, page: Page, kind: str, language: str, texts: Texts) -> tuple[str, ...]:
    told = (item.help, None if kind in ("date", "datetime") else item.entry_format)
    own = tuple(text.in_(language) for text in told if text is not None)
    if own:
        return own
    if item.type == "time":
        return (texts["form.time"],)
    if item.repeats and kind in ("checks", "list"):
        return (texts["form.many"],)
    return () if item.required or kind == "note" else (texts["form.optional"],)


def _typed(item: Item, kind: str, draft: Draft) -> tuple[str, ...]:
    if kind == "datetime":
        date, _, time = (draft.typed[0] if draft.typed else "").partition("T")
        return date, draft.typed[1] if len(draft.typed) > 1 else time[:5]
    if kind == "lines":
        return (*draft.typed, "")[: max(1, item.max_occurs or 100)]
    return draft.typed or ("",)


def _keyboard(item: Item, language: str) -> str:
    known = KEYBOARDS.get(item.code_of(INPUT) or "")
    if known:
        return known
    if item.type in (*NUMBERS, "quantity", *DATES):
        return "digits"
    return "email" if item.type == "url" else "vi"


def _partial(item: Item) -> str:
    """Which parts of a date may stay open: those the form says, and for a birthday whatever is not known."""
    if item.code_of(PREFILL) == "birth_date" and not precise(item):
        return "year"
    if item.entry_format is None:
        return ""
    return {7: "month", 0: "year"}.get(precise(item), "")


def is_person(item: Item) -> bool:
    """Whether a repeating group is about people: it asks for a name."""
    return any(child.code_of(PREFILL) == "full_name" or is_person(child) for child in item.items)


def review(state: State, texts: Texts) -> tuple[Answer, ...]:
    """Every question asked, with its answer in words, under the titles of its groups."""
    assert state.offer is not None
    lines: list[Answer] = []
    last: tuple[str, ...] = ()
    form = state.offer.form
    for place, page in enumerate(pages(form, state.answers)):
        if page.kind != "question" or page.item.type == DISPLAY:
            continue
        titles = _titles(page._replace(above=form.above[page.item.link_id]), state.language, texts)
        key = (page.item.link_id, page.at)
        values = state.answers.get(key, ())
        lines.append(
            Answer(
                place,
                _label(page.item, state.language),
                ", ".join(said(page.item, value, state.language, texts) for value in values),
                key in state.known,
                " · ".join(titles) if titles != last else "",
                _removes(state, page) if titles != last else None,
            )
        )
        last = titles
    return tuple(lines)


def _removes(state: State, page: Page) -> tuple[str, tuple[int, ...], int] | None:
    """The occurrence that can be taken out: any but those the form needs."""
    if not page.at or state.offer is None:
        return None
    form = state.offer.form
    group = form.by_id[form.loops[page.item.link_id][-1]]
    least = max(1, group.min_occurs or 0)
    return (group.link_id, page.at[:-1], page.at[-1]) if page.at[-1] >= least else None


def said(item: Item, value: Value, language: str, texts: Texts) -> str:
    """A value in words: an option's text, yes and no, a date as it is written in the language."""
    if isinstance(value, bool):
        return texts["form.yes"] if value else texts["form.no"]
    if value in item.places:
        return item.options[item.places[value]].text.in_(language)
    if isinstance(value, Coding):
        return value.code
    if isinstance(value, Quantity):
        return f"{value.value:f} {value.unit}".strip()
    if item.type in ("date", "dateTime") and isinstance(value, str):
        return date_text(value, texts)
    return str(value)


def date_text(iso: str, texts: Texts) -> str:
    """A FHIR date, whole or partial, as the language writes it ("language.date": {d} {m} {y}, two digits each)."""
    date, _, time = iso.partition("T")
    parts = date.split("-")
    if len(parts) == 3:
        written = texts.get("language.date", "{d}/{m}/{y}").format(d=parts[2], m=parts[1], y=parts[0])
        return f"{written} {time[:5]}".strip()
    return "/".join(reversed(parts))


def sentence(problem: Problem, texts: Texts, language: str) -> str:
    """What is wrong and what to do, in the visitor's words."""
    own = problem.texts.get(language) or problem.texts.get("vi", "")
    if own:
        return own
    text = texts.get(f"form.problem.{problem.key}", texts["form.problem.general"])
    if "{limit}" in text and not problem.limit:
        return texts["form.problem.general"]
    limit = date_text(problem.limit, texts) if problem.key in ("too_early", "too_late") else problem.limit
    return text.format(limit=limit)
