"""A breach from the moment it is found: 72 hours to tell the authority, a list of steps, and drills that look the same.

Who does what next is in STEPS. A drill runs by the same steps; its papers carry the word, and nobody outside is told.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.engine import Connection

from central.rights.clocks import HOUR_MS, clocks, day_of
from central.rights.letters import Grid, Heading, Part
from central.statements import run
from central.web.words import clock
from wire.refusal import Refused

KINDS = ("lost_device", "stranger_inside", "sent_wrong", "key_known", "not_reachable")
STEPS = ("stop", "keep_traces", "who_and_what", "revoke", "tell_authority", "tell_people", "learn")
_MOST_WORDS = 2000


class NewBreach(NamedTuple):
    """`what` in the officer's words, nothing personal; `people` about how many, 0 while nobody knows."""

    kind: str
    what: str
    people: int
    drill: bool
    found_ms: int


class Breach(NamedTuple):
    """A breach as it stands; `steps` step -> (when, who)."""

    id: str
    drill: int
    found_ms: int
    found_by: str
    kind: str
    what: str
    people: int
    told_ms: int | None
    closed_ms: int | None
    steps: Mapping[str, tuple[int, str]] = {}

    @property
    def due_ms(self) -> int:
        """By when the authority must be told, Unix ms."""
        return self.found_ms + clocks().breach_hours * HOUR_MS

    @property
    def next_step(self) -> str:
        """The first step that nobody has done; "" when all are."""
        return next((step for step in STEPS if step not in self.steps), "")


_COLUMNS = ", ".join(Breach._fields[:-1])


def open_breach(connection: Connection, new: NewBreach, officer: str, now_ms: int) -> str:
    """Write a breach down; its id. Raises Refused("bad_breach")."""
    bad = new.kind not in KINDS or len(new.what.strip()) < 10 or not 0 <= new.people < 1 << 31
    if bad or new.found_ms > now_ms:
        raise Refused("bad_breach", "kind, what happened in words, when it was found")
    year = day_of(now_ms).year
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7166, 12)")
    last = run(connection, "SELECT max(id) FROM breach WHERE id LIKE ?", (f"S-{year}-____",)).scalar()
    name = f"S-{year}-{int(last[-4:]) + 1 if last else 1:04d}"
    sql = "INSERT INTO breach (id, drill, found_ms, found_by, kind, what, people) VALUES (?, ?, ?, ?, ?, ?, ?)"
    what = new.what.strip()[:_MOST_WORDS]
    run(connection, sql, (name, int(new.drill), new.found_ms, officer, new.kind, what, new.people))
    return name


def breach_of(connection: Connection, name: str) -> Breach:
    """One breach with its steps. Raises Refused("breach_unknown")."""
    row = run(connection, f"SELECT {_COLUMNS} FROM breach WHERE id = ?", (name,)).first()
    if row is None:
        raise Refused("breach_unknown", name[:32])
    sql = "SELECT step, done_ms, done_by FROM breach_step WHERE breach = ?"
    steps = {step: (at, who) for step, at, who in run(connection, sql, (name,))}
    return Breach(*row)._replace(steps=steps)


def breaches(connection: Connection) -> list[Breach]:
    """Every breach, those that are not closed first, newest first."""
    sql = f"SELECT {_COLUMNS} FROM breach ORDER BY closed_ms IS NOT NULL, found_ms DESC LIMIT 200"
    return [Breach(*row) for row in run(connection, sql)]


def do_step(connection: Connection, name: str, step: str, officer: str, now_ms: int) -> None:
    """A step is done; the last one closes the breach. Raises Refused: breach_unknown, bad_step."""
    if step not in STEPS:
        raise Refused("bad_step", step[:32])
    breach_of(connection, name)
    sql = "INSERT INTO breach_step (breach, step, done_ms, done_by) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    run(connection, sql, (name, step, now_ms, officer))
    if step == "tell_authority":
        run(connection, "UPDATE breach SET told_ms = coalesce(told_ms, ?) WHERE id = ?", (now_ms, name))
    if not breach_of(connection, name).next_step:
        run(connection, "UPDATE breach SET closed_ms = coalesce(closed_ms, ?) WHERE id = ?", (now_ms, name))


def notice(breach: Breach, words: Mapping[str, tuple[str, str]]) -> list[Part]:
    """The letter to the authority, Vietnamese and English; `words` are those of the pages."""
    parts: list[Part] = []
    for index in range(2):
        title = ("Thông báo vi phạm bảo vệ dữ liệu cá nhân", "Notice of a breach of personal data")[index]
        drill = ("DIỄN TẬP: ", "DRILL: ")[index] if breach.drill else ""
        parts.append(Heading(f"{drill}{title} {breach.id}", 1))
        head = (("Mục", "Nội dung"), ("What", "Content"))[index]
        people = str(breach.people) if breach.people else ("chưa rõ", "not known yet")[index]
        rows = (
            (("Phát hiện lúc", "Found")[index], clock(breach.found_ms)),
            (("Loại", "Kind")[index], words[f"rights.breach.{breach.kind}"][index]),
            (("Việc đã xảy ra", "What happened")[index], breach.what),
            (("Số người, khoảng", "People, about")[index], people),
            *(
                (words[f"rights.step.{step}"][index], clock(breach.steps[step][0]) if step in breach.steps else "–")
                for step in STEPS
            ),
        )
        parts.append(Grid((head, *rows)))
    return parts
