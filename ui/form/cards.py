"""A card held up for a form: what it fills in, and going on without one. Pure, like the rest of ui.form.session."""

from dataclasses import replace

from forms.model import PREFILL
from forms.prefill import prefill
from ui.form.state import Effects, Event, Held, State
from ui.form.walk import asked, page_id, resume, shown_page


def held(state: State, event: Event) -> tuple[State, Effects]:
    """Only the fields that the form asks for are taken; the rest of the card is let go here."""
    assert isinstance(event, Held)
    assert state.offer is not None
    at = state.here[2] if state.here else ()
    before = [page_id(page) for page in asked(state)]
    filled = {key: values for key, values in prefill(state.offer.form, event.fields, at).items() if values}
    identity = state.identity
    if not at and event.fields.get("kind") and event.fields.get("normal_form"):
        identity = event.fields["kind"], event.fields["normal_form"]
    state = replace(
        state,
        answers={**state.answers, **filled},
        known=state.known | filled.keys(),
        identity=identity,
        card_asked=True,
    )
    return (state if state.page == "notice" else resume(state, before)), ()


def use_card(state: State, event: Event) -> tuple[State, Effects]:
    page = shown_page(state)
    if page is None or not page.item.code_of(PREFILL) or state.by_phone:
        return state, ()
    return replace(state, page="card", here=("card", page.item.link_id, page.at), draft=None, problems=()), ()


def no_card(state: State, event: Event) -> tuple[State, Effects]:
    return resume(state, [page_id(page) for page in asked(state)]), ()


def back_from_card(state: State, event: Event) -> tuple[State, Effects]:
    if state.here is None:
        return replace(state, page="notice"), ()
    return no_card(state, event)
