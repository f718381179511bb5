"""Answers in their one normal form: what is asked and was answered, and nothing else.

- A disabled item is left out; so is an empty answer.
- An occurrence of a repeating group with no answer in it is left out and the following move up: a family member of
  whom nothing is said is none.
- A repeating group that occurs has its count under its own key.
"""

from forms.conditions import Asking, occurrences
from forms.model import Answers, Form, Item, Key, Value
from forms.walk import MAX_STEPS


def kept(form: Form, answers: Answers) -> Answers:
    """The normal form; of a normal form it is the same again."""
    return _Keeping(form, answers).out


class _Keeping:
    def __init__(self, form: Form, answers: Answers) -> None:
        self.asking = Asking(form, answers)
        self.answers = answers
        self.left = MAX_STEPS
        self.out: dict[Key, tuple[Value, ...]] = {}
        self._under(form.items, (), ())

    def _under(self, items: tuple[Item, ...], at: tuple[int, ...], to: tuple[int, ...]) -> bool:
        """Keep what stands in `items` of occurrence `at` as occurrence `to`; whether there was anything."""
        before = len(self.out)
        for item in items:
            self.left -= 1
            if self.left < 0:
                break
            if item.conditions and not self.asking.wanted(item, at):
                continue
            if item.loops:
                self._occurrences(item, at, to)
                continue
            if item.asked:
                values = self.answers.get((item.link_id, at))
                if not values:
                    continue
                self.out[item.link_id, to] = tuple(values)
            if item.items:
                self._under(item.items, at, to)
        return len(self.out) > before

    def _occurrences(self, group: Item, at: tuple[int, ...], to: tuple[int, ...]) -> None:
        count = 0
        for number in range(occurrences(self.answers, group, at)):
            count += self._under(group.items, (*at, number), (*to, count))
        if count:
            self.out[group.link_id, to] = (count,)
