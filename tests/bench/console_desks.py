"""What places, inspectors and moderators work with: the lists by the thousand in SQL, and two places by the product's
own functions, filled to what each desk allows: a border gate, where most visits are and no device counts, and the
busiest market, where one does.
"""

import io
import json
import random
from functools import partial

from PIL import Image
from sqlalchemy.engine import Connection

from central.access.accounts import create_account
from central.access.roles import Grant
from central.feedback import answering, moderating
from central.feedback.arriving import Sent, take
from central.feedback.pictures import small_picture
from central.feedback.sealing import mac
from central.feedback.tickets import Ticket, new_ticket
from central.keys import Keyring
from central.places.places import Place, place_of
from central.ruling.proposals import propose
from central.safety.checks import SelfCheck, hand_in, place_scheme
from central.safety.evidence import MOST_OF_ONE, Shot, keep_pictures, of_scheme
from central.safety.inspections import Found, ask_inspection, finish_inspection
from central.safety.states import State
from central.statements import run as ask
from central.tracing.model import DAY_MS, HOUR_MS
from central.venues import changing, handing, kiosk_files, posters, rosters, staffing
from central.venues.asking import Said
from central.venues.listing import add_manager, file_place
from tests.bench.console_rows import AGO, NOW_MS, PLACES, PROVINCE, WARD, of_bytes, put_rows
from tests.parts.centre import Centre

BUSIEST, MARKET, MANAGER = "v-00001", "v-00002", "quan-ly"
_LETTERS, _FLOOD = 60, 40  # words published about one place, and words of one hour about another
_DRAWN = random.Random(5)
_STATE = "CASE n % 20 WHEN 0 THEN 'unsafe' WHEN 1 THEN 'at_risk' WHEN 2 THEN 'not_assessed' ELSE 'safe' END"
_PLACE = f"1 + n % {PLACES}"
DESK_ROWS = (
    "UPDATE place SET listed_ms = made_ms, address = 'Số ' || number, capacity = 400,"
    " lat_e6 = 10000000 + number * 613 % 9000000, lon_e6 = 105000000 + number * 389 % 3000000",
    "INSERT INTO registration (hash, state, name, kind, province, ward, address, capacity, language, phone, phone_tag,"
    " code_ends_ms, tries, codes, proven, made_ms, changed_ms, decided_by, reason) SELECT"
    f" {of_bytes('n', 32)}, CASE n % 4 WHEN 0 THEN 'asked' WHEN 1 THEN 'refused' ELSE 'waiting' END, 'Chợ ' || n,"
    f" 'market', {PROVINCE}, {WARD}, 'Số ' || n, 100, 'vi', CAST('' AS {{bytes}}), {of_bytes('n', 16)}, 0, 0, 1, 'sms',"
    f" {AGO}, {AGO}, CASE n % 4 WHEN 1 THEN 'ca.9' ELSE '' END, CASE n % 4 WHEN 1 THEN 'twice' ELSE '' END"
    " FROM {g:3000}",
    "INSERT INTO place_change (place, wanted, asked_by, asked_ms, state, decided_by)"
    """ SELECT n + 9, '{"name": "Chợ mới"}', 'ca.7', """ + f"{AGO}, 'waiting', '' FROM {{g:300}}",
    "INSERT INTO self_check (place, period, scheme, scores, state, score, most, reasons, author, at_ms, until_ms,"
    f" pledge, language) SELECT {_PLACE}, CASE n / {PLACES} WHEN 0 THEN 'periodic' ELSE 'daily' END, 'market-2026/1',"
    f" '{{}}', 'safe', 14, 14, '[]', 'paper', {AGO}, {AGO} + {30 * DAY_MS}, {of_bytes('n', 32)}, 'vi'"
    f" FROM {{g:{3 * PLACES}}}",
    "INSERT INTO facility_event (place, at_ms, state, cause, about, reasons, until_ms) SELECT"
    f" {_PLACE}, {AGO}, {_STATE}, 'self_check', '', '[]', CASE n % 3 WHEN 0 THEN {AGO} + {20 * DAY_MS} END"
    f" FROM {{g:{3 * PLACES}}}",
    "INSERT INTO facility_now (place, event, state, since_ms, until_ms, change) SELECT place, id, state, at_ms,"
    " until_ms, id FROM facility_event WHERE id IN (SELECT max(id) FROM facility_event GROUP BY place)",
    "INSERT INTO inspection (place, why, about, asked_ms, asked_by, due_ms, words) SELECT"
    f" 1 + n * 7 % {PLACES}, 'planned', '', {AGO}, 'ca.8', {NOW_MS} + (n % 20 - 5) * {DAY_MS}, '' FROM {{g:2000}}",
    "INSERT INTO inspection (place, why, about, asked_ms, asked_by, due_ms, done_ms, done_by, state, until_ms, words)"
    f" SELECT 1 + n * 3 % {PLACES}, 'planned', '', {AGO}, 'ca.8', {NOW_MS}, {AGO}, 'ca.8', CASE n % 3 WHEN 0 THEN"
    f" 'at_risk' ELSE 'safe' END, CASE WHEN n % 3 > 0 THEN {AGO} + {30 * DAY_MS} END, 'Đã xem' FROM {{g:3000}}",
    "INSERT INTO finding (inspection, criterion, words, deadline_ms) SELECT id, '4@market-2026', 'Thiếu nước rửa tay',"
    " due_ms FROM inspection WHERE state = 'at_risk'",
    "INSERT INTO measured (place, hour_ms, source, ins, outs, by_hand, occupancy_max, per_min_max, up_s, co2_max,"
    f" co2_mean) SELECT 2 + n % 200, {NOW_MS} - {NOW_MS % HOUR_MS} - n / 200 * {HOUR_MS}, 't-' || (2 + n % 200),"
    " 90, 88, n % 9, 60 + n % 200, 5, 3600 - n % 60, 700 + n % 600, 600 + n % 500 FROM {g:33600}",
    "INSERT INTO feedback (place, made_ms, source, code, topic, rating, language, words, digest, sketch, state, reason,"
    f" serious, public_words, visible_ms) SELECT {_PLACE}, {AGO}, 'page', {of_bytes('n', 16)}, CASE n % 3 WHEN 0 THEN"
    " 'crowding' WHEN 1 THEN 'masks' ELSE 'air' END, 1 + n % 5, 'vi', CAST('' AS {bytes}), CAST('' AS {bytes}),"
    " CAST('' AS {bytes}), CASE n % 8 WHEN 0 THEN 'waiting' WHEN 1 THEN 'refused' ELSE 'published' END,"
    " CASE n % 8 WHEN 1 THEN 'insult' ELSE '' END, 0, CASE WHEN n % 8 > 1 THEN 'Buổi sáng rất đông' ELSE '' END,"
    f" CASE WHEN n % 8 > 1 THEN {AGO} END FROM {{g:24000}}",
)


def fill_desks(centre: Centre, visits: int) -> None:
    """All of it, into a world that tests.bench.console has made and filled."""
    with centre.engine.begin() as connection:
        put_rows(connection, DESK_ROWS, visits)
    picture = _picture()
    for venue in (BUSIEST, MARKET):
        with centre.engine.begin() as connection:
            place = place_of(connection, venue)
            _run(connection, centre.ring, place)
            _inspect(connection, place, picture)
    with centre.engine.begin() as connection:
        _speak(connection, centre.ring, place_of(connection, BUSIEST), picture)
        flooded = place_of(connection, MARKET)
        for number in range(_FLOOD):
            _say(
                connection, centre.ring, flooded, f"lũ {number}", Sent("air", 1, _words(), "vi"), NOW_MS - HOUR_MS // 2
            )
    with centre.engine.begin() as connection:
        propose(connection, centre.ring, _rules(), "all", "ca.6", "", NOW_MS)
        runs = [Grant("venue_owner", f"venue-v-{number:05d}") for number in range(1, 51)]
        create_account(connection, MANAGER, "Quản lý THỬ", None, runs, NOW_MS)


def _run(connection: Connection, ring: Keyring, place: Place) -> None:
    """What its manager has made: staff, posters, cards, kiosks, and wishes that wait."""
    file_place(connection, place.number)
    login, _ = add_manager(connection, place, NOW_MS)
    for number in range(1, staffing.MOST):
        staffing.add_member(connection, place, f"Quầy {number}", NOW_MS)
    for number in range(posters.GATES):
        posters.make_poster(connection, place, f"Cửa {number}", "zh", 365, login, NOW_MS)
    for number in range(30):
        rosters.new_roster(connection, place, f"Ca {number}", "shift", False, login, NOW_MS)
    shown = rosters.new_roster(connection, place, "Xe buýt", "bus", True, login, NOW_MS)
    roster = rosters.roster_of(connection, place, shown)
    for stem in ("A", "B", "C"):
        rosters.fill(connection, ring, roster, rosters.numbered(stem, rosters.AT_ONCE), 180, NOW_MS)
    for number, held in enumerate(rosters.held_by(connection, roster), 1):  # as ingest names a pass that was shown
        pseudonym = b"%016d" % number
        ask(connection, "UPDATE phone_pass SET pseudonym = ? WHERE id = ?", (pseudonym, held.pass_id))
    for number in range(10):
        enrol = ("https://centre.example/enrol", ["mqtts://centre.example:8883"])
        kiosk_files.new_kiosk(connection, ring, place, f"Cửa {number}", "in", *enrol, NOW_MS)
    wanted = Said(f"{place.name} mới", place.kind, place.province, place.ward, "Số 1", 2_000)
    changing.change(connection, place, wanted, login, NOW_MS)
    handing.give(connection, place, login, NOW_MS)


def _inspect(connection: Connection, place: Place, picture: bytes) -> None:
    """A month of its own checks, and five inspections that found something; pictures of the last ones."""
    scheme = place_scheme(connection, place.number)
    met = dict.fromkeys((one.id for one in scheme.criteria), 1)
    daily = {one.id: 1 for one in scheme.criteria if one.daily}
    named = [one.id for one in scheme.criteria][:MOST_OF_ONE]
    shots = of_scheme([Shot(one, picture) for one in named], scheme.id)
    for day in range(29, -1, -1):
        at_ms = NOW_MS - day * DAY_MS
        whole = day == 20
        check = SelfCheck(
            place.number, "periodic" if whole else "daily", scheme, met if whole else daily, "ca.7", at_ms
        )
        number, _ = hand_in(connection, check, at_ms)
        if day < 3:
            keep_pictures(connection, place.number, "self_check", number, shots, at_ms)
        if day % 6 == 0:
            asked = ask_inspection(connection, place.number, "planned", str(day), at_ms, "ca.8")
            found = [Found(one, "Thiếu nước rửa tay", 3) for one in named]
            finish_inspection(connection, asked, State.AT_RISK, "Cần sửa", found, "ca.8", at_ms)
            keep_pictures(connection, place.number, "inspection", asked, shots, at_ms)


def _speak(connection: Connection, ring: Keyring, place: Place, picture: bytes) -> None:
    """Words of people who were there: published and answered twice, and some that wait for their sender's answer."""
    for number in range(_LETTERS):
        at_ms, words = NOW_MS - (20 * DAY_MS + number * HOUR_MS), _words()
        sent = Sent("crowding", 2, words, "vi", picture=picture, voice=b"%016d" % number)
        word = moderating.word_of(connection, _say(connection, ring, place, f"chữ {number}", sent, at_ms))
        moderating.publish(connection, ring, word, words, serious=False, picture=True, now_ms=at_ms)
        published = moderating.word_of(connection, word.id)
        for day in (2, 3):
            answering.answer(connection, published, "Chúng tôi đã thêm lối ra, và quạt.", at_ms + day * DAY_MS)
    for number in range(10):
        sent = Sent("masks", 1, _words(), "vi", picture=picture, voice=b"%016d" % (number + 1_000))
        word = moderating.word_of(connection, _say(connection, ring, place, f"hỏi {number}", sent, NOW_MS - HOUR_MS))
        moderating.ask(connection, word, "Ở quầy nào, vào giờ nào?", NOW_MS)


def _say(connection: Connection, ring: Keyring, place: Place, name: str, sent: Sent, at_ms: int) -> int:
    """One word comes in; its number."""
    random12 = name.encode().ljust(12, b"\0")[:12]
    text = new_ticket(place.number, at_ms, random12, partial(mac, ring.folder))
    take(connection, ring, place, Ticket(text, place.number, at_ms), sent, at_ms)
    return int(ask(connection, "SELECT max(id) FROM feedback").scalar_one())


def _words() -> str:
    """Some fifty words that are like no other fifty: what says the same is folded into one."""
    return " ".join(f"{_DRAWN.choice('bcdghklmnt')}{_DRAWN.choice('aeiou')}{_DRAWN.choice('nmtp')}" for _ in range(50))


def _picture() -> bytes:
    """As a telephone's becomes when it is kept."""
    data = io.BytesIO()
    Image.effect_noise((1600, 1200), 20).convert("RGB").save(data, "JPEG", quality=60)
    return small_picture(data.getvalue())


def _rules() -> str:
    """A rule set that changes something, with a test of its own."""
    rule = {"id": "r-1", "when": {"===": [{"var": "venue.kind"}, "market"]}, "signal": "ASK", "reasons": ["see_desk"]}
    times = {"validFrom": "2026-01-01T00:00:00+07:00", "validTo": "2036-01-01T00:00:00+07:00"}
    test = {"name": "chợ", "known": {"venue": "market"}, "expect": "ASK"}
    return json.dumps({"id": "thu", "version": 1, **times, "rules": [rule], "tests": [test]})
