"""Tags: what the gates of a venue hear after each command, and what is left of a tag that has ended."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from central.passes import revoke_pass
from central.radio.destroying import TAG_TABLES, overwrite_freed, settle
from central.radio.tags import (
    IssuedTag,
    Wish,
    all_tags,
    end_tag,
    find_tag,
    issue_tag,
    note_successor,
    publish_tags,
    restart_tag,
    running_tag,
)
from credentials import pass_qr
from credentials.trust import Trust
from tests.parts.centre import NOW_MS, Centre, run_central
from wire.bulletin import Bulletin, accept
from wire.refusal import Refused
from wire.tags import Tag, read_tags

VENUE = "cho-thu-1"
NOW_S = NOW_MS // 1000
YEAR = Wish(VENUE, 365, companions=1)
LATER_MS = NOW_MS + 60_000


def issue(centre: Centre, number: int, wish: Wish = YEAR) -> IssuedTag:
    """A tag with easy bytes."""
    with centre.engine.begin() as connection:
        keys = (bytes([number]) * 16, bytes([0x40 + number]) * 16)
        made = issue_tag(connection, centre.ring, wish, *keys, NOW_S, NOW_MS)
        publish_tags(connection, centre.ring, wish.venue, NOW_MS)
    return made


def heard(centre: Centre, kind: str, scope: str) -> Bulletin:
    """What a gate takes of the newest bulletin."""
    ((message,),) = centre.rows(f"SELECT message FROM bulletin WHERE kind = '{kind}' AND scope = '{scope}'")
    read = accept(None, message, centre.ring.root(), NOW_MS, frozenset({scope}))
    assert isinstance(read, Bulletin)
    return read


def tags_at(centre: Centre, venue: str = VENUE) -> tuple[Tag, ...]:
    return read_tags(heard(centre, "tags", f"venue-{venue}").body)


def revoked(centre: Centre) -> list[bytes]:
    return list(heard(centre, "passes", "all").body["revoked"])


def test_the_gates_of_the_venue_know_a_new_tag_and_no_others_do(centre: Centre) -> None:
    made = issue(centre, 1)
    issue(centre, 2, Wish("cho-thu-2", 30))
    assert tags_at(centre) == (Tag(made.pass_id, b"\x41" * 16, 10, NOW_S, made.expires_s, 1),)
    assert len(tags_at(centre, "cho-thu-2")) == 1


def test_the_code_on_the_card_is_the_same_pass(centre: Centre) -> None:
    made = issue(centre, 1)
    trust = Trust(passes=centre.ring.root().keys("pass"))
    read = pass_qr.read(made.text, datetime.fromtimestamp(NOW_S, UTC), trust)
    assert (read.status, read.normal_form) == ("valid", made.pass_id.hex())


def test_a_lost_tag_ends_on_the_air_and_on_paper_and_its_key_is_gone(centre: Centre) -> None:
    lost, other = issue(centre, 1), issue(centre, 2)
    with centre.engine.begin() as connection:
        overwrite_freed(connection)
        end_tag(connection, centre.ring, lost, LATER_MS)
        publish_tags(connection, centre.ring, VENUE, LATER_MS)
    settle(centre.engine, TAG_TABLES)
    assert [tag.pass_id for tag in tags_at(centre)] == [other.pass_id]
    assert revoked(centre) == [lost.pass_id]
    assert centre.rows("SELECT key, ended_ms FROM issued_tag ORDER BY number")[0] == (None, LATER_MS)
    if centre.engine.dialect.name == "sqlite":
        left = b"".join(path.read_bytes() for path in Path(str(centre.engine.url.database)).parent.glob("central.db*"))
        assert b"\x41" * 16 not in left and b"\x42" * 16 in left


def test_a_replaced_tag_may_keep_its_radio(centre: Centre) -> None:
    old = issue(centre, 1)
    with centre.engine.begin() as connection:
        end_tag(connection, centre.ring, old, LATER_MS)
        new = issue_tag(connection, centre.ring, YEAR, b"n" * 16, b"\x41" * 16, NOW_S, LATER_MS)
        note_successor(connection, old, new)
        publish_tags(connection, centre.ring, VENUE, LATER_MS)
        known = [(tag.short, tag.replaced_by) for tag in all_tags(connection)]
    assert known == [(old.short, b"n" * 16), ("0002-1", None)]
    assert [tag.pass_id for tag in tags_at(centre)] == [b"n" * 16]


def test_two_tags_never_share_a_key(centre: Centre) -> None:
    issue(centre, 1)
    with centre.engine.begin() as connection, pytest.raises(Refused, match="key_in_use"):
        issue_tag(connection, centre.ring, YEAR, b"n" * 16, b"\x41" * 16, NOW_S, NOW_MS)


def test_a_new_battery_starts_the_counter_anew(centre: Centre) -> None:
    made = issue(centre, 1)
    with centre.engine.begin() as connection:
        restart_tag(connection, made, NOW_S + 50, LATER_MS)
        publish_tags(connection, centre.ring, VENUE, LATER_MS)
        with pytest.raises(Refused, match="bad_epoch"):
            restart_tag(connection, made, NOW_S + 3 * 86_400, LATER_MS)
    assert [tag.epoch_s for tag in tags_at(centre)] == [NOW_S + 50]


def test_a_pass_that_was_revoked_at_the_desk_takes_its_tag_along(centre: Centre) -> None:
    made = issue(centre, 1)
    with centre.engine.begin() as connection:
        revoke_pass(connection, centre.ring, made.pass_id, LATER_MS)
        publish_tags(connection, centre.ring, VENUE, LATER_MS)
    assert tags_at(centre) == ()


def test_a_tag_stays_known_to_a_gate_whose_clock_runs_late(centre: Centre) -> None:
    issue(centre, 1, Wish(VENUE, 1))
    for days, known in ((20, 1), (40, 0)):
        with centre.engine.begin() as connection:
            made = publish_tags(connection, centre.ring, VENUE, NOW_MS + days * 86_400_000)
        assert len(made.body["tags"]) == known


def test_a_tag_is_found_by_what_people_say_and_by_its_pass(centre: Centre) -> None:
    made = issue(centre, 1)
    with centre.engine.begin() as connection:
        for name in ("0001-3", "00013", "0001 3", made.pass_id.hex()):
            assert running_tag(connection, name).pass_id == made.pass_id
        for name, reason in (("0002-1", "unknown_tag"), ("0001-4", "misheard"), ("zz" * 16, "unknown_tag")):
            with pytest.raises(Refused, match=reason):
                find_tag(connection, name)
        end_tag(connection, centre.ring, made, LATER_MS)
        with pytest.raises(Refused, match="tag_ended"):
            running_tag(connection, "0001-3")


@pytest.mark.parametrize("wish", [Wish(VENUE, 0), Wish(VENUE, 367), Wish(VENUE, 1, 10), Wish(VENUE, 1, 0, 16)])
def test_a_tag_out_of_bounds_is_not_issued(wish: Wish, centre: Centre) -> None:
    with centre.engine.begin() as connection, pytest.raises(Refused, match="bad_schema"):
        issue_tag(connection, centre.ring, wish, b"p" * 16, b"k" * 16, NOW_S, NOW_MS)


def words_of(centre: Centre) -> tuple[str, ...]:
    """Where a command finds this centre."""
    centre.engine.dispose()
    return ("--database", centre.url, "--keys", str(centre.keys))


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_lost_tag_is_one_command(centre: Centre, tmp_path: Path) -> None:
    words = words_of(centre)
    issued = run_central("tag", "issue", "--venue", VENUE, "--days", "90", "--companions", "2", *words)
    first = json.loads(issued.stdout)
    assert set(first) == {"pass_id", "key", "exponent", "epoch", "text", "short", "venue", "expires"}
    done = run_central("tag", "replace", first["short"], "--label", str(tmp_path / "cards"), *words)
    second = json.loads(done.stdout)
    assert (done.returncode, second["replaces"], second["short"]) == (0, first["pass_id"], "0002-1")
    assert second["key"] != first["key"] and second["expires"][:10] == first["expires"][:10]
    assert "0002-1" in Path(second["label"]).read_text("utf-8")
    again = run_central("tag", "replace", first["short"], *words)
    assert (again.returncode, again.stdout) == (1, "") and " / " in again.stderr
    listed = [json.loads(line) for line in run_central("tag", "list", "--venue", VENUE, *words).stdout.splitlines()]
    assert [(row["state"], row["companions"]) for row in listed] == [("ended", 2), ("running", 2)]
    assert not any("key" in row for row in listed)


@pytest.mark.parametrize("database", ["sqlite"])
def test_what_is_refused_leaves_nothing_behind(centre: Centre) -> None:
    words = words_of(centre)
    for extra in (("--epoch", "2026-09-01"), ("--exponent", "16")):
        done = run_central("tag", "issue", "--venue", VENUE, "--days", "9", *extra, *words)
        assert (done.returncode, done.stdout) == (1, "")
    assert centre.one("SELECT count(*) FROM issued_pass") == 0
    centre.engine.dispose()
