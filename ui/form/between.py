"""What must hold between the answers of a form (rules.between), as the kiosk's page names it. Pure."""

from forms.check import named
from forms.model import Answers
from rules.between import broken
from ui.form.desk import Offer
from ui.form.reading import Problem
from ui.form.walk import live


def problems_between(offer: Offer, answers: Answers, today: str) -> dict[str, Problem]:
    """By the question that a broken rule is about, as the form's own checks name it. `today` is YYYY-MM-DD."""
    if not offer.rules:
        return {}
    found = broken(offer.form, live(offer.form, answers), offer.rules, today)
    return {named(str(row["linkId"]), ()): Problem("general", texts=row.get("text", {})) for row in found}
