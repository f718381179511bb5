"""The devices that may deliver, and the centre's generation."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from central.schema import device, meta
from central.statements import run


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled kiosk. `public` is its raw Ed25519 key, `state` active or revoked."""

    id: str
    venue: str
    gate: str
    public: bytes
    kid: bytes
    state: str
    enrolled_ms: int
    certificate_serial: str


_COLUMNS = "id, venue, gate, public, kid, state, enrolled_ms, certificate_serial"


def device_by_kid(connection: Connection, kid: bytes) -> Device | None:
    """The device that owns the key; asked anew for each batch, so that a revocation counts at once."""
    row = run(connection, f"SELECT {_COLUMNS} FROM device WHERE kid = ?", (kid,)).first()
    return None if row is None else Device(row[0], row[1], row[2], bytes(row[3]), bytes(row[4]), *row[5:])


def all_devices(connection: Connection) -> list[Device]:
    """Every device, by id."""
    rows = run(connection, f"SELECT {_COLUMNS} FROM device ORDER BY id")
    return [Device(r[0], r[1], r[2], bytes(r[3]), bytes(r[4]), *r[5:]) for r in rows]


def add_device(connection: Connection, new: Device) -> None:
    """Register a device, or give a known one its new keys (a new card in the same kiosk): it is active afterwards."""
    run(
        connection,
        f"INSERT INTO device ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET venue = excluded.venue, gate = excluded.gate, public = excluded.public,"
        " kid = excluded.kid, state = excluded.state, enrolled_ms = excluded.enrolled_ms,"
        " certificate_serial = excluded.certificate_serial",
        (
            new.id,
            new.venue,
            new.gate,
            new.public,
            new.kid,
            new.state,
            new.enrolled_ms,
            new.certificate_serial,
        ),
    )


def revoke_device(connection: Connection, name: str) -> bool:
    """Take a device's right to deliver; False when there is no such device."""
    done = connection.execute(update(device).where(device.c.id == name).values(state="revoked"))
    return done.rowcount == 1


def generation_of(connection: Connection) -> int:
    """The generation of this centre; 1 until it is restored from a backup."""
    value = connection.execute(select(meta.c.value).where(meta.c.key == "generation")).scalar()
    return 1 if value is None else int(value)


def raise_generation(connection: Connection, now_ms: int) -> int:
    """A generation above every earlier one, even if the same old copy is restored twice: at least the time in s."""
    new = max(generation_of(connection) + 1, now_ms // 1000)
    run(
        connection,
        "INSERT INTO meta (key, value) VALUES ('generation', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (str(new),),
    )
    return new
