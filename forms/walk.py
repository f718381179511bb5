"""Through a form in document order: each item that is asked, once for each occurrence of the groups around it."""

from collections.abc import Iterator

from forms.conditions import Asking, occurrences
from forms.model import Answers, Form, Item

MAX_STEPS = 20_000  # items looked at in one walk; answers that claim more are cut off there


# An item in an occurrence of the repeating groups around it, its own number among them if it is one.
Step = tuple[Item, tuple[int, ...]]


def walk(form: Form, answers: Answers, asking: Asking | None = None) -> Iterator[Step]:
    """Every enabled item, groups before what they hold. A repeating group comes once for each occurrence, with its
    number as the last of `at`."""
    asking = asking or Asking(form, answers)
    left = [MAX_STEPS]
    yield from _under(form.items, (), asking, left)


def _under(items: tuple[Item, ...], at: tuple[int, ...], asking: Asking, left: list[int]) -> Iterator[Step]:
    for item in items:
        left[0] -= 1
        if left[0] < 0:
            return
        if item.conditions and not asking.wanted(item, at):
            continue
        if item.loops:
            for number in range(occurrences(asking.answers, item, at)):
                yield item, (*at, number)
                yield from _under(item.items, (*at, number), asking, left)
        else:
            yield item, at
            if item.items and asking.opened(item, at):
                yield from _under(item.items, at, asking, left)
