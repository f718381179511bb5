"""Cases: opened with evidence, signed by a second officer, ended by a result, by a person or by themselves.

    waiting --sign--> confirmed (laboratory) | suspected (clinician) --result--> confirmed | ruled_out
    suspected --72 h--> expired      confirmed --close--> closed      suspected, confirmed --merge--> merged

- Nobody is looked at before the second signature, and whoever opened a case is never its second officer.
- A case names the rule that gave its window. A later version of the rule changes no case.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.engine import Connection

from central.access.roles import areas_of_place
from central.authority.days import at
from central.authority.diseases import Anchor, disease_of
from central.authority.events import last_of, tell
from central.statements import run
from wire.refusal import Refused

Evidence = Literal["laboratory", "clinician"]
RUNNING = ("suspected", "confirmed")
_REFERENCE = 64
_OLDEST_MS = 90 * 86_400_000  # visits are gone after 21 days: an older day is a slip of the year
_CITIZEN = re.compile(r"(?<![0-9])0[0-9]{11}(?![0-9])")  # provinces are 001 to 096; a laboratory's own 12 digits pass


@dataclass(frozen=True, slots=True)
class NewCase:
    """What the form says. `anchor_ms` is the day of the onset, or of the sample; `result_ms` the laboratory's word."""

    disease: str
    evidence: Evidence
    reference: str
    anchor: Anchor
    anchor_ms: int
    result_ms: int
    ward: str
    province: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A row of case_file; times in Unix ms."""

    id: str
    person: int | None
    disease: str
    state: str
    evidence: str
    reference: str
    rule: str
    onset_ms: int | None
    from_ms: int
    to_ms: int
    ward: str
    province: str
    opened_by: str
    opened_ms: int
    signed_by: str | None
    signed_ms: int | None
    ends_ms: int | None
    closed_ms: int | None
    merged_into: str | None
    result_ms: int | None
    traced_ms: int | None
    released_ms: int | None
    stale_ms: int | None

    @property
    def areas(self) -> frozenset[str]:
        """Where it lies: for `desk.require`."""
        return areas_of_place("", self.ward, self.province)

    @property
    def runs(self) -> bool:
        """Whether it may be worked on and looked at."""
        return self.state in RUNNING


COLUMNS = ", ".join(CaseFile.__dataclass_fields__)


def open_case(connection: Connection, new: NewCase, officer: str, now_ms: int) -> str:
    """A new case, waiting for the second officer; its id.

    Raises Refused: disease_unknown, no_rule, bad_reference, number_in_reference, day_long_ago, bad_day
    (ahead of now, or the result before the sample).
    """
    reference = _reference(new.reference)
    if new.anchor_ms > now_ms or new.result_ms > now_ms or (new.anchor == "sample" and new.result_ms < new.anchor_ms):
        raise Refused("bad_day")
    if new.anchor_ms < now_ms - _OLDEST_MS:
        raise Refused("day_long_ago")
    rule = disease_of(new.disease).window(new.anchor, new.result_ms)
    window = rule.around(new.anchor_ms)
    case = _next_id(connection, now_ms)
    onset = new.anchor_ms if new.anchor == "onset" else None
    sql = (
        "INSERT INTO case_file (id, disease, state, evidence, reference, rule, onset_ms, from_ms, to_ms, ward,"
        " province, opened_by, opened_ms, result_ms) VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    where = (new.ward, new.province, officer, now_ms, new.result_ms)
    run(connection, sql, (case, new.disease, new.evidence, reference, rule.name, onset, *window, *where))
    tell(connection, case, officer, "opened", {"evidence": new.evidence, "rule": rule.name}, now_ms)
    return case


def set_identity(
    connection: Connection, case: CaseFile, pseudonym: bytes, person: int, officer: str, now_ms: int
) -> None:
    """Say who the case is; never after the second signature, which stands for a person too.

    Raises Refused("identity_late").
    """
    sql = "SELECT 1 FROM case_file WHERE id = ? AND index_identity = ?"
    if run(connection, sql, (case.id, pseudonym)).first() is not None:
        return  # the same form once more
    if case.state != "waiting":
        raise Refused("identity_late", case.id)
    sql = "UPDATE case_file SET person = ?, index_identity = ? WHERE id = ?"
    run(connection, sql, (person, pseudonym, case.id))
    tell(connection, case.id, officer, "identity", {}, now_ms)


def sign_case(connection: Connection, case: CaseFile, officer: str, now_ms: int) -> str:
    """The second officer signs; the new state. Raises Refused: same_officer, not_waiting.

    Whoever named the person is no second officer either: one alone would decide who is looked at.
    """
    named = last_of(connection, case.id, "identity")
    if officer == case.opened_by or (named is not None and officer == named.said_by):
        raise Refused("same_officer", case.id)
    state = "confirmed" if case.evidence == "laboratory" else "suspected"
    ends = None if state == "confirmed" else now_ms + disease_of(case.disease).suspect_ms
    sql = "UPDATE case_file SET state = ?, signed_by = ?, signed_ms = ?, ends_ms = ? WHERE id = ? AND state = 'waiting'"
    _one_row(run(connection, sql, (state, officer, now_ms, ends, case.id)).rowcount, "not_waiting", case.id)
    tell(connection, case.id, officer, "signed", {"state": state}, now_ms)
    return state


def confirm_case(connection: Connection, case: CaseFile, reference: str, officer: str, now_ms: int) -> None:
    """A result came for a suspected case: it stands, and does not end itself. Again not by who opened it.

    Raises Refused: same_officer, not_suspected, bad_reference, number_in_reference.
    """
    if officer == case.opened_by:
        raise Refused("same_officer", case.id)
    text = _reference(reference)
    sql = (
        "UPDATE case_file SET state = 'confirmed', evidence = 'laboratory', reference = ?, ends_ms = NULL,"
        " result_ms = ? WHERE id = ? AND state = 'suspected'"
    )
    _one_row(run(connection, sql, (text, now_ms, case.id)).rowcount, "not_suspected", case.id)
    tell(connection, case.id, officer, "confirmed", {}, now_ms)


def end_case(
    connection: Connection, case: CaseFile, state: Literal["ruled_out", "expired", "closed"], said_by: str, now_ms: int
) -> None:
    """The case is over. What is to be taken back with it, central.authority.taking_back does. Raises not_running."""
    may = "('waiting', 'suspected', 'confirmed')" if state == "ruled_out" else "('suspected', 'confirmed')"
    sql = f"UPDATE case_file SET state = ?, closed_ms = ?, ends_ms = NULL WHERE id = ? AND state IN {may}"
    _one_row(run(connection, sql, (state, now_ms, case.id)).rowcount, "not_running", case.id)
    tell(connection, case.id, said_by, state, {}, now_ms)


def case_of(connection: Connection, case: str) -> CaseFile:
    """Raises Refused("case_unknown")."""
    row = run(connection, f"SELECT {COLUMNS} FROM case_file WHERE id = ?", (case,)).first()
    if row is None:
        raise Refused("case_unknown", case[:32])
    return CaseFile(*row)


def listed_cases(
    connection: Connection, where: str, values: tuple[Any, ...], before: str = "", at_most: int = 50
) -> list[CaseFile]:
    """Cases by number, the newest first, that meet `where`; those before the id `before` for the next page."""
    older, more = (" AND id < ?", (before,)) if before else ("", ())
    sql = f"SELECT {COLUMNS} FROM case_file WHERE {where}{older} ORDER BY id DESC LIMIT ?"
    return [CaseFile(*row) for row in run(connection, sql, (*values, *more, at_most))]


def due_cases(connection: Connection, now_ms: int, at_most: int = 20) -> list[CaseFile]:
    """Suspected cases whose time is over without a result."""
    sql = f"SELECT {COLUMNS} FROM case_file WHERE state = 'suspected' AND ends_ms <= ? ORDER BY ends_ms LIMIT ?"
    return [CaseFile(*row) for row in run(connection, sql, (now_ms, at_most))]


def _next_id(connection: Connection, now_ms: int) -> str:
    year = at(now_ms).year
    sql = (
        "INSERT INTO case_number (year, last) VALUES (?, 1)"
        " ON CONFLICT (year) DO UPDATE SET last = case_number.last + 1 RETURNING last"
    )
    return f"BN-{year}-{run(connection, sql, (year,)).scalar_one():06d}"


def _reference(typed: str) -> str:
    """The laboratory's number or the clinician. Raises Refused: bad_reference, number_in_reference."""
    text = " ".join(typed.split())
    if not 3 <= len(text) <= _REFERENCE or not text.isprintable():
        raise Refused("bad_reference", f"3 to {_REFERENCE} characters")
    if _CITIZEN.search(text):
        raise Refused("number_in_reference")
    return text


def _one_row(changed: int, reason: str, detail: str) -> None:
    if changed != 1:
        raise Refused(reason, detail)
