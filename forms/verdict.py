"""Whether a QuestionnaireResponse is a good answer to its Questionnaire, in FHIR's own words.

- Structure first (forms.reading), then the answers (forms.check); each finding with FHIRPath of the nearest element.
- While a response is not completed, what is still missing is a warning, not an error.
- A form that is not active, or whose period is not now, is a warning: the visitor did nothing wrong.
- What stands beneath each of several answers is judged by itself, though our own forms ask it once.
- A question whose answer could not be read is not also called unanswered.
- Codes of a value set that only a terminology server knows are not checked: a warning, as in FHIR's own validators.
"""

from forms.check import findings
from forms.dates import compare
from forms.load import NO_SETS, read_form
from forms.model import Form, Issue, Key
from forms.options import ValueSets
from forms.reading import Reading, read_response


def validate(questionnaire: object, response: object, value_sets: ValueSets = NO_SETS) -> tuple[Issue, ...]:
    """Every finding, those of a form outside the profile among them. Valid when none is an error. Never raises."""
    form, found = read_form(questionnaire, value_sets, (), judging=True)
    if form is None:
        return found
    return (*(issue for issue in found if issue.code == "incomplete"), *judge(form, response))


def judge(form: Form, response: object) -> tuple[Issue, ...]:
    """Every finding about a response to a form that was loaded before. Never raises."""
    reading = read_response(form, response)
    if not isinstance(response, dict):
        return tuple(reading.issues)
    issues = [*reading.issues, *_of_the_form(form, response.get("authored"))]
    issues += _found(form, reading)
    issues += _found_apart(form, reading)
    if response.get("status") not in ("completed", "amended"):
        issues = [i._replace(severity="warning") if i.code == "required" and i.problem else i for i in issues]
    return tuple(issues)


def _found(form: Form, reading: Reading, within: Key | None = None) -> list[Issue]:
    """Findings about the answers that were read, or about those `within` a question."""
    return [
        issue._replace(expression=_place(form, key, reading))
        for key, issue in findings(form, reading.answers)
        if (within is None or _beneath(form, key, within))
        and not (issue.code == "required" and _hidden_by(form, key, reading))
    ]


def _found_apart(form: Form, reading: Reading) -> list[Issue]:
    """Findings beneath the further answers of questions, each judged as if it were the only one."""
    found: list[Issue] = []
    for within, _, further in reading.apart:
        others = {key: values for key, values in reading.answers.items() if not _beneath(form, key, within)}
        further.answers = {**others, **further.answers}
        found += [*further.issues, *_found(form, further, within), *_found_apart(form, further)]
    return found


def _beneath(form: Form, key: Key, question: Key) -> bool:
    link, at = question
    return key[1][: len(at)] == at and any(outer.link_id == link for outer in form.above.get(key[0], ()))


def _of_the_form(form: Form, authored: object) -> list[Issue]:
    path = "QuestionnaireResponse.questionnaire"
    found = []
    if form.status != "active":
        found.append(Issue("warning", "business-rule", path, f"the form is {form.status}, not active"))
    if isinstance(authored, str):
        if form.start and compare(authored, form.start) == -1:
            found.append(Issue("warning", "business-rule", path, f"the form begins at {form.start}"))
        if form.end and compare(authored, form.end) == 1:
            found.append(Issue("warning", "business-rule", path, f"the form ended at {form.end}"))
    return found


def _hidden_by(form: Form, key: Key, reading: Reading) -> bool:
    """Whether the item, or something in it, had an answer that could not be read."""
    link, at = key
    for spoiled, place in reading.spoiled:
        inside = spoiled == link or any(outer.link_id == link for outer in form.above[spoiled])
        if inside and place[: len(at)] == at:
            return True
    return False


def _place(form: Form, key: Key, reading: Reading) -> str:
    """FHIRPath of the item, or of the nearest that is there around it."""
    link, at = key
    found = reading.places.get(key)
    if found is not None:
        return found
    around = form.above.get(link, ())
    for outer in reversed(around):
        found = reading.places.get((outer.link_id, at[: len(form.loops[outer.link_id]) + outer.loops]))
        if found is not None:
            return found
    return "QuestionnaireResponse"
