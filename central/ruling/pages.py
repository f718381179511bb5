"""The pages of the rules desk. Nobody is on them: rules, and how many visits they would have changed."""

import json
import re
from typing import Any

from flask import g, request

from central.access.roles import Purpose, Right
from central.declaring_words import WARNINGS
from central.reports.model import shown
from central.ruling import proposals as desk_of_rules
from central.ruling.looking import in_force, look_at
from central.web.console import Desk, Page
from central.web.words import LANGUAGES, say
from wire.refusal import Refused

_SCOPE = re.compile(r"all|(province|ward|venue|device)-[a-z0-9_-]{1,60}")
_BUSIEST = 3


def rules_page(desk: Desk) -> str:
    """What is in force, what waits, what was decided."""
    with desk.read() as connection:
        held, body = in_force(connection, desk.site.ring, "all", desk.now_ms)
        found = desk_of_rules.proposals(connection, desk.now_ms)
    waiting = [one for one in found if one.state == "open" and one.ends_ms > desk.now_ms]
    return desk.show(
        "ruling/rules.html",
        name=body["id"],
        version=0 if held is None else held.version,
        waiting=waiting,
        past=[one for one in found if one not in waiting],
        state=_state(desk),
    )


def new_page(desk: Desk) -> Any:
    """GET: the form. POST: a look at the set; with `do=propose` it is kept for the second person."""
    text, scope = request.form.get("text", ""), request.form.get("scope", "all").strip() or "all"
    words = request.form.get("words", "")
    with desk.read() as connection:
        mine = desk_of_rules.open_of(connection, desk.officer.account, desk.now_ms)
    shown_before: dict[str, Any] = {"text": text, "scope": scope, "words": words, "mine": mine}
    if request.method == "GET":
        return desk.show("ruling/new.html", facts=None, **shown_before)
    if not _SCOPE.fullmatch(scope):
        raise Refused("bad_rules", "scope")
    desk.require(Right.RULES_PROPOSE, {scope})
    if request.form.get("do") != "propose":
        with desk.write() as connection:
            facts = desk_of_rules.facts_of(look_at(connection, desk.site.ring, text, scope, desk.now_ms))
        return desk.show("ruling/new.html", facts=facts, **_readable(facts), **shown_before)
    with desk.write() as connection:
        by = desk.officer.account
        number, looked = desk_of_rules.propose(connection, desk.site.ring, text, scope, by, words, desk.now_ms)
        about = f"RULES-{number}"
        desk.note(connection, "rules_proposed", Purpose.UPKEEP, about, version=looked.rules.version, scope=scope)
    return desk.go("/rules/new", "ruling.proposed_said")


def proposal_page(desk: Desk, number: int) -> str:
    """One proposal: what it changes, how it was tried, and the buttons of whoever may decide."""
    with desk.read() as connection:
        one = desk_of_rules.proposal_of(connection, number)
    facts = one.facts
    return desk.show(
        "ruling/proposal.html",
        one=one,
        state=_state(desk)(one),
        facts=facts,
        digest=bytes(one.hash).hex(),
        text=json.dumps(json.loads(one.body), ensure_ascii=False, indent=1),
        own=one.proposed_by == desk.officer.account,
        **_readable(facts),
    )


def release_view(desk: Desk, number: int) -> Any:
    """POST: the second person publishes what they have read."""
    with desk.write() as connection:
        one = desk_of_rules.proposal_of(connection, number)
        desk.require(Right.RULES_RELEASE, {one.scope})
        by, read = desk.officer.account, request.form.get("read", "")
        desk_of_rules.release(connection, desk.site.ring, number, read, by, desk.now_ms)
        desk.note(connection, "rules_published", Purpose.UPKEEP, f"RULES-{number}", version=one.version)
    return desk.go("/rules", "ruling.published_said")


def refuse_view(desk: Desk, number: int) -> Any:
    """POST: the second person says no."""
    return _turn_down(desk, number, Right.RULES_RELEASE)


def withdraw_view(desk: Desk, number: int) -> Any:
    """POST: whoever proposed it takes it back."""
    with desk.read() as connection:
        if desk_of_rules.proposal_of(connection, number).proposed_by != desk.officer.account:
            raise Refused("proposal_over", "not the proposer")
    return _turn_down(desk, number, Right.RULES_PROPOSE)


def _turn_down(desk: Desk, number: int, right: Right) -> Any:
    with desk.write() as connection:
        desk.require(right, {desk_of_rules.proposal_of(connection, number).scope})
        state = desk_of_rules.turn_down(connection, number, desk.officer.account, desk.now_ms)
        desk.note(connection, f"rules_{state}", Purpose.UPKEEP, f"RULES-{number}")
    return desk.go("/rules" if right is Right.RULES_RELEASE else "/rules/new", f"ruling.{state}_said")


def _state(desk: Desk) -> Any:
    """A proposal's state now: one whose time is over counts as ended before the job has said so."""

    def state(one: desk_of_rules.Proposal) -> str:
        return "expired" if one.state == "open" and one.ends_ms <= desk.now_ms else one.state

    return state


def _readable(facts: dict[str, Any]) -> dict[str, Any]:
    """What the templates show of the facts: sentences, and small numbers of people left out."""
    language, tried = LANGUAGES.index(g.language), facts["replay"]
    hours = sorted(tried["hours"].items(), key=lambda pair: (-pair[1], int(pair[0])))[:_BUSIEST]
    return {
        "warned": [(WARNINGS[code][language], detail) for code, detail in facts["warnings"]],
        "pairs": [(say(g.language, old), say(g.language, new), shown(n, "people")) for old, new, n in tried["changed"]],
        "changed": shown(sum(n for _, _, n in tried["changed"]), "people"),
        "where": ", ".join(f"{kind} {shown(n, 'people')}" for kind, n in tried["venues"].items()),
        "when": ", ".join(f"{int(hour):02d}:00 ({shown(n, 'people')})" for hour, n in hours),
        "left": "; ".join(f"{name} ({', '.join(fields)})" for name, fields in tried["left_out"].items()),
    }


PAGES: tuple[Page, ...] = (
    Page("/rules", "ruling_rules", rules_page, Right.RULES_RELEASE, menu="ruling.menu"),
    Page("/rules/new", "ruling_new", new_page, Right.RULES_PROPOSE, ("GET", "POST"), menu="ruling.new"),
    Page("/rules/<int:number>", "ruling_proposal", proposal_page, Right.RULES_RELEASE),
    Page("/rules/<int:number>/publish", "ruling_publish", release_view, Right.RULES_RELEASE, ("POST",)),
    Page("/rules/<int:number>/refuse", "ruling_refuse", refuse_view, Right.RULES_RELEASE, ("POST",)),
    Page("/rules/<int:number>/withdraw", "ruling_withdraw", withdraw_view, Right.RULES_PROPOSE, ("POST",)),
)
