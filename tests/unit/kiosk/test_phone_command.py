"""python -m kiosk phone: the proxy's configuration, or the reason why there is none."""

import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.commands.phone import run
from kiosk.guard_tls import make_certificate
from tests.needs import need
from tests.parts.guards import NGINX
from tests.unit.kiosk.test_guard_command import TOML

PHONE = """[phone]
url = "https://khai.cho-mau.example:8444"
socket = "{folder}/phone.sock"
certificate = "{folder}/guard.crt"
key = "{folder}/guard.key"
"""


def types(folder: Path, phone: str = PHONE) -> tuple[int, str, str]:
    settings, out, err = folder / "kiosk.toml", io.StringIO(), io.StringIO()
    text = TOML.format(folder=folder, guard="").replace("[times]", phone.format(folder=folder) + "[times]")
    settings.write_text(text, "utf-8")
    argv = ["--settings", str(settings), "--bench", "--runtime", str(folder / "run")]
    return run(argv, io.StringIO(), out, err), out.getvalue(), err.getvalue()


def test_the_configuration_is_one_that_nginx_takes(tmp_path: Path) -> None:
    need(NGINX.exists(), "nginx")
    make_certificate(tmp_path, ["khai.cho-mau.example"], datetime.now(UTC))
    status, out, _ = types(tmp_path)
    assert status == 0
    path = Path(out.strip())
    text = path.read_text("utf-8")
    assert "listen 8444 ssl;" in text and f"unix:{tmp_path}/phone.sock" in text and "@" not in _without_names(text)
    checked = subprocess.run([NGINX, "-t", "-e", "stderr", "-c", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def _without_names(text: str) -> str:
    """The lines that nginx reads, without its named locations."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(lines).replace("@slow", "").replace("@away", "")


@pytest.mark.parametrize(
    ("phone", "said"), [("", "phone.url is empty"), (PHONE, "guard.crt: không có tệp này / there is no such file")]
)
def test_without_settings_or_certificate_nothing_is_written(tmp_path: Path, phone: str, said: str) -> None:
    status, out, err = types(tmp_path, phone)
    assert (status, out) == (1, "")
    assert said in err
    assert not (tmp_path / "run").exists()


def test_a_path_that_nginx_would_read_as_its_own_words_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "a; b"
    folder.mkdir()
    make_certificate(folder, ["khai.cho-mau.example"], datetime.now(UTC))
    status, _, err = types(folder)
    assert status == 1
    assert "cannot stand in nginx's configuration" in err
