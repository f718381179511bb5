"""What is printed for a visitor: the code of the record, a pass where one was given, and what they are for.

No name, no number and no answer: a slip of paper is left on the floor. What somebody reads alone is printed only when
they ask for it.
"""

from collections.abc import Callable, Mapping, Sequence

from kiosk.devices.receipt_picture import Line, draw_receipt
from kiosk.ports import Printer
from ui.form.desk import Outcome

_HEAD_LINES = 2


def receipt_printer(
    printer: Printer, place: str, texts: Callable[[str], Mapping[str, str]]
) -> Callable[[Outcome, str], bool]:
    """The function that the form's page calls: outcome and language -> whether it was printed."""

    def print_receipt(outcome: Outcome, language: str) -> bool:
        return printer.print(draw_receipt(receipt_lines(outcome, place, texts(language)), language))

    return print_receipt


def note_printer(printer: Printer) -> Callable[[Sequence[str], str], bool]:
    """The function that prints lines in a language, the place and a title first -> whether they were printed."""

    def print_note(lines: Sequence[str], language: str) -> bool:
        drawn = [Line(text, 32 if number < _HEAD_LINES else 28) for number, text in enumerate(lines)]
        return printer.print(draw_receipt(drawn, language))

    return print_note


def receipt_lines(outcome: Outcome, place: str, texts: Mapping[str, str]) -> list[Line]:
    """The receipt from top to bottom. `texts` are those of the form's screen in one language."""
    lines = [Line(place, 32)]
    if outcome.code:
        lines += [Line(texts["form.receipt.code"]), Line(outcome.code, 48), Line(outcome.code, qr=True)]
        lines.append(Line(texts["form.receipt.keep"], 24))
    if outcome.pass_text:
        lines += [Line(texts["form.receipt.pass"], 32), Line(outcome.pass_text, qr=True)]
        lines.append(Line(texts["form.receipt.pass_keep"], 24))
    return lines
