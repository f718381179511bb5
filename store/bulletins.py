"""Signed documents from the centre, as accepted. Judging them is wire.bulletin's; here they are only kept."""

from typing import NamedTuple

from store.db import Store
from wire import cbor
from wire.bulletin import MAX_BULLETIN_BYTES, Bulletin
from wire.root import Root, accept_root, pin_root, read_pinned


def keep(store: Store, bulletin: Bulletin, message: bytes, now_ms: int) -> None:
    """Keep `bulletin` as the newest of its kind, scope and name. An older version never replaces a newer one."""
    b = bulletin
    with store.transaction() as db:
        db.execute(
            "INSERT INTO bulletin (kind, scope, name, version, issued_ms, expires_ms, body, message, received_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, scope, name) DO UPDATE SET"
            " version = excluded.version, issued_ms = excluded.issued_ms, expires_ms = excluded.expires_ms,"
            " body = excluded.body, message = excluded.message, received_ms = excluded.received_ms"
            " WHERE excluded.version > bulletin.version",
            (b.kind, b.scope, b.name, b.version, b.issued_ms, b.expires_ms, cbor.dumps(b.body), message, now_ms),
        )


def current(store: Store, kind: str, scope: str, name: str) -> Bulletin | None:
    """The bulletin held under that kind, scope and name."""
    row = store.execute(
        f"SELECT {_COLUMNS} FROM bulletin WHERE kind = ? AND scope = ? AND name = ?",
        (kind, scope, name),
    ).fetchone()
    return None if row is None else _bulletin(row)


def all_of(store: Store, kind: str) -> list[Bulletin]:
    """Every bulletin of a kind, by scope and name."""
    rows = store.execute(
        f"SELECT {_COLUMNS} FROM bulletin WHERE kind = ? ORDER BY scope, name",
        (kind,),
    ).fetchall()
    return [_bulletin(row) for row in rows]


class Head(NamedTuple):
    """What tells one bulletin from another, without its body."""

    kind: str
    scope: str
    name: str
    version: int
    expires_ms: int


def heads(store: Store, kind: str) -> list[Head]:
    """Every bulletin of a kind by its head: cheap, for whoever looks often whether a large one has changed."""
    rows = store.execute(
        "SELECT kind, scope, name, version, expires_ms FROM bulletin WHERE kind = ? ORDER BY scope, name", (kind,)
    ).fetchall()
    return [Head(*row) for row in rows]


def messages(store: Store) -> list[bytes]:
    """Every bulletin as it was signed, for whoever verifies what lies here."""
    return [row[0] for row in store.execute("SELECT message FROM bulletin ORDER BY kind, scope, name").fetchall()]


def newest_issued_ms(store: Store, kind: str) -> int | None:
    """When the newest bulletin of a kind was issued (Unix ms); None while there is none."""
    row = store.execute("SELECT max(issued_ms) FROM bulletin WHERE kind = ?", (kind,)).fetchone()
    return None if row is None else row[0]


def keep_root(store: Store, message: bytes, root: Root) -> None:
    """Keep a root that wire.root has accepted."""
    with store.transaction() as db:
        db.execute("INSERT OR IGNORE INTO root (version, message) VALUES (?, ?)", (root.version, message))


def root(store: Store, fingerprint: bytes | None = None) -> Root | None:
    """The newest root, walked up from the first one kept: a swapped row breaks the walk and is not believed.

    The first one is only held against `fingerprint`, where the caller knows it. Raises Refused as wire.root does.
    """
    messages = [row[0] for row in store.execute("SELECT message FROM root ORDER BY version").fetchall()]
    if not messages:
        return None
    newest = read_pinned(messages[0]) if fingerprint is None else pin_root(messages[0], fingerprint)
    for message in messages[1:]:
        newest = accept_root(newest, message, None)
    return newest


_COLUMNS = "kind, scope, name, version, issued_ms, expires_ms, body"


def _bulletin(row: tuple[str, str, str, int, int, int, bytes]) -> Bulletin:
    return Bulletin(*row[:6], cbor.loads(row[6], MAX_BULLETIN_BYTES))
