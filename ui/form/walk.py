"""Which page of the form comes next. Pure: every function takes a state and gives one.

- Every question is a page of its own; which ones there are follows from the answers so far (forms.pages).
- What a card filled in is not asked again.
- What was chosen under another answer (a ward of another province) goes with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from forms.conditions import occurrences
from forms.model import NARROWED_BY, PREFILL, Answers, Coding, Form, Item, Key, Value
from forms.pages import Page, pages
from forms.walk import walk
from ui.form.reading import Reading
from ui.form.state import PageId, State


def asked(state: State) -> tuple[Page, ...]:
    """The pages of the form as the answers stand, without what a card filled in."""
    if state.offer is None:
        return ()
    form_pages = pages(state.offer.form, state.answers)
    return tuple(page for page in form_pages if page.kind == "more" or (page.item.link_id, page.at) not in state.known)


def shown_page(state: State) -> Page | None:
    """The page that `here` names, None when it is no longer asked."""
    return next((page for page in asked(state) if page_id(page) == state.here), None)


def page_id(page: Page) -> PageId:
    return page.kind, page.item.link_id, page.at


def given(state: State) -> Answers:
    """What the form itself answers: initial values of items that nobody is asked about."""
    assert state.offer is not None
    own: dict[Key, tuple[Value, ...]] = {
        (item.link_id, ()): item.initial
        for item in state.offer.form.flat
        if item.initial and (item.hidden or item.read_only) and not state.offer.form.loops.get(item.link_id)
    }
    return {**own, **state.answers}


def card_or_first(state: State) -> State:
    """At the beginning: a card first, once, where it would spare some typing."""
    helps = any(page.item.code_of(PREFILL) for page in asked(state) if not page.at)
    if helps and not state.card_asked and not state.by_phone:
        return replace(state, page="card", here=None, card_asked=True)
    return to(state, 0)


def resume(state: State, before: Sequence[PageId]) -> State:
    """After a card: the first page, from the one left (`before`: the ids as they were), that is still to be asked."""
    left = ("question", *state.here[1:]) if state.here else None
    rest = before[before.index(left) :] if left in before else before
    ids = [page_id(page) for page in asked(state)]
    return to(state, next((ids.index(id_) for id_ in rest if id_ in ids), len(ids) if rest else 0))


def to(state: State, place: int) -> State:
    """Show page number `place` of those asked; after the last one the review."""
    list_ = asked(state)
    if place >= len(list_):
        return review(state)
    return replace(state, page="question", here=page_id(list_[place]), draft=None, problems=())


def review(state: State) -> State:
    return replace(state, page="review", here=None, changing=False, draft=None, problems=())


def keep(state: State, page: Page, reading: Reading) -> State:
    """The answer in its place. What was chosen under the former answer (a ward of another province) is let go."""
    answers = dict(state.answers)
    answers[(page.item.link_id, page.at)] = reading.values
    codes = {value.code for value in reading.values if isinstance(value, Coding)}
    form = state.offer.form if state.offer else None
    for item in form.flat if form else ():
        if item.code_of(NARROWED_BY) == page.item.link_id:
            key = (item.link_id, page.at)
            answers[key] = tuple(value for value in answers.get(key, ()) if _belongs(item, value, codes))
    return replace(state, answers=answers)


def _belongs(item: Item, value: object, codes: set[str]) -> bool:
    group = next((option.group for option in item.options if option.value == value), "")
    return not group or group in codes


def onward(state: State) -> State:
    """The page after this one; while changing from the review, the first that was never shown, else the review."""
    assert state.here is not None
    here = state.here
    list_ = asked(state)
    ids = [page_id(page) for page in list_]
    state = replace(state, shown=state.shown | {here})
    if state.changing:
        new = next((n for n, id_ in enumerate(ids) if id_ not in state.shown), None)
        return review(state) if new is None else to(state, new)
    return to(state, ids.index(here) + 1 if here in ids else 0)


def drop(state: State, group: Item, at: tuple[int, ...], number: int) -> State:
    """Without occurrence `number` of a repeating group; those behind it move up."""
    assert state.offer is not None
    loops = state.offer.form.loops
    depth = len(at)

    def moved(link_id: str, where: tuple[int, ...]) -> tuple[int, ...] | None:
        inside = group.link_id in loops.get(link_id, ()) and where[:depth] == at
        if not inside or where[depth] < number:
            return where
        return None if where[depth] == number else (*where[:depth], where[depth] - 1, *where[depth + 1 :])

    def keys(old: Iterable[Key]) -> dict[Key, Key]:
        return {key: (key[0], where) for key in old if (where := moved(*key)) is not None}

    kept = {new: state.answers[old] for old, new in keys(state.answers).items()}
    kept[group.link_id, at] = (max(1, occurrences(state.answers, group, at) - 1),)
    shown = frozenset((kind, link, where) for kind, link, old in state.shown if (where := moved(link, old)) is not None)
    return replace(state, answers=kept, known=frozenset(keys(state.known).values()), shown=shown)


def live(form: Form, answers: Answers) -> Answers:
    """Only what is asked as the answers stand: what was answered before another answer closed it stays behind."""
    kept: dict[Key, tuple[Value, ...]] = {}
    for item, at in walk(form, answers):
        key = (item.link_id, at[:-1] if item.loops else at)
        if answers.get(key) and (item.asked or item.loops):
            kept[key] = answers[key]
    return kept


def people(state: State) -> int:
    """How many it speaks for: the occurrences of the repeating group that asks for a name, else one."""
    assert state.offer is not None
    form = state.offer.form
    for item in form.flat:
        loops = form.loops.get(item.link_id, ())
        if item.code_of(PREFILL) == "full_name" and len(loops) == 1:
            count = state.answers.get((loops[0], ()), (1,))
            return max(1, int(count[0])) if count and isinstance(count[0], int) else 1
    return 1
