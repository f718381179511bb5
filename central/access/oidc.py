"""The province's own accounts: OpenID Connect Core 1.0, the code flow (section 3.1) with PKCE (RFC 7636), by Authlib.

- Optional: `central web --accounts FILE.toml` with issuer, client_id, client_secret, and which `amr` or `acr` values of
  the province mean that a second factor stood there (`strong`).
- Who somebody is there says `sub` of that issuer, bound to an account by an administrator; never an e-mail address.
- state, nonce and the PKCE verifier all come from the one challenge of the step, which counts once.
"""

import base64
import hashlib
import hmac
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy.engine import Connection

from central.statements import run
from wire.refusal import Refused

_TIMEOUT_S = 5
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA", "Ed25519"]
_LEEWAY_S = 60
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Provider:
    """Who the province's accounts are, and who we are to them."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    strong: frozenset[str] = frozenset()


class Known(NamedTuple):
    """Who came back from there. `strong`: they were asked for a second factor there."""

    subject: str
    strong: bool


def read_provider(path: Path) -> Provider:
    """Read FILE.toml. Raises Refused("bad_accounts_file")."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        made = Provider(said["issuer"], said["client_id"], said["client_secret"], frozenset(said.get("strong", ())))
    except (KeyError, ValueError, TypeError) as error:
        raise Refused("bad_accounts_file", str(error)) from error
    if not _is_safe(made.issuer):
        raise Refused("bad_accounts_file", "issuer has to be https://")
    return made


def way_there(provider: Provider, challenge: bytes, back: str) -> str:
    """The address that the browser goes to. Raises Refused("accounts_away")."""
    with _client(provider, back) as client:
        url, _ = client.create_authorization_url(
            _metadata(client, provider)["authorization_endpoint"],
            state=_part(challenge, "state"),
            nonce=_part(challenge, "nonce"),
            code_verifier=_part(challenge, "verifier"),
        )
    return str(url)


def come_back(provider: Provider, challenge: bytes, back: str, state: str, code: str) -> Known:
    """Change the code for who it is. Raises Refused: accounts_refused, accounts_away."""
    if not hmac.compare_digest(state.encode(), _part(challenge, "state").encode()) or not code:
        raise Refused("accounts_refused", "state")
    with _client(provider, back) as client:
        metadata = _metadata(client, provider)
        token = _ask(
            lambda: client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=_part(challenge, "verifier"),
                timeout=_TIMEOUT_S,
            )
        )
        keys = _ask(lambda: _json(client, metadata["jwks_uri"]))
    return _verify(provider, token.get("id_token", ""), keys, _part(challenge, "nonce"))


def bind(connection: Connection, issuer: str, subject: str, login: str) -> None:
    """Say that a `sub` of the issuer is this account."""
    sql = (
        "INSERT INTO subject (issuer, subject, login) VALUES (?, ?, ?)"
        " ON CONFLICT (issuer, subject) DO UPDATE SET login = excluded.login"
    )
    run(connection, sql, (issuer, subject, login))


def login_of(connection: Connection, issuer: str, subject: str) -> str | None:
    """The active account of a `sub`; None for nobody."""
    sql = (
        "SELECT a.login FROM subject s JOIN account a ON a.login = s.login"
        " WHERE s.issuer = ? AND s.subject = ? AND a.state = 'active'"
    )
    row = run(connection, sql, (issuer, subject)).first()
    return None if row is None else str(row[0])


def _verify(provider: Provider, token: str, keys: Any, nonce: str) -> Known:
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
        options = {"iss": {"essential": True, "value": provider.issuer}, "sub": {"essential": True}}
        claims: Any = CodeIDToken(
            read.claims, read.header, options, {"client_id": provider.client_id, "nonce": nonce, "issuer": None}
        )
        claims.validate(leeway=_LEEWAY_S)
    except (JoseError, ValueError, KeyError, TypeError, _authlib_error()) as error:
        raise Refused("accounts_refused", type(error).__name__) from error
    audience = read.claims.get("aud")
    if provider.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise Refused("accounts_refused", "aud")
    said = {*_texts(read.claims.get("amr")), *_texts(read.claims.get("acr"))}
    return Known(str(read.claims["sub"]), bool(said & provider.strong))


def _client(provider: Provider, back: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope="openid",
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _metadata(client: Any, provider: Provider) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0, section 4: it has to name the issuer that was asked."""
    found = _ask(lambda: _json(client, provider.issuer.rstrip("/") + "/.well-known/openid-configuration"))
    named = [found.get(name, "") for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if found.get("issuer") != provider.issuer or not all(isinstance(url, str) and _is_safe(url) for url in named):
        raise Refused("accounts_refused", "discovery")
    return found


def _json(client: Any, url: str) -> Any:
    answer = client.get(url, withhold_token=True, timeout=_TIMEOUT_S)
    answer.raise_for_status()
    if len(answer.content) > _MOST_BYTES:
        raise ValueError("too large")
    return answer.json()


def _ask(question: Any) -> dict[str, Any]:
    from requests import RequestException

    try:
        found = question()
    except RequestException as error:
        raise Refused("accounts_away", type(error).__name__) from error
    except (ValueError, KeyError, _authlib_error()) as error:
        raise Refused("accounts_refused", type(error).__name__) from error
    if not isinstance(found, dict):
        raise Refused("accounts_refused", "not an object")
    return found


def _authlib_error() -> type[Exception]:
    from authlib.common.errors import AuthlibBaseError

    return AuthlibBaseError  # type: ignore[no-any-return]


def _part(challenge: bytes, what: str) -> str:
    digest = hmac.new(challenge, f"gatepost oidc {what}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")  # 43 characters, RFC 7636 section 4.1's shortest


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
