"""Pages for everybody: say something about a place, and follow it with the code. Nobody is named on them.

All that is asked is bounded: the form by its ticket, its work and its network's purse, a code by its purse alone,
since a code that nobody holds and one that was mistyped look alike.
"""

import os
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import abort, g, request
from sqlalchemy.engine import Connection

from central.alerts.limits import limits
from central.alerts.sending import ready
from central.feedback import arriving, showing
from central.feedback.arriving import Sent, take
from central.feedback.life import DAY_MS
from central.feedback.pictures import small_picture
from central.feedback.sealing import mac
from central.feedback.tickets import WAIT_MS, is_worked, new_proof, new_ticket, read_proof, read_ticket, shown
from central.feedback.topics import topics_for
from central.phones.asking import Phone
from central.phones.limits import Purse, networks_of
from central.places.places import Place, place_of
from central.statements import run
from central.web.built import FOLDER, built_url
from central.web.console import show_open
from central.web.errors import sentence_of, status_of
from wire.refusal import Refused

if TYPE_CHECKING:
    from central.web.app import Site

THERE_MS = 14 * DAY_MS
# Words of one network: with work, without (no script), of people who have shown a visit; then questions with a code.
WORKED, UNWORKED, PROVEN = Purse(20, 180_000), Purse(3, 1_200_000), Purse(40, 60_000)
CODES = Purse(20, 15_000)
_SCRIPT = "feedback-say.js"


def say_page(site: "Site", venue: str) -> str | tuple[str, int]:
    """GET /say/PLACE: the form. POST: the word is kept, and its code shown."""
    with site.engine.connect().execution_options(reads_only=True) as connection:
        place = _listed(connection, venue)
        texts = "sms" in ready(connection).channels
    if request.method == "GET":
        return _form(site, place, texts)
    try:
        code = _send(site, place)
    except Refused as refused:
        return _form(site, place, texts, refused.reason), status_of(refused.reason)
    return show_open("feedback/sent.html", place=place, code=shown(code))


def status_page(site: "Site") -> str | tuple[str, int]:
    """GET /say/status: where the code is typed. POST: what became of the word."""
    if request.method == "GET":
        return show_open("feedback/status.html", followed=None, code="", wrong="", done="")
    return _status(site, "")


def more_page(site: "Site") -> str | tuple[str, int]:
    """POST /say/status/more: one more word of the sender."""

    def write(connection: Connection, code: str) -> None:
        showing.add_more(connection, site.ring, code, _text("words", arriving.MOST_WORDS), site.now_ms())

    return _change(site, write, "feedback.added")


def withdraw_page(site: "Site") -> str | tuple[str, int]:
    """POST /say/status/withdraw: the sender takes it back."""

    def write(connection: Connection, code: str) -> None:
        showing.withdraw(connection, site.ring, code, site.now_ms())

    return _change(site, write, "feedback.taken_back")


def prove_view(phone: Phone) -> Mapping[str, Any]:
    """POST /say/proof, signed: {"place"} -> {"proof"} for a pass that was there in the last 14 days."""
    venue = phone.said.body.get("place")
    if type(venue) is not str or len(phone.said.body) != 1:
        raise Refused("bad_request", "place expected")
    sql = (
        "SELECT p.number FROM phone_pass h JOIN visit v ON v.person = h.pseudonym JOIN place p ON p.id = v.venue"
        " WHERE h.id = ? AND p.id = ? AND v.at_ms > ? LIMIT 1"
    )
    with phone.read() as connection:
        place = run(connection, sql, (phone.said.pass_id, venue, phone.now_ms - THERE_MS)).scalar()
    if place is None:
        raise Refused("visit_unknown")
    own = partial(mac, phone.site.ring.folder)
    voice = own("voice", venue.encode(), phone.said.pass_id)
    return {"proof": new_proof(voice, int(place), phone.now_ms, own)}


def _send(site: "Site", place: Place) -> str:
    now_ms, own = site.now_ms(), partial(mac, site.ring.folder)
    ticket = read_ticket(request.form.get("ticket", ""), place.number, now_ms, own)
    voice = read_proof(request.form.get("proof", ""), place.number, now_ms, own)
    worked = is_worked(ticket.text, request.form.get("work", ""))
    if not worked and now_ms - ticket.at_ms < WAIT_MS:
        raise Refused("too_soon")
    purse = PROVEN if voice and worked else WORKED if worked else UNWORKED
    _count(site, f"say {purse.most}", purse)
    topic = request.form.get("topic", "")
    if topic not in {one.id for one in topics_for(place.kind)}:
        raise Refused("no_topic")
    rating = request.form.get("rating", "0") or "0"
    if rating not in tuple("012345"):
        raise Refused("bad_words")
    upload = request.files.get("picture")
    raw = b"" if upload is None else upload.read()
    picture = small_picture(raw) if raw else b""  # before the transaction: nobody's writing waits for it
    words, phone = _text("words", arriving.MOST_WORDS), _text("phone", 24)
    sent = Sent(topic, int(rating), words, g.language, phone, picture, voice)
    with site.engine.begin() as connection:
        return take(connection, site.ring, place, ticket, sent, now_ms)


def _form(site: "Site", place: Place, texts: bool, wrong: str = "") -> str:
    """The form, with what was typed where something was wrong: nobody writes it twice."""
    own = partial(mac, site.ring.folder)
    over = wrong == "form_old"  # then the proof may be over too: without it the word is as good, and goes
    again = "" if over else request.form.get("ticket", "")
    return show_open(
        "feedback/say.html",
        place=place,
        topics=topics_for(place.kind),
        ticket=again or new_ticket(place.number, site.now_ms(), os.urandom(12), own),
        typed=request.form,
        proof="" if over else request.form.get("proof", ""),
        wrong=sentence_of(wrong) if wrong else "",
        texts=texts,
        helpline=limits().helpline,
        script=built_url(_SCRIPT) if (FOLDER / _SCRIPT).is_file() else "",
    )


def _change(site: "Site", write: Any, said: str) -> str | tuple[str, int]:
    try:
        _count(site, "codes", CODES)
        with site.engine.begin() as connection:
            write(connection, request.form.get("code", ""))
    except Refused as refused:
        return _refused(refused.reason)
    return _status(site, said)


def _status(site: "Site", said: str) -> str | tuple[str, int]:
    code = request.form.get("code", "")[:64]
    try:
        _count(site, "codes", CODES)
        with site.engine.connect().execution_options(reads_only=True) as connection:
            followed = showing.follow(connection, site.ring, code, site.now_ms())
    except Refused as refused:
        return _refused(refused.reason)
    return show_open("feedback/status.html", followed=followed, code=code, wrong="", done=said)


def _refused(reason: str) -> tuple[str, int]:
    # A slip of the pen is seen by the check letter, without asking anybody; no code is the same answer, whatever it is.
    page = show_open("feedback/status.html", followed=None, code="", wrong=sentence_of(reason), done="")
    return page, status_of(reason)


def _listed(connection: Connection, venue: str) -> Place:
    """A place that stands on the map; 404 for any other."""
    sql = "SELECT 1 FROM place WHERE id = ? AND listed_ms IS NOT NULL AND closed_ms IS NULL"
    if len(venue) > 64 or run(connection, sql, (venue,)).first() is None:
        abort(404)
    return place_of(connection, venue)


def _text(name: str, most: int) -> str:
    """A field as it was typed, without control signs but line ends. Raises Refused("bad_words"): too long."""
    value = request.form.get(name, "").replace("\r\n", "\n").strip()
    if len(value) > most:
        raise Refused("bad_words")
    return "".join(c for c in value if c.isprintable() or c == "\n")


def _count(site: "Site", what: str, purse: Purse) -> None:
    networks = networks_of(request.remote_addr, request.headers.get("X-Forwarded-For"))
    site.phones.counter.take(what, purse, networks, site.now_ms())
