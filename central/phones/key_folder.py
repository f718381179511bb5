"""The few keys that the public pages need, in a folder of their own: whoever takes over that process finds no other.

They sign passes and their own batches, read and make the codes of feedback, and know to whom everything is sealed. They
open nothing: no record, no letter, no word of feedback, and no bulletin can be signed with them.
"""

import shutil
from pathlib import Path

from central.alerts import push_web, sealing
from central.feedback import sealing as feedback
from central.keys import Keyring, root_path, write_seed
from central.phones.joining import KEY
from central.venues import tags

NEEDED = ("root.fingerprint", "pass.key", f"{KEY}.key", f"{tags.KEY}.key", feedback.PUBLIC, feedback.CODES)
IF_THERE = (sealing.PUBLIC, push_web.PUBLIC)  # the sending job makes them


def hand_out(ring: Keyring, to: Path) -> list[str]:
    """Copy them to `to`, which is made; the names of the files. After a rotation: once more, over what is there."""
    for name in (KEY, tags.KEY):
        if not (ring.folder / f"{name}.key").exists():
            write_seed(ring.folder, name)
    feedback.make_keys(ring.folder)
    roots = [root_path(ring.folder, version).name for version in range(1, len(ring.root_messages()) + 1)]
    names = [*roots, *NEEDED, *(name for name in IF_THERE if (ring.folder / name).exists())]
    to.mkdir(parents=True, exist_ok=True)
    to.chmod(0o700)
    for name in names:
        shutil.copy2(ring.folder / name, to / name)
    return names
