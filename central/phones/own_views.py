"""What the holder of a pass says: check-ins, declarations, "still well", a longer life or an end of the pass."""

from contextlib import suppress
from typing import Any

from sqlalchemy.engine import Connection

from central.alerts.limits import limits
from central.desks.said import DAY_MS, VIET_NAM_MS, day_of
from central.phones.asking import Phone, sentences
from central.phones.board import daily_form
from central.phones.claims import ask
from central.phones.deciding import There
from central.phones.declarations import (
    Asked,
    Filled,
    Taken,
    is_daily,
    order_for,
    read_filled,
    take_declaration,
    well_today,
)
from central.phones.limits import CLAIMS, CODES, REQUESTS, STATEMENTS
from central.phones.mine import mine
from central.phones.passes import end_pass, renew
from central.phones.posters import poster_of
from central.phones.receipt import read_code
from central.phones.signed import to_base64
from central.phones.visits import read_checks, take_checks
from central.phones.wishes import ask_desk, call_back, mark_seen, remind
from central.places.places import Place
from forms.model import LANGUAGES
from wire.refusal import Refused

_MOST_ALERTS = 50
_CHECKS_A_COIN = 5
_NOWHERE = Place(0, "", "", "", "", "")


def visits(phone: Phone) -> dict[str, Any]:
    """POST /v/api/visits"""
    body = phone.said.body
    if not {"visits"} <= set(body) <= {"visits", "held"}:
        raise Refused("bad_request", "visits and held")
    checks = read_checks(body["visits"])
    for _ in range(len(checks) // _CHECKS_A_COIN):
        phone.count("statements", STATEMENTS)
    with phone.read() as connection:
        holder = phone.holder(connection, body.get("held", ()))
        answers = take_checks(
            phone.site.phones.writer(phone.site), connection, phone.board, holder, checks, phone.now_ms
        )
    return {"visits": [_with_words(one) for one in answers]}


def declarations(phone: Phone) -> dict[str, Any]:
    """POST /v/api/declarations"""
    body = dict(phone.said.body)
    poster, held = body.pop("poster", ""), body.pop("held", ())
    filled = read_filled(body)
    if type(poster) is not str:
        raise Refused("bad_request", "poster")
    return _declare(phone, filled, poster, held)


def well(phone: Phone) -> dict[str, Any]:
    """POST /v/api/well"""
    match phone.said.body:
        case {"well": True, "language": str(language), **more} if not more and language in LANGUAGES:
            pass
        case _:
            raise Refused("bad_request", "well and language")
    with phone.read() as connection:
        form = phone.board.library(connection).form(daily_form())
    response = well_today(form, language, phone.now_ms)
    return _declare(phone, Filled("", daily_form(), language, b"", response), "")


def renewed(phone: Phone) -> dict[str, Any]:
    """POST /v/api/renew"""
    with phone.write() as connection:
        signed, expires_s = renew(connection, phone.site.ring, phone.said.shown, phone.now_ms)
    return {"signed": to_base64(signed), "expires_s": expires_s}


def ended(phone: Phone) -> dict[str, Any]:
    """POST /v/api/end"""
    match phone.said.body:
        case {"delete": bool(deletes), "language": str(language), **more} if not more:
            pass
        case {"delete": bool(deletes), **more} if not more:
            language = "vi"
        case _:
            raise Refused("bad_request", "delete")
    name = None
    with phone.write() as connection:
        if deletes:
            with suppress(Refused):  # nothing is held, or it was asked before: the pass ends all the same
                phone.count("requests", REQUESTS)
                name, _ = ask_desk(connection, phone.own(connection), "deletion", language, phone.now_ms)
        end_pass(connection, phone.said.pass_id, phone.now_ms)
    return {"id": name}


def everything(phone: Phone) -> dict[str, Any]:
    """POST /v/api/mine"""
    with phone.read() as connection:
        return mine(connection, phone.own(connection), phone.now_ms)


def seen(phone: Phone) -> dict[str, Any]:
    """POST /v/api/seen"""
    match phone.said.body:
        case {"alerts": list(listed), **more} if not more and len(listed) <= _MOST_ALERTS and all(map(_is_id, listed)):
            pass
        case _:
            raise Refused("bad_request", "alerts")
    with phone.write() as connection:
        mark_seen(connection, phone.own(connection), listed, phone.now_ms)
    return {}


def called_back(phone: Phone) -> dict[str, Any]:
    """POST /v/api/call-back"""
    match phone.said.body:
        case {"alert": release, **more} if not more and _is_id(release):
            pass
        case _:
            raise Refused("bad_request", "alert")
    with phone.write() as connection:
        call_back(connection, phone.own(connection), release, limits(), phone.now_ms)
    return {}


def receipts(phone: Phone) -> dict[str, Any]:
    """POST /v/api/receipts"""
    match phone.said.body:
        case {"code": str(code), "number": str(number), **more} if set(more) <= {"kind"} and code.isprintable():
            pass
        case _:
            raise Refused("bad_request", "code and number")
    phone.count("claims", CLAIMS)
    phone.site.phones.counter.take("code", CODES, (str(read_code(code[:40])),), phone.now_ms)
    to = phone.board.root.recipients["ingest"]
    with phone.write() as connection:
        return {"claim": ask(connection, phone.said.pass_id, code, number, to, phone.now_ms)}


def reminders(phone: Phone) -> dict[str, Any]:
    """POST /v/api/reminders"""
    match phone.said.body:
        case {"hour": hour, **more} if not more and (hour is None or (type(hour) is int and 0 <= hour <= 23)):
            pass
        case _:
            raise Refused("bad_request", "hour")
    with phone.write() as connection:
        remind(connection, phone.said.pass_id, hour, day_of(phone.now_ms) if _hour(phone.now_ms) > (hour or 0) else 0)
    return {"hour": hour}


def requests(phone: Phone) -> dict[str, Any]:
    """POST /v/api/requests"""
    match phone.said.body:
        case {"kind": str(kind), "language": str(language), **more} if not more:
            pass
        case _:
            raise Refused("bad_request", "kind and language")
    phone.count("requests", REQUESTS)
    with phone.write() as connection:
        name, due_ms = ask_desk(connection, phone.own(connection), kind, language, phone.now_ms)
    return {"id": name, "due_ms": due_ms}


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 < value < 1 << 53


def _hour(now_ms: int) -> int:
    """In Viet Nam."""
    return (now_ms + VIET_NAM_MS) % DAY_MS // 3_600_000


def _declare(phone: Phone, filled: Filled, poster: str, held: Any = ()) -> dict[str, Any]:
    with phone.read() as connection:
        there = _there(phone, connection, poster)
        order = order_for(filled, there.standing, phone.now_ms)
        if order is None and not is_daily(filled.form):
            raise Refused("order_over")  # nobody has asked for it: nothing may be recorded
        library = phone.board.library(connection)
        asked = Asked(library.form(filled.form), library.rules_between(filled.form))
        holder = phone.holder(connection, held)
    writer = phone.site.phones.writer(phone.site)
    taken: Taken = take_declaration(writer, phone.site.ring, holder, there, asked, filled, phone.ends_s, phone.now_ms)
    return taken.as_json(filled.form)


def _there(phone: Phone, connection: Connection, poster: str) -> There:
    place = poster_of(connection, poster, phone.board.root, phone.now_ms).place if poster else _NOWHERE
    return There(place.kind, place.areas, phone.board.standing(connection, place.id, place.ward, place.province))


def _with_words(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, **sentences(answer["error"])} if "error" in answer else answer
