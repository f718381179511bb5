"""A desk in memory for the form's screen: real forms, invented people, every hand-over kept to be looked at."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from queue import Empty, Queue

import forms
from forms.facts import facts
from forms.load import load
from forms.model import Form
from forms.value_sets import value_sets
from ui.form.desk import Filled, Offer, Outcome

LIBRARY = Path(forms.__file__).parent / "library"
CCCD = {
    "kind": "cccd", "normal_form": "099070000001", "full_name": "NGUYỄN VĂN THỬ", "birth_date": "1970-01-01",
    "birth_year": "1970", "sex": "male", "id_number": "099070000001", "nationality": "VN",
    "address": "Số 1, Phố Giả Định, Phường Mẫu",
}  # fmt: skip
CHILD = {
    "kind": "bhyt",
    "normal_form": "9900000002",
    "full_name": "TRẦN THỊ MẪU",
    "birth_year": "2015",
    "sex": "female",
}
PASS = "GP1:" + "6BFOXN*TS0BI$ZD-PHQ7I9AD66V5B22CH9M9ESI9" * 5


@cache
def library_form(name: str) -> Form:
    """A form of forms/library, such as "domestic"."""
    return load(json.loads((LIBRARY / f"{name}.json").read_text(encoding="utf-8")), value_sets())


def make_offer(form: Form, key: str, mandatory: bool = False, until: str = "", rules: Sequence[object] = ()) -> Offer:
    """An invented order that asks for `form`, with its texts in every language."""
    said = {
        tag: {
            "legal_basis": f"{order}: 12/QĐ-MAU, 01/06/2026",
            "purpose": purpose,
            "notice": "",
            "consequence": consequence,
        }
        for tag, (order, purpose, consequence) in ORDER_TEXTS.items()
    }
    consent = {tag: sha256(repr(texts).encode()).digest() for tag, texts in said.items()}
    return Offer(key, form, mandatory, until, said, consent, tuple(rules))  # type: ignore[arg-type]


# language -> the order's name, its purpose, what refusing means
ORDER_TEXTS: Mapping[str, tuple[str, str, str]] = {
    "vi": (
        "Lệnh mẫu",
        "Để tìm lại người ở gần nhau khi có người bệnh.",
        "Bạn nói chuyện với nhân viên y tế ở bàn hướng dẫn trước khi vào.",
    ),
    "en": (
        "Sample order",
        "To find those who were near when someone falls ill.",
        "You speak with the nurse at the help desk before you come in.",
    ),
    "zh": (
        "样例命令",
        "有人患病时，找到曾在附近的人。",
        "进入前请先到咨询台与医务人员交谈。",
    ),
    "ko": (
        "견본 명령",
        "환자가 생겼을 때 가까이 있던 분을 찾기 위해서입니다.",
        "들어가기 전에 안내 데스크에서 의료진과 이야기하시게 됩니다.",
    ),
    "ja": (
        "見本の命令",
        "病気の方が出たとき、近くにいた方にお知らせするためです。",
        "入る前に案内所で看護師とお話しいただきます。",
    ),
    "km": (
        "បទបញ្ជាគំរូ",
        "ដើម្បីរកអ្នកដែលនៅជិត ពេលមាននរណាម្នាក់ឈឺ។",
        "អ្នកនឹងនិយាយជាមួយគិលានុបដ្ឋាយិកានៅតុព័ត៌មានមុនពេលចូល។",
    ),
    "lo": (
        "ຄຳສັ່ງຕົວຢ່າງ",
        "ເພື່ອຊອກຫາຜູ້ທີ່ຢູ່ໃກ້ ເມື່ອມີຄົນເຈັບ.",
        "ທ່ານຈະລົມກັບພະຍາບານຢູ່ໂຕະຊ່ວຍເຫຼືອກ່ອນເຂົ້າ.",
    ),
    "th": (
        "คำสั่งตัวอย่าง",
        "เพื่อตามหาผู้ที่อยู่ใกล้เมื่อมีคนป่วย",
        "คุณจะได้คุยกับพยาบาลที่โต๊ะช่วยเหลือก่อนเข้า",
    ),
}


@dataclass
class MemoryDesk:
    """Offers `orders`. `cards` are held up one after the other; `held_card` was shown at the gate a moment ago.

    `failing` is the reason why nothing is recorded; with `breaks` a hand-over does not even come back.
    """

    orders: Sequence[Offer]
    held_card: Mapping[str, str] | None = None
    cards: Queue[Mapping[str, str]] = field(default_factory=Queue)
    filled: list[Filled] = field(default_factory=list)
    passes: list[str] = field(default_factory=list)
    failing: str = ""
    breaks: bool = False
    waits: int = 0

    def offers(self) -> Sequence[Offer]:
        return self.orders

    def scanned(self, timeout_s: float) -> Mapping[str, str] | None:
        self.waits += 1
        try:
            return self.cards.get(timeout=timeout_s)
        except Empty:
            return None

    def held(self) -> Mapping[str, str] | None:
        card, self.held_card = self.held_card, None
        return card

    def submit(self, filled: Filled) -> Outcome:
        if self.breaks:
            raise OSError("the desk is broken")
        if self.failing:
            return Outcome("FAULT", (), "", failed=self.failing)
        self.filled.append(filled)
        if filled.refused:
            return Outcome("ASK", ("declaration_refused",), "K7QF-2M9D-44TX")
        offer = next(offer for offer in self.orders if offer.key == filled.offer)
        found = facts(offer.form, filled.answers)
        if found:
            return Outcome("ASK", tuple(sorted(found & {"symptoms", "exposure"})), "K7QF-2M9D-44TX")
        if filled.by_phone:
            return Outcome("ALLOW", ("declared",), "K7QF-2M9D-44TX", by_card=filled.identity is not None)
        return Outcome("ALLOW", ("declared",), "K7QF-2M9D-44TX", PASS)

    def temporary_pass(self, language: str) -> Outcome:
        if self.failing:
            return Outcome("FAULT", (), "", failed=self.failing)
        self.passes.append(language)
        return Outcome("ASK", ("temporary_pass",), "9D44-TXK7-QF2M", PASS)


def sample_desk() -> MemoryDesk:
    """A mandatory and two voluntary forms of the library."""
    return MemoryDesk(
        (
            make_offer(library_form("domestic"), "order-domestic", True, "2026-09-30"),
            make_offer(library_form("voluntary"), "voluntary"),
            make_offer(library_form("daily"), "daily"),
        )
    )
