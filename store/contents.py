"""How much lies in the database, table by table: counts only, for the technician's self-test."""

from sqlite_utils import Database

from store.db import Store


def row_counts(store: Store) -> dict[str, int]:
    """Rows of each table. Reads only."""
    database = Database(store.connection)
    return {name: database.table(name).count for name in database.table_names()}
