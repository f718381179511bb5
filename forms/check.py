"""Whether the answers to a form are good. What is wrong with those to one question stands in forms.answer.

- Only what is asked is looked at: a disabled item needs no answer, and may have none.
- A required group needs one answer beneath it, whichever. An occurrence of an optional repeating group that nobody
  counted and nothing was said in needs none.
"""

from collections.abc import Iterator

from forms.answer import issue_of, missing, problems
from forms.model import Answers, Form, Issue, Item, Key, Value
from forms.offered import group_of
from forms.walk import Step, walk


def check_answer(item: Item, values: tuple[Value, ...]) -> tuple[Issue, ...]:
    """What is wrong with the answers to one question, asked alone; `()` when nothing is. Never raises."""
    if not values:
        return tuple(missing(item, item.link_id))
    return tuple(problems(item, values))


def check(form: Form, answers: Answers) -> tuple[Issue, ...]:
    """What is wrong with the answers to a form. Never raises."""
    return tuple([issue for _, issue in findings(form, answers)])


def findings(form: Form, answers: Answers) -> list[tuple[Key, Issue]]:
    """`check`, with the key that each issue is about: questions in order, then groups, then what was not asked."""
    found: list[tuple[Key, Issue]] = []
    filled: set[Key] = set()
    asked: set[Key] = set()
    groups: list[Step] = []
    for step in walk(form, answers):
        item, at = step
        if not item.asked:
            if item.required or item.loops:
                groups.append(step)
            continue
        key = (item.link_id, at)
        asked.add(key)
        values = answers.get(key)
        if values:
            _fill(filled, form, item, at)
            wrong = problems(item, values, named(item.link_id, at))
            if item.codes:
                wrong += _elsewhere(form, answers, item, at)
            if wrong:
                found += [(key, issue) for issue in wrong]
        elif item.required or item.min_occurs:
            found += [(key, issue) for issue in missing(item, named(item.link_id, at))]
    found += _groups(groups, filled)
    untold = {(item.link_id, at) for item, at in groups if item.loops and not _told(item, at, answers)} - filled
    if untold:
        found = [(key, issue) for key, issue in found if issue.code != "required" or not _within(form, key, untold)]
    return found + list(_unasked(form, answers, asked))


def _elsewhere(form: Form, answers: Answers, item: Item, at: tuple[int, ...]) -> list[Issue]:
    """Options that do not belong under the answer to another question: a ward of another province."""
    group = group_of(form, answers, item, at)
    places = [item.place_of(value) for value in answers[item.link_id, at]] if group else []
    if all(place is None or item.options[place].group == group for place in places):
        return []
    if not any(option.group == group for option in item.options):
        return []
    text = "not one of the options under the other answer"
    return [issue_of("business-rule", named(item.link_id, at), text, "not_an_option")]


def _told(group: Item, at: tuple[int, ...], answers: Answers) -> bool:
    """Whether an occurrence was counted or must be: the one that is only offered needs no answers."""
    return bool(group.required or group.min_occurs or answers.get((group.link_id, at[:-1])))


def _within(form: Form, key: Key, occurrences: set[Key]) -> bool:
    depth = 0
    for outer in form.above[key[0]]:
        depth += outer.loops
        if outer.loops and (outer.link_id, key[1][:depth]) in occurrences:
            return True
    return False


def named(link_id: str, at: tuple[int, ...]) -> str:
    """A question in an occurrence, for an issue's expression: "name[1]"."""
    return link_id if not at else link_id + "".join(f"[{number}]" for number in at)


def _fill(filled: set[Key], form: Form, item: Item, at: tuple[int, ...]) -> None:
    depth = 0
    for outer in form.above[item.link_id]:
        depth += outer.loops
        filled.add((outer.link_id, at[:depth]))


def _groups(groups: list[Step], filled: set[Key]) -> Iterator[tuple[Key, Issue]]:
    """Required groups with no answer beneath, and repeating ones with too few or too many filled occurrences."""
    counts: dict[Key, int] = {}
    loops: dict[str, Item] = {}
    for item, at in groups:
        if item.loops:
            loops[item.link_id] = item
            key = (item.link_id, at[:-1])
            counts[key] = counts.get(key, 0) + ((item.link_id, at) in filled)
        elif (item.link_id, at) not in filled:
            where = named(item.link_id, at)
            yield (item.link_id, at), issue_of("required", where, "an answer in this group is needed", "required")
    for key, count in counts.items():
        item, where = loops[key[0]], named(*key)
        least = item.min_occurs or int(item.required)
        if count < least:
            yield key, issue_of("required", where, f"at least {least} of these", "too_few", str(least))
        if item.max_occurs is not None and count > item.max_occurs:
            most = str(item.max_occurs)
            yield key, issue_of("structure", where, f"at most {most} of these", "too_many", most)


def _unasked(form: Form, answers: Answers, asked: set[Key]) -> Iterator[tuple[Key, Issue]]:
    """Answers to items that were not asked: disabled, unknown, or in an occurrence that is not there."""
    for (link, at), values in answers.items():
        if not values or (link, at) in asked:
            continue
        item = form.by_id.get(link)
        if item is None:
            text = "an answer to a question that the form has not"
            yield (link, at), issue_of("structure", "", text, "not_an_option")
        elif item.asked:
            text = "an answer to a question that is not asked"
            yield (link, at), issue_of("business-rule", named(link, at), text, "not_an_option")
