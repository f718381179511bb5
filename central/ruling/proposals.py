"""Two people for a rule set: one proposes, another reads the same bytes and publishes. A proposal ends by itself."""

import hashlib
import json
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from central.access.roles import Right, roles
from central.declaring import Notice, publish_rules
from central.keys import Keyring
from central.ruling.looking import Looked, look_at
from central.ruling.replay import as_json
from central.statements import run
from wire.refusal import Refused

DAYS = 7
MOST_OPEN = 20
_MOST_SHOWN = 50
MAX_TEXT = 1_000_000
_DAY_MS = 86_400_000
_WHAT = "id, name, version, scope, body, hash, found, state"
_COLUMNS = f"{_WHAT}, proposed_by, proposed_ms, ends_ms, decided_by, decided_ms, words"


class Proposal(NamedTuple):
    """A row of rule_proposal."""

    id: int
    name: str
    version: int
    scope: str
    body: str
    hash: bytes
    found: str
    state: str
    proposed_by: str
    proposed_ms: int
    ends_ms: int
    decided_by: str | None
    decided_ms: int | None
    words: str

    @property
    def facts(self) -> Any:
        """What was found when it was proposed."""
        return json.loads(self.found)


def propose(
    connection: Connection, ring: Keyring, text: str, scope: str, by: str, words: str, now_ms: int
) -> tuple[int, Looked]:
    """Keep a set for the second person; its number.

    Raises Refused: as publishing would, bad_test, tests_failed, nothing_changes, proposals_many, too_large.
    """
    if len(text) > MAX_TEXT:
        raise Refused("too_large", str(len(text)))
    looked = look_at(connection, ring, text, scope, now_ms)
    if looked.failed:
        raise Refused("tests_failed", ", ".join(one.name for one in looked.failed)[:200])
    if not looked.changes:
        raise Refused("nothing_changes", f"{looked.rules.id} {looked.rules.version}")
    if run(connection, "SELECT count(*) FROM rule_proposal WHERE state = 'open'").scalar_one() >= MOST_OPEN:
        raise Refused("proposals_many", str(MOST_OPEN))
    digest = hashlib.sha256(text.encode()).digest()
    values = (looked.rules.id, looked.rules.version, scope, text, digest, json.dumps(facts_of(looked)), by, now_ms)
    row = run(
        connection,
        "INSERT INTO rule_proposal (name, version, scope, body, hash, found, state, proposed_by, proposed_ms, ends_ms,"
        " words) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?) RETURNING id",
        (*values, now_ms + DAYS * _DAY_MS, " ".join(words.split())[:500]),
    ).first()
    assert row is not None
    return int(row[0]), looked


def release(connection: Connection, ring: Keyring, number: int, read: str, by: str, now_ms: int) -> Notice:
    """Publish it; `read` is the hex of the hash that the second person had before their eyes.

    Raises Refused: proposal_unknown, proposal_over, second_person, proposal_other, and as publishing would.
    """
    held = _open(connection, number, now_ms)
    if held.proposed_by == by:
        raise Refused("second_person", held.name)
    digest = hashlib.sha256(held.body.encode()).digest()
    if digest != bytes(held.hash) or digest.hex() != read.lower():
        raise Refused("proposal_other", held.name)
    looked = look_at(connection, ring, held.body, held.scope, now_ms)
    if looked.failed:
        raise Refused("tests_failed", looked.failed[0].name)
    notice = publish_rules(connection, ring, looked.paper.text, held.scope, now_ms)
    _decide(connection, number, "published", by, now_ms)
    return notice


def turn_down(connection: Connection, number: int, by: str, now_ms: int) -> str:
    """Refuse it, or take back one's own; which of the two. Raises Refused: proposal_unknown, proposal_over."""
    state = "withdrawn" if _open(connection, number, now_ms).proposed_by == by else "refused"
    _decide(connection, number, state, by, now_ms)
    return state


def end_old(connection: Connection, now_ms: int) -> int:
    """End those that nobody signed in time; how many."""
    sql = "UPDATE rule_proposal SET state = 'expired', decided_ms = ? WHERE state = 'open' AND ends_ms <= ?"
    return int(run(connection, sql, (now_ms, now_ms)).rowcount)


def proposal_of(connection: Connection, number: int) -> Proposal:
    """One of them. Raises Refused("proposal_unknown")."""
    row = run(connection, f"SELECT {_COLUMNS} FROM rule_proposal WHERE id = ?", (number,)).first()
    if row is None:
        raise Refused("proposal_unknown", str(number))
    return Proposal(*row)


def proposals(connection: Connection, now_ms: int) -> list[Proposal]:
    """Those that wait, then the newest."""
    sql = f"SELECT {_COLUMNS} FROM rule_proposal ORDER BY (CASE WHEN state = 'open' AND ends_ms > ? THEN 0 ELSE 1 END)"
    return [Proposal(*row) for row in run(connection, f"{sql}, id DESC LIMIT ?", (now_ms, _MOST_SHOWN))]


def open_of(connection: Connection, login: str, now_ms: int) -> list[Proposal]:
    """What somebody has proposed and nobody has decided: MOST_OPEN at most, `propose` sees to that."""
    sql = (
        f"SELECT {_COLUMNS} FROM rule_proposal WHERE state = 'open' AND ends_ms > ? AND proposed_by = ?"
        " ORDER BY id LIMIT ?"
    )
    return [Proposal(*row) for row in run(connection, sql, (now_ms, login, MOST_OPEN))]


def releasers(connection: Connection, now_ms: int) -> int:
    """How many accounts may be the second person."""
    sql = (
        "SELECT g.role, count(*) FROM account_grant g JOIN account a ON a.login = g.login"
        " WHERE a.state <> 'closed' AND (g.ends_ms IS NULL OR g.ends_ms > ?) GROUP BY g.role"
    )
    counts = {str(role): int(count) for role, count in run(connection, sql, (now_ms,))}
    return sum(count for role, count in counts.items() if Right.RULES_RELEASE in roles().rights_of(role))


def facts_of(looked: Looked) -> dict[str, Any]:
    """What is kept beside a proposal, and what `rules check` prints."""
    return {
        "id": looked.rules.id,
        "version": looked.rules.version,
        "rules": len(looked.rules.rules),
        "warnings": [list(one) for one in looked.warnings],
        "tests": len(looked.tests),
        "failed": [{"name": t.name, "expected": t.expected, "got": t.got, "missing": t.wrong} for t in looked.failed],
        "before": list(looked.before),
        "changes": [[change.rule, change.what, [list(part) for part in change.parts]] for change in looked.changes],
        "replay": as_json(looked.replay),
    }


def _open(connection: Connection, number: int, now_ms: int) -> Proposal:
    held = proposal_of(connection, number)
    if held.state != "open" or held.ends_ms <= now_ms:
        raise Refused("proposal_over", held.name)
    return held


def _decide(connection: Connection, number: int, state: str, by: str, now_ms: int) -> None:
    sql = "UPDATE rule_proposal SET state = ?, decided_by = ?, decided_ms = ? WHERE id = ? AND state = 'open'"
    if run(connection, sql, (state, by, now_ms, number)).rowcount != 1:
        raise Refused("proposal_over", str(number))
