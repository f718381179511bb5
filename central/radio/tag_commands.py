"""`tag issue | replace | restart | revoke | list`: JSON lines for programs on stdout, sentences on stderr.

A lost tag is one command: `tag replace` ends it and prints the new one, with `--label` ready for the printer. The tag
is named by its pass id or by the number that is printed on it and kept on its stub.
"""

import argparse
import secrets
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection

from central.keys import Keyring
from central.radio import tags
from central.radio.destroying import TAG_TABLES
from central.radio.tag_label import write_sheet
from central.radio.tags import IssuedTag, Wish
from central.radio.work import Facts, perform, when
from wire.refusal import Refused

_DAY_S = 86_400


def issue(options: argparse.Namespace) -> int:
    """`tag issue`"""
    if options.count != 1 and options.key is not None:
        print("Một khóa chỉ cho một thẻ. / One key is for one tag: leave out --count.", file=sys.stderr)
        return 2

    def work(connection: Connection, ring: Keyring, now_ms: int) -> Iterator[Facts]:
        wish = Wish(options.venue, options.days, options.companions, options.exponent)
        made = [_issue(connection, ring, wish, options, now_ms) for _ in range(options.count)]
        yield from _finish(connection, ring, made, options, now_ms)

    return perform(options, work, "issue")


def replace_tag(options: argparse.Namespace) -> int:
    """`tag replace`"""

    def work(connection: Connection, ring: Keyring, now_ms: int) -> Iterator[Facts]:
        old = tags.running_tag(connection, options.tag)
        left = max(1, -(-(old.expires_s - now_ms // 1000) // _DAY_S))
        wish = Wish(old.venue, options.days or left, old.companions, old.exponent)
        tags.end_tag(connection, ring, old, now_ms)  # first: the same radio may go on with its key
        new = _issue(connection, ring, wish, options, now_ms)
        tags.note_successor(connection, old, new)
        for facts in _finish(connection, ring, [new], options, now_ms):
            yield {**facts, "replaces": old.pass_id.hex()}

    return perform(options, work, "replace", TAG_TABLES)


def restart(options: argparse.Namespace) -> int:
    """`tag restart`"""

    def work(connection: Connection, ring: Keyring, now_ms: int) -> Iterator[Facts]:
        old = tags.running_tag(connection, options.tag)
        new = replace(old, epoch_s=_epoch_s(options.epoch, now_ms))
        tags.restart_tag(connection, old, new.epoch_s, now_ms)
        tags.publish_tags(connection, ring, old.venue, now_ms)
        yield {"pass_id": new.pass_id.hex(), "short": new.short, "epoch": new.epoch_s}

    return perform(options, work, "restart")


def revoke(options: argparse.Namespace) -> int:
    """`tag revoke`"""

    def work(connection: Connection, ring: Keyring, now_ms: int) -> Iterator[Facts]:
        old = tags.running_tag(connection, options.tag)
        tags.end_tag(connection, ring, old, now_ms)
        made = tags.publish_tags(connection, ring, old.venue, now_ms)
        yield {"pass_id": old.pass_id.hex(), "short": old.short, "revoked": True, "list_version": made.version}

    return perform(options, work, "revoke", TAG_TABLES)


def list_tags(options: argparse.Namespace) -> int:
    """`tag list`: no keys"""

    def work(connection: Connection, _: Keyring, now_ms: int) -> Iterator[Facts]:
        for tag in tags.all_tags(connection, options.venue):
            state = "ended" if tag.ended_ms is not None else "expired" if tag.expires_s * 1000 <= now_ms else "running"
            later = {} if tag.replaced_by is None else {"replaced_by": tag.replaced_by.hex()}
            facts = {"short": tag.short, "pass_id": tag.pass_id.hex(), "venue": tag.venue, "state": state}
            yield {**facts, "companions": tag.companions, "expires": when(tag.expires_s * 1000), **later}

    return perform(options, work)


def _issue(connection: Connection, ring: Keyring, wish: Wish, options: argparse.Namespace, now_ms: int) -> IssuedTag:
    key = secrets.token_bytes(16) if options.key is None else _key(options.key)
    epoch_s = _epoch_s(options.epoch, now_ms)
    return tags.issue_tag(connection, ring, wish, secrets.token_bytes(16), key, epoch_s, now_ms)


def _finish(
    connection: Connection, ring: Keyring, made: Sequence[IssuedTag], options: argparse.Namespace, now_ms: int
) -> Iterator[Facts]:
    """Publish the list, write the labels, and say all that the tags need to be set up."""
    venue = made[0].venue
    tags.publish_tags(connection, ring, venue, now_ms)
    sheet = None if options.label is None else write_sheet(options.label, made, options.venue_name or venue)
    for tag in made:
        facts: Facts = {"pass_id": tag.pass_id.hex(), "key": (tag.key or b"").hex(), "exponent": tag.exponent}
        facts |= {"epoch": tag.epoch_s, "text": tag.text, "short": tag.short, "venue": tag.venue}
        facts |= {"expires": when(tag.expires_s * 1000)}
        yield facts if sheet is None else {**facts, "label": str(sheet)}


def _key(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Refused("bad_schema", "--key wants 32 hex digits") from None


def _epoch_s(text: str, now_ms: int) -> int:
    """Unix seconds of "now", of themselves, or of an ISO 8601 time with its offset."""
    if text == "now" or (text.isascii() and text.isdigit() and len(text) < 12):
        return now_ms // 1000 if text == "now" else int(text)
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("bad_epoch", "a time with its offset, such as 2026-09-01T00:00:00+07:00, or now") from None
    if then.tzinfo is None:
        raise Refused("bad_epoch", "the offset is missing: 2026-09-01T00:00:00+07:00")
    return int(then.timestamp())
