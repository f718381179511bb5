"""`fleet` and `release`: what is wrong in the fleet, labels' codes, and a release through its rings."""

import argparse
import json
import time
from pathlib import Path

from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose
from central.cli import Commands, command, group
from central.fleet import claims, listing, rollouts
from central.fleet.rollout_step import DEFAULT_RINGS, Plan, counted, read_plan
from central.services import open_centre
from wire.refusal import Refused
from wire.release import Release, write_release

_SHORTEST = 10


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    fleet = group(parent, "fleet", "kiosks: how they stand, codes for their labels")
    command(fleet, "list", show, "every kiosk as a JSON line, those that need somebody first")
    code = command(fleet, "claim-code", claim_code, "a new code for a kiosk's label")
    code.add_argument("device")
    release = group(parent, "release", "a new system for the kiosks, in rings")
    publish = command(release, "publish", publish_release, "put a signed bundle before a second person")
    publish.add_argument("version")
    publish.add_argument("--url", required=True, help="https://... of the bundle")
    publish.add_argument("--size", type=int, required=True, help="bytes")
    publish.add_argument("--sha256", required=True, help="64 hex digits")
    publish.add_argument("--key-id", required=True, help="of the key that signed it, as `image_build bundle` prints")
    publish.add_argument("--plan", type=Path, metavar="FILE.json", help="rings; 1, 10, 50 and 100 percent without it")
    publish.add_argument("--words", default="", help="what is new")
    publish.add_argument(
        "--alone", metavar="REASON", help="begin without a second person, and why: only while no account could be one"
    )
    stage = command(release, "stage", stage_release, "how far it is; a step further where its ring has done well")
    stop = command(release, "stop", stop_release, "stop it now")
    for one in (stage, stop):
        one.add_argument("number", type=int, help="of the roll-out")
    stop.add_argument("--reason", required=True)


def show(options: argparse.Namespace) -> None:
    """`fleet list`"""
    engine, _ = open_centre(options)
    with engine.connect() as connection:
        found = listing.fleet(connection, _now_ms())
    for one in found:
        facts = {"device": one.kiosk.device, "venue": one.kiosk.venue, "gate": one.kiosk.gate, "mark": one.mark}
        why = {"why": one.why.code, "since_ms": one.why.since_ms, "troubles": [t.code for t in one.troubles]}
        said = {"version": one.kiosk.version, "target": one.target, "backlog": one.kiosk.backlog}
        print(json.dumps({**facts, **why, **said, "oldest_ms": one.kiosk.oldest_ms}))


def claim_code(options: argparse.Namespace) -> None:
    """`fleet claim-code`"""
    engine, _ = open_centre(options)
    with engine.begin() as connection:
        code = claims.new_claim(connection, options.device, _now_ms())
    print(json.dumps({"device": options.device, "code": code, "label": claims.label_text(options.device, code)}))


def publish_release(options: argparse.Namespace) -> None:
    """`release publish`"""
    try:
        digest = bytes.fromhex(options.sha256)
    except ValueError:
        raise Refused("bad_release", "sha256") from None
    plan = Plan(DEFAULT_RINGS, salt=options.version)
    if options.plan is not None:
        plan = read_plan(options.plan.read_text(encoding="utf-8"))
    now_ms, share = _now_ms(), plan.rings[0].share
    made = Release(
        *(options.version, options.url, options.size, digest, options.key_id, now_ms, plan.salt, share),
        frozenset(plan.rings[0].scopes),
    )
    engine, ring = open_centre(options)
    with engine.begin() as connection:
        second = rollouts.releasers(connection, now_ms)
        if options.alone is None and not second:
            raise Refused("nobody_second", "make an account, or --alone REASON")
        if options.alone is not None and (second or len(options.alone.strip()) < _SHORTEST):
            raise Refused("second_needed" if second else "reason_needed", "--alone")
        held = rollouts.propose(
            connection, "release", "system", write_release(made), plan, "command", options.words, now_ms
        )
        _note(connection, "rollout_proposed", held.id, version=held.label)
        if options.alone is not None:
            reason = options.alone.strip()
            held = rollouts.begin(connection, ring, held.id, held.hash.hex(), "command", now_ms, reason)
            _note(connection, "rollout_begun_alone", held.id, version=held.label, reason=reason)
    print(json.dumps({"rollout": held.id, "version": held.label, "state": held.state, "ring": held.ring}))


def stage_release(options: argparse.Namespace) -> None:
    """`release stage`"""
    engine, ring = open_centre(options)
    with engine.begin() as connection:
        taken = rollouts.carry_on(connection, ring, options.number, _now_ms())
        held = rollouts.rollout_of(connection, options.number)
        counts = counted(rollouts.members(connection, held, _now_ms()))
    facts = {"rollout": held.id, "state": held.state, "ring": held.ring, "rings": len(held.plan.rings)}
    print(json.dumps({**facts, "did": taken.what, "why": taken.why, **counts}))


def stop_release(options: argparse.Namespace) -> None:
    """`release stop`"""
    engine, ring = open_centre(options)
    with engine.begin() as connection:
        held = rollouts.stop(connection, ring, options.number, options.reason, _now_ms())
        _note(connection, "rollout_stopped", held.id, reason=options.reason[:200])
    print(json.dumps({"rollout": held.id, "state": held.state, "ring": held.ring}))


def _note(connection: Connection, action: str, number: int, **detail: str) -> None:
    note(connection, Look("command", action, Purpose.UPKEEP, f"ROLLOUT-{number}", detail=detail), _now_ms())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
