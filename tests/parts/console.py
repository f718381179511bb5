"""An officer at the centre's pages over HTTP, as a browser does it: cookies, forms with their hidden fields, redirects.

night = Console(address, "can-bo-1", first_code)     # sets pass phrase and one-time codes, and is signed in
page = night.get("/cases/new")
page = night.send(page, "/cases/new", disease="covid-19", ...)
"""

import html
import re
import time

import pyotp
import requests

from tests.parts.officers import PHRASE

WAIT_S = 30.0


class Console:
    """One officer, signed in with a second factor. `address` is http://127.0.0.1:PORT."""

    def __init__(self, address: str, login: str, first_code: str) -> None:
        self._address, self.login = address.rstrip("/"), login
        self._browser = requests.Session()
        self.clicks = 0
        self._set_up(first_code)
        self.clicks = 0

    def close(self) -> None:
        """Close the connections; the session stays."""
        self._browser.close()

    def get(self, path: str) -> str:
        """A page. Fails where the centre says no."""
        return self._text(self._browser.get(self._address + path, timeout=WAIT_S), path)

    def status(self, path: str) -> int:
        """What the centre answers, without going on to where it leads."""
        return self._browser.get(self._address + path, timeout=WAIT_S, allow_redirects=False).status_code

    def send(self, page: str, action: str, **fields: str) -> str:
        """Send the form of `page` that goes to `action`, with its hidden fields; the page that comes then."""
        form = form_of(page, action)
        self.clicks += 1
        return self._text(
            self._browser.post(self._address + action, data={**hidden(form), **fields}, timeout=WAIT_S), action
        )

    def fetch(self, path: str) -> bytes:
        """A file that the centre makes: a poster, say."""
        answer = self._browser.get(self._address + path, timeout=WAIT_S)
        assert answer.status_code == 200, f"{self.login} {path}: {answer.status_code} {words(answer.text)[:600]}"
        return answer.content

    def _set_up(self, first_code: str) -> None:
        self._text(self._post("/welcome", login=self.login, code=first_code), "/welcome")
        page = self.get("/welcome/set-up")
        found = re.search(r'<span class="mono">([A-Z2-7]{32})</span>', page)
        assert found is not None, page[:500]
        code = pyotp.TOTP(found.group(1)).at(int(time.time()))
        self._text(self._post("/welcome/set-up", phrase=PHRASE, again=PHRASE, code=code), "/welcome/set-up")

    def _post(self, path: str, **fields: str) -> requests.Response:
        return self._browser.post(self._address + path, data=fields, timeout=WAIT_S)

    def _text(self, answer: requests.Response, path: str) -> str:
        assert answer.status_code == 200, f"{self.login} {path}: {answer.status_code} {words(answer.text)[:600]}"
        return answer.text


def form_of(page: str, action: str) -> str:
    """The form of a page that is sent to `action`; or the one that says nothing and goes to the page's own address."""
    forms = re.findall(r"<form\b.*?</form>", page, re.DOTALL)
    for form in forms:
        if re.search(rf'action="{re.escape(action)}"', form):
            return str(form)
    own = [form for form in forms if "action=" not in form.partition(">")[0]]
    if len(own) == 1:
        return str(own[0])
    others = re.findall('action="([^"]*)"', page)
    raise AssertionError(f"no form goes to {action}, only to {others}: {words(page)[:400]}")


def hidden(form: str) -> dict[str, str]:
    """The hidden fields of a form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: html.unescape(value) for name, value in found}


def words(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)).split())
