"""Records that the centre asks this kiosk to destroy at once, because the person whom they are about asked for it.

- Only by a signed bulletin to this very device (wire.deletions), judged like any other before it is kept.
- The sealed row goes, and the readable pseudonyms that hang on its place; the chain's other rows stay as they are.
- The newest row of an epoch waits until another stands behind it: the next number is read from there, and none may be
  given twice. The range is answered with the purge that finds it done.
- Each range is answered by an owed event, in the transaction of the deed; a range whose rows were gone before, too.
"""

from store import bulletins, meta
from store.db import Store
from store.epochs import ordinal_of, owe, place_of
from wire.bulletin import Bulletin
from wire.deletions import EVENT, KIND, NAME, Doomed, read_deletions
from wire.refusal import Refused

_DONE = "deletions"  # in meta: the version of the bulletin that was answered in full
_TABLES = ("outbox", "visit", "declared")


def destroy_asked(store: Store) -> int:
    """Destroy what the newest list names and has not been answered; how many sealed rows went. Safe to repeat."""
    found = [b for b in bulletins.all_of(store, KIND) if b.name == NAME and b.scope.startswith("device-")]
    return sum(_follow(store, bulletin) for bulletin in found)


def _follow(store: Store, bulletin: Bulletin) -> int:
    if meta.get(store, _DONE) == str(bulletin.version):
        return 0
    try:
        asked = read_deletions(bulletin.body)
    except Refused:  # a later centre's form of it: this version cannot follow, and its own limits still hold
        return 0
    waiting, destroyed = False, 0
    for one in asked:
        gone = _destroy(store, one)
        waiting = waiting or gone is None
        destroyed += gone or 0
    if not waiting:
        meta.put(store, _DONE, str(bulletin.version))
    return destroyed


def _destroy(store: Store, one: Doomed) -> int | None:
    """How many sealed rows went; None while the newest row of the epoch is among them."""
    ordinal = ordinal_of(store, one.epoch)
    between = (place_of(ordinal, one.first), place_of(ordinal, one.last))
    with store.transaction() as db:
        row = db.execute("SELECT max(place) FROM outbox WHERE ordinal = ?", (ordinal,)).fetchone()
        if ordinal and row[0] is not None and between[0] <= row[0] <= between[1]:
            return None
        gone = 0
        for table in _TABLES if ordinal else ():
            count = db.execute(f"DELETE FROM {table} WHERE place BETWEEN ? AND ?", between).rowcount
            gone = count if table == "outbox" else gone
        owe(store, EVENT, {"epoch": one.epoch.hex(), "from": one.first, "through": one.last})
    return gone
