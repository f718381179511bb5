"""Where the screen stands: the few facts about a gate that its pages need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

KINDS = ("market", "school", "hospital", "border", "office", "other")


@dataclass(frozen=True, slots=True)
class Place:
    """One gate of one venue, as its visitors know it.

    name, gate   words on the wall, such as "Chợ Mẫu" and "Cửa A"; shown as they are in every language
    kind         one of KINDS; chooses the noun in "to enter the market"; an unknown kind reads "this place"
    languages    offered on the screen, the first one is shown to every new visitor; each needs a folder locales/<tag>/
    hosts        values of the Host header that are ours ("127.0.0.1:8080"); everything else is refused, so that a
                 page of a foreign name that resolves to this box (DNS rebinding) gets nothing
    help         where the help desk is, a sentence for each language ("Bên phải cửa, dưới biển số 2"); may be empty
    framed_by    origins that may show the screen in a frame; only the bench page asks for it
    inside       visitors read how many people are inside
    poster       the text of this gate's poster, drawn as a code for whoever has a phone and no code; "" for none
    mirror       show the live picture as a mirror does, which makes aiming easier when the camera faces the visitor
    """

    name: str
    gate: str
    direction: Literal["in", "out", "both"]
    kind: str = "other"
    languages: tuple[str, ...] = ("vi", "en")
    hosts: tuple[str, ...] = ()
    help: Mapping[str, str] = field(default_factory=dict)
    framed_by: tuple[str, ...] = ()
    mirror: bool = True
    inside: bool = True
    poster: str = ""
