"""The edge's database: the only bus on the box, and the only package at the edge that imports sqlite3.

What lives here: the schema, the one-transaction record, the outbox, bulletins, retention, and what happens when the
file is damaged or the disk is full. What may not enter: devices, sockets, screens.
"""
