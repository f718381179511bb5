"""What a declaration means for a decision, as names: the rules never see the answers themselves.

An item that carries Coding("urn:gatepost:fact", NAME) in item.code gives the fact NAME when it is asked and answered
with yes, or with any option that is not exclusive ("none of these" is). "No" and "I do not know" of our own code system
urn:gatepost:yes-no give no fact. NAME:code,code gives it for those options only.
"""

from forms.model import FACT, Answers, Coding, Form, Item, Value
from forms.walk import walk

YES_NO = "urn:gatepost:yes-no"


def facts(form: Form, answers: Answers) -> frozenset[str]:
    """The facts that the answers give."""
    found: set[str] = set()
    for item, at in walk(form, answers):
        if not item.codes or not item.asked:
            continue
        values = answers.get((item.link_id, at), ())
        for coding in item.codes:
            if coding.system == FACT:
                name, _, only = coding.code.partition(":")
                if any(_gives(item, value, only) for value in values):
                    found.add(name)
    return frozenset(found)


def _gives(item: Item, value: Value, only: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, Coding):
        if only:
            return value.code in only.split(",")
        if value.system == YES_NO:
            return value.code == "yes"
    elif only or not isinstance(value, str):
        return False
    place = item.place_of(value)
    return place is None or not item.options[place].exclusive
