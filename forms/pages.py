"""The pages of a form: one question each, in order, as the answers so far make them.

- Titles of groups, notes, and questions that are only to be read stand over the next question. A note that ends its
  group, with no question after it there, has a page of its own: nobody would read it under another heading.
- After the last occurrence of a repeating group comes a page "more": is there another? None when maxOccurs is reached.
- A note beneath a question stands with it. Hidden items are not shown; they keep the values they were given.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from forms import fhir
from forms.conditions import Asking, occurrences
from forms.model import DISPLAY, GROUP, MAX_OCCURRENCES, Answers, Form, Item
from forms.walk import MAX_STEPS


class Page(NamedTuple):
    """What is shown at once. For "more", `item` is the repeating group, `at` the occurrences around it."""

    kind: Literal["question", "more"]
    item: Item
    at: tuple[int, ...]
    above: tuple[Item, ...]


def pages(form: Form, answers: Answers) -> tuple[Page, ...]:
    """Every page that is asked given these answers."""
    return tuple(_Pages(form, answers).under(form.items, (), ()))


class _Pages:
    def __init__(self, form: Form, answers: Answers) -> None:
        self.answers = answers
        self.asking = Asking(form, answers)
        self.left = MAX_STEPS

    def under(self, items: tuple[Item, ...], at: tuple[int, ...], around: tuple[Item, ...]) -> Iterator[Page]:
        """The pages of some items that stand in the groups `around`."""
        notes: list[Item] = []
        for item in items:
            self.left -= 1
            if self.left < 0:
                return
            if item.hidden or (item.conditions and not self.asking.wanted(item, at)):
                continue
            if item.type == GROUP:
                found = self._group(item, at, (*around, *notes))
                first = next(found, None)
                if first is not None:
                    notes = []
                    yield first
                    yield from found
            elif item.type == DISPLAY or item.read_only:
                if item.control != fhir.HELP:
                    notes.append(item)
            else:
                below = [child for child in item.items if self._note(child, at)]
                yield Page("question", item, at, (*around, *notes, *below))
                notes = []
                if self.asking.opened(item, at):
                    rest = tuple([child for child in item.items if child.type != DISPLAY])
                    yield from self.under(rest, at, around)
        if notes:
            yield Page("question", notes[-1], at, (*around, *notes[:-1]))

    def _note(self, child: Item, at: tuple[int, ...]) -> bool:
        shown = child.type == DISPLAY and child.control != fhir.HELP and not child.hidden
        return shown and self.asking.wanted(child, at)

    def _group(self, item: Item, at: tuple[int, ...], around: tuple[Item, ...]) -> Iterator[Page]:
        if not item.repeats:
            yield from self.under(item.items, at, (*around, item))
            return
        count = occurrences(self.answers, item, at)
        for number in range(count):
            yield from self.under(item.items, (*at, number), (*around, item))
        if count < min(item.max_occurs or MAX_OCCURRENCES, MAX_OCCURRENCES):
            yield Page("more", item, at, around)
