"""What is printed for a visitor: the code of the record, a pass where one was given, and what they are for.

No name, no number and no answer: a slip of paper is left on the floor.
"""

from collections.abc import Callable, Mapping

from kiosk.devices.receipt_picture import Line, draw_receipt
from kiosk.ports import Printer
from ui.form.desk import Outcome


def receipt_printer(
    printer: Printer, place: str, texts: Callable[[str], Mapping[str, str]]
) -> Callable[[Outcome, str], bool]:
    """The function that the form's page calls: outcome and language -> whether it was printed."""

    def print_receipt(outcome: Outcome, language: str) -> bool:
        return printer.print(draw_receipt(receipt_lines(outcome, place, texts(language)), language))

    return print_receipt


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
