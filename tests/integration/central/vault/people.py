"""People who come through a gate with cards, passes and forms, all of them contacts of the scene's case."""

from central.people.persons import persons_of
from central.statements import run
from central.vault.port import RecordId
from forms.packed import pack
from tests.integration.central.vault.scene import CASE, Scene
from tests.parts.centre import NOW_MS
from tests.parts.people import FORMS, say
from tests.unit.forms.library import filled
from wire.records import Declaration, Direction, IdentityKind, Record, Signal, Visit

FORM = FORMS["domestic"]
SAID = {**filled(FORM), **say(FORM, full_name="NGUYỄN VĂN THỬ", phone="0900000001", birth_year=1950)}


class People:
    """Everybody of a case, over codes and forms: records are added, then everybody becomes a contact."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.centre = scene, scene.centre
        self.device = self.centre.device("t-gate-2")
        self.records: list[Record] = []

    def come(self, *records: Record) -> list[RecordId]:
        """They go through the gate; all of them are contacts of the case. The ids of their records."""
        first = len(self.device.sealed) + 1
        for record in records:
            self.device.add(record, at_ms=NOW_MS - 3_600_000)
        self.centre.take(self.device.batch(first, len(records)))
        stream = self.centre.one("SELECT max(id) FROM stream")
        names = self.scene.names
        with self.centre.engine.begin() as connection:
            seen = {}
            for record in records:
                pseudonym = names.of(int(getattr(record, "identity_kind", 0)), str(getattr(record, "identity", "")))
                if pseudonym is not None:
                    seen[pseudonym] = int(record.identity_kind)  # type: ignore[attr-defined]
            self.persons = persons_of(connection, seen.items(), NOW_MS)
            for person in set(self.persons.values()):
                sql = (
                    "INSERT INTO contact (case_id, person, hop, overlap_ms, reasons, last_ms, label, definition, ward,"
                    " province, state) VALUES (?, ?, 1, 1, '[]', 0, '', '', '', '79', 'listed') ON CONFLICT DO NOTHING"
                )
                run(connection, sql, (CASE, person))
        return [RecordId(stream, seq) for seq in range(first, first + len(records))]

    def person(self, kind: IdentityKind, number: str) -> int:
        """person.id of a number."""
        pseudonym = self.scene.names.of(int(kind), number)
        assert pseudonym is not None
        return self.persons[pseudonym]


def declaration(number: str = "099099000001", order: str = "lenh-thu|1", **more: object) -> Declaration:
    return Declaration(
        IdentityKind.CCCD,
        number,
        Signal.ALLOW,
        form=FORM.canonical,
        language="vi",
        authored="2026-09-21T08:00:00+07:00",
        consent=bytes(32),
        answers=pack(FORM, {**SAID, **more}),  # type: ignore[dict-item]
        order=order,
    )


def visit(number: str, kind: IdentityKind = IdentityKind.CCCD, **more: str) -> Visit:
    return Visit(Direction.IN, Signal.ALLOW, kind, number, **more)
