"""What every address of the programs' interface shares: token, rate, rights, parameters, and how a refusal looks.

- A program shows its token as `Authorization: Bearer`. Cookies are not looked at: a page elsewhere cannot ask for us.
- Each token has a purse of 120 requests that refills by two a second; an empty one is answered 429 with Retry-After.
- A parameter that is not known, stands twice or cannot be read is refused: a filter that is silently left out would
  answer more than was asked for.
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose, Right, Roles
from central.api.tokens import Caller, caller_of
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

PURSE, REFILL_PER_S = 120, 2
_MOST_PURSES = 10_000
MOST_ROWS, ROWS = 500, 100
Form = Callable[[str], Any]
# code -> (status, Vietnamese, English)
REFUSALS: dict[str, tuple[int, str, str]] = {
    "no_token": (401, "Cần mã truy cập hợp lệ.", "A token that is valid now is needed."),
    "not_allowed": (403, "Vai trò của mã này không được xem mục này.", "The role of this token may not read this."),
    "unknown": (404, "Không có mục này.", "There is no such thing."),
    "no_method": (405, "Ở đây chỉ đọc được (GET).", "Here one can only read (GET)."),
    "bad_parameter": (400, "Tham số không đúng.", "A parameter is wrong, unknown or missing."),
    "not_running": (
        409,
        "Ca bệnh, lệnh hoặc yêu cầu này không còn hiệu lực.",
        "This case, order or request does not run.",
    ),
    "too_fast": (429, "Hỏi quá nhanh. Hãy thử lại sau.", "Too many requests. Try again later."),
    "opener_away": (503, "Tiến trình mở chưa chạy.", "The opener is not running."),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of a program that has been let in."""

    site: "Site"
    roles: Roles
    caller: Caller
    values: Mapping[str, Any]
    now_ms: int

    def areas(self, right: Right) -> frozenset[str]:
        """Where the token holds `right`. Raises Refused("not_allowed") where it holds it nowhere."""
        found = self.roles.areas(self.caller.officer, right)
        if not found:
            raise Refused("not_allowed", str(right))
        return found

    def note(self, connection: Connection, action: str, purpose: Purpose, about: str, **detail: Any) -> None:
        """A row of the audit log; refused where the role does not know that purpose. Raises Refused("not_allowed")."""
        officer = self.caller.officer
        persons = tuple(detail.pop("persons", ()))
        said = {"token": self.caller.token, **detail}
        look = Look(officer.account, action, purpose, about, officer.grants[0].role, detail=said, persons=persons)
        note(connection, look, self.now_ms)


@dataclass(slots=True)
class Purses:
    """What each token has left, in this process."""

    left: dict[str, tuple[float, int]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pay(self, token: str, now_ms: int) -> int:
        """0, or after how many seconds there is something in the purse again."""
        with self.lock:
            coins, at_ms = self.left.get(token, (float(PURSE), now_ms))
            coins = min(float(PURSE), coins + max(0, now_ms - at_ms) / 1000 * REFILL_PER_S)
            if len(self.left) >= _MOST_PURSES:
                self.left.clear()
            paid = coins >= 1
            self.left[token] = (coins - 1 if paid else coins, now_ms)
            return 0 if paid else max(1, round((1 - coins) / REFILL_PER_S))


def admit(site: "Site", roles: Roles, purses: Purses, takes: Mapping[str, Form]) -> Ask:
    """Who asks, with what. Raises Refused: no_method, no_token, too_fast, bad_parameter."""
    if request.method != "GET":
        raise Refused("no_method")
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    now_ms = site.now_ms()
    with site.engine.connect().execution_options(reads_only=True) as connection:
        known = kind.lower() == "bearer" and token.isascii() and 0 < len(token) < 200
        caller = caller_of(connection, roles, token, now_ms) if known else None
    if caller is None:
        raise Refused("no_token")
    wait_s = purses.pay(caller.token, now_ms)
    if wait_s:
        raise Refused("too_fast", str(wait_s))
    return Ask(site, roles, caller, _values(takes), now_ms)


def _values(takes: Mapping[str, Form]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, given in request.args.lists():
        if name not in takes or len(given) != 1:
            raise Refused("bad_parameter", name[:32])
        try:
            found[name] = takes[name](given[0])
        except ValueError as error:
            raise Refused("bad_parameter", name[:32]) from error
    return found


def refused(refusal: Refused) -> Response:
    """A refusal as JSON, in both languages."""
    code = refusal_code(refusal)
    status, vi, en = REFUSALS[code]
    answer = jsonify(error=code, vi=vi, en=en)
    return headed(answer, status, refusal)


def refusal_code(refusal: Refused) -> str:
    """The code of REFUSALS; what has none of its own is unknown to whoever asks."""
    return refusal.reason if refusal.reason in REFUSALS else _LIKE.get(refusal.reason, "unknown")


def headed(answer: Response, status: int, refusal: Refused) -> Response:
    """The status, with what it asks for by header."""
    answer.status_code = status
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status == 405:
        answer.headers["Allow"] = "GET"
    if status == 429:
        answer.headers["Retry-After"] = refusal.detail if refusal.detail.isdigit() else "60"
    return answer


_LIKE = {"second_factor": "not_allowed", "cannot_open": "unknown", "locked": "opener_away"}


def whole(low: int, high: int) -> Form:
    """A whole number in that range, in plain digits."""

    def read(text: str) -> int:
        if not re.fullmatch(r"0|[1-9][0-9]{0,17}", text) or not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    return read


def one_of(*known: str) -> Form:
    """One of these words."""

    def read(text: str) -> str:
        if text not in known:
            raise ValueError(text)
        return text

    return read


def like(pattern: str) -> Form:
    """A text of that form."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return read


def day(text: str) -> date:
    """YYYY-MM-DD, from 2020 on: before that nothing was recorded."""
    if not re.fullmatch(r"20[2-9][0-9]-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)
