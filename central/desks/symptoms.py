"""Signs of illness by group, counted for a province and a day when a desk opens a declaration.

- The answers stay sealed; what is kept is a number with nobody in it. A record is counted once.
- Only declarations that somebody had a reason to open are counted: the numbers are compared with their own past, never
  read as how many people are ill.
"""

from collections.abc import Iterable
from itertools import chain

from sqlalchemy.engine import Connection

from central.statements import run
from central.vault.port import RecordId

# Group -> codes of the forms' questions about symptoms.
GROUPS: dict[str, frozenset[str]] = {
    "fever": frozenset({"fever"}),
    "breathing": frozenset({"cough", "dyspnoea", "sore_throat", "pneumonia"}),
    "digestion": frozenset({"nausea", "diarrhoea"}),
    "bleeding": frozenset({"haemorrhage"}),
    "skin": frozenset({"rash"}),
    "general": frozenset({"fatigue", "body_pain"}),
}


def groups_of(codes: Iterable[str]) -> frozenset[str]:
    """PURE. The groups that these answers belong to; "none" and unknown codes belong to none."""
    told = frozenset(codes)
    return frozenset(group for group, members in GROUPS.items() if members & told)


def count_symptoms(connection: Connection, record: RecordId, province: str, codes: Iterable[str]) -> bool:
    """Count a declaration that was opened; whether it is the first time."""
    sql = "INSERT INTO opened_once (stream, seq) VALUES (?, ?) ON CONFLICT (stream, seq) DO NOTHING"
    if run(connection, sql, record).rowcount != 1:
        return False
    day = run(connection, "SELECT day FROM declared WHERE stream = ? AND seq = ?", record).scalar()
    if day is not None and province:
        for group in sorted(groups_of(codes)):
            sql = (
                "INSERT INTO symptom_count (province, day, symptoms, people) VALUES (?, ?, ?, 1)"
                " ON CONFLICT (province, day, symptoms) DO UPDATE SET people = symptom_count.people + 1"
            )
            run(connection, sql, (province, day, group))
    return True


ALL_CODES = frozenset(chain.from_iterable(GROUPS.values()))
