"""A small OpenID Connect provider of a province, on loopback: discovery, keys, authorization code with PKCE, ID tokens.

It checks what a real one checks (client, redirect address, code used once, PKCE), signs ES256, and can be told to lie.
"""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.serving import make_server

CLIENT, SECRET = "gatepost-test", "a secret of tests"


@dataclass(slots=True)
class AccountsProvider:
    """`lies` replaces claims of the next ID tokens; `amr` is how the person was asked."""

    issuer: str = ""
    subject: str = "province-0001"
    amr: tuple[str, ...] = ("pwd", "otp")
    lies: dict[str, Any] = field(default_factory=dict)
    foreign_key: bool = False
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> Flask:
        """Its four addresses."""
        app = Flask("accounts provider")
        app.add_url_rule("/.well-known/openid-configuration", "discovery", self._discovery)
        app.add_url_rule("/keys", "keys", lambda: jsonify(keys=[self.key.as_dict(private=False)]))
        app.add_url_rule("/authorize", "authorize", self._authorize)
        app.add_url_rule("/token", "token", self._token, methods=["POST"])
        return app

    def _discovery(self) -> Response:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return jsonify({"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in names.items()}})

    def _authorize(self) -> Any:
        asked = request.args.to_dict()
        if asked["client_id"] != CLIENT or asked["response_type"] != "code" or asked["code_challenge_method"] != "S256":
            abort(400)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    def _token(self) -> Any:
        asked = self.codes.pop(request.form["code"], None)
        basic = request.authorization
        if asked is None or basic is None or (basic.username, basic.password) != (CLIENT, SECRET):
            return jsonify(error="invalid_grant"), 400
        digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return jsonify(error="invalid_grant"), 400
        if request.form["redirect_uri"] != asked["redirect_uri"]:
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "amr": list(self.amr),
            **self.lies,
        }
        signer = ECKey.generate_key("P-256", {"kid": "1"}) if self.foreign_key else self.key
        token = jwt.encode({"alg": "ES256", "kid": "1"}, claims, signer)
        return jsonify(access_token="unused", token_type="Bearer", id_token=token)


@contextmanager
def running_provider() -> Iterator[AccountsProvider]:
    """One on a free port of this machine."""
    made = AccountsProvider()
    server = make_server("127.0.0.1", 0, made.app(), threaded=True)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, name="accounts provider", daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join(5)
    server.server_close()
