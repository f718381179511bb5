"""A reason as a sentence; the words: central.safety.words.

It is "code", "code:criterion@scheme", "against:rule" or "shut_days:first-last" with numbers of days.
"""

from central.safety.checks import text_of
from central.safety.closing_days import day_text
from central.safety.schemes import schemes
from central.web.words import say


def sentence(language: str, reason: str) -> str:
    """What a reason says to everybody."""
    code, _, about = reason.partition(":")
    if not about:
        return say(language, f"safety.reason_{code}")
    if code == "shut_days":
        first, _, last = about.partition("-")
        return say(language, "safety.reason_shut_days", first=day_text(int(first)), last=day_text(int(last)))
    if code == "against":
        return say(language, f"safety.against_{about}")
    return say(language, f"safety.reason_{code}", what=criterion_text(language, about))


def criterion_text(language: str, named: str) -> str:
    """The words of "criterion@scheme"; its number where the scheme's own text is not public."""
    criterion, _, scheme_id = named.partition("@")
    scheme = schemes().get(scheme_id)
    one = None if scheme is None else next((one for one in scheme.criteria if one.id == criterion), None)
    if scheme is None or one is None:
        return say(language, "safety.criterion", n=criterion)
    texts = text_of(scheme, one)
    return texts.get(language) or texts.get("vi") or say(language, "safety.criterion", n=criterion)
