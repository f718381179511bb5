"""Short messages by SMPP 3.4: bound as a transceiver, one submit_sm for each part, delivery receipts as they come.

What is written in a log by the library is switched off: its lines hold numbers and texts.
"""

import logging
import re
import socket
import ssl
from importlib import import_module
from typing import Any

from central.alerts.sealing import Letter
from central.alerts.segments import MOST_PARTS, is_plain, joined, split
from central.alerts.senders import Later, Never

_TIMEOUT_S = 5.0
_MOST_ANSWERS = 50  # receipts that may come before the answer to what was just sent
# SMPP 3.4, section 5.1.3, command_status
_THROTTLED, _QUEUE_FULL, _BAD_TO = 0x58, 0x14, 0x0B
_BUSY = frozenset({_THROTTLED, _QUEUE_FULL})
_DELIVERED, _LOST = 2, frozenset({3, 4, 5, 8})  # section 5.2.28, message_state
_RECEIPT = re.compile(rb"id:(\S+) .*?stat:([A-Z]+)", re.DOTALL)  # appendix B
_STATES = {b"DELIVRD": True, b"EXPIRED": False, b"DELETED": False, b"UNDELIV": False, b"REJECTD": False}
_UDHI = 0x40
_INTERNATIONAL, _ALPHANUMERIC, _ISDN, _UNKNOWN = 1, 5, 1, 0


class SmppCarrier:
    """`source` is what stands as sender on the phone: digits, or up to 11 letters."""

    def __init__(
        self, host: str, system_id: str, password: str, source: str, port: int = 2775, tls: bool = True
    ) -> None:
        self._host, self._port, self._source = host, int(port), source
        self._system_id, self._password = system_id, password
        self._context = ssl.create_default_context() if tls else None
        self._client: Any = None
        self._answer: tuple[int, str] | None = None
        self._arrived: list[tuple[str, bool]] = []

    def send(self, letter: Letter, number: int) -> str:
        """Submit all parts; the message id of the last one. Raises Later, Never."""
        parts = split(letter.text)
        if not 0 < len(parts) <= MOST_PARTS:
            raise Never("bad_text")
        plain, name = is_plain(letter.text), ""
        try:
            client = self._bound()
            for part in joined(number, parts):
                name = self._submit(client, letter.to, part, plain, len(parts) > 1)
        except _broken() as error:
            self.close()
            raise Later("connection") from error
        return name

    def receipts(self) -> list[tuple[str, bool]]:
        """What has come meanwhile; an enquire_link of the other side is answered too."""
        if self._client is not None:
            try:
                self._client.poll(auto_send_enquire_link=False)
            except _broken():
                self.close()
        found, self._arrived = self._arrived, []
        return found

    def close(self) -> None:
        """Drop the connection."""
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()

    def _bound(self) -> Any:
        if self._client is not None:
            self.receipts_first()
        if self._client is None:
            quiet = logging.getLogger("gatepost.smpp")
            quiet.disabled = True
            client = import_module("smpplib.client").Client(
                self._host,
                self._port,
                timeout=_TIMEOUT_S,
                logger_name=quiet.name,
                ssl_context=self._context,
                allow_unknown_opt_params=True,
            )
            self._client = client
            client.set_message_sent_handler(self._accepted)
            client.set_message_received_handler(self._receipt)
            client.set_error_pdu_handler(self._refused)
            client.connect()
            client.bind_transceiver(system_id=self._system_id, password=self._password)
        return self._client

    def receipts_first(self) -> None:
        """Take what waits before sending, and learn of a connection that was lost."""
        kept = self.receipts()
        self._arrived = kept + self._arrived

    def _submit(self, client: Any, to: str, part: bytes, plain: bool, several: bool) -> str:
        self._answer = None
        letters = not self._source.isdigit()
        sent = client.send_message(
            source_addr_ton=_ALPHANUMERIC if letters else _INTERNATIONAL,
            source_addr_npi=_UNKNOWN if letters else _ISDN,
            source_addr=self._source,
            dest_addr_ton=_INTERNATIONAL,
            dest_addr_npi=_ISDN,
            destination_addr=to,
            short_message=part,
            data_coding=0 if plain else 8,
            esm_class=_UDHI if several else 0,
            registered_delivery=1,
        )
        for _ in range(_MOST_ANSWERS):
            client.read_once(auto_send_enquire_link=False)
            if self._answer is not None and self._answer[0] == sent.sequence:
                return self._answer[1]
        raise Later("no_answer")

    def _accepted(self, pdu: Any) -> None:
        self._answer = (pdu.sequence, _text(pdu.message_id))

    def _receipt(self, pdu: Any) -> None:
        name, state = _text(pdu.receipted_message_id), pdu.message_state
        if name and state is not None:
            if state == _DELIVERED or state in _LOST:
                self._arrived.append((name, state == _DELIVERED))
            return
        found = _RECEIPT.search(pdu.short_message or b"")
        if found is not None and found[2] in _STATES:
            self._arrived.append((found[1].decode("ascii", "replace"), _STATES[found[2]]))

    def _refused(self, pdu: Any) -> None:
        if pdu.status == _BAD_TO:
            raise Never("bad_number")
        raise Later("throttled" if pdu.status in _BUSY else "refused")


def _broken() -> tuple[type[Exception], ...]:
    exceptions = import_module("smpplib.exceptions")
    return (exceptions.ConnectionError, exceptions.PDUError, exceptions.UnknownCommandError, socket.timeout, OSError)


def _text(value: Any) -> str:
    return value.decode("ascii", "replace").rstrip("\0") if isinstance(value, bytes) else ""
