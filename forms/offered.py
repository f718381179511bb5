"""Which options a question offers now: all, or those that belong under the answer to another (a province's wards).

An item that carries Coding("urn:gatepost:narrowed-by", LINKID) in item.code offers the options whose `group` is the
code answered to LINKID. While that has no answer, or one that no option belongs under, all are offered.
"""

from forms.model import NARROWED_BY, Answers, Coding, Form, Item, Option


def offered(form: Form, answers: Answers, item: Item, at: tuple[int, ...]) -> tuple[Option, ...]:
    """The options of a question in the occurrence `at`."""
    group = group_of(form, answers, item, at)
    if not group:
        return item.options
    narrowed = tuple([option for option in item.options if option.group == group])
    return narrowed or item.options


def group_of(form: Form, answers: Answers, item: Item, at: tuple[int, ...]) -> str:
    """The code that the options are narrowed to; "" when they are not."""
    other = item.code_of(NARROWED_BY) if item.codes else None
    if other is None or other not in form.by_id:
        return ""
    values = answers.get((other, at[: len(form.loops[other])]))
    return values[0].code if values and isinstance(values[0], Coding) else ""
