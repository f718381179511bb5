"""A page with the form's fields, behind the kiosk's own fence, for the keyboard and the wheels."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

import ui
from tests.browser.screens import free_port
from ui.fence import fence
from ui.server import serve
from ui.words import LOCALES, read_language

STATIC = Path(ui.__file__).parent / "static"
HEAD = """<!doctype html><html lang="{tag}" class="text{text}"><head><meta charset="utf-8"><title>Fields</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/static/icon.svg"><link rel="stylesheet" href="/page.css">
<script type="module" src="/static/form/keyboard.js"></script>
<script type="module" src="/static/form/wheels.js"></script></head>
<body><main>{body}</main><gp-keyboard labels='{labels}'></gp-keyboard></body></html>"""
STYLE = """*{box-sizing:border-box} html{font-size:16px} html.text200{font-size:32px}
body{margin:0;height:100vh;display:grid;grid-template-rows:minmax(0,1fr) auto;font:400 1.125rem/1.3 "Noto Sans",
"Noto Sans Khmer","Noto Sans Lao","Noto Sans Thai","Noto Sans CJK SC",sans-serif;background:#f6f4ee;color:#10202b}
main{padding:12px;overflow:hidden auto} input{font:inherit;min-height:60px;width:100%}"""
FIELDS = """<input id="name" name="name" data-keyboard="vi" autocapitalize="words" aria-label="name">
<input id="text" name="text" data-keyboard="vi" autocapitalize="off" aria-label="text" maxlength="20">
<input id="latin" name="latin" data-keyboard="latin" aria-label="latin">
<input id="digits" name="digits" data-keyboard="digits" data-decimal="," aria-label="digits">
<input id="phone" name="phone" data-keyboard="phone" aria-label="phone">
<input id="email" name="email" data-keyboard="email" aria-label="email">
<input id="plain" name="plain" aria-label="plain"><button id="next" type="button">Next</button>"""


@contextmanager
def field_page(body: str = FIELDS) -> Iterator[str]:
    """The address of the page; ?lang= chooses the language, ?text=200 doubles the text."""
    from flask import request

    port = free_port()
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = 1024
    fence(app, {f"127.0.0.1:{port}"}.__contains__, "'none'")

    @app.get("/")
    def page() -> str:
        tag = request.args.get("lang", "vi")
        texts = read_language(LOCALES / tag) if (LOCALES / tag / "language.json").exists() else _only_keyboard(tag)
        labels = json.dumps(texts).replace("'", "\\u0027")
        return HEAD.format(
            tag=tag, text=request.args.get("text", "100"), body=body.replace("LABELS", labels), labels=labels
        )

    @app.get("/page.css")
    def style() -> tuple[str, dict[str, str]]:
        return STYLE, {"Content-Type": "text/css"}

    server = serve(app, "127.0.0.1", port)
    try:
        yield server.url
    finally:
        server.close()


def _only_keyboard(tag: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((LOCALES / tag / "keyboard.json").read_text(encoding="utf-8"))
    return texts
