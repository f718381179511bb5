"""Passkeys: registration and signing in (W3C WebAuthn Level 3, 7.1 and 7.2), verified by the library `webauthn`.

- A passkey signs in alone only when its holder was asked for (user verification); so it is two factors in one.
- It is bound to this centre's name: an address of numbers has none, and gets one-time codes instead.
- Attestation is not asked for: which maker's key an officer holds is nobody's business here.
"""

import ipaddress
from typing import Any

from sqlalchemy.engine import Connection

from central.statements import run
from wire.refusal import Refused

MOST = 8  # of one officer


def name_of(host: str) -> str | None:
    """The relying party's id of a host name; None where passkeys cannot be (an address of numbers)."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host
    return None


def origins_of(host: str, port: int | None) -> list[str]:
    """Where our pages may stand: https, and plain http on this machine alone."""
    tail = f"{host}:{port}" if port else host
    return [f"https://{tail}", *([f"http://{tail}"] if host == "localhost" else [])]


def registration(connection: Connection, host: str, login: str, name: str, challenge: bytes) -> str:
    """JSON for the browser: what it has to make a passkey for. Raises Refused("too_many_passkeys")."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    known = credentials_of(connection, login)
    if len(known) >= MOST:
        raise Refused("too_many_passkeys")
    options = generate_registration_options(
        rp_id=host,
        rp_name="Gatepost",
        user_name=login,
        user_id=login.encode(),
        user_display_name=name,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return str(options_to_json(options))


def register(
    connection: Connection, login: str, answer: str, challenge: bytes, host: str, origins: list[str], now_ms: int
) -> None:
    """Keep the passkey that the browser made. Raises Refused("passkey_refused")."""
    from webauthn import verify_registration_response

    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origins,
            require_user_verification=True,
        )
    except _errors() as error:
        raise Refused("passkey_refused", type(error).__name__) from error
    sql = (
        "INSERT INTO passkey (credential, login, public_key, signs, made_ms) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (credential) DO NOTHING"
    )
    values = (made.credential_id, login, made.credential_public_key, made.sign_count, now_ms)
    if run(connection, sql, values).rowcount != 1:
        raise Refused("passkey_refused", "known")


def signing_in(connection: Connection, host: str, login: str | None, challenge: bytes) -> str:
    """JSON for the browser: what a passkey has to sign. Without `login` it offers those it holds for this name."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import structs

    allowed = [structs.PublicKeyCredentialDescriptor(id=one) for one in credentials_of(connection, login or "")]
    options = generate_authentication_options(
        rp_id=host,
        challenge=challenge,
        allow_credentials=allowed or None,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return str(options_to_json(options))


def sign_in(connection: Connection, answer: str, challenge: bytes, host: str, origins: list[str], now_ms: int) -> str:
    """The login whose passkey signed. Raises Refused("passkey_refused"): unknown, closed, replayed, elsewhere."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json

    try:
        given = parse_authentication_credential_json(answer)
        login, public_key, signs = _known(connection, given.raw_id)
        done = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origins,
            credential_public_key=public_key,
            credential_current_sign_count=signs,
            require_user_verification=True,
        )
    except _errors() as error:
        raise Refused("passkey_refused", type(error).__name__) from error
    sql = "UPDATE passkey SET signs = ?, used_ms = ? WHERE credential = ?"
    run(connection, sql, (done.new_sign_count, now_ms, done.credential_id))
    return login


def credentials_of(connection: Connection, login: str) -> list[bytes]:
    """The numbers of an account's passkeys, oldest first."""
    sql = "SELECT credential FROM passkey WHERE login = ? ORDER BY made_ms, credential"
    return [bytes(row[0]) for row in run(connection, sql, (login,))]


def forget(connection: Connection, login: str, credential: bytes) -> None:
    """Delete one of an account's passkeys. Raises Refused("passkey_unknown")."""
    sql = "DELETE FROM passkey WHERE login = ? AND credential = ?"
    if run(connection, sql, (login, credential)).rowcount != 1:
        raise Refused("passkey_unknown")


def _known(connection: Connection, credential: bytes) -> tuple[str, bytes, int]:
    sql = (
        "SELECT p.login, p.public_key, p.signs FROM passkey p JOIN account a ON a.login = p.login"
        " WHERE p.credential = ? AND a.state = 'active'"
    )
    row = run(connection, sql, (credential,)).first()
    if row is None:
        raise Refused("passkey_unknown")
    return row[0], bytes(row[1]), row[2]


def _errors() -> tuple[type[Exception], ...]:
    from webauthn.helpers.exceptions import WebAuthnException

    found: Any = WebAuthnException
    return (found, Refused, ValueError, KeyError, TypeError)
