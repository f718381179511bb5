"""A mail server on loopback (aiosmtpd) with STARTTLS and a certificate of its own."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.parts.ports import hold_port
from wire.certificates import issue_server, make_ca, make_csr, make_tls_key


@dataclass
class MailServer:
    """`refuse`: addresses that it does not know; `busy`: how many more letters it puts off."""

    authorities: Path
    host: str = "127.0.0.1"
    port: int = 0
    refuse: set[str] = field(default_factory=set)
    busy: int = 0
    letters: list[Any] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:
        """A name that aiosmtpd gives."""
        if address in self.refuse:
            return "550 5.1.1 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, session: Any, envelope: Any) -> str:
        """A name that aiosmtpd gives."""
        if self.busy:
            self.busy -= 1
            return "451 4.3.2 later"
        self.over_tls.append(session.ssl is not None)
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@contextmanager
def running_mail(folder: Path, *, tls: bool = True) -> Iterator[MailServer]:
    """The server; `authorities` is what a client must trust."""
    now = datetime.now(UTC)
    span = (now - timedelta(days=1), now + timedelta(days=1))
    ca, key = make_ca("Mail of the tests", 1, *span), make_tls_key()
    certificate = issue_server(ca, make_csr(key, "localhost"), ("localhost", "127.0.0.1"), 2, *span)
    for name, data in (("mail-ca.pem", ca.certificate), ("mail.pem", certificate), ("mail.key", key)):
        (folder / name).write_bytes(data)
    server = MailServer(folder / "mail-ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "mail.pem", folder / "mail.key")
    made = import_module("aiosmtpd.controller").Controller(
        server, hostname="127.0.0.1", port=hold_port(), tls_context=context if tls else None, require_starttls=tls
    )
    made.start()
    server.port = made.port
    try:
        yield server
    finally:
        made.stop()
