"""The opener over its real socket: who may read whom, and that the log says so first."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from central.access.accounts import begin_session, create_account
from central.access.roles import Grant, Purpose
from central.people.persons import persons_of
from central.statements import run
from central.vault.client import OpenerClient
from central.vault.port import Asking, RecordId
from tests.parts.centre import NOW_MS, Centre
from tests.parts.devices import make_visit
from tests.parts.vault import running_opener
from wire.records import Direction, IdentityKind, Signal, Visit
from wire.refusal import Refused

CASE = "BN-2026-000001"


@dataclass
class Scene:
    """A centre with visits of three persons (two records each); the case is of person 1, its contact person 2."""

    centre: Centre
    vault: OpenerClient
    persons: list[int]

    def session(self, role: str, area: str = "all", *, strong: bool = True) -> str:
        login = f"{role}.{area}.{'s' if strong else 'w'}".replace("_", "-")
        with self.centre.engine.begin() as connection:
            if not run(connection, "SELECT 1 FROM account WHERE login = ?", (login,)).first():
                create_account(connection, login, "Cán bộ THỬ", None, [Grant(role, area)], NOW_MS)
            return begin_session(connection, login, NOW_MS, strong=strong)

    def asking(self, role: str = "case_officer", area: str = "all", purpose: Purpose = Purpose.TRACING) -> Asking:
        return Asking(self.session(role, area), purpose, CASE)

    def audit(self) -> list[tuple[str, str, dict[str, object]]]:
        rows = self.centre.rows("SELECT action, about, detail FROM audit ORDER BY number")
        return [(action, about, json.loads(detail)) for action, about, detail in rows]


@pytest.fixture
def scene(centre: Centre) -> Iterator[Scene]:
    with opened_scene(centre) as made:
        yield made


@contextmanager
def opened_scene(centre: Centre) -> Iterator[Scene]:
    device = centre.device(full=True)
    centre.take(device.batch(1, 6))
    seen = {p: int(IdentityKind.CCCD) for (p,) in centre.rows("SELECT person FROM visit ORDER BY seq")}
    with centre.engine.begin() as connection:
        known = persons_of(connection, seen.items(), NOW_MS)
        persons = [known[p] for p in seen]
        run(
            connection,
            "INSERT INTO case_file (id, person, disease, state, evidence, reference, rule, from_ms, to_ms, ward,"
            " province, opened_by, opened_ms, signed_by, signed_ms)"
            " VALUES (?, ?, 'x', 'confirmed', 'laboratory', 'L-1', 'r', 0, ?, '26740', '79', 'a', ?, 'b', ?)",
            (CASE, persons[0], NOW_MS, NOW_MS, NOW_MS),
        )
        run(
            connection,
            "INSERT INTO contact (case_id, person, hop, overlap_ms, reasons, last_ms, label, definition, ward,"
            " province, state) VALUES (?, ?, 1, 1, '[]', 0, '', '', '26743', '79', 'listed')",
            (CASE, persons[1]),
        )
    with running_opener(centre) as vault:
        yield Scene(centre, vault, persons)


def test_a_case_officer_reads_the_contacts_of_a_signed_case(scene: Scene) -> None:
    opened = scene.vault.open(scene.asking(), [RecordId(1, 1), RecordId(1, 3)])
    wanted = make_visit(3, full=True)
    assert [one.kind for one in opened] == ["Visit", "Visit"]
    fields = opened[1].fields
    assert (fields["name"], fields["identity"], fields["address"]) == (wanted.name, wanted.identity, wanted.address)
    action, about, detail = scene.audit()[-1]
    assert (action, about, detail["count"]) == ("names_opened", CASE, 2)
