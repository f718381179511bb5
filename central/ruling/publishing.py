"""`rules check` and `rules publish`. JSON goes to stdout for programs, sentences to stderr for people.

Exit status: 0 in order, published or proposed; 1 refused, or a test case fails; 2 a file that cannot be read.
"""

import argparse
import json
import sys
import time
from typing import Any

from sqlalchemy.engine import Connection

from central.access.audit import Look, note
from central.access.roles import Purpose
from central.declaring import publish_rules
from central.declaring_commands import complain, read_file, tell
from central.declaring_words import both, done, refusal, warning
from central.keys import Keyring
from central.ruling.looking import Looked, look_at
from central.ruling.proposals import facts_of, propose, releasers
from central.ruling.words import WORDS
from central.services import open_centre
from wire.refusal import Refused

_SHORTEST, _LONGEST = 10, 200  # letters of a reason


def check(options: argparse.Namespace) -> int:
    """`rules check`: everything that publishing would look at; nothing stays."""
    text = _text(options)
    if text is None:
        return 2
    engine, ring = open_centre(options)
    try:
        with engine.connect() as connection, connection.begin() as attempt:
            looked = look_at(connection, ring, text, options.scope, _now_ms())
            attempt.rollback()
    except Refused as refused:
        _complain(refused)
        return 1
    finally:
        engine.dispose()
    print(json.dumps(facts_of(looked), ensure_ascii=False))
    _say(looked)
    print(_words("ruling.cli_failed" if looked.failed else "ruling.cli_good"), file=sys.stderr)
    return 1 if looked.failed else 0


def publish(options: argparse.Namespace) -> int:
    """`rules publish`: a proposal; with --alone REASON at once, and noted, while nobody could be the second person."""
    text = _text(options)
    if text is None:
        return 2
    engine, ring = open_centre(options)
    try:
        with engine.begin() as connection:
            second = releasers(connection, _now_ms())
            if options.alone is not None:
                if second:
                    raise Refused("second_needed", options.scope)
                _publish_alone(connection, ring, text, options.scope, options.alone.strip())
            elif not second:
                raise Refused("nobody_second", options.scope)
            else:
                number, looked = propose(connection, ring, text, options.scope, "command", "", _now_ms())
                _note(connection, "rules_proposed", number, looked.rules.version)
                print(json.dumps({"proposal": number, "rules": looked.rules.id, "version": looked.rules.version}))
                _say(looked)
                print(_words("ruling.cli_proposed", number=number), file=sys.stderr)
    except Refused as refused:
        _complain(refused)
        return 1
    finally:
        engine.dispose()
    return 0


def _publish_alone(connection: Connection, ring: Keyring, text: str, scope: str, reason: str) -> None:
    now_ms = _now_ms()
    if not _SHORTEST <= len(reason) <= _LONGEST or not reason.isprintable():
        raise Refused("reason_needed", f"{_SHORTEST} to {_LONGEST} letters")
    looked = look_at(connection, ring, text, scope, now_ms)
    if looked.failed:
        raise Refused("tests_failed", ", ".join(one.name for one in looked.failed)[:200])
    made = publish_rules(connection, ring, looked.paper.text, scope, now_ms)
    _note(connection, "rules_published_alone", 0, looked.rules.version, reason=reason)
    tell(made.bulletin)
    _say(looked)
    print(done("rules"), file=sys.stderr)


def _note(connection: Connection, action: str, number: int, version: int, **more: str) -> None:
    about = f"RULES-{number}" if number else "rules"
    note(connection, Look("command", action, Purpose.UPKEEP, about, detail={"version": version, **more}), _now_ms())


def _say(looked: Looked) -> None:
    for code, detail in looked.warnings:
        print(warning(code, detail), file=sys.stderr)
    for one in looked.failed:
        print(_words("ruling.cli_case", name=one.name, expected=one.expected, got=one.got), file=sys.stderr)


def _complain(refused: Refused) -> None:
    key = f"ruling.refused.{refused.reason}"
    if key not in WORDS:
        complain(refused)
        return
    print(_words(key), file=sys.stderr)
    if refused.detail:
        print(f"  {refused.detail}", file=sys.stderr)


def _text(options: argparse.Namespace) -> str | None:
    try:
        text, _ = read_file(options.file)
    except (OSError, ValueError, RecursionError) as error:
        detail = error.strerror if isinstance(error, OSError) else str(error)
        print(f"{refusal('bad_file')}\n{options.file}: {detail}", file=sys.stderr)
        return None
    return text


def _words(key: str, **values: Any) -> str:
    vi, en = WORDS[key]
    return both((vi.format(**values), en.format(**values)))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
