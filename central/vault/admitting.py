"""Who asks the opener, and may they: the session, the right with its purpose, and where it holds.

Everything is asked of the database anew: what web believes of its officer counts nothing here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from central.access import accounts
from central.access.audit import Look, note
from central.access.roles import Grant, Officer, Purpose, Right, Roles
from central.vault.port import Asking
from central.vault.tied import Areas, Ground
from wire.refusal import Refused

OPENED, NUMBER, PASSES, COMPARED = "names_opened", "number_looked_for", "passes_asked", "names_compared"
REFUSED = "opening_refused"
# A case, a request, a declaration, a gate, an order: none of them begins like a number of a person.
_ABOUT = re.compile(r"(BN|R)-\d{4}-\d{1,9}|D-\d{1,19}-\d{1,19}|(V-|order:)[a-z][a-z0-9_-]{0,57}")


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose session stands. `grants` are those of the officer's that give the right for its purpose."""

    purpose: Purpose
    about: str
    account: str
    grants: tuple[Grant, ...]
    proposes: bool  # whether one of them prepares alerts

    def reaches(self, areas: Areas) -> bool:
        """Whether the right holds in one of `areas`; anywhere, where none is named."""
        return any(not areas or grant.area == "all" or grant.area in areas for grant in self.grants)

    def purse(self, ground: Ground) -> str:
        """Which purse records are paid from: an alert needs a channel for every contact of its case in one go."""
        if self.purpose == Purpose.BORDER_HEALTH:
            return "arrivals"
        return "contacts" if self.proposes and ground.kind == "case" and self.purpose == Purpose.TRACING else "records"


def admit(connection: Connection, roles: Roles, asking: Asking, now_ms: int) -> Call:
    """The call of a session. Raises Refused: not_allowed without one; second_factor where it is not strong."""
    session = accounts.session_of(connection, asking.session, now_ms)
    if session is None:
        raise Refused("not_allowed", "session")
    if not session.strong:
        raise Refused("second_factor")
    grants = tuple(grant for grant in session.officer.grants if _gives(roles, grant, asking.purpose))
    proposes = any(Right.ALERTS_PROPOSE in roles.rights_of(grant.role) for grant in grants)
    return Call(asking.purpose, asking.about, session.officer.account, grants, proposes)


def write_down(
    connection: Connection, call: Call, action: str, persons: Iterable[int], detail: Mapping[str, Any], now_ms: int
) -> None:
    """One row of the audit log. What is no name of a ground is not written: somebody may have typed a person there."""
    about = call.about if _ABOUT.fullmatch(call.about) else ""
    role = call.grants[0].role if call.grants else ""
    look = Look(call.account, action, call.purpose, about, role, None, detail, tuple(sorted(set(persons))))
    note(connection, look, now_ms)


def _gives(roles: Roles, grant: Grant, purpose: Purpose) -> bool:
    return purpose in roles.purposes(Officer("", "", (grant,)), Right.NAMES_OPEN)
