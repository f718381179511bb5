"""One way to say no: a stable code for programs and a sentence for people who debug."""


class Refused(ValueError):
    """Bytes or values that this system will not take.

    `reason` is a stable snake_case code (see docs/protocol.md, "Reasons"); `detail` helps an engineer and never
    holds personal data.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
