"""What any phone may ask: a place by its poster, the orders, a form, a new pass."""

import hashlib
import json
import os
from typing import Any

from flask import Response, request
from sqlalchemy.engine import Connection

from central.phones.asking import Phone, body_of_request
from central.phones.board import Standing, daily_form, key_of
from central.phones.limits import ALL_PASSES, PASSES
from central.phones.passes import make_pass
from central.phones.posters import door_of, poster_of
from central.phones.signed import from_base64, to_base64
from forms.model import LANGUAGES
from rules.orders import TEXTS, Order, consent_hash
from wire.refusal import Refused

_MOST_NAME = 200
_FORM_S = 86_400


def place(phone: Phone, code: str) -> dict[str, Any]:
    """GET /v/api/place/CODE"""
    with phone.read() as connection:
        poster = poster_of(connection, code, phone.board.root, phone.now_ms)
        door = door_of(connection, poster.place, phone.now_ms)
        there = poster.place
        standing = phone.board.standing(connection, there.id, there.ward, there.province)
        orders = _orders(phone, connection, standing)
    return {
        "place": there.id,
        "name": poster.name,
        "gate": poster.gate or None,
        "kind": there.kind,
        "address": door.address,
        "open": door.open,
        "state": door.state,
        "orders": orders,
        "case": _case_key(phone),
    }


def orders(phone: Phone) -> dict[str, Any]:
    """GET /v/api/orders, ?place=CODE for those of a place."""
    code = request.args.get("place", "")
    with phone.read() as connection:
        if code:
            there = poster_of(connection, code, phone.board.root, phone.now_ms).place
            standing = phone.board.standing(connection, there.id, there.ward, there.province)
        else:
            standing = phone.board.standing(connection)
        listed = _orders(phone, connection, standing)
    return {"orders": listed, "daily": daily_form(), "case": _case_key(phone)}


def form(phone: Phone) -> Response:
    """GET /v/api/form?canonical=URL|VERSION: the Questionnaire. One name is one text for ever."""
    name = request.args.get("canonical", "")
    if len(name) > _MOST_NAME:
        raise Refused("form_unknown")
    with phone.read() as connection:
        text = json.dumps(phone.board.library(connection).resource(name), ensure_ascii=False, separators=(",", ":"))
    answer = Response(text, mimetype="application/json")
    answer.set_etag(hashlib.sha256(text.encode()).hexdigest()[:16])
    answer.headers["Cache-Control"] = f"public, max-age={_FORM_S}"
    answer.make_conditional(request)
    return answer


def new_pass(phone: Phone) -> dict[str, Any]:
    """POST /v/api/passes"""
    phone.count("passes", PASSES)
    phone.site.phones.counter.take("all_passes", ALL_PASSES, ("",), phone.now_ms)
    body = body_of_request()
    match body:
        case {"holder": str(text), "companions": int(companions), **more} if not more:
            holder: bytes | None = from_base64(text, 32)
        case {"printed": True, "companions": int(companions), **more} if not more:
            holder = None
        case _:
            raise Refused("bad_request", "holder or printed, and companions")
    if isinstance(companions, bool) or not 0 <= companions <= 9 or len(holder or bytes(32)) != 32:
        raise Refused("bad_request", "holder or companions")
    with phone.write() as connection:
        issued = make_pass(connection, phone.site.ring, os.urandom(16), companions, holder, phone.now_ms)
    told: dict[str, Any] = {"id": issued.pass_id.hex(), "expires_s": issued.expires_s}
    return {**told, "text": issued.text} if issued.signed is None else {**told, "signed": to_base64(issued.signed)}


def _case_key(phone: Phone) -> str:
    """To whom a phone without a network seals a declaration that it shows as light (wire.light)."""
    return to_base64(phone.board.root.recipients["case"])


def _orders(phone: Phone, connection: Connection, standing: Standing) -> list[dict[str, Any]]:
    """Those that run and whose form is here."""
    found = []
    for order in standing.running(phone.now_ms):
        try:
            title = phone.board.library(connection).form(order.form).title
        except Refused:
            continue
        found.append({**_order(order), "title": {language: title.in_(language) for language in LANGUAGES}})
    return found


def _order(order: Order) -> dict[str, Any]:
    texts = {
        language: {name: getattr(order, name).get(language) or getattr(order, name).get("vi", "") for name in TEXTS}
        for language in LANGUAGES
    }
    return {
        "key": key_of(order),
        "id": order.id,
        "form": order.form,
        "mandatory": order.mandatory,
        "ends_ms": order.end_ms,
        "valid_ms": order.valid_ms,
        "texts": texts,
        "consent": {language: consent_hash(order, language).hex() for language in LANGUAGES},
    }
