"""What is deleted for a person's sake is overwritten, as far as the database can do it.

SQLite: `secure_delete` for this connection, and the write-ahead log cut off afterwards (another process that reads just
then leaves that to the next checkpoint). PostgreSQL has no such switch: VACUUM frees the space, and its own log and
base backups go by the operator's retention. Backups are sealed; what they hold of a case, central.radio.cases says.
"""

from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

TAG_TABLES = ("issued_tag", "bulletin")
KEY_TABLES = ("bulletin",)
CASE_TABLES = ("raw_record", "conflict", "encounter", "contact_candidate", "bulletin")


def overwrite_freed(connection: Connection) -> None:
    """Have what this connection deletes from now on overwritten."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def settle(engine: Engine, tables: Sequence[str]) -> None:
    """After the commit: bring it from the log into the file, or give the space of these `tables` back."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(reads_only=True) as connection:
            raw = connection.connection.cursor()
            connection.rollback()  # a checkpoint cannot run inside a transaction
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM {', '.join(tables)}")
