"""Signing what goes down, and keeping it so that a broker which lost its state gets it again.

- A version is one above the last of the same scope, kind and name: a reader never takes an older one. After a restore
  it is at least the generation, which is above whatever was published since the copy was made.
- What a restore holds back (central.radio.standing) is not published until somebody says that it stands.
- The signed bytes are stored first and published after: the table is what stands, the broker a copy.
- Root documents travel as bulletin/all/root/<version>, each retained: a kiosk walks them one by one.
"""

import re
from typing import Any

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.radio.standing import KIND, held_back
from central.registry import generation_of
from central.statements import run
from wire import topics
from wire.bulletin import KINDS, MAX_BULLETIN_BYTES, Bulletin, encode_bulletin
from wire.refusal import Refused

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def publish_bulletin(
    connection: Connection,
    ring: Keyring,
    kind: str,
    name: str,
    scope: str,
    body: Any,
    expires_ms: int,
    now_ms: int,
) -> Bulletin:
    """Sign and store the next version; the ingest process publishes it within seconds.

    Raises Refused: unknown_kind, bad_name, expired, too_large.
    """
    if kind not in KINDS:
        raise Refused("unknown_kind", kind[:24])
    if not _NAME.fullmatch(name) or not _NAME.fullmatch(scope):
        raise Refused("bad_name", "1 to 64 of a-z, 0-9, '_' and '-'")
    if expires_ms <= now_ms:
        raise Refused("expired", "it would be over before it is read")
    sql = "SELECT version FROM bulletin WHERE scope = ? AND kind = ? AND name = ?"
    version = max((run(connection, sql, (scope, kind, name)).scalar() or 0) + 1, generation_of(connection))
    bulletin = Bulletin(kind, scope, name, version, now_ms, expires_ms, body)
    message = encode_bulletin(bulletin, ring.signing(f"bulletin-{kind}"))
    if len(message) > MAX_BULLETIN_BYTES:
        raise Refused("too_large", f"{len(message)} bytes, {MAX_BULLETIN_BYTES} allowed")
    run(
        connection,
        "INSERT INTO bulletin (scope, kind, name, version, message, expires_ms) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (scope, kind, name) DO UPDATE SET version = excluded.version,"
        " message = excluded.message, expires_ms = excluded.expires_ms",
        (scope, kind, name, version, message, expires_ms),
    )
    return bulletin


def to_publish(connection: Connection, ring: Keyring, known: dict[str, int]) -> list[tuple[str, int, bytes]]:
    """(topic, version, bytes) of every bulletin and root whose version is not the one in `known` (topic -> version)."""
    found = []
    for version, message in enumerate(ring.root_messages(), 1):
        topic = topics.bulletin("all", "root", str(version))
        if topic not in known:
            found.append((topic, version, message))
    waiting = held_back(connection)
    for scope, kind, name, version in run(connection, "SELECT scope, kind, name, version FROM bulletin").all():
        topic = topics.bulletin(scope, kind, name)
        if known.get(topic) != version and not (kind == KIND and name in waiting):
            sql = "SELECT message FROM bulletin WHERE scope = ? AND kind = ? AND name = ?"
            found.append((topic, version, bytes(run(connection, sql, (scope, kind, name)).scalar_one())))
    return found
