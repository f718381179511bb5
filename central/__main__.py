"""python -m central: the long-running parts (ingest, web) and the operator's commands.

Long-running parts print one JSON line {"ready": true, ...} on stdout when they serve, log JSON lines on stderr, and end
cleanly on SIGTERM. Exit status: 0 done, 1 refused or failed with one sentence on stderr, 2 wrong usage.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import CalledProcessError
from typing import TypeAlias

from sqlalchemy.exc import SQLAlchemyError

from central import commands, declaring_commands, export, services
from central.kiosk_toml import DIRECTIONS, KINDS
from central.radio import case_commands, tag_commands
from central.radio.tags import EXPONENT
from central.shards import COUNTS
from wire.refusal import Refused

HOME = Path("gatepost-central")


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
    _add_keys(commands_of)
    _add_devices(commands_of)
    _add_publishing(commands_of)
    _add_declaring(commands_of)
    _add_tags(commands_of)
    _add_cases(commands_of)
    _add_copies(commands_of)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_services(parent: _Commands) -> None:
    ingest = _command(parent, "ingest", services.run_ingest, "take batches from the brokers and answer receipts")
    _add_brokers(ingest)
    ingest.add_argument("--sessions", type=int, choices=COUNTS, default=1, help="MQTT sessions of the whole site")
    take = _command(parent, "take", services.take_carried, "take batches from a folder or a USB stick, with receipts")
    take.add_argument("folder", type=Path)
    web = _command(parent, "web", services.run_web, "the operator's pages and the kiosks' enrolment")
    web.add_argument("--listen", default="127.0.0.1:8470", metavar="HOST:PORT")
    web.add_argument("--host", action="append", default=[], help="a name this server answers to; may be repeated")
    web.add_argument("--show-link", action="store_true", help="print the operator's link and end")
    _add_brokers(web)


def _add_keys(parent: _Commands) -> None:
    group = parent.add_parser("keys", help="the centre's keys").add_subparsers(required=True, metavar="ACTION")
    init = group.add_parser("init", help="make every key and the first root document")
    init.add_argument("--folder", type=Path, default=HOME / "keys")
    init.add_argument("--broker-host", action="append", help="names in the broker's certificate; may be repeated")
    init.set_defaults(run=commands.init)
    renew = group.add_parser("new-root", help="sign the next root document; with --rotate make one key anew")
    renew.add_argument("--folder", type=Path, default=HOME / "keys")
    renew.add_argument("--rotate", metavar="ROLE", help="receipt, pass, venue or bulletin-KIND")
    renew.set_defaults(run=commands.new_root)


def _add_devices(parent: _Commands) -> None:
    enrol = _command(parent, "enrol", commands.enrol, "invite a kiosk: prints a one-time token and its kiosk.toml")
    enrol.add_argument("device")
    enrol.add_argument("--venue", required=True)
    enrol.add_argument("--venue-name")
    enrol.add_argument("--kind", choices=KINDS, default="market")
    enrol.add_argument("--gate", required=True)
    enrol.add_argument("--gate-name")
    enrol.add_argument("--direction", choices=DIRECTIONS, required=True)
    enrol.add_argument("--enrol-url", default="http://127.0.0.1:8470/enrol")
    enrol.add_argument("--out", type=Path, help="write kiosk.toml there instead of printing it")
    enrol.add_argument("--storage", type=Path, help="the kiosk's data folder, where it is not the usual one")
    enrol.add_argument("--bench", type=Path, metavar="FOLDER", help="simulated devices, poked through this folder")
    _add_brokers(enrol)
    _command(parent, "revoke", commands.revoke, "take a device's right to deliver").add_argument("device")
    _command(parent, "devices", commands.devices, "list devices as JSON lines")
    broker = _command(parent, "broker-config", commands.broker_config, "write a broker's configuration")
    broker.add_argument("kind", choices=("nats", "mosquitto"))
    broker.add_argument("--folder", type=Path, required=True)
    broker.add_argument("--listen", default="", metavar="HOST:PORT")
    broker.add_argument("--plain", action="store_true", help="no TLS, no rights: loopback only")


def _add_publishing(parent: _Commands) -> None:
    bulletin = parent.add_parser("bulletin", help="signed documents for the gates")
    actions = bulletin.add_subparsers(required=True, metavar="ACTION")
    stick = _command(actions, "export", export.run, "write what a venue's kiosks listen to onto a USB stick")
    stick.add_argument("folder", type=Path)
    stick.add_argument("--venue", required=True)
    stick.add_argument("--scope", action="append", default=[], help="ward- or province- and its id; may be repeated")
    publish = _command(actions, "publish", commands.publish, "sign and store one")
    publish.add_argument("kind")
    publish.add_argument("name")
    publish.add_argument("--scope", default="all")
    publish.add_argument("--body", type=Path, required=True, help='JSON; bytes as {"$hex": "..."}')
    publish.add_argument("--expires", required=True, help="ISO 8601, or a number of days")
    passes = parent.add_parser("pass", help="passes").add_subparsers(required=True, metavar="ACTION")
    issue = _command(passes, "issue", commands.issue, "print the text of a new pass")
    issue.add_argument("--days", type=int, required=True)
    issue.add_argument("--companions", type=int, default=0)
    issue.add_argument("--cleared", action="store_true", help="nothing is held against the holder; gates honour it")
    issue.add_argument(
        "--rotating", nargs="?", const="new", metavar="HOLDER", help="the phone's public key (hex), or make one"
    )
    _command(passes, "revoke", commands.revoke_pass, "revoke a pass").add_argument("id", help="hex")
    venue = _command(parent, "venue-code", commands.venue_code, "print the text of a place's poster")
    venue.add_argument("place")
    venue.add_argument("--name", required=True)
    venue.add_argument("--gate")
    venue.add_argument("--host", help="makes it a link that any phone opens")
    venue.add_argument("--days", type=int, help="no end without it")


def _add_declaring(parent: _Commands) -> None:
    order = parent.add_parser("order", help="orders to declare").add_subparsers(required=True, metavar="ACTION")
    order_publish = _command(order, "publish", declaring_commands.publish_order, "check, sign and send an order")
    order_publish.add_argument("--days", type=int, default=30, help="its length where the file names no end (30)")
    _command(order, "end", declaring_commands.end_order, "end an order now").add_argument("id")
    _command(order, "list", declaring_commands.list_orders, "orders as JSON lines")
    form = parent.add_parser("form", help="forms").add_subparsers(required=True, metavar="ACTION")
    form_publish = _command(form, "publish", declaring_commands.publish_form, "check, sign and send a Questionnaire")
    rules = parent.add_parser("rules", help="rule sets").add_subparsers(required=True, metavar="ACTION")
    rules_publish = _command(rules, "publish", declaring_commands.publish_rules, "check, sign and send a rule set")
    for publish in (order_publish, form_publish, rules_publish):
        publish.add_argument("file", type=Path, metavar="FILE.json")
    for publish in (order_publish, rules_publish):
        publish.add_argument("--scope", default="all", help="all, province-, ward-, venue- or device- and its id")


def _add_tags(parent: _Commands) -> None:
    tag = parent.add_parser("tag", help="tags for people without a phone").add_subparsers(
        required=True, metavar="ACTION"
    )
    issue = _command(tag, "issue", tag_commands.issue, "a pass, a key and a label; the venue's gates know it at once")
    issue.add_argument("--venue", required=True)
    issue.add_argument("--days", type=int, required=True)
    issue.add_argument("--companions", type=int, default=0)
    issue.add_argument("--exponent", type=int, default=EXPONENT, help="a new identifier each 2^exponent s (10)")
    issue.add_argument("--count", type=int, choices=range(1, 501), metavar="N", default=1, help="1 to 500")
    again = _command(tag, "replace", tag_commands.replace_tag, "end a tag and issue the one that takes its place")
    again.add_argument("--days", type=int, help="else as long as the old one had left")
    restart = _command(tag, "restart", tag_commands.restart, "its counter began anew: a changed battery")
    revoke = _command(tag, "revoke", tag_commands.revoke, "end a tag and its QR")
    for parser in (again, restart, revoke):
        parser.add_argument("tag", help="the number printed on it, or its pass id in hex")
    for parser in (issue, again):
        parser.add_argument("--key", metavar="HEX", help="of a tag that was set up before; made anew without it")
        parser.add_argument("--label", type=Path, metavar="FOLDER", help="write a sheet of cards for the printer")
        parser.add_argument("--venue-name", help="on the cards; the venue's id without it")
    for parser in (issue, again, restart):
        parser.add_argument("--epoch", default="now", metavar="ISO", help="when its counter stood at 0 (now)")
    shown = _command(tag, "list", tag_commands.list_tags, "tags as JSON lines, without keys")
    shown.add_argument("--venue")


def _add_cases(parent: _Commands) -> None:
    keys = parent.add_parser("case-keys", help="the keys of cases").add_subparsers(required=True, metavar="ACTION")
    publish = _command(keys, "publish", case_commands.publish, "have the gates match a case's keys, under an order")
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
        _command(keys, name, run, text).add_argument("case")
    _command(keys, "list", case_commands.list_cases, "cases as JSON lines, without keys")
    encounters = _command(parent, "encounters", case_commands.encounters, "what came of a case, as JSON lines")
    encounters.add_argument("case")
    encounters.add_argument(
        "--building", action="store_true", help="one line for each other, over all gates of a venue"
    )


def _add_copies(parent: _Commands) -> None:
    backup = _command(parent, "backup", commands.backup, "copy database and keys into one sealed file")
    backup.add_argument("--to", type=Path, required=True)
    restore = _command(parent, "restore", commands.restore, "put a backup in place and raise the generation")
    restore.add_argument("--from", dest="source", type=Path, required=True, help="a backup, or a folder of them")
    for parser in (backup, restore):
        parser.add_argument("--passphrase-file", type=Path, help="else GATEPOST_BACKUP_PASSPHRASE, else asked for")


def _command(parent: _Commands, name: str, run: object, text: str) -> argparse.ArgumentParser:
    parser = parent.add_parser(name, help=text)
    parser.add_argument("--database", default=os.environ.get("GATEPOST_DATABASE", f"sqlite:///{HOME}/central.db"))
    parser.add_argument("--keys", type=Path, default=HOME / "keys")
    parser.set_defaults(run=run)
    return parser


def _add_brokers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--broker", action="append", default=[], metavar="URL", help="mqtt(s)://...; may be repeated")


if __name__ == "__main__":
    sys.exit(main())
