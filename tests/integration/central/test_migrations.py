"""The centre's schema: what the migrations make is what schema.py says, and an older database goes on."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from central.database import MIGRATIONS, open_database
from central.keys import init_keys
from central.statements import run
from central.tables import metadata
from tests.parts.centre import NOW_MS, Centre, open_existing
from tests.parts.devices import SyntheticDevice
from wire.receipt import MARK_BYTES, Mark


def test_the_migrations_make_the_tables_of_the_schema(centre: Centre) -> None:
    found = inspect(centre.engine)
    made = {
        name: [column["name"] for column in found.get_columns(name)]
        for name in found.get_table_names()
        if name != "alembic_version"
    }
    assert made == {table.name: [column.name for column in table.columns] for table in metadata.sorted_tables}
    for table in metadata.sorted_tables:
        key = found.get_pk_constraint(table.name)["constrained_columns"]
        assert key == [column.name for column in table.primary_key.columns], table.name


def test_a_database_from_before_strands_goes_on(database_url: str, tmp_path: Path) -> None:
    """Nothing can be taken over from its marks: what is sent again, or from now on, is vouched for."""
    engine = open_database(database_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for sql, *values in _HELD:
            run(connection, sql, values)
    engine.dispose()
    init_keys(tmp_path / "keys", NOW_MS)
    centre = open_existing(database_url, tmp_path / "keys")
    device: SyntheticDevice = centre.device(epoch=_EPOCH)
    centre.take(device.batch(21, 20))
    receipt = centre.receipt(device)
    assert receipt.through_seq == 40
    assert receipt.marks == (Mark(21, 40, device.chain[40][:MARK_BYTES]),)
    centre.engine.dispose()


_EPOCH = b"before 2"
_HELD = (
    ("INSERT INTO device VALUES ('t-gate-1', 'v', 'g', ?, ?, 'active', 0, '0a')", bytes(32), bytes(8)),
    ("INSERT INTO stream VALUES (7, 't-gate-1', ?, 1, 20, 20, 0, 0, 0, 0)", _EPOCH),
    ("INSERT INTO span VALUES (7, 1, 20)",),
    ("INSERT INTO chain_mark VALUES (7, 20, ?)", bytes(32)),
)
