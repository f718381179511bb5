"""The page of broken glasses: take a role, give it back, review what others took."""

from typing import Any

from flask import request

from central.access import glasses
from central.access.roles import Purpose, Right
from central.web.console import Desk, Page
from wire.refusal import Refused


def show_glass(desk: Desk) -> str:
    """What the officer may take, what runs, and for those who check: all of them."""
    checks = _checks(desk)
    with desk.write() as connection:
        found = glasses.latest(connection) if checks else []
        mine = list(glasses.glasses_for(connection, desk.officer.account, False, desk.now_ms))
        if checks:
            desk.note(connection, "listed_glasses", Purpose.OVERSIGHT, "", count=len(found))
        offers = glasses.offers(desk.roles, glasses.lasting(connection, desk.officer))
    return desk.show("access/glass.html", offers=offers, mine=mine, all=found, checks=checks, verdicts=glasses.VERDICTS)


def take(desk: Desk) -> Any:
    """POST: take a role for three hours."""
    if not desk.strong:
        raise Refused("second_factor")
    role, _, area = request.form.get("role", "").partition(" ")
    area = request.form.get("area", "").strip() if area in ("", "any") else area
    with desk.write() as connection:
        reason = request.form.get("reason", "")
        number = glasses.break_glass(connection, desk.roles, desk.officer, role, area, reason, desk.now_ms)
        desk.note(connection, "broke_glass", Purpose.OVERSIGHT, f"glass {number}", role=role, area=area)
    return desk.go("/", "access.said.glass_taken")


def end(desk: Desk, number: int) -> Any:
    """POST: give the role back."""
    with desk.write() as connection:
        glasses.give_back(connection, number, desk.officer.account, desk.now_ms)
        desk.note(connection, "ended_glass", Purpose.OVERSIGHT, f"glass {number}")
    return desk.go("/glass", "access.said.glass_ended")


def review(desk: Desk, number: int) -> Any:
    """POST: say whether it was right."""
    if not _checks(desk):
        raise Refused("not_allowed")
    with desk.write() as connection:
        verdict = request.form.get("verdict", "")
        glasses.review(connection, number, desk.officer.account, verdict, desk.now_ms)
        desk.note(connection, "reviewed_glass", Purpose.OVERSIGHT, f"glass {number}", verdict=verdict)
    return desk.go("/glass", "access.said.glass_reviewed")


def _checks(desk: Desk) -> bool:
    return desk.may(Right.AUDIT_READ) or desk.may(Right.CASES_DECIDE)


GLASS = (
    Page("/glass", "access_glass", show_glass, None),
    Page("/glass/take", "access_take_glass", take, None, ("POST",)),
    Page("/glass/<int:number>/end", "access_end_glass", end, None, ("POST",)),
    Page("/glass/<int:number>/review", "access_review_glass", review, None, ("POST",)),
)
