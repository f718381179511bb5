"""What every test of the opener begins with: three persons, a case of the first, the second its contact."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from central.access.accounts import begin_session, create_account
from central.access.roles import Grant, Purpose
from central.opening import Pseudonyms
from central.people.persons import persons_of
from central.statements import run
from central.vault.client import OpenerClient
from central.vault.port import Asking
from tests.parts.centre import NOW_MS, Centre
from tests.parts.vault import running_opener
from wire.records import IdentityKind

CASE = "BN-2026-000001"
_CASE_SQL = (
    "INSERT INTO case_file (id, person, disease, state, evidence, reference, rule, from_ms, to_ms, ward, province,"
    " opened_by, opened_ms, signed_by, signed_ms)"
    " VALUES (?, ?, 'x', 'confirmed', 'laboratory', 'L-1', 'r', 0, ?, '26740', '79', 'a', ?, 'b', ?)"
)
_CONTACT_SQL = (
    "INSERT INTO contact (case_id, person, hop, overlap_ms, reasons, last_ms, label, definition, ward, province, state)"
    " VALUES (?, ?, 1, 1, '[]', 0, '', '', '26743', '79', 'listed')"
)


@dataclass
class Scene:
    """Records (1, 1), (1, 2) are of persons[0], the case's; 3, 4 of its contact; 5, 6 of somebody else."""

    centre: Centre
    vault: OpenerClient
    persons: list[int]

    @property
    def socket(self) -> Path:
        """Where the opener listens."""
        return self.vault.path

    @property
    def names(self) -> Pseudonyms:
        """What ingest makes of a number."""
        return Pseudonyms(self.centre.ring.secret("pepper"))

    def session(self, role: str, area: str = "all", *, strong: bool = True) -> str:
        """The cookie's secret of an officer who holds `role` in `area`."""
        login = f"{role}.{area}".replace("_", "-")
        with self.centre.engine.begin() as connection:
            if not run(connection, "SELECT 1 FROM account WHERE login = ?", (login,)).first():
                create_account(connection, login, "Cán bộ THỬ", None, [Grant(role, area)], NOW_MS)
            return begin_session(connection, login, NOW_MS, strong=strong)

    def asking(
        self, role: str = "case_officer", area: str = "all", purpose: Purpose = Purpose.TRACING, about: str = CASE
    ) -> Asking:
        """Such an officer asks about the case."""
        return Asking(self.session(role, area), purpose, about)

    def change(self, sql: str) -> None:
        """One statement."""
        with self.centre.engine.begin() as connection:
            run(connection, sql)

    def audit(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(action, about, detail) of the whole log."""
        rows = self.centre.rows("SELECT action, about, detail FROM audit ORDER BY number")
        return [(action, about, json.loads(detail)) for action, about, detail in rows]


@contextmanager
def making_scene(centre: Centre) -> Iterator[Scene]:
    """The scene in `centre`, with a running opener."""
    centre.take(centre.device(full=True).batch(1, 6))
    seen = {pseudonym: int(IdentityKind.CCCD) for (pseudonym,) in centre.rows("SELECT person FROM visit ORDER BY seq")}
    with centre.engine.begin() as connection:
        known = persons_of(connection, seen.items(), NOW_MS)
        persons = [known[pseudonym] for pseudonym in seen]
        run(connection, _CASE_SQL, (CASE, persons[0], NOW_MS, NOW_MS, NOW_MS))
        run(connection, _CONTACT_SQL, (CASE, persons[1]))
    with running_opener(centre) as vault:
        yield Scene(centre, vault, persons)
