"""The operator's commands of central.alerts. What they need they import when they run."""

import argparse
import json
import time

from central.cli import Commands, command, group


def add(parent: Commands) -> None:
    """Add them to `python -m central`."""
    alerts = group(parent, "alert", "releases of exposure lists and messages, and the switch that stops them")
    command(alerts, "list", _list, "the newest releases, a JSON line each")
    stop = command(alerts, "stop", _stop, "stop every alert at once")
    stop.add_argument("--reason", required=True)
    command(alerts, "sender-key", _sender_key, "make the key that addresses are sealed to, where there is none")


def _list(options: argparse.Namespace) -> int:
    from central.alerts.releasing import releases
    from central.services import open_centre

    engine, _ = open_centre(options)
    with engine.connect().execution_options(reads_only=True) as connection:
        for one in releases(connection):
            line = {"id": one.id, "case": one.case_id, "state": one.state, "sent_ms": one.sent_ms, **one.counts}
            print(json.dumps(line))
    engine.dispose()
    return 0


def _stop(options: argparse.Namespace) -> int:
    """Whoever can open the database may stop; going on needs an officer at the page."""
    from central.access.audit import Look, note
    from central.access.roles import Purpose
    from central.alerts.stops import ALL, put_stop
    from central.services import open_centre

    engine, _ = open_centre(options)
    now_ms = time.time_ns() // 1_000_000
    with engine.begin() as connection:
        put_stop(connection, ALL, options.reason, "command", now_ms)
        note(connection, Look("command", "alerts_stopped_all", Purpose.TRACING, ""), now_ms)
    engine.dispose()
    return 0


def _sender_key(options: argparse.Namespace) -> int:
    from central.alerts.sealing import make_sender_key

    make_sender_key(options.keys)
    return 0
