"""A proposal: who of a case is told by what. One officer makes it; nothing leaves the house before another releases it.

- Everybody on the case's list gets a channel, or a call or a visit of a health station with a deadline.
- Texts are sealed here, those of later too (LATER): none of them waits for another opening.
- Of a person whom a case was already proposed for and sent, nothing is said twice.
"""

import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from central.alerts.breaker import Asked, Why, judge
from central.alerts.callbacks import code_hash, new_code
from central.alerts.contacts import Exposed, check_case, contacts_of_case, scopes_of_contacts, shares
from central.alerts.limits import HOUR_MS, Limits
from central.alerts.lists import end_of
from central.alerts.reachable import SENT, Ways, channels_for
from central.alerts.sealing import Letter, seal_letter
from central.alerts.segments import segments
from central.alerts.texts import Fields, Words, rendered
from central.places.places import Station, station_for
from central.statements import run
from wire.refusal import Refused

TASKS = ("call", "visit")
# Letters that lie sealed beside an alert, and their texts: if it was wrong, that somebody looked, that it is over.
LATER = {"recall": "recall", "notice": "looked", "clearance": "clearance"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer proposes. `ready`: senders that work; `public`: the sender's key; `base` of links or ""."""

    case: str
    officer: str
    ready: frozenset[str]
    public: bytes
    base: str = ""
    template: str = "exposure"


def to_tell(connection: Connection, case: str) -> list[Exposed]:
    """Contacts of a case whom no standing release names. Raises Refused as check_case, and nobody_to_tell."""
    check_case(connection, case)
    sql = (
        "SELECT r.contact FROM reach r JOIN release a ON a.id = r.release"
        " WHERE a.case_id = ? AND a.state IN ('proposed', 'held', 'released', 'sent') AND r.state <> 'withdrawn'"
    )
    told = {contact for (contact,) in run(connection, sql, (case,))}
    found = [one for one in contacts_of_case(connection, case) if one.id not in told]
    if not found:
        raise Refused("nobody_to_tell")
    return found


def propose(
    connection: Connection,
    draft: Draft,
    exposed: Sequence[Exposed],
    ways: Mapping[int, Ways],
    limits: Limits,
    now_ms: int,
) -> int:
    """The id of the new release. Raises Refused as to_tell does: the list may have changed meanwhile."""
    still = {one.id for one in to_tell(connection, draft.case)}
    exposed = [one for one in exposed if one.id in still]
    if not exposed:
        raise Refused("nobody_to_tell")
    ends = {one.id: end_of(one.last_ms + limits.listed_ms) for one in exposed}
    sql = (
        "INSERT INTO release (case_id, state, template, limits, proposed_by, proposed_ms, held, until_ms, counts)"
        " VALUES (?, 'proposed', ?, ?, ?, ?, '[]', ?, '{}') RETURNING id"
    )
    last = max(ends.values())
    values = (draft.case, draft.template, limits.name, draft.officer, now_ms, last)
    release = int(run(connection, sql, values).scalar_one())
    scopes = scopes_of_contacts(connection, exposed)
    stations: dict[tuple[str, str], Station | None] = {}
    for one in exposed:
        area = (one.ward, one.province)
        if area not in stations:
            stations[area] = station_for(connection, *area)
        person = ways.get(one.person, Ways())
        over = ends[one.id] <= now_ms
        if over and person.entries:
            person = replace(person, entries=(), push=())
        _put_entries(connection, release, one.id, person.entries, scopes[one.id], ends[one.id])
        for channel in channels_for(person, draft.ready):
            _put_reach(connection, draft, release, one, person, channel, stations[area], limits, now_ms)
    count(connection, release)
    return release


def count(connection: Connection, release: int) -> dict[str, int]:
    """How many contacts are reached by which channel, how many by a task alone, how many by none; kept in the row."""
    sql = "SELECT contact, channel, station FROM reach WHERE release = ? AND state <> 'withdrawn'"
    rows = run(connection, sql, (release,)).all()
    counts = Counter(channel for _, channel, _ in rows)
    counts["people"] = len({contact for contact, _, _ in rows})
    counts["none"] = sum(1 for _, channel, station in rows if channel in TASKS and station is None)
    run(connection, "UPDATE release SET counts = ? WHERE id = ?", (json.dumps(counts, sort_keys=True), release))
    return dict(counts)


def assign(connection: Connection, release: int, station: str) -> int:
    """Give those whom no station looks after to `station`, "" for the province's own officers; how many they were."""
    if station and run(connection, "SELECT 1 FROM station WHERE id = ?", (station,)).first() is None:
        raise Refused("station_unknown")
    sql = "UPDATE reach SET station = ? WHERE release = ? AND station IS NULL AND channel IN ('call', 'visit')"
    done = run(connection, sql, (station, release)).rowcount
    count(connection, release)
    return done


def why_held(connection: Connection, release: int, case: str, limits: Limits, now_ms: int) -> list[Why]:
    """What the breaker says of it now."""
    sql = "SELECT count(*) FROM release WHERE released_ms > ? AND id <> ?"
    earlier = int(run(connection, sql, (now_ms - HOUR_MS, release)).scalar_one())
    sql = "SELECT DISTINCT contact FROM reach WHERE release = ? AND state <> 'withdrawn'"
    named = {contact for (contact,) in run(connection, sql, (release,))}
    exposed = [one for one in contacts_of_case(connection, case) if one.id in named]
    asked = Asked(len(exposed), shares(connection, case, exposed), earlier)
    return judge(asked, limits)


def _put_entries(
    connection: Connection, release: int, contact: int, entries: Sequence[bytes], scopes: frozenset[str], until_ms: int
) -> None:
    sql = (
        "INSERT INTO exposure_entry (scope, entry, release, contact, until_ms, live) VALUES (?, ?, ?, ?, ?, 0)"
        " ON CONFLICT DO NOTHING"
    )
    for scope in sorted(scopes):
        for entry in entries:
            run(connection, sql, (scope, entry, release, contact, until_ms))


def _put_reach(
    connection: Connection,
    draft: Draft,
    release: int,
    one: Exposed,
    ways: Ways,
    channel: str,
    station: Station | None,
    limits: Limits,
    now_ms: int,
) -> None:
    code = new_code(secrets.token_bytes) if channel in SENT else ""
    fields = Fields.of(limits, station, f"{draft.base}/call-back/{code}" if draft.base and code else "")
    alert = rendered(draft.template, ways.language, fields)
    size = segments(alert.short) if channel == "sms" else 0
    sql = (
        "INSERT INTO reach (release, contact, channel, state, language, segments, station, changed_ms)"
        " VALUES (?, ?, ?, 'proposed', ?, ?, ?, ?) RETURNING id"
    )
    theirs = None if station is None or channel not in TASKS else station.id
    reach = int(run(connection, sql, (release, one.id, channel, ways.language, size, theirs, now_ms)).scalar_one())
    if channel not in SENT:
        return
    sql = "INSERT INTO call_code (hash, reach, ends_ms) VALUES (?, ?, ?)"
    run(connection, sql, (code_hash(code), reach, now_ms + limits.recall_ms))
    told = {"alert": alert} | {kind: rendered(name, ways.language, fields) for kind, name in LATER.items()}
    for kind, words in told.items():
        ends_ms = now_ms + (limits.alert_ms if kind == "alert" else limits.recall_ms)
        sealed = seal_letter(_letter(channel, ways, words), draft.public)
        sql = (
            "INSERT INTO message (release, reach, kind, channel, sealed, state, tries, next_ms, ends_ms, far_id, why)"
            " VALUES (?, ?, ?, ?, ?, 'held', 0, ?, ?, '', '')"
        )
        run(connection, sql, (release, reach, kind, channel, sealed, now_ms, ends_ms))


def _letter(channel: str, ways: Ways, words: Words) -> Letter:
    text = words.long if channel == "email" else words.short
    return Letter(_address(channel, ways), words.subject if channel != "sms" else "", text)


def _address(channel: str, ways: Ways) -> str:
    if channel == "push":
        return "pass:" + ways.push[0].hex()  # the sender looks the browser up: its address is sealed as well
    return ways.phone if channel == "sms" else ways.email
