"""What a letter to the person says, from the request and what was opened for it. Words in Vietnamese, then English.

Names and numbers are in it only as the opener gave them for this request, in this moment; nothing of it is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from central.reports.letter import dated, office_of
from central.rights.letters import Frame, Grid, Heading, Part
from central.rights.requests import Request
from central.rights.words import WORDS
from central.vault.port import Correction
from central.web.words import clock, day_of
from central.zoning.names import province_of

_KIND = {
    "access": ("xem dữ liệu", "to see the data"),
    "correction": ("đính chính dữ liệu", "to have data corrected"),
    "deletion": ("xóa dữ liệu", "to have data deleted"),
    "withdraw": ("rút lại sự đồng ý", "to withdraw consent"),
    "restrict": ("hạn chế xử lý", "to restrict processing"),
    "object": ("phản đối xử lý", "to object to processing"),
    "complaint": ("khiếu nại", "to complain"),
}
_OUTCOME = {
    "granted": ("Yêu cầu đã được thực hiện.", "Your request was carried out."),
    "granted_in_part": ("Yêu cầu được thực hiện một phần.", "Your request was carried out in part."),
    "refused": ("Yêu cầu không thực hiện được.", "Your request could not be carried out."),
    "nothing_held": ("Trung tâm không giữ dữ liệu nào về quý vị.", "The centre holds no data about you."),
    "withdrawn": ("Quý vị đã rút lại yêu cầu.", "You have withdrawn your request."),
}
_RIGHT = (
    "Nếu không đồng ý, quý vị có quyền khiếu nại với cơ quan bảo vệ dữ liệu cá nhân.",
    "If you do not agree you may complain to the authority for the protection of personal data.",
)


class Held(NamedTuple):
    """One record as the person may read it: when, where, what kind, and the fields in clear.

    `corrections` stand beside what was said; `record` is (stream, seq).
    """

    at_ms: int
    where: str
    kind: str
    fields: Mapping[str, str]
    corrections: Sequence[Correction] = ()
    record: tuple[int, int] = (0, 0)


def frame_of(request: Request, now_ms: int) -> Frame:
    """Who issues a letter about a request, where and when; whom it goes to is written in by hand."""
    kind, _, value = request.area.partition("-")
    province = {"province": value, "ward": province_of(value)}.get(kind, "")
    return Frame(*office_of(province), dated("", province, now_ms), f"yêu cầu {request.id}")


def first_answer(request: Request) -> list[Part]:
    """The letter that says: it came in, and until when it will be done."""
    parts: list[Part] = []
    for index in _languages(request):
        said = (
            (
                "Giấy báo đã nhận yêu cầu",
                f"Yêu cầu {request.id} về việc {_KIND[request.kind][0]} đã đến ngày {day_of(request.asked_ms)}.",
                f"Trung tâm trả lời chậm nhất ngày {day_of(request.due_ms)}. Quý vị nêu số {request.id} khi hỏi.",
            ),
            (
                "Your request has arrived",
                f"Request {request.id} {_KIND[request.kind][1]} came in on {day_of(request.asked_ms)}.",
                f"It will be answered by {day_of(request.due_ms)} at the latest. Name {request.id} when you ask.",
            ),
        )[index]
        parts += [Heading(said[0], 1), *said[1:], _RIGHT[index]]
    return parts


def answer(request: Request, held: Sequence[Held], looks: Iterable[tuple[int, str, str]]) -> list[Part]:
    """The letter that ends a request; `looks` are (at ms, role, purpose) of everybody who looked at the person."""
    parts: list[Part] = []
    looked = list(looks)
    for index in _languages(request):
        parts.append(Heading(("Trả lời yêu cầu", "Answer to your request")[index] + f" {request.id}", 1))
        parts.append((f"Về việc: {_KIND[request.kind][0]}.", f"About: {_KIND[request.kind][1]}.")[index])
        if request.outcome:
            parts.append(_OUTCOME[request.outcome][index])
        if request.reason:
            parts.append(("Lý do: ", "Reason: ")[index] + request.reason)
        if request.extended_why:
            parts.append(
                ("Đã gia hạn một lần. Lý do: ", "It took longer, once. Reason: ")[index] + request.extended_why
            )
        if held:
            parts += [Heading(("Dữ liệu đang giữ", "What is held")[index]), _grid(held, index)]
        if looked:
            parts += [Heading(("Ai đã xem", "Who looked")[index]), _looks(looked, index)]
        parts.append(_RIGHT[index])
    return parts


def _said(kind: str, word: str, index: int) -> str:
    return WORDS.get(f"rights.{kind}.{word}", (word, word))[index]


def _languages(request: Request) -> tuple[int, ...]:
    return (0,) if request.language == "vi" else (0, 1)


def _grid(held: Sequence[Held], index: int) -> Grid:
    head = (("Lúc", "Nơi", "Loại", "Nội dung"), ("When", "Where", "Kind", "What"))[index]
    rows = [(clock(one.at_ms), one.where, one.kind, _content(one, index)) for one in held]
    return Grid((head, *rows))


def _content(one: Held, index: int) -> str:
    said = [f"{name}: {value}" for name, value in one.fields.items()]
    word = ("đính chính ngày", "corrected on")[index]
    signed = [fix for fix in one.corrections if fix.by]
    return "; ".join([*said, *(f"{fix.field}: {fix.value} ({word} {day_of(fix.at_ms)})" for fix in signed)])


def _looks(looks: Sequence[tuple[int, str, str]], index: int) -> Grid:
    head = (("Lúc", "Vai trò", "Mục đích"), ("When", "Role", "Purpose"))[index]
    rows = [(clock(at), _said("role", role, index), _said("purpose", purpose, index)) for at, role, purpose in looks]
    return Grid((head, *rows))
