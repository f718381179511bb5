"""A page of the form read aloud, where the place has a voice for its language."""

from collections.abc import Callable, Sequence

from flask import Response

Speak = Callable[[str, str], bytes | None]


def aloud(speak: Speak | None, said: Sequence[str], language: str) -> Response:
    """All of it as WAV, or its first sentence alone where the others have neither a voice nor a recording; else 204."""
    texts = dict.fromkeys((". ".join(said), *said[:1])) if speak else ()
    sound = next((sound for text in texts if speak and (sound := speak(text, language))), None)
    return Response(sound, mimetype="audio/wav") if sound else Response(status=204)
