"""E-mail by SMTP (RFC 5321) under TLS. One connection for each letter: a few hundred a night."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from central.alerts.sealing import Letter
from central.alerts.senders import Later, Never

_TIMEOUT_S = 15.0


class SmtpCarrier:
    """`tls`: "starttls" (port 587), "tls" (465) or "none" on this machine. `sender` stands in From."""

    def __init__(
        self,
        host: str,
        sender: str,
        port: int = 587,
        tls: str = "starttls",
        user: str = "",
        password: str = "",
        authorities: str | None = None,
    ) -> None:
        if tls not in ("starttls", "tls", "none"):
            raise ValueError(tls)
        self._host, self._port, self._tls, self._sender = host, port, tls, sender
        self._user, self._password = user, password
        self._context = ssl.create_default_context(cafile=authorities)

    def send(self, letter: Letter, number: int) -> str:
        """Hand it over to the mail server; its Message-ID. Raises Later, Never."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, letter.to, letter.subject
        message["Date"] = formatdate(localtime=False)
        # The same letter sent again is the same message to whoever files it.
        name = f"<gatepost-{number}@{self._sender.rpartition('@')[2].rstrip('>')}>"
        message["Message-ID"], message["Auto-Submitted"] = name, "auto-generated"
        message.set_content(letter.text)
        try:
            with self._connection() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise (Never("bad_address") if codes and min(codes) >= 500 else Later("busy")) from None
        except smtplib.SMTPAuthenticationError:
            raise Later("not_let_in") from None
        except smtplib.SMTPResponseException as error:
            raise (Never("refused") if error.smtp_code in (550, 551, 552, 553, 554) else Later("busy")) from None
        except (smtplib.SMTPException, OSError):
            raise Later("connection") from None
        return name

    def receipts(self) -> list[tuple[str, bool]]:
        """Mail tells nothing that could be trusted."""
        return []

    def close(self) -> None:
        """Nothing is kept open."""

    def _connection(self) -> smtplib.SMTP:
        if self._tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT_S, context=self._context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_S)
        try:
            if self._tls == "starttls":
                server.starttls(context=self._context)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server
