"""One request of a phone: read within its bounds, counted by its network, answered in JSON whatever happens.

    unsigned   anybody may ask: a place, the orders, a form, a new pass
    signed     the holder of a pass says something about it (central.phones.signed)

A refusal is {"error": reason, "vi": sentence, "en": sentence}; nothing of what was asked is in it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from sqlalchemy.engine import Connection
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from central.phones.board import Board
from central.phones.deciding import Holder
from central.phones.declarations import Wrong
from central.phones.limits import STATEMENTS, Purse, networks_of
from central.phones.mine import Own, own_of
from central.phones.passes import check_stands
from central.phones.signed import MOST_BYTES, Statement, read_object, read_pass, read_statement
from central.phones.words import WORDS
from central.statements import run
from central.web.errors import sentence_of, status_of
from central.web.words import say
from credentials.pass_qr import Pass
from wire.exposures import entry_of
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

_STATUS = {
    "bad_request": 400,
    "bad_code": 400,
    "answers": 422,
    "bad_pass": 403,
    "bad_signature": 403,
    "pass_expired": 403,
    "pass_revoked": 403,
    "poster_expired": 404,
    "place_closed": 404,
    "busy": 503,
}
_MOST_HELD = 4
Answer = Mapping[str, Any]
View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that asks. `statement` and `ends_s` (of its pass) are None, 0 for what anybody may ask."""

    site: "Site"
    now_ms: int
    networks: tuple[str, ...]
    statement: Statement | None = None
    ends_s: int = 0

    @property
    def board(self) -> Board:
        """What stands."""
        return self.site.phones.board(self.site)

    @property
    def said(self) -> Statement:
        """The statement of a signed request."""
        assert self.statement is not None  # `signed` gives one
        return self.statement

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that changes nothing."""
        with self.site.engine.connect().execution_options(reads_only=True) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction."""
        with self.site.engine.begin() as connection:
            yield connection

    def own(self, connection: Connection) -> Own:
        """The pass as it stands here."""
        return own_of(connection, self.said.pass_id)

    def count(self, what: str, purse: Purse) -> None:
        """Take a coin of this network's purse. Raises Refused("too_fast")."""
        self.site.phones.counter.take(what, purse, self.networks, self.now_ms)

    def holder(self, connection: Connection, held: Any = ()) -> Holder:
        """Whoever asks, with `held`: more passes of the same id, in base64. Raises Refused: bad_request, bad_pass."""
        if type(held) not in (list, tuple) or len(held) > _MOST_HELD:
            raise Refused("bad_request", f"at most {_MOST_HELD} passes")
        issuers = self.board.root.keys("pass")
        more: list[Pass] = [read_pass(text, issuers) for text in held]
        if any(one.pass_id != self.said.pass_id for one in more):
            raise Refused("bad_pass", "another pass")
        sql = "SELECT max(until_ms) FROM exposure_entry WHERE entry = ? AND live = 1 AND release <> 0 AND until_ms > ?"
        until = run(connection, sql, (entry_of(self.said.pass_id), self.now_ms)).scalar()
        return Holder((self.said.shown, *more), None if until is None else int(until))


def unsigned(view: Callable[..., Answer | Response], what: str, purse: Purse) -> View:
    """The view of an address that anybody may ask: (phone, **parts)."""

    def answer(site: "Site", **parts: Any) -> Response:
        def do() -> Answer | Response:
            phone = _phone(site)
            phone.count(what, purse)
            return view(phone, **parts)

        return _answered(site, do)

    return answer


def signed(view: Callable[[Phone], Answer | Response]) -> View:
    """The view of an address that the holder of a pass asks."""

    def answer(site: "Site") -> Response:
        def do() -> Answer | Response:
            phone = _phone(site)
            phone.count("statements", STATEMENTS)
            issuers = phone.board.root.keys("pass")
            said = read_statement(request.path, body_of_request(), issuers, phone.now_ms)
            site.phones.heard.take(said.pass_id, said.signature, said.at_ms)
            with phone.read() as connection:
                ends_s = check_stands(connection, said.pass_id)
            return view(Phone(site, phone.now_ms, phone.networks, said, ends_s))

        return _answered(site, do)

    return answer


def body_of_request() -> dict[str, Any]:
    """The JSON object of the request. Raises Refused("bad_request"), RequestEntityTooLarge."""
    data = b"" if (request.content_length or 0) > MOST_BYTES else request.get_data(cache=False)
    if not data or len(data) > MOST_BYTES:
        raise RequestEntityTooLarge if data or request.content_length else Refused("bad_request", "no body")
    return read_object(data)


def _phone(site: "Site") -> Phone:
    return Phone(site, site.now_ms(), networks_of(request.remote_addr, request.headers.get("X-Forwarded-For")))


def _answered(site: "Site", do: Callable[[], Answer | Response]) -> Response:
    try:
        given = do()
    except Refused as refused:
        return _refusal(refused, site.now_ms())
    except HTTPException as error:  # too long, or cut off on its way
        answer = jsonify(error="bad_request", **sentences("bad_request"))
        answer.status_code = error.code or 400
        return answer
    return given if isinstance(given, Response) else jsonify({**given, "now_ms": site.now_ms()})


def _refusal(refused: Refused, now_ms: int) -> Response:
    more: dict[str, Any] = {}
    if isinstance(refused, Wrong):
        more["issues"] = [{"expression": one.expression, "text": one.text} for one in refused.issues]
        more["between"] = [{"linkId": row["linkId"], "text": dict(row["text"])} for row in refused.between]
    answer = jsonify(error=refused.reason, now_ms=now_ms, **sentences(refused.reason), **more)
    answer.status_code = _STATUS.get(refused.reason) or status_of(refused.reason)
    return answer


def sentences(reason: str) -> dict[str, str]:
    """{"vi", "en"}: what a person reads for a reason."""
    own = f"phones.no.{reason}"
    key = own if own in WORDS else sentence_of(reason)
    return {language: say(language, key) for language in ("vi", "en")}
