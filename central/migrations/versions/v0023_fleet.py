"""The tables of central/fleet."""

from alembic import op

from central.migrations.making import make_tables

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the tables of central/fleet/schema.py; a kiosk that was heard before is there from its first row on."""
    make_tables("fleet")
    op.execute(
        "INSERT INTO kiosk_now (device, said_ms, backlog, away_ms, bye, fails, warns, alarms) SELECT s.device, s.at_ms,"
        " s.backlog, CASE s.online WHEN 1 THEN NULL ELSE s.at_ms END, 0, '', '', '' FROM device_state s JOIN device d"
        " ON d.id = s.device"
    )
