"""PURE. A declaration that was opened for a case becomes the FHIR response that its person gave.

On the wire a declaration is a form's name and answers by the place of their questions; the form in that very version
says what they mean. A declaration of one who refused has no response.
"""

import uuid
from collections.abc import Callable
from typing import Any

from forms.model import Form
from forms.packed import unpack
from forms.response import build
from wire.records import Declaration
from wire.refusal import Refused


def rebuild(record: Declaration, record_id: bytes, form_of: Callable[[str], Form]) -> dict[str, Any]:
    """The QuestionnaireResponse in JSON; its id is the record's (16 bytes) as a UUID.

    `form_of` gives the form of `url|version`. Raises Refused: refused (there are no answers), form_unknown, and
    malformed where the answers are not those of that form.
    """
    if record.refused:
        raise Refused("refused", "this person declared nothing")
    form = form_of(record.form)
    if form.canonical != record.form:
        raise Refused("form_unknown", record.form[:200])
    answers = unpack(form, record.answers)
    response_id = str(uuid.UUID(bytes=record_id))
    return build(form, answers, language=record.language, authored=record.authored, response_id=response_id)
