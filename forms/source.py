"""JSON as it came, read field by field; every finding is noted with its place and reading goes on.

Nothing here trusts a type: JSON may hold anything anywhere. What is wrong reads as absent, after an issue was noted.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any
from unicodedata import is_normalized

from forms import fhir
from forms.model import NO_TEXT, Issue, Text
from forms.pattern import BUILD_WORK
from forms.strings import bad_character

Node = Mapping[str, Any]
_INT32 = 1 << 31
_SAMPLE = 50
_LONGEST_TAG = 35  # RFC 5646, section 4.4.1
_READ_ASIDE = frozenset(("_title", "_text", "_prefix", "_display", "_valueString"))  # by Source.text
_MAX_DIGITS = 15  # as many as a JSON reader with binary floating point keeps


class Source:
    """The findings so far and the budgets that hold for the whole form."""

    def __init__(self, languages: Sequence[str], judging: bool = False) -> None:
        self.languages = tuple(dict.fromkeys(languages))
        self.judging = judging
        self.unlisted = 0  # value sets, or parts of one, whose codes only a terminology server knows
        self.language = ""
        self.issues: list[Issue] = []
        self.refused = False  # kept apart from the issues, which are cut off when they are too many
        self.characters = fhir.MAX_CHARACTERS
        self.pattern_work = BUILD_WORK

    def error(self, code: str, path: str, text: str) -> None:
        """Note why the form is refused. Past MAX_ISSUES errors no more are listed."""
        self.refused = True
        self._note(Issue("error", code, path, text))

    def warn(self, code: str, path: str, text: str) -> None:
        """Note what the author should look at."""
        self._note(Issue("warning", code, path, text))

    def wish(self, code: str, path: str, text: str) -> None:
        """Note what stands in the way of publishing only: a form that is merely read may lack it."""
        (self.error if self.languages else self.warn)(code, path, text)

    def unlist(self, path: str, text: str) -> None:
        """Note codes that only a terminology server knows: they refuse a form, but a response to it can be judged."""
        self.unlisted += 1
        if self.judging:
            self.warn("incomplete", path, f"{text}; codes from it are not checked")
        else:
            self.error("not-supported", path, text)

    def _note(self, issue: Issue) -> None:
        listed = sum(known.severity == issue.severity for known in self.issues)
        if listed < fhir.MAX_ISSUES:
            self.issues.append(issue)

    def node(self, value: object, path: str) -> Node:
        """A JSON object; {} after an error for anything else."""
        if isinstance(value, dict):
            return value
        self.error("structure", path, "an object was expected")
        return {}

    def array(self, parent: Node, name: str, path: str, limit: int) -> list[Any]:
        """The list under `name`; [] where absent, its beginning where it is longer than `limit`."""
        value = parent.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.error("structure", f"{path}.{name}", "a list was expected")
            return []
        if len(value) <= limit:
            return value
        self.error("too-costly", f"{path}.{name}", f"more than {limit} entries")
        return value[: limit if name == "item" else _SAMPLE]  # the form is refused: what more is wrong, in short

    def only(self, node: Node, allowed: AbstractSet[str], path: str) -> None:
        """Refuse every field that is not in `allowed`; `_x` goes with `x`."""
        if node.keys() <= allowed:
            return
        for name in node:
            if name in allowed:
                continue
            if not (isinstance(name, str) and name[:1] == "_" and name[1:] in allowed):
                shown = name[:40] if isinstance(name, str) else repr(name)[:40]
                self.error("not-supported", path, f"{shown!r} is not in the profile")
            elif name not in _READ_ASIDE and _computed(node[name]):
                self.error("not-supported", f"{path}.{name[1:]}", "a value cannot be computed by an expression")

    def flag(self, parent: Node, name: str, path: str) -> bool:
        """A boolean, false where absent."""
        value = parent.get(name, False)
        if isinstance(value, bool):
            return value
        self.error("structure", f"{path}.{name}", "true or false was expected")
        return False

    def string(self, parent: Node, name: str, path: str) -> str:
        """A text of at most MAX_TEXT characters with none that may not stand; "" where absent or wrong."""
        value = parent.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            self.characters -= len(value)
            short_enough = len(value) <= fhir.MAX_TEXT and self.characters >= 0
            # What Python calls printable holds no character that is refused; only the rest is looked at closely.
            if short_enough and value.isprintable() and value and not value.isspace() and _composed(value):
                return value
        return self._odd(value, f"{path}.{name}")

    def _odd(self, value: object, where: str) -> str:
        """A text that is not plainly good; its characters are counted already."""
        if not isinstance(value, str):
            self.error("structure", where, "a text was expected")
            return ""
        if len(value) > fhir.MAX_TEXT or self.characters < 0:
            most = fhir.MAX_TEXT if len(value) > fhir.MAX_TEXT else fhir.MAX_CHARACTERS
            self.error("too-long", where, f"more than {most} characters")
            return ""
        bad = bad_character(value)
        if bad is not None:
            self.error("value", where, f"the character {bad} may not stand in a text")
            return ""
        if not value.strip():
            self.error("value", where, "an empty text")
        elif not _composed(value):
            self.warn("value", where, "not in Unicode's composed form (NFC)")
        return value

    def text(self, parent: Node, name: str, path: str, needs_all: bool = True) -> Text:
        """The string under `name` with its translations; every mandatory language must be there if it `needs_all`."""
        own = self.string(parent, name, path)
        if not own:
            if f"_{name}" in parent:
                self.error("required", f"{path}.{name}", "translations of a text that is missing")
            return NO_TEXT
        texts = {self.language: own}
        aside = parent.get(f"_{name}")
        if aside is not None:
            self._translations(self.node(aside, f"{path}._{name}"), f"{path}.{name}", texts)
        if needs_all and self.languages:
            self.complete(texts, f"{path}.{name}")
        return Text(texts)

    def complete(self, texts: Mapping[str, str], path: str) -> None:
        """Note the mandatory languages in which a text is missing."""
        missing = [language for language in self.languages if not texts.get(language)]
        if missing:
            self.error("required", path, f"no text in {', '.join(missing)}")

    def _translations(self, aside: Node, path: str, texts: dict[str, str]) -> None:
        tags: set[str] = set()
        for place, extension in enumerate(self.array(aside, "extension", path, fhir.MAX_EXTENSIONS)):
            url = extension.get("url") if isinstance(extension, dict) else None
            if url == fhir.TRANSLATION:
                self._translation(extension, f"{path}.extension[{place}]", texts, tags)
            elif isinstance(extension, dict) and "valueExpression" in extension:
                self.error("not-supported", f"{path}.extension[{place}]", "a text cannot be computed by an expression")
            elif not (isinstance(url, str) and url in fhir.HARMLESS):
                self.warn("extension", f"{path}.extension[{place}]", "an unknown extension of a text is passed over")

    def _translation(self, extension: Node, path: str, texts: dict[str, str], tags: set[str]) -> None:
        """Take one translation; of two regions of a language (zh-CN, zh-TW) the first, which is noted."""
        spoken, content = None, None
        parts = extension.get("extension")
        for part in parts if isinstance(parts, list) and len(parts) < 9 else ():
            if isinstance(part, dict):
                if part.get("url") == "lang":
                    spoken = part.get("valueCode")
                elif part.get("url") == "content":
                    content = part
        tag = primary(spoken)
        if not isinstance(spoken, str) or not tag or content is None:
            self.error("structure", path, "a translation has lang, a language tag, and content")
            return
        said = self.string(content, "valueString" if "valueString" in content else "valueMarkdown", path)
        if spoken in tags:
            self.error("duplicate", path, f"two texts in {spoken}")
        elif tag in texts and tag != self.language:
            self.wish("duplicate", path, f"a second text in {tag} is passed over")
        elif said:
            texts.setdefault(tag, said)
        tags.add(spoken)

    def extensions(self, node: Node, path: str, read: Collection[str]) -> dict[str, Node]:
        """The extensions of an element that are read, by url; others are passed over if harmless, else refused."""
        self.no_modifiers(node, path)
        found: dict[str, Node] = {}
        for place, extension in enumerate(self.array(node, "extension", path, fhir.MAX_EXTENSIONS)):
            where = f"{path}.extension[{place}]"
            body = self.node(extension, where)
            url = body.get("url")
            if not isinstance(url, str) or not url:
                self.error("structure", where, "an extension needs its url")
            elif url in read:
                if url in found:
                    self.error("duplicate", where, f"{short(url)} is said twice")
                if any(str(name)[:1] == "_" and _computed(aside) for name, aside in body.items()):
                    self.error("not-supported", where, "a value cannot be computed by an expression")
                found[url] = body
            elif url not in fhir.HARMLESS:
                self.error("extension", where, f"the extension {short(url)} is not in the profile")
        return found

    def no_modifiers(self, node: Node, path: str) -> None:
        """Refuse modifier extensions: by FHIR's own rule nobody may pass over one that is not understood."""
        if node.get("modifierExtension"):
            self.error("extension", f"{path}.modifierExtension", "modifier extensions are not in the profile")

    def whole(self, value: object, path: str) -> int | None:
        """A 32-bit integer, as FHIR has them."""
        if isinstance(value, int) and not isinstance(value, bool) and -_INT32 <= value < _INT32:
            return value
        self.error("value", path, "a whole number was expected")
        return None

    def number(self, value: object, path: str) -> Decimal | None:
        """A decimal number of at most 15 digits."""
        found = decimal_of(value)
        if found is None:
            self.error("value", path, f"a number of at most {_MAX_DIGITS} digits was expected")
        return found


def _composed(text: str) -> bool:
    return text.isascii() or is_normalized("NFC", text)


def decimal_of(value: object) -> Decimal | None:
    """A JSON number as a Decimal; None for all else, NaN, and more digits than every JSON reader keeps."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, int) and abs(value) >= 10**_MAX_DIGITS:
        return None
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    return number if is_plain(number) else None


def is_plain(number: Decimal) -> bool:
    """Whether it is a number of at most 15 digits with an exponent that people would write."""
    if not number.is_finite():
        return False
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    return len(digits) <= _MAX_DIGITS and isinstance(exponent, int) and -_MAX_DIGITS <= exponent <= _MAX_DIGITS


def _computed(aside: object) -> bool:
    """Whether what stands beside a primitive value has an expression that is to give the value."""
    extensions = aside.get("extension") if isinstance(aside, dict) else None
    return isinstance(extensions, list) and any(
        isinstance(one, dict) and "valueExpression" in one for one in extensions
    )


def primary(tag: object) -> str:
    """The language of a tag: "zh" of "zh-Hans-CN"; "" for what is no tag."""
    if not isinstance(tag, str) or not tag.isascii() or len(tag) > _LONGEST_TAG:
        return ""
    if len(tag) == 2 and tag.isalpha() and tag.islower():
        return tag
    first = tag.partition("-")[0].lower()
    return first if first.isalpha() else ""


def short(url: str) -> str:
    """A url as people quote it: its last part."""
    return ascii(url.rstrip("/").rpartition("/")[2][:60]).strip("'")
