"""First contact: make keys on the device, spend the one-time token, keep certificate, brokers and the pinned root.

    POST <enrol_url> {"token", "device", "public": hex of the Ed25519 key, "csr": PEM}
    200 {"device", "venue", "gate", "certificate": PEM, "ca": PEM, "roots": [base64, ...], "brokers": [url, ...]}
    4xx {"error": code, "vi": sentence, "en": sentence}

The same two bodies travel as files of a USB stick where there is no network (sync_agent.stick_enrol).

The answer is believed only if its first root has the fingerprint of kiosk.toml: whoever answers, a wrong centre cannot
pin itself. The same token with the same keys gives the same answer again, so a lost reply does no harm.
"""

import base64
import binascii
import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import store.bulletins
from store.db import Store
from sync_agent.identity import Identity, Papers
from wire.certificates import make_csr
from wire.refusal import Refused
from wire.root import Root, accept_root, pin_root

TIMEOUT_S = 20.0
MOST_BYTES = 1 << 20
LEAST_WAIT_S, MOST_WAIT_S = 5.0, 300.0


@dataclass(frozen=True, slots=True)
class Invitation:
    """What kiosk.toml says about enrolment; `fingerprint` is 16 bytes (wire.root.fingerprint_of)."""

    device: str
    url: str
    token: str
    fingerprint: bytes


class NotEnrolled(Exception):
    """It did not work. `vi` and `en` tell a technician what to do; `final`: trying again changes nothing."""

    def __init__(self, code: str, vi: str, en: str, *, final: bool) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.vi, self.en, self.final = code, vi, en, final


def enrol(invitation: Invitation, identity: Identity, held: Store) -> Papers:
    """Ask once. What is kept survives a power cut, and a power cut in between only means to ask again.

    Raises NotEnrolled.
    """
    return believe(_ask(invitation, identity), invitation, identity, held)


def request_of(invitation: Invitation, identity: Identity) -> dict[str, str]:
    """What is asked, by network or on a stick: the token, and the public halves of keys that were made here."""
    csr = make_csr(identity.tls_key(), invitation.device).decode()
    public = identity.device_key().public.hex()
    return {"token": invitation.token, "device": invitation.device, "public": public, "csr": csr}


def believe(answer: dict[str, Any], invitation: Invitation, identity: Identity, held: Store) -> Papers:
    """Keep an answer whose root has the fingerprint of kiosk.toml, whoever brought it. Raises NotEnrolled."""
    if "error" in answer:
        said = str(answer["error"]), str(answer.get("vi", "")), str(answer.get("en", ""))
        raise NotEnrolled(*said, final=True)
    try:
        messages = [base64.b64decode(text, validate=True) for text in answer["roots"]]
        roots = _walk(messages, invitation.fingerprint)
        papers = Papers(answer["device"], answer["venue"], answer["gate"], tuple(map(str, answer["brokers"])))
        certificate, authority = str(answer["certificate"]), str(answer["ca"])
    except Refused as refusal:
        raise NotEnrolled(
            refusal.reason,
            "Máy chủ trả lời không phải là trung tâm của máy này: kiểm tra enrol_url và root_fingerprint",
            "Whoever answered is not this kiosk's centre: check enrol_url and root_fingerprint",
            final=False,
        ) from refusal
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error) as error:
        raise _nonsense() from error
    if papers.device != invitation.device:
        raise _nonsense()
    for message, root in zip(messages, roots, strict=True):
        store.bulletins.keep_root(held, message, root)
    identity.keep(papers, certificate, authority)
    return papers


def wait_before(attempt: int, chance: float) -> float:
    """Seconds to wait after the failed attempt number `attempt` (from 1): doubling, capped, spread by `chance`."""
    most = min(MOST_WAIT_S, LEAST_WAIT_S * 2.0 ** min(attempt, 10))
    return LEAST_WAIT_S + chance * (most - LEAST_WAIT_S)


def _ask(invitation: Invitation, identity: Identity) -> dict[str, Any]:
    body = request_of(invitation, identity)
    request = urllib.request.Request(invitation.url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with _OPENER.open(request, timeout=TIMEOUT_S) as reply:
            found = json.loads(reply.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error) from error
    except (OSError, http.client.HTTPException) as error:
        raise NotEnrolled(
            "unreachable",
            f"Không liên lạc được với trung tâm: kiểm tra dây mạng và enrol_url ({type(error).__name__})",
            f"The centre cannot be reached: check the network cable and enrol_url ({type(error).__name__})",
            final=False,
        ) from error
    except ValueError as error:
        raise _nonsense() from error
    if not isinstance(found, dict):
        raise _nonsense()
    return found


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the address in kiosk.toml and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def _refused(error: urllib.error.HTTPError) -> NotEnrolled:
    """The centre's own words, where it gave some. What it says about the token will not change by itself."""
    try:
        said = json.loads(error.read(MOST_BYTES))
        code, vi, en = str(said["error"]), str(said["vi"]), str(said["en"])
    except (ValueError, KeyError, TypeError, OSError, http.client.HTTPException):
        code, en = f"http_{error.code}", f"The centre answered with HTTP {error.code}"
        vi = f"Trung tâm trả lời HTTP {error.code}"
    return NotEnrolled(code, vi, en, final=400 <= error.code < 500 and error.code not in (408, 429))


def _walk(messages: list[bytes], fingerprint: bytes) -> list[Root]:
    """Pin the first root, then follow the chain. Raises Refused."""
    if not messages:
        raise Refused("bad_root", "none came")
    roots = [pin_root(messages[0], fingerprint)]
    for message in messages[1:]:
        roots.append(accept_root(roots[-1], message, None))
    return roots


def _nonsense() -> NotEnrolled:
    return NotEnrolled(
        "bad_answer",
        "Địa chỉ enrol_url không trả lời như trung tâm Gatepost",
        "What answers at enrol_url is no Gatepost centre",
        final=False,
    )
