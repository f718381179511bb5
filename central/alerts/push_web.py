"""Web Push (RFC 8030) with encryption (RFC 8291) and the centre's own key (VAPID, RFC 8292)."""

import base64
import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from central.alerts.sealing import Letter
from central.alerts.senders import LOCAL, Later, Never
from central.files import write_private

KEY, PUBLIC = "vapid.pem", "vapid.public"
_TIMEOUT_S = 10.0
_GONE = frozenset({404, 410})
HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")


class PushCarrier:
    """`hosts`: services that a subscription may name (a dot in front: and all below it); others are refused, since
    whoever subscribes would else choose which address this process calls."""

    def __init__(self, folder: Path, subject: str, hosts: Sequence[str] = HOSTS, ttl_s: int = 86_400) -> None:
        self._subject, self._hosts, self._ttl_s = subject, tuple(hosts), ttl_s
        self._key = folder / KEY
        make_vapid_key(folder)

    def send(self, letter: Letter, number: int) -> str:
        """`letter.to` is the subscription as JSON. Raises Later, Never."""
        from requests import RequestException

        pywebpush = import_module("pywebpush")
        subscription = read_subscription(letter.to, self._hosts)
        notice = json.dumps({"title": letter.subject, "body": letter.text}, ensure_ascii=False)
        try:
            pywebpush.webpush(
                subscription_info=subscription,
                data=notice,
                vapid_private_key=str(self._key),
                vapid_claims={"sub": self._subject},
                ttl=self._ttl_s,
                timeout=_TIMEOUT_S,
                headers={"Topic": f"gatepost-{number}", "Urgency": "high"},  # sent twice, it is shown once
            )
        except pywebpush.WebPushException as error:
            status = error.status_code
            if status in _GONE:
                raise Never("gone") from None
            raise (
                Never("refused") if status is not None and 400 <= status < 500 and status != 429 else Later("busy")
            ) from None
        except RequestException:
            raise Later("connection") from None
        return ""

    def receipts(self) -> list[tuple[str, bool]]:
        """The service tells nothing."""
        return []

    def close(self) -> None:
        """Nothing is kept open."""


def read_subscription(text: str, hosts: Sequence[str] = HOSTS) -> dict[str, Any]:
    """A browser's PushSubscription. Raises Never("bad_address") for another form or a service that is not named."""
    try:
        found: dict[str, Any] = json.loads(text)
        address = urlsplit(found["endpoint"])
        keys = found["keys"]
        sound = isinstance(keys["p256dh"], str) and isinstance(keys["auth"], str) and len(text) <= 2048
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Never("bad_address") from None
    host = address.hostname or ""
    named = any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)
    if not sound or not named or not (address.scheme == "https" or host in LOCAL):
        raise Never("bad_address")
    return {"endpoint": found["endpoint"], "keys": {"p256dh": keys["p256dh"], "auth": keys["auth"]}}


def make_vapid_key(folder: Path) -> None:
    """The centre's key pair for push services (P-256), made once."""
    if not (folder / KEY).exists():
        vapid = import_module("py_vapid").Vapid02()
        vapid.generate_keys()
        point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        write_private(folder / PUBLIC, base64.urlsafe_b64encode(point).rstrip(b"=") + b"\n")
        write_private(folder / KEY, vapid.private_pem())
