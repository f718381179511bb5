"""`api-token issue | revoke | list`: JSON on stdout, sentences in both languages on stderr."""

import argparse
import json
import sys
import time

from central.access.audit import Look, note
from central.access.roles import Purpose, load_roles
from central.api import tokens
from central.services import open_centre
from central.statements import run
from wire.refusal import Refused

_SENTENCES = {
    "account_unknown": ("Không có tài khoản này, hoặc đã đóng.", "There is no such account, or it is closed."),
    "not_granted": (
        "Tài khoản không giữ vai trò đó ở khu vực đó.",
        "The account does not hold that role there.",
    ),
    "no_api_right": (
        "Tài khoản cần thêm một vai trò có quyền api.read (ví dụ reporter).",
        "The account also needs a role with api.read (such as reporter).",
    ),
    "bad_days": ("Từ 1 đến 365 ngày, và một khu vực đúng.", "1 to 365 days, and an area that exists."),
    "token_unknown": ("Không có mã này, hoặc đã thu hồi.", "There is no such token, or it was revoked."),
}


def issue(options: argparse.Namespace) -> int:
    """`api-token issue LOGIN ROLE`"""
    engine, _ = open_centre(options)
    new = tokens.NewToken(options.login, options.role, options.area, options.days, options.opens)
    try:
        with engine.begin() as connection:
            name, token = tokens.issue(connection, load_roles(), new, _now_ms())
            detail = {"role": new.role, "area": new.area, "opens": new.strong}
            note(connection, Look("command", "token_issued", Purpose.OVERSIGHT, name, detail=detail), _now_ms())
    except Refused as refusal:
        return _say(refusal)
    print(json.dumps({"id": name, "token": token, "days": new.days}))
    print("Ghi lại ngay: mã chỉ hiện một lần. / Keep it now: it is shown once.", file=sys.stderr)
    return 0


def revoke(options: argparse.Namespace) -> int:
    """`api-token revoke ID`"""
    engine, _ = open_centre(options)
    try:
        with engine.begin() as connection:
            tokens.revoke(connection, options.id, _now_ms())
            note(connection, Look("command", "token_revoked", Purpose.OVERSIGHT, options.id), _now_ms())
    except Refused as refusal:
        return _say(refusal)
    print(json.dumps({"id": options.id, "state": "revoked"}))
    return 0


def list_tokens(options: argparse.Namespace) -> int:
    """`api-token list`"""
    engine, _ = open_centre(options)
    with engine.connect() as connection:
        sql = "SELECT id, login, role, area, strong, ends_ms, revoked_ms FROM api_token ORDER BY login, ends_ms"
        for name, login, role, area, strong, ends_ms, revoked_ms in run(connection, sql):
            facts = {"id": name, "login": login, "role": role, "area": area, "opens": bool(strong), "ends_ms": ends_ms}
            print(json.dumps({**facts, "revoked": revoked_ms is not None}))
    return 0


def _say(refusal: Refused) -> int:
    print("\n".join(_SENTENCES.get(refusal.reason, (refusal.reason,))), file=sys.stderr)
    return 1


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
