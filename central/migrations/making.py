"""Making the tables of a package as its schema says today.

While this release is being built its migrations follow its schema files. Once it has run in the field, a change of a
table is a migration of its own, and these are written out like the first three.
"""

from importlib import import_module

from alembic import op

import central.tables  # noqa: F401 (every table, so that what one points to is known)
from central.schema import metadata


def make_tables(package: str) -> None:
    """CREATE each table that central/PACKAGE/schema.py names, with its indexes."""
    module = import_module(f"central.{package}.schema")
    tables = [table for table in metadata.sorted_tables if getattr(module, table.name, None) is table]
    metadata.create_all(op.get_bind(), tables, checkfirst=False)
