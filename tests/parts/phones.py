"""The forms for visitors' own phones behind the real proxy, and a phone that trusts its certificate."""

import http.client
import json
import os
import socket
import ssl
import subprocess
from datetime import UTC, datetime
from importlib.resources import files as package_files
from pathlib import Path
from urllib.parse import urlsplit

from firmware_cfg.proxy import Proxy, fill_in
from forms.model import Form
from kiosk.guard_tls import Files, make_certificate
from tests.browser.screens import free_port
from tests.parts.form_desk import MemoryDesk, sample_desk
from tests.parts.guards import NGINX
from tests.parts.visitor import Declared, Page, Visitor
from tests.parts.waits import wait_for
from ui.form.desk import Extras
from ui.form.pages import clock_ms
from ui.phone import THREADS, make_phone_app
from ui.phone_invitations import Invitations
from ui.place import Place
from ui.server import Server, serve

NAME = "khai.cho-mau.example"  # the venue's own domain: public names are stood for by a certificate of the test's


class PhoneProxy:
    """nginx with the shipped configuration on a loopback port; `host` is the name on its certificate."""

    def __init__(self, folder: Path, unix_socket: Path, host: str = NAME) -> None:
        self.port, self.host, self._folder, self._socket = free_port(), host, folder, unix_socket
        self.tls: Files = make_certificate(folder, [host], datetime.now(UTC))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where phones find it."""
        return f"https://{self.host}:{self.port}"

    def start(self, config: Path | None = None) -> None:
        """With a configuration that the product wrote, or with the template filled in here."""
        # A master that is root gives its workers another user; the kiosk's unit starts it as the socket's owner.
        user = ["-g", "user root;"] if os.geteuid() == 0 else []
        command = [str(NGINX), "-e", "stderr", "-c", str(config or self._configure()), *user]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        wait_for(self._answers, "the proxy")

    def _configure(self) -> Path:
        template = package_files("firmware_cfg").joinpath("nginx-phone.conf").read_text("utf-8")
        tls, path = self.tls, self._folder / "nginx-phone.conf"
        listen = f"127.0.0.1:{self.port}"
        proxy = Proxy(listen, str(self._socket), str(tls.certificate), str(tls.key), str(self._folder))
        path.write_text(fill_in(template, proxy), "utf-8")
        return path

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


class PhoneSite:
    """The app for phones on a desk in memory, behind the proxy; everything else is real."""

    def __init__(self, folder: Path, languages: tuple[str, ...], host: str = NAME) -> None:
        unix_socket = folder / "phone.sock"
        self.proxy = PhoneProxy(folder, unix_socket, host)
        self.desk: MemoryDesk = sample_desk()
        self.invitations = Invitations(self.proxy.url, clock_ms)
        help_desk = {"vi": "Bên phải cửa, dưới biển số 2", "en": "Right of the gate, under sign 2"}
        hosts = (f"{host}:{self.proxy.port}",)
        place = Place("Chợ Mẫu", "Cửa A", "in", "market", languages, hosts, help_desk)
        extras = Extras(check_phone=lambda text: "+84900000001", speak=lambda text, language: None)
        app = make_phone_app(self.desk, place, self.invitations, extras)
        self.server: Server = serve(app, unix_socket=str(unix_socket), threads=THREADS)
        self.proxy.start()

    def invite(self, offer: str, language: str) -> str:
        """A link, as the code on the kiosk's screen says it."""
        return self.invitations.invite(offer, language, None)

    def close(self) -> None:
        self.proxy.close()
        self.server.close()


class Phone(Visitor):
    """A visitor's phone, of one connection after the other: the name of a link leads to the proxy on loopback."""

    def __init__(self, proxy: PhoneProxy, language: str = "vi") -> None:
        super().__init__(proxy.url, language)
        self._proxy = proxy
        self._context = ssl.create_default_context(cafile=str(proxy.tls.authority))

    def fill_in(self, link: str, form: Form) -> Declared:
        """From the code on the kiosk's screen to the receipt; a well person who types everything."""
        page = Page(self.ask("GET", urlsplit(link).path)[1])
        return self.walk(page, form)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        """Status and text of one answer."""
        connection = _ToLoopback(self._proxy, self._context)
        own = {"Content-Type": "application/json", "Origin": self._proxy.url} | headers
        try:
            connection.request(method, path, None if body is None else json.dumps(body), own)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def _ask(self, path: str, body: object) -> Page:
        status, text = self.ask("POST", path, body)
        assert status == 200, (path, status)
        return Page(text)


class _ToLoopback(http.client.HTTPSConnection):
    """TLS with the name of the link; no resolver is asked for it."""

    def __init__(self, proxy: PhoneProxy, context: ssl.SSLContext) -> None:
        super().__init__(proxy.host, proxy.port, timeout=10, context=context)
        self._tls = context

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), 10)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
