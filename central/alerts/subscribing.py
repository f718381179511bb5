"""A browser asks to be told: it shows the pass that it is for, and says where its push service is.

- The pass proves itself: its signature under this centre's key, not expired, not revoked. Nobody has to say a name.
- What is kept: the first 8 bytes of the pass id, and the subscription sealed for the sender. It ends with the pass.
- The centre's public key for push services (VAPID) lies beside the secret one, for the page that asks the browser.
"""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from sqlalchemy.engine import Connection

from central.alerts.push_web import PUBLIC, read_subscription
from central.alerts.sealing import Letter, seal_letter, sender_public
from central.alerts.senders import Never
from central.alerts.sending import ready
from central.keys import Keyring
from central.statements import run
from credentials.pass_qr import read
from credentials.trust import Trust
from wire.exposures import entry_of
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

_MOST_BYTES = 4096


def key_page(site: "Site") -> Response | tuple[Response, int]:
    """GET /push/key: what a browser subscribes with; 404 where this centre sends no push notices."""
    path = site.ring.folder / PUBLIC
    with site.engine.connect().execution_options(reads_only=True) as connection:
        able = "push" in ready(connection).channels and path.exists()
    return jsonify(key=path.read_text().strip()) if able else (jsonify(error="no_push"), 404)


def subscribe_page(site: "Site") -> tuple[Response, int]:
    """POST /push/subscribe {"pass": text of the code, "subscription": {...}}: 204, or 400 with a reason."""
    request.max_content_length = _MOST_BYTES
    body = request.get_json(silent=True)
    try:
        with site.engine.begin() as connection:
            subscribe(connection, site.ring, body, site.now_ms())
    except (Refused, Never) as refusal:
        return jsonify(error=refusal.reason), 400
    return Response(status=204), 204


def subscribe(connection: Connection, ring: Keyring, body: Any, now_ms: int) -> None:
    """Keep a subscription; a second one for the same pass replaces the first.

    Raises Refused: bad_request, bad_pass; Never("bad_address"); Refused("sender_away").
    """
    match body:
        case {"pass": str(text), "subscription": dict(subscription), **more} if not more and len(text) <= _MOST_BYTES:
            pass
        case _:
            raise Refused("bad_request", "pass and subscription expected")
    sql = "SELECT id FROM issued_pass WHERE revoked_ms IS NOT NULL"
    revoked = frozenset(bytes(row[0]) for row in run(connection, sql))
    code = read(text, datetime.fromtimestamp(now_ms / 1000, UTC), Trust(ring.root().keys("pass"), {}, revoked))
    if code.status != "valid" or code.normal_form is None:
        raise Refused("bad_pass", code.reason)
    ends = datetime.fromisoformat(str(code.fields["expires"]))
    address = json.dumps(subscription)
    read_subscription(address)
    sealed = seal_letter(Letter(address, "", ""), sender_public(ring.folder))
    sql = (
        "INSERT INTO push_subscription (entry, sealed, made_ms, ends_ms) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (entry) DO UPDATE SET sealed = excluded.sealed, made_ms = excluded.made_ms,"
        " ends_ms = excluded.ends_ms"
    )
    run(connection, sql, (entry_of(bytes.fromhex(code.normal_form)), sealed, now_ms, int(ends.timestamp() * 1000)))
