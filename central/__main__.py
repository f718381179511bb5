"""python -m central: the long-running parts (ingest, web) and the operator's commands.

Long-running parts print one JSON line {"ready": true, ...} on stdout when they serve, log JSON lines on stderr, and end
cleanly on SIGTERM. Exit status: 0 done, 1 refused or failed with one sentence on stderr, 2 wrong usage.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from subprocess import CalledProcessError

from sqlalchemy.exc import SQLAlchemyError

from central import commands, declaring_commands, export, jobs, services
from central.cli import Commands, add_brokers, command
from central.kiosk_toml import DIRECTIONS, KINDS
from central.radio import case_commands, tag_commands
from central.radio.tags import EXPONENT
from central.shards import COUNTS
from wire.refusal import Refused

# Packages whose module `commands` adds its own.
PACKAGES = (
    "access",
    "places",
    "vault",
    "people",
    "tracing",
    "authority",
    "alerts",
    "zoning",
    "desks",
    "reports",
    "ruling",
    "rights",
    "api",
    "venues",
    "phones",
    "visitor",
    "safety",
    "feedback",
    "map",
    "fleet",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)  # databases, backups and configurations are nobody else's to read
    try:
        return int(options.run(options) or 0)
    except Refused as refusal:
        print(f"central: {refusal}", file=sys.stderr)
    except (OSError, ValueError, KeyError, CalledProcessError) as error:
        print(f"central: {error}", file=sys.stderr)
    except SQLAlchemyError as error:
        print(f"central: the database refused: {type(error).__name__}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m central", description="The central server of Gatepost.")
    commands_of = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_services(commands_of)
    _add_devices(commands_of)
    _add_publishing(commands_of)
    _add_declaring(commands_of)
    _add_tags(commands_of)
    _add_cases(commands_of)
    _add_copies(commands_of)
    for name in PACKAGES:
        import_module(f"central.{name}.commands").add(commands_of)
    return parser


def _add_services(parent: Commands) -> None:
    ingest = command(parent, "ingest", services.run_ingest, "take batches from the brokers and answer receipts")
    add_brokers(ingest)
    ingest.add_argument("--sessions", type=int, choices=COUNTS, default=1, help="MQTT sessions of the whole site")
    for name, text in (
        ("import", "take batches from a USB stick, a folder or one file, with receipts for the way back"),
        ("take", "the same as import"),
    ):
        carried = command(parent, name, services.take_carried, text)
        add_brokers(carried)
        carried.add_argument("given", type=Path, metavar="STICK|FOLDER|FILE")
    web = command(parent, "web", services.run_web, "the operator's pages and the kiosks' enrolment")
    jobs_parser = command(parent, "jobs", jobs.run_jobs, "stays, follow-ups, ends of zones, retention: what is due")
    jobs_parser.add_argument("--once", action="store_true", help="do what is due now, and end")
    web.add_argument("--listen", default="127.0.0.1:8470", metavar="HOST:PORT")
    web.add_argument("--host", action="append", default=[], help="a name this server answers to; may be repeated")
    web.add_argument("--opener", type=Path, metavar="SOCKET", help="of `opener`; without it no name can be read")
    web.add_argument("--accounts", type=Path, metavar="FILE.toml", help="the province's own accounts (OpenID Connect)")
    web.add_argument("--show-link", action="store_true", help="print the operator's link and end")
    add_brokers(web)
    public_pages = command(
        parent, "public", services.run_public, "the pages for everybody: visitors, the map, feedback"
    )
    public_pages.add_argument("--listen", default="127.0.0.1:8471", metavar="HOST:PORT")
    public_pages.add_argument("--host", action="append", default=[], help="a name this server answers to")


def _add_devices(parent: Commands) -> None:
    enrol = command(parent, "enrol", commands.enrol, "invite a kiosk: prints a one-time token and its kiosk.toml")
    enrol.add_argument("device")
    enrol.add_argument("--venue", required=True)
    enrol.add_argument("--venue-name")
    enrol.add_argument("--kind", choices=KINDS, help="market, where the place was not described")
    enrol.add_argument("--gate", required=True)
    enrol.add_argument("--gate-name")
    enrol.add_argument("--direction", choices=DIRECTIONS, required=True)
    enrol.add_argument("--enrol-url", default="http://127.0.0.1:8470/enrol")
    enrol.add_argument("--out", type=Path, help="write kiosk.toml there instead of printing it")
    enrol.add_argument("--storage", type=Path, help="the kiosk's data folder, where it is not the usual one")
    enrol.add_argument("--bench", type=Path, metavar="FOLDER", help="simulated devices, poked through this folder")
    add_brokers(enrol)
    command(parent, "revoke", commands.revoke, "take a device's right to deliver").add_argument("device")
    command(parent, "devices", commands.devices, "list devices as JSON lines")
    broker = command(parent, "broker-config", commands.broker_config, "write a broker's configuration")
    broker.add_argument("kind", choices=("nats", "mosquitto"))
    broker.add_argument("--folder", type=Path, required=True)
    broker.add_argument("--listen", default="", metavar="HOST:PORT")
    broker.add_argument("--plain", action="store_true", help="no TLS, no rights: loopback only")


def _add_publishing(parent: Commands) -> None:
    bulletin = parent.add_parser("bulletin", help="signed documents for the gates")
    actions = bulletin.add_subparsers(required=True, metavar="ACTION")
    stick = command(actions, "export", export.run, "write what a venue's kiosks listen to onto a USB stick")
    stick.add_argument("folder", type=Path)
    stick.add_argument("--venue", required=True)
    stick.add_argument("--scope", action="append", default=[], help="ward- or province- and its id; may be repeated")
    publish = command(actions, "publish", commands.publish, "sign and store one")
    publish.add_argument("kind")
    publish.add_argument("name")
    publish.add_argument("--scope", default="all")
    publish.add_argument("--body", type=Path, required=True, help='JSON; bytes as {"$hex": "..."}')
    publish.add_argument("--expires", required=True, help="ISO 8601, or a number of days")
    passes = parent.add_parser("pass", help="passes").add_subparsers(required=True, metavar="ACTION")
    issue = command(passes, "issue", commands.issue, "print the text of a new pass")
    issue.add_argument("--days", type=int, required=True)
    issue.add_argument("--companions", type=int, default=0)
    issue.add_argument("--cleared", action="store_true", help="nothing is held against the holder; gates honour it")
    issue.add_argument(
        "--rotating", nargs="?", const="new", metavar="HOLDER", help="the phone's public key (hex), or make one"
    )
    command(passes, "revoke", commands.revoke_pass, "revoke a pass").add_argument("id", help="hex")
    venue = command(parent, "venue-code", commands.venue_code, "print the text of a place's poster")
    venue.add_argument("place")
    venue.add_argument("--name", required=True)
    venue.add_argument("--gate")
    venue.add_argument("--host", help="makes it a link that any phone opens")
    venue.add_argument("--days", type=int, help="no end without it")


def _add_declaring(parent: Commands) -> None:
    order = parent.add_parser("order", help="orders to declare").add_subparsers(required=True, metavar="ACTION")
    order_publish = command(order, "publish", declaring_commands.publish_order, "check, sign and send an order")
    order_publish.add_argument("--days", type=int, default=30, help="its length where the file names no end (30)")
    command(order, "end", declaring_commands.end_order, "end an order now").add_argument("id")
    command(order, "list", declaring_commands.list_orders, "orders as JSON lines")
    form = parent.add_parser("form", help="forms").add_subparsers(required=True, metavar="ACTION")
    form_publish = command(form, "publish", declaring_commands.publish_form, "check, sign and send a Questionnaire")
    for publish in (order_publish, form_publish):
        publish.add_argument("file", type=Path, metavar="FILE.json")
    order_publish.add_argument("--scope", default="all", help="all, province-, ward-, venue- or device- and its id")


def _add_tags(parent: Commands) -> None:
    tag = parent.add_parser("tag", help="tags for people without a phone").add_subparsers(
        required=True, metavar="ACTION"
    )
    issue = command(tag, "issue", tag_commands.issue, "a pass, a key and a label; the venue's gates know it at once")
    issue.add_argument("--venue", required=True)
    issue.add_argument("--days", type=int, required=True)
    issue.add_argument("--companions", type=int, default=0)
    issue.add_argument("--exponent", type=int, default=EXPONENT, help="a new identifier each 2^exponent s (10)")
    issue.add_argument("--count", type=int, choices=range(1, 501), metavar="N", default=1, help="1 to 500")
    again = command(tag, "replace", tag_commands.replace_tag, "end a tag and issue the one that takes its place")
    again.add_argument("--days", type=int, help="else as long as the old one had left")
    restart = command(tag, "restart", tag_commands.restart, "its counter began anew: a changed battery")
    revoke = command(tag, "revoke", tag_commands.revoke, "end a tag and its QR")
    for parser in (again, restart, revoke):
        parser.add_argument("tag", help="the number printed on it, or its pass id in hex")
    for parser in (issue, again):
        parser.add_argument("--key", metavar="HEX", help="of a tag that was set up before; made anew without it")
        parser.add_argument("--label", type=Path, metavar="FOLDER", help="write a sheet of cards for the printer")
        parser.add_argument("--venue-name", help="on the cards; the venue's id without it")
    for parser in (issue, again, restart):
        parser.add_argument("--epoch", default="now", metavar="ISO", help="when its counter stood at 0 (now)")
    shown = command(tag, "list", tag_commands.list_tags, "tags as JSON lines, without keys")
    shown.add_argument("--venue")


def _add_cases(parent: Commands) -> None:
    keys = parent.add_parser("case-keys", help="the keys of cases").add_subparsers(required=True, metavar="ACTION")
    publish = command(keys, "publish", case_commands.publish, "have the gates match a case's keys, under an order")
    publish.add_argument("file", type=Path, metavar="FILE.json")
    publish.add_argument("--order", required=True, help="the order that allows it")
    publish.add_argument("--scope", required=True, help="all, province-, ward-, venue- or device- and its id")
    publish.add_argument("--case", required=True)
    publish.add_argument("--standing", choices=("confirmed", "suspected"), required=True)
    publish.add_argument("--upload", action="store_true", help="what matched is sent here, sealed")
    publish.add_argument("--minutes", type=int, default=15, help="heard together so long: told at the gate (15)")
    publish.add_argument("--expires", required=True, help="ISO 8601, or a number of days; never beyond the order")
    for name, run, text in (
        ("rule-out", case_commands.rule_out, "withdraw its keys and delete what came of them"),
        ("stands", case_commands.stands, "say so again, after a restore"),
    ):
        command(keys, name, run, text).add_argument("case")
    command(keys, "list", case_commands.list_cases, "cases as JSON lines, without keys")
    encounters = command(parent, "encounters", case_commands.encounters, "what came of a case, as JSON lines")
    encounters.add_argument("case")
    encounters.add_argument(
        "--building", action="store_true", help="one line for each other, over all gates of a venue"
    )


def _add_copies(parent: Commands) -> None:
    backup = command(parent, "backup", commands.backup, "copy database and keys into one sealed file")
    backup.add_argument("--to", type=Path, required=True)
    backup.add_argument("--verify", action="store_true", help="restore it apart, count its rows, walk its audit log")
    restore = command(parent, "restore", commands.restore, "put a backup in place and raise the generation")
    restore.add_argument("--from", dest="source", type=Path, required=True, help="a backup, or a folder of them")
    for parser in (backup, restore):
        parser.add_argument("--passphrase-file", type=Path, help="else GATEPOST_BACKUP_PASSPHRASE, else asked for")


if __name__ == "__main__":
    sys.exit(main())
