"""First contact without a network: the request goes out on a stick, the centre's answer comes back on it.

    <stick>/gatepost/<device>.enrol        what sync_agent.enrol posts, as JSON
    <stick>/gatepost/<device>.enrolled     what the centre answers (python -m central import)

The token lies readable on the stick, as it does in kiosk.toml: whoever copies it and is first is told by the second one
(the centre alarms a token that comes with another key), and can then be revoked. The answer is believed by the root's
fingerprint alone, as by network.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from store.db import Store
from sync_agent.enrol import MOST_BYTES, Invitation, NotEnrolled, believe, request_of
from sync_agent.identity import Identity, write_file
from sync_agent.strange import plain_files, read_plain

ASKED, ANSWERED = ".enrol", ".enrolled"


def enrol_by_stick(
    invitation: Invitation, identity: Identity, held: Store, folder: Path
) -> Iterator[dict[str, object]]:
    """Nothing for a kiosk that is enrolled; else take the answer that is there, or leave the request. A line for it."""
    papers = identity.papers()
    if papers is not None and papers.device == invitation.device:
        return
    answer = folder / f"{invitation.device}{ANSWERED}"
    if answer in plain_files(folder, answer.name, 1):
        yield _take(answer, invitation, identity, held)
        return
    asked = folder / f"{invitation.device}{ASKED}"
    write_file(asked, json.dumps(request_of(invitation, identity)).encode())
    yield {"file": asked.name, "asked": True}


def _take(answer: Path, invitation: Invitation, identity: Identity, held: Store) -> dict[str, object]:
    try:
        found = json.loads(read_plain(answer, MOST_BYTES))
        if not isinstance(found, dict):
            raise ValueError
        papers = believe(found, invitation, identity, held)
    except NotEnrolled as error:
        answer.unlink()  # asked again with the next stick, under a kiosk.toml that may be mended by then
        return {"file": answer.name, "refused": error.code, "vi": error.vi, "en": error.en}
    except (ValueError, RecursionError):
        answer.unlink()
        return {"file": answer.name, "refused": "bad_answer"}
    answer.unlink()
    answer.with_suffix(ASKED).unlink(missing_ok=True)
    return {"file": answer.name, "enrolled": True, "venue": papers.venue, "gate": papers.gate}
